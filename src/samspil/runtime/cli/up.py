"""`samspil up [--demo]`: a site from nothing to its pages, until Ctrl-C."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog

from samspil.domain.issues import Language, Phrase
from samspil.runtime import logging, server
from samspil.runtime.cli.context import Context, Exit, Misuse
from samspil.runtime.cli.parser import Parser
from samspil.runtime.database import SiteDatabase, site_database
from samspil.runtime.settings import Settings, misspelt, variable
from samspil.runtime.site import open_site
from samspil.runtime.web import build_application
from samspil.storage.ending import end

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
    logging.configure(form=settings.log_format, level=_level(settings))
    for name, meant in misspelt(os.environ):
        log.warning("setting unknown", setting=name, meant=meant)
    if settings.is_exposed:
        log.warning("open to other machines without TLS", setting="SAMSPIL_HOST")
    try:
        return _up_demo(context, settings) if settings.demo else _up(context, settings)
    except server.PortTaken as problem:
        raise Misuse(
            f"cannot listen on port {settings.port} ({problem}); choose another with --port.",
            da=f"kan ikke lytte på port {settings.port} ({problem}); vælg en anden med --port.",
        ) from None


def _up(context: Context, settings: Settings) -> int:
    """One site on one database."""
    door = server.bind(settings.host, settings.port)
    settings = settings.listening_on(door.getsockname()[1])

    async def serve(place: SiteDatabase, stop: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(open_site(settings, place.dsn))
            await stack.enter_async_context(server.listening(build_application(site), settings, door))
            say(context, _welcome(settings.address))
            await stop.wait()
            site.draining = True

    return _run(settings, serve)


def _up_demo(context: Context, settings: Settings) -> int:
    """The synthetic Denmark."""
    from samspil.runtime.demo import stage, welcome  # noqa: PLC0415 - a site with real data does not load it

    doors = stage.open_doors(settings)

    async def serve(place: SiteDatabase, stop: asyncio.Event) -> None:
        async with stage.open_stage(settings, place, doors) as kept:
            say(context, welcome.write(doors, kept))
            await stop.wait()

    return _run(settings, serve)


def _run(settings: Settings, serve: Callable[[SiteDatabase, asyncio.Event], Coroutine[Any, Any, None]]) -> int:
    """Run with a database under it, which is brought back whenever it dies."""

    async def main(stop: asyncio.Event) -> None:
        watching = asyncio.create_task(place.watch())
        try:
            await serve(place, stop)
        finally:
            await end(watching)

    with site_database(settings) as place:
        server.run(main)
    return Exit.DONE


def _level(settings: Settings) -> str:
    """What is asked for; a demonstration on a terminal keeps quiet, or its welcome would scroll away."""
    quiet = settings.demo and sys.stderr.isatty() and variable("log_level") not in os.environ
    return "warning" if quiet else settings.log_level


def _welcome(where: str) -> Phrase:
    return Phrase(f"samspil is up: {where} — Ctrl-C stops it", da=f"samspil kører: {where} — Ctrl-C stopper")


def say(context: Context, phrase: Phrase) -> None:
    """Words for whoever started this, beside the log."""
    context.output.note(context.output.say(phrase))
