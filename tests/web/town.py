"""A small invented town for browser tests: a real site on a real database, with messages in every state.

The receivers answer over real HTTP in the same process: one takes everything, one says no, one is down, one refuses
for good. Everything is seeded through the front door, as a sender would.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samspil.access.callers import SYSTEM, Caller
from samspil.access.directory import Capability, OrganisationKind
from samspil.access.endpoints import add_endpoint
from samspil.access.organisations import add_organisation
from samspil.access.people import add_person
from samspil.access.rights import Right, Role
from samspil.apps.messages.services import DemoPerson
from samspil.domain.identifiers import gs1_check_digit
from samspil.exchange.carriage import Arrival
from samspil.exchange.engine import Engine
from samspil.runtime.server import bind, listening
from samspil.runtime.settings import load
from samspil.runtime.site import Site, open_site
from samspil.runtime.web import build_application
from tests.contract.http.letters import SENT, care_communication

PASSWORD = "en-lang-kode-71903"
TEXT = "Borgeren er klar til udskrivelse fredag. Hjemmeplejen bedes komme kl. 18."
SITE_CALLER = Caller(id=UUID(int=71903), kind="client", name="town", rights=frozenset({Right.SEND}))
PEOPLE = {
    "drift": ("Dorthe Drift", Role.OPERATOR),
    "udvikler": ("Uffe Udvikler", Role.ENGINEER),
    "laeser": ("Lone Læser", Role.VIEWER),
}
# Name, kind, and how its receiver answers: None keeps its messages here, a number is the HTTP status it gives.
PARTIES = (
    ("Nordhavn Sygehus, Medicinsk Afdeling", OrganisationKind.HOSPITAL, None),
    ("Lægerne på Torvet", OrganisationKind.CLINIC, None),
    ("Hjemmeplejen Syd, Ørby Kommune", OrganisationKind.MUNICIPALITY, 202),
    ("Klinikken ved Havnen", OrganisationKind.CLINIC, 503),
    ("Ørby Laboratorium", OrganisationKind.LABORATORY, 422),
    ("Speciallægerne i Vestergade", OrganisationKind.SPECIALIST, 400),
)


def gln(number: int) -> str:
    """A well-formed location number of nobody's."""
    first = f"57900099{number:04}"
    return first + gs1_check_digit(first)


@dataclass(slots=True, kw_only=True)
class Town:
    """Where it answers, and what tests need to know of it."""

    url: str = ""
    glns: list[str] = field(default_factory=list[str])
    messages: dict[str, UUID] = field(default_factory=dict[str, UUID])
    payloads: dict[str, bytes] = field(default_factory=dict[str, bytes])
    send: Callable[[bytes], UUID] = field(default=lambda payload: UUID(int=0))
    """Hand over a message through the front door, from any thread."""


@contextmanager
def open_town(dsn: str, home: Path) -> Generator[Town]:
    """The town, running in a thread of its own until the end."""
    town, ready, over = Town(), threading.Event(), threading.Event()
    failure: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_live(dsn, home, town, ready, over))
        except BaseException as problem:  # told to the test that waits
            failure.append(problem)
        finally:
            ready.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait(60)
    if failure:
        raise failure[0]
    try:
        yield town
    finally:
        over.set()
        thread.join(30)


async def _live(dsn: str, home: Path, town: Town, ready: threading.Event, over: threading.Event) -> None:
    async with _site(dsn, home, town) as site:
        await _seed_messages(site.engine, town)
        town.send = _front_door(site.engine, asyncio.get_running_loop())
        ready.set()
        await asyncio.to_thread(over.wait)


@asynccontextmanager
async def _site(dsn: str, home: Path, town: Town) -> AsyncGenerator[Site]:
    """The whole site as `samspil up` makes it, and beside it the receivers it delivers to."""
    door, receivers = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
    given = {"home": home, "demo": True, "site_name": "Ørby", "retry_seconds": "1,240"}
    settings = load(given, {}).listening_on(door.getsockname()[1])
    town.url = settings.address
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_site(settings, dsn))
        await _seed_register(site, f"http://127.0.0.1:{receivers.getsockname()[1]}", town)
        people = tuple(
            DemoPerson(login=login, password=PASSWORD, name=name, role=role) for login, (name, role) in PEOPLE.items()
        )
        application = build_application(site, demo_people=people)
        answering = Starlette(routes=[Route("/{status:int}", _receiver, methods=["POST"])])
        await stack.enter_async_context(listening(answering, settings, receivers))
        await stack.enter_async_context(listening(application, settings, door))
        yield site


def _front_door(engine: Engine, loop: asyncio.AbstractEventLoop) -> Callable[[bytes], UUID]:
    def send(payload: bytes) -> UUID:
        arrival = Arrival(payload=payload, caller=SITE_CALLER)
        return asyncio.run_coroutine_threadsafe(engine.receive(arrival), loop).result(10).id

    return send


async def _receiver(request: Request) -> Response:
    await request.body()
    return Response(status_code=request.path_params["status"])


async def _seed_register(site: Site, receivers: str, town: Town) -> None:
    database, key = site.database, site.key
    for number, (name, kind, status) in enumerate(PARTIES, 1):
        place = gln(number)
        town.glns.append(place)
        await add_organisation(
            database, by=SYSTEM, name=name, kind=kind, glns=[place], sor=f"10{number:09}", synthetic=True
        )
        await add_endpoint(
            database,
            key,
            by=SYSTEM,
            gln=place,
            wire="mailbox" if status is None else "http",
            url="" if status is None else f"{receivers}/{status}",
            capabilities=[Capability("CareCommunication"), Capability("Acknowledgement")] if number == 3 else [],
        )
    for login, (name, role) in PEOPLE.items():
        await add_person(database, site.passwords, by=SYSTEM, login=login, name=name, role=role, password=PASSWORD)
    await site.register.refresh()


async def _seed_messages(engine: Engine, town: Town) -> None:
    """At least one message in every state that the seeding can bring about by itself."""
    hospital, clinic, home_care, down, says_no, gone = town.glns
    for name, sender, receiver in (
        ("kept", hospital, clinic),
        ("delivered", clinic, home_care),
        ("retrying", clinic, down),
        ("retrying too", hospital, down),
        ("declined", hospital, says_no),
        *((f"dead {number}", hospital, gone) for number in range(5)),
        ("dead to return", clinic, gone),
        ("unknown receiver", hospital, gln(99)),
    ):
        town.payloads[name] = care_communication(sender=sender, receiver=receiver, text=TEXT)
    whole = care_communication(sender=hospital, receiver=clinic, text=TEXT)
    broken = whole.replace(b'"reference":"Patient/', b'"reference":"Patient/0').replace(SENT.encode(), b"i forgaars", 1)
    town.payloads |= {"faulty": broken, "unreadable": b"ISA*00*          *00*", "torn": broken[:900]}
    for name, payload in town.payloads.items():
        receipt = await engine.receive(Arrival(payload=payload, caller=SITE_CALLER))
        town.messages[name] = receipt.id
    await asyncio.sleep(1.5)
