"""A request is counted and logged under its route, never under what stood in its path."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from samspil.runtime.metrics import Metrics
from samspil.runtime.observing import Observed

NUMBER = "2509479989"


async def answer(request: Request) -> Response:
    """A route with something of a caller's in its path."""
    if request.path_params["id"] == "broken":
        raise ValueError(NUMBER)
    return PlainTextResponse("ok", 202)


def ask(metrics: Metrics, *requests: tuple[str, str]) -> None:
    """Send requests to an observed application."""
    application = Observed(Starlette(routes=[Route("/x/{id}", answer, methods=["GET"])]), metrics, site="prøve")

    async def send() -> None:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            for method, path in requests:
                await client.request(method, path)

    asyncio.run(send())


def counted(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    """How often each method, route and status was seen."""
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "samspil_http_requests_total"
    }


def test_values_in_a_path_make_no_labels() -> None:
    """Two ids are one route; an address that is nobody's, and a method nobody knows, are one word each."""
    metrics = Metrics()
    ask(metrics, ("GET", "/x/1"), ("GET", f"/x/{NUMBER}"), ("GET", f"/{NUMBER}"), ("BREW", "/x/1"))
    assert counted(metrics) == {
        ("GET", "/x/{id}", "202"): 2,
        ("GET", "-", "404"): 1,
        ("OTHER", "/x/{id}", "405"): 1,
    }


def test_a_line_for_each_request_tells_nothing_of_it(captured_log: Path) -> None:
    """Route, status and time; not the path. A fault of ours is counted as 500."""
    before = captured_log.stat().st_size
    metrics = Metrics()
    ask(metrics, ("GET", f"/x/{NUMBER}"), ("GET", "/x/broken"))
    written = captured_log.read_text(encoding="utf-8")[before:]
    assert written.count('"event":"request"') == 2
    assert '"route":"/x/{id}"' in written
    assert NUMBER not in written
    assert counted(metrics)["GET", "/x/{id}", "500"] == 1


def test_other_conversations_pass() -> None:
    """What is not HTTP is none of ours: it goes through untouched."""
    passed: list[str] = []

    async def application(scope: dict[str, str], _receive: object, _send: object) -> None:
        passed.append(scope["type"])

    asyncio.run(Observed(application, Metrics())({"type": "lifespan"}, None, None))  # type: ignore[arg-type] - the least that passes
    assert passed == ["lifespan"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_asked_all_the_time_is_quiet(path: str, captured_log: Path) -> None:
    """Lines that would hide the others are written at debug only."""
    before = captured_log.stat().st_size
    application = Starlette(routes=[Route(path, lambda _: PlainTextResponse("ok"))])

    async def send() -> None:
        transport = httpx.ASGITransport(Observed(application, Metrics()))
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            await client.get(path)

    asyncio.run(send())
    assert '"level":"debug"' in captured_log.read_text(encoding="utf-8")[before:]
