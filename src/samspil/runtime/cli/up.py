"""`samspil up [--demo]`: a site from nothing to its pages, until Ctrl-C."""

import asyncio
import os
from contextlib import AsyncExitStack

import structlog

from samspil.domain.issues import Language, Phrase
from samspil.runtime import logging, server
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.parser import Parser
from samspil.runtime.database import SiteDatabase, site_database
from samspil.runtime.settings import Settings, misspelt
from samspil.runtime.site import open_site
from samspil.runtime.web import build_application

log = structlog.get_logger(__name__)

DEMO = Phrase("run a synthetic Denmark of two sites", da="kør et syntetisk Danmark med to knudepunkter")
PORT = Phrase("port to listen on (else SAMSPIL_PORT, else 8400)", da="porten der lyttes på (ellers SAMSPIL_PORT, 8400)")
HOST = Phrase(
    "address to listen on (else SAMSPIL_HOST, else 127.0.0.1)", da="adressen der lyttes på (ellers 127.0.0.1)"
)


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("--demo", action="store_true", default=None, help=DEMO.in_(language))
    parser.add_argument("--port", metavar="PORT", help=PORT.in_(language))
    parser.add_argument("--host", metavar="ADDRESS", help=HOST.in_(language))


def run(context: Context) -> int:
    """Run until a signal says stop."""
    server.stop_by_exception()
    settings = context.settings()
    logging.configure(form=settings.log_format, level=settings.log_level)
    for name, meant in misspelt(os.environ):
        log.warning("setting unknown", setting=name, meant=meant)
    try:
        door = server.bind(settings.host, settings.port)
    except server.PortTaken as problem:
        raise Misuse(
            f"cannot listen on port {settings.port} ({problem}); choose another with --port.",
            da=f"kan ikke lytte på port {settings.port} ({problem}); vælg en anden med --port.",
        ) from None
    settings = settings.listening_on(door.getsockname()[1])
    with site_database(settings) as place:
        server.run(lambda stop: _serve(context, settings, place, door, stop))
    return Exit.DONE


async def _serve(
    context: Context, settings: Settings, place: SiteDatabase, door: "server.socket.socket", stop: asyncio.Event
) -> None:
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_site(settings, place.dsn))
        watching = asyncio.create_task(place.watch())
        stack.callback(watching.cancel)
        await stack.enter_async_context(server.listening(build_application(site), settings, door))
        context.output.note(context.output.say(_ready(settings)))
        await stop.wait()
        site.draining = True


def _ready(settings: Settings) -> Phrase:
    where = settings.address
    return Phrase(f"samspil is up: {where} — Ctrl-C stops it", da=f"samspil kører: {where} — Ctrl-C stopper")
