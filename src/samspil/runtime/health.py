"""What a machine asks a node about itself: alive? ready? how much, how fast?

`/healthz` says that the process answers; restart it if it does not. `/readyz` says that a message sent now would be
stored; send nothing while it does not. Neither tells anything about anybody, so both are open. `/metrics` takes the
right to measure, unless the setting opens it.
"""

import asyncio

from starlette.routing import BaseRoute, Route

from samspil.access.rights import Right
from samspil.domain.issues import Failure
from samspil.runtime.metrics import MEDIA_TYPE
from samspil.runtime.site import VERSION, Site
from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.edge import Call, Edge, Operation
from samspil.transports.http.services import Services

PATIENCE_SECONDS = 2.0
RETRY_AFTER = ((b"retry-after", b"5"),)
NOBODY = "tells nothing about anybody"


def operations(site: Site) -> tuple[Operation, ...]:
    """The three operations of one node."""

    async def alive(_call: Call) -> Answer:
        return json_answer({"status": "alive", "version": VERSION})

    async def ready(_call: Call) -> Answer:
        if site.draining:
            return json_answer({"status": "stopping"}, status=503, headers=RETRY_AFTER)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await site.database.row("select 1")
        except (Failure, TimeoutError):
            return json_answer({"status": "database unreachable"}, status=503, headers=RETRY_AFTER)
        return json_answer({"status": "ready", "version": VERSION})

    async def measure(_call: Call) -> Answer:
        return Answer(200, await site.metrics.expose(site.engine.tracking, site.keyrings), MEDIA_TYPE)

    public = site.settings.metrics_public
    return (
        Operation(method="GET", path="/healthz", handler=alive, why_open=NOBODY),
        Operation(method="GET", path="/readyz", handler=ready, why_open=NOBODY),
        Operation(
            method="GET",
            path="/metrics",
            handler=measure,
            rights=() if public else (Right.MEASURE,),
            why_open="the site's own setting" if public else "",
        ),
    )


def routes(site: Site, services: Services) -> list[BaseRoute]:
    """The operations as Starlette routes."""
    return [Route(operation.path, Edge((operation,), services)) for operation in operations(site)]
