"""A form's token belongs to one session, or before sign-in to one browser, and to nobody else."""

from starlette.requests import Request

from samspil.ui.security import BROWSER_COOKIE, POLICY, FormGuard


def request(*, browser: str = "", site: str = "") -> Request:
    """A form's request from a browser."""
    headers: list[tuple[bytes, bytes]] = []
    if browser:
        headers.append((b"cookie", f"{BROWSER_COOKIE}={browser}".encode()))
    if site:
        headers.append((b"sec-fetch-site", site.encode()))
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""})


def test_the_token_of_one_browser_fits_no_other() -> None:
    """Neither another browser nor another site's secret makes the same token."""
    guard, other = FormGuard(b"a" * 32), FormGuard(b"b" * 32)
    token = guard.token(browser="browser-71903")
    assert guard.allows(request(browser="browser-71903"), token)
    assert not guard.allows(request(browser="browser-71904"), token)
    assert not other.allows(request(browser="browser-71903"), token)
    assert not guard.allows(request(), guard.token(browser=""))


def test_a_session_binds_the_token() -> None:
    """Once signed in, the browser's own token opens nothing any more."""
    guard = FormGuard(b"a" * 32)
    bound = guard.token(browser="browser-71903", session="session-71905")
    assert guard.allows(request(browser="browser-71903"), bound, session="session-71905")
    assert not guard.allows(request(browser="browser-71903"), bound, session="session-71906")
    loose = guard.token(browser="browser-71903")
    assert not guard.allows(request(browser="browser-71903"), loose, session="session-71905")


def test_the_browsers_own_word_comes_first() -> None:
    """A request that the browser marks as another site's is refused, whatever token it holds."""
    guard = FormGuard(b"a" * 32)
    token = guard.token(browser="x")
    assert guard.allows(request(browser="x", site="same-origin"), token)
    assert guard.allows(request(browser="x", site="none"), token)
    assert not guard.allows(request(browser="x", site="cross-site"), token)
    assert not guard.allows(request(browser="x", site="same-site"), token)


def test_a_token_of_odd_characters_is_only_wrong() -> None:
    """No text can make the comparison fail other than by not fitting."""
    assert not FormGuard(b"a" * 32).allows(request(browser="x"), "blåbær\udc80".encode("utf-8", "replace").decode())


def test_the_policy_lets_nothing_inline() -> None:
    """Neither inline script nor style, nor evaluation, nor frames."""
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY
