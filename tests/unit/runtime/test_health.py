"""What a node says of itself, on a real site: alive, ready, and how much waits."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from samspil.runtime.settings import Settings, load
from samspil.runtime.site import Site, open_site
from samspil.runtime.web import build_application


def visit(settings: Settings, dsn: str, act: Callable[[Site, httpx.AsyncClient], Awaitable[None]]) -> None:
    """Open a site, and let somebody ask it."""

    async def run() -> None:
        async with open_site(settings, dsn) as site:
            transport = httpx.ASGITransport(build_application(site))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                await act(site, client)

    asyncio.run(run())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site with a home of its own."""
    return load({"home": str(tmp_path)}, {})


def test_a_site_that_is_about_to_stop_is_not_ready(settings: Settings, database_url: str) -> None:
    """Balancers send nothing more, while the process still lives."""

    async def act(site: Site, client: httpx.AsyncClient) -> None:
        assert (await client.get("/readyz")).json()["status"] == "ready"
        site.draining = True
        refusal = await client.get("/readyz")
        assert (refusal.status_code, refusal.headers["retry-after"]) == (503, "5")
        assert (await client.get("/healthz")).status_code == 200

    visit(settings, database_url, act)


def test_a_site_without_its_database_is_not_ready(settings: Settings, database_url: str) -> None:
    """Nothing could be stored, so nothing should be sent; the metrics say so too."""

    async def act(site: Site, client: httpx.AsyncClient) -> None:
        await site.database.close()
        assert (await client.get("/readyz")).status_code == 503
        assert b"samspil_database_up 0.0" in await site.metrics.expose(site.engine.tracking, site.keyrings)

    visit(settings, database_url, act)


def test_metrics_take_a_right_unless_they_are_public(tmp_path: Path, database_url: str) -> None:
    """Without credentials 401; with the setting anyone may scrape."""
    status: dict[bool, int] = {}

    for public in (False, True):

        async def act(site: Site, client: httpx.AsyncClient) -> None:
            status[site.settings.metrics_public] = (await client.get("/metrics")).status_code

        visit(load({"home": str(tmp_path), "metrics_public": public}, {}), database_url, act)
    assert status == {False: 401, True: 200}


def test_an_address_that_is_nobodys_is_told_in_the_askers_form(settings: Settings, database_url: str) -> None:
    """A page for a browser, a problem document for a machine."""

    async def act(_site: Site, client: httpx.AsyncClient) -> None:
        machine = await client.get("/no/such", headers={"accept": "application/json"})
        assert (machine.status_code, machine.json()["code"]) == (404, "http.route.unknown")
        browser = await client.get("/no/such", headers={"accept": "text/html"})
        assert (browser.status_code, browser.headers["content-type"]) == (404, "text/html; charset=utf-8")

    visit(settings, database_url, act)
