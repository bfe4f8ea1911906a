"""What keeps a page safe in a browser: response headers, and the proof that a form came from a page of ours.

The policy lets a page load from its own site only: no inline script or style, no frame, no outside asset. A form
carries a token made from a cookie that the browser keeps and a secret that only the site knows; a request that the
browser itself marks as coming from another site is refused before the token is read.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from samspil.access.sessions import csrf_token

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
BROWSER_COOKIE = "samspil_browser"
FIELD = "csrf"


def secure(response: Response, *, https: bool) -> Response:
    """Put the headers on a response. Pages are never kept by the browser: they may hold a person's data."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("cache-control", "no-store")
    if https:
        response.headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
    return response


def set_cookie(response: Response, name: str, value: str, *, https: bool, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send along with a form."""
    response.set_cookie(name, value, max_age=max_age, path="/", httponly=True, samesite="lax", secure=https)


def new_browser() -> str:
    """A random name for a browser that has none yet."""
    return secrets.token_urlsafe(24)


class FormGuard:
    """Makes and checks the token that each form carries: bound to the session, before one to the browser."""

    def __init__(self, secret: bytes) -> None:
        """All nodes of a site share the secret."""
        self._secret = secret

    def token(self, *, browser: str, session: str = "") -> str:
        """The token for a form."""
        if session:
            return csrf_token(session)
        return hmac.digest(self._secret, b"form:" + browser.encode(), hashlib.sha256).hex()

    def allows(self, request: Request, given: str, *, session: str = "") -> bool:
        """Did this form come from a page of ours, in the same browser?"""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return False
        browser = request.cookies.get(BROWSER_COOKIE, "")
        wanted = self.token(browser=browser, session=session)
        return bool(browser or session) and hmac.compare_digest(wanted.encode(), given.encode())
