"""One node of one site, put together: opened part by part, closed in the other order. Nothing is decided here.

A site is a database, the register of who is who, the exchange's workers, and the application that answers HTTP.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import structlog

from samspil.access.callers import Caller, demo_caller
from samspil.access.certificates import Keyrings
from samspil.access.keys import SiteKey
from samspil.access.passwords import Passwords
from samspil.access.register import Register
from samspil.access.rights import CLIENT_RIGHTS, Right
from samspil.domain.issues import Fault
from samspil.exchange.engine import Engine, Rules, utc_now
from samspil.exchange.letters import Terms
from samspil.exchange.schedule import Schedule
from samspil.runtime.certificates import watch_certificates
from samspil.runtime.metrics import Metrics
from samspil.runtime.settings import Settings
from samspil.runtime.warmth import warm_up
from samspil.storage.database import Database
from samspil.storage.ending import end
from samspil.storage.migrate import migrate
from samspil.transports.folder.carrier import FolderCarrier
from samspil.transports.folder.watch import FolderWatch
from samspil.transports.http.attempts import Attempts
from samspil.transports.http.callers import Doors
from samspil.transports.http.client import HttpCarrier
from samspil.validation.api import load_packages
from samspil.validation.judge import Examination, examine

log = structlog.get_logger(__name__)

VERSION = version("samspil")


@dataclass(slots=True, kw_only=True)
class Site:
    """The parts of a running node. `draining` is set when it is about to stop: it is no longer ready."""

    name: str
    settings: Settings
    database: Database = field(repr=False)
    key: SiteKey = field(repr=False)
    keyrings: Keyrings
    register: Register
    engine: Engine
    metrics: Metrics
    passwords: Passwords
    attempts: Attempts
    judge: Callable[[bytes], Examination]
    started_at: datetime
    draining: bool = False


@asynccontextmanager
async def open_site(settings: Settings, dsn: str, *, name: str = "") -> AsyncGenerator[Site]:
    """A node with its schema up to date and its workers at work, for the length of an `async with`.

    Errors: Unreachable, Fault with a sentence for a person.
    """
    rules = rules_of(settings)
    async with AsyncExitStack() as stack:
        judge = await asyncio.to_thread(judge_of, settings)
        warming = asyncio.create_task(asyncio.to_thread(warm_up, judge))
        applied = await migrate(dsn)
        if applied:
            log.info("database migrated", applied=applied, site=name)
        database = await Database.open(dsn, connections=settings.database_connections)
        stack.push_async_callback(database.close)
        key = SiteKey.load(settings.folder, given=settings.site_key)
        register = await Register.open(database, key)
        stack.push_async_callback(end, asyncio.create_task(register.watch()))
        keyrings = Keyrings(database, key)
        stack.push_async_callback(end, asyncio.create_task(watch_certificates(database, keyrings)))
        carrier = HttpCarrier()
        await carrier.start()
        stack.push_async_callback(carrier.stop)
        metrics = Metrics()
        folders = FolderCarrier()
        stack.callback(folders.stop)
        carriers = {"http": carrier, "folder": folders}
        engine = Engine(database, register.directory, carriers, rules=rules, judge=judge, on_judged=metrics.judged_one)
        await engine.start()
        stack.push_async_callback(_land, engine, settings.drain_seconds)
        watch = FolderWatch(register.directory, engine.receive, utc_now)
        watch.start()
        stack.push_async_callback(watch.stop)
        await warming
        yield Site(
            name=name,
            settings=settings,
            database=database,
            key=key,
            keyrings=keyrings,
            register=register,
            engine=engine,
            metrics=metrics,
            passwords=Passwords(),
            attempts=Attempts(monotonic),
            judge=judge,
            started_at=datetime.now(UTC),
        )


def rules_of(settings: Settings) -> Rules:
    """The exchange's rules as the settings have them."""
    return Rules(
        terms=Terms(answer_within=timedelta(minutes=settings.answer_minutes), resends=settings.resends),
        schedule=Schedule(
            waits=tuple(timedelta(seconds=wait) for wait in settings.retry_waits),
            then=timedelta(seconds=settings.retry_then_seconds),
            give_up=timedelta(hours=settings.retry_give_up_hours),
        ),
    )


def judge_of(settings: Settings) -> Callable[[bytes], Examination]:
    """What everything that comes in is judged by, as the settings have it. Errors: Fault."""
    if settings.packages == "built-in":
        return examine
    try:
        return partial(examine, packages=_installed(settings.packages_folder, settings.packages_cache))
    except ValueError as problem:
        raise Fault("packages.installed", f"SAMSPIL_PACKAGES=installed: {problem}") from None


@cache
def _installed(folder: Path, kept: Path) -> object:
    """The rules of the packages in a folder, once for all sites of a process."""
    return load_packages(folder, cache=kept)


def doors_of(settings: Settings) -> Doors:
    """The ways in beside a token."""
    return Doors(
        proxies=settings.proxies,
        certificate_header=settings.certificate_header,
        loopback=_anyone() if settings.demo else None,
    )


def _anyone() -> Caller:
    """Who calls a demonstration from its own machine without credentials."""
    return demo_caller(CLIENT_RIGHTS - {Right.RELAY})


async def _land(engine: Engine, seconds: float) -> None:
    """Stop the workers; what is still in the air after that is found by its lease."""
    try:
        async with asyncio.timeout(seconds):
            await engine.stop()
    except TimeoutError:
        log.warning("stopped with deliveries in the air", seconds=seconds)
