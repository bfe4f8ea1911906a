"""Around every request: one line in the log and one measurement, by the route's template and never by its values."""

from collections.abc import MutableMapping
from time import perf_counter
from typing import Any

import structlog

from samspil.runtime.metrics import Metrics
from samspil.runtime.server import Application

log = structlog.get_logger(__name__)

QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/static/{name}"})
"""Asked for so often that their lines would hide the others."""
LEFT = 499
"""The caller left before it had an answer; the usual number for it, of no standard."""


class Observed:
    """An application whose requests are logged and measured."""

    def __init__(self, application: Application, metrics: Metrics, *, site: str = "") -> None:
        self._application = application
        self._metrics = metrics
        self._site = site

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Pass one request on, and tell how it went."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        began, status = perf_counter(), LEFT

        async def watch(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._application(scope, receive, watch)
        finally:
            self._tell(scope, status, perf_counter() - began)

    def _tell(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = template(scope)
        self._metrics.answered(method=_method(scope), route=route, status=status, seconds=seconds)
        write = log.debug if route in QUIET else log.info
        write(
            "request", site=self._site, method=_method(scope), route=route, status=status, ms=round(seconds * 1000, 1)
        )


def template(scope: MutableMapping[str, Any]) -> str:
    """The path of the route that took a request, its values left open; "-" where none did."""
    return getattr(scope.get("route"), "path", "-")


def _method(scope: MutableMapping[str, Any]) -> str:
    """The method, or one word for all that nobody has heard of: a label must not grow without end."""
    method = scope["method"]
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "OTHER"
