"""Pages keep a reader's choices, carry one word past a form, and never show a hole where a value should be."""

from collections.abc import Mapping

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request
from starlette.responses import Response

from samspil.apps.messages.services import TEMPLATES
from samspil.ui.pages import FLASH_COOKIE, LANGUAGE_COOKIE, THEME_COOKIE, Pages

PAGES = Pages(secret=b"a" * 32, apps=TEMPLATES)


def request(cookies: Mapping[str, str], path: str = "/trafik", query: str = "") -> Request:
    """A browser's request."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    return Request({**scope, "server": ("localhost", 80), "scheme": "http"})


@pytest.mark.parametrize(
    ("cookies", "language", "theme"),
    [
        ({}, "da", "auto"),
        ({LANGUAGE_COOKIE: "en", THEME_COOKIE: "dark"}, "en", "dark"),
        ({LANGUAGE_COOKIE: "<script>", THEME_COOKIE: "purple"}, "da", "auto"),
    ],
)
def test_choices_come_from_cookies_and_are_ours(cookies: dict[str, str], language: str, theme: str) -> None:
    """Danish and the device's own theme, unless the reader chose one of ours."""
    frame = PAGES.frame(request(cookies))
    assert (frame.language, frame.theme) == (language, theme)


def test_a_frame_knows_where_it_is() -> None:
    """The address with its query, so that a choice of language leads back to it."""
    assert PAGES.frame(request({}, query="alder=24t")).here == "/trafik?alder=24t"


def test_a_word_past_a_form_is_sealed() -> None:
    """A flash is read by the site that wrote it, and by no other; what is forged is passed over."""
    answer = PAGES.go("/koe", flash="queue.done", count="3")
    sealed = answer.headers["set-cookie"].split("=", 1)[1].split(";", 1)[0]
    flash = PAGES.frame(request({FLASH_COOKIE: sealed})).flash
    assert flash is not None
    assert (flash.text, flash.tone, flash.values) == ("queue.done", "good", {"count": "3"})
    assert Pages(secret=b"b" * 32, apps=TEMPLATES).frame(request({FLASH_COOKIE: sealed})).flash is None
    assert PAGES.frame(request({FLASH_COOKIE: "forged"})).flash is None


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_for_this_site_alone(https: bool) -> None:
    """No script reads them, no other site sends them along, and over TLS they never leave it."""
    response = Response()
    Pages(secret=b"a" * 32, apps=TEMPLATES, https=https).remember(response, language="en", theme="dark")
    for cookie in response.headers.getlist("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert ("Secure" in cookie) is https


def test_a_choice_that_is_none_is_not_kept() -> None:
    """Only ours are remembered."""
    response = Response()
    PAGES.remember(response, language="xx", theme="purple")
    assert "set-cookie" not in response.headers


def test_a_missing_value_is_our_mistake() -> None:
    """A template that names what it was not given fails, and shows no hole."""
    with pytest.raises(UndefinedError):
        PAGES.html(PAGES.frame(request({})), "messages/traffic.html")


def test_an_unknown_icon_is_our_mistake() -> None:
    """A drawing that was not vendored is named at once."""
    with pytest.raises(KeyError, match="vendor"):
        PAGES.draw("da", "ui/components.html", "badge", "good", "no-such-icon-71903", "x")
