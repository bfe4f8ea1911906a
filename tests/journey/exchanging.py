"""A site in this process for journey tests: a real exchange on a real database, time in the test's hand.

`Site` is home to a hospital (mailbox); its partners are whatever the test registers: a scripted `Partner`, another
`Site`, or nobody.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from samspil.access.callers import Caller
from samspil.access.directory import Capability, Directory, Endpoint, Organisation
from samspil.access.rights import Right
from samspil.domain.identifiers import Cpr
from samspil.domain.issues import Unreachable
from samspil.domain.message import Person, PersonName, Professional
from samspil.exchange.carriage import Arrival, Carrier, Outcome, Parcel, Receipt, Result, State
from samspil.exchange.engine import Engine, Rules
from samspil.exchange.letters import Terms
from samspil.exchange.schedule import Schedule
from samspil.exchange.stories import Story
from samspil.formats.fhir.compose import Pen, compose_care_communication, party
from samspil.storage.database import Database
from samspil.transports.http.client import HttpCarrier, Limits

START = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
BRUNO = Person(number=Cpr("2509479989"), name=PersonName(family="Elmer", given=("Bruno", "Test")))
KAREN = Professional(name=PersonName(family="Holm", given=("Karen",)), role_code="overlaege")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A party to letters."""

    name: str
    gln: str
    sor: str


CLINIC = Office(name="Lægehuset Bækken", gln="5790000121526", sor="265161000016000")
HOSPITAL = Office(name="Fjordby Sygehus", gln="5790000201389", sor="953741000016009")
PHARMACY = Office(name="Havnens Apotek", gln="5790001348120", sor="171903000016003")
SECONDS = timedelta(seconds=1)
AT_A, AT_B = "http://a.invalid/", "http://b.invalid/"


class Clock:
    """Time stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, more: timedelta) -> None:
        """Let time pass, or jump back."""
        self.now += more


def letter(
    text: str = "Hej",
    *,
    sender: Office = CLINIC,
    receiver: Office = HOSPITAL,
    episode: str = "",
) -> bytes:
    """A care communication that nobody has seen."""
    return compose_care_communication(
        Pen(START, uuid4),
        sender=party(sender.name, gln=sender.gln, sor=sender.sor),
        receiver=party(receiver.name, gln=receiver.gln, sor=receiver.sor),
        patient=BRUNO,
        author=KAREN,
        phone="70201020",
        text=text,
        category="carecoordination",
        episode=str(uuid5(NAMESPACE_OID, episode)) if episode else "",
    )


def organisation(office: Office) -> Organisation:
    """The office as the register holds it; its id tells its number."""
    return Organisation(id=UUID(int=int(office.gln)), name=office.name, glns=(office.gln,), sor=office.sor)


def endpoint(office: Office, url: str = "", *, resend: str = "auto", takes: Sequence[Capability] = ()) -> Endpoint:
    """The office's endpoint: its mailbox here, or an address elsewhere."""
    return Endpoint(
        id=UUID(int=int(office.gln) + (2 if url else 1)),
        organisation=UUID(int=int(office.gln)),
        gln=office.gln,
        wire="http" if url else "mailbox",
        url=url,
        resend="button" if resend == "button" else "auto",
        capabilities=tuple(takes),
    )


def client_of(office: Office) -> Caller:
    """The office's own system."""
    return Caller(
        id=UUID(int=int(office.gln) + 2), kind="client", name="journal", organisation=UUID(int=int(office.gln)),
        glns=frozenset({office.gln}), rights=frozenset({Right.SEND, Right.READ, Right.OPEN}),
    )  # fmt: skip


PEER = Caller(id=UUID(int=71903), kind="client", name="peer", rights=frozenset({Right.RELAY}))
OPERATOR = Caller(id=UUID(int=71904), kind="person", name="operator", rights=frozenset({Right.RESOLVE, Right.READ}))


@dataclass(slots=True, kw_only=True)
class Site:
    """One running exchange."""

    engine: Engine
    database: Database = field(repr=False)
    directory: Directory
    clock: Clock

    async def take(self, payload: bytes, *, caller: Caller) -> Receipt:
        """Hand over an arrival."""
        return await self.engine.receive(Arrival(payload=payload, caller=caller))

    async def story(self, message: UUID) -> Story:
        """What is known of a message."""
        story = await self.engine.tracking.get(message, glns=None)
        assert story is not None
        return story

    async def until(self, message: UUID, *states: State, seconds: float = 10.0) -> Story:
        """Wait until a message is in one of these states."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            story = await self.story(message)
            if story.row.state in states or asyncio.get_running_loop().time() > end:
                assert story.row.state in states, (story.row.state, [event.kind for event in story.events])
                return story
            await asyncio.sleep(0.02)

    async def quiet(self) -> bool:
        """Is nothing on its way out?"""
        return await self.count("outbox") == 0

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        row = await self.database.row(f"select count(*) from {table}")
        assert row is not None
        return int(row[0])


@asynccontextmanager
async def site(
    dsn: str,
    *,
    endpoints: Sequence[Endpoint] = (),
    clock: Clock | None = None,
    carrier: Carrier | None = None,
    rules: Rules | None = None,
) -> AsyncGenerator[Site, None]:
    """A site for the length of an `async with`; without a carrier it speaks real HTTP, impatiently."""
    clock = clock or Clock()
    database = await Database.open(dsn, connections=8)
    directory = Directory([organisation(office) for office in (CLINIC, HOSPITAL, PHARMACY)], endpoints)
    http = HttpCarrier(Limits(connect=0.5, silence=0.5, total=1.0))
    await http.start()
    engine = Engine(
        database, directory, {"http": carrier or http}, clock=clock, new_uuid=uuid4,
        rules=rules or Rules(terms=Terms(), schedule=Schedule(jitter=0)),
    )  # fmt: skip
    await engine.start()
    try:
        yield Site(engine=engine, database=database, directory=directory, clock=clock)
    finally:
        await engine.stop()
        await http.stop()
        await database.close()


async def eventually(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 10.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while True:
            so = condition()
            if so if isinstance(so, bool) else await so:
                return
            await asyncio.sleep(0.02)


class Receiver(Protocol):
    """Whoever takes what a hand brings: a site, or several behind a map."""

    async def take(self, payload: bytes, *, caller: Caller) -> Receipt:
        """Hand over an arrival."""
        ...


class Hand:
    """A carrier that gives every parcel to another site, as a peer's HTTP edge would; it may fail on cue."""

    def __init__(self) -> None:
        self.sites: Mapping[str, Receiver] = {}
        self.script: list[str] = []
        self.carried: list[bytes] = []

    async def carry(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> Outcome:
        """Hand over; `lose` loses the answer after the commit, `fail` fails before."""
        act = self.script.pop(0) if self.script else "give"
        if act == "fail":
            return Outcome(result=Result.TRY_AGAIN, code="delivery.unreachable", counts_against_endpoint=True)
        self.carried.append(payload)
        try:
            receipt = await self.sites[endpoint.url].take(payload, caller=PEER)
        except Unreachable as problem:
            return Outcome(result=Result.TRY_AGAIN, code=problem.code, counts_against_endpoint=True)
        if act == "lose":
            return Outcome(result=Result.TRY_AGAIN, code="delivery.timeout", counts_against_endpoint=True)
        if receipt.status == 422:
            return Outcome(result=Result.DECLINED, code="delivery.status.422", status=422)
        if receipt.status >= 300:
            return Outcome(result=Result.FAILED, code=f"delivery.status.{receipt.status}", status=receipt.status)
        return Outcome(result=Result.DELIVERED, code="", status=receipt.status)


@asynccontextmanager
async def two_sites(
    dsns: tuple[str, str], *, rules: Rules | None = None, offices: tuple[Office, Office] = (CLINIC, HOSPITAL)
) -> AsyncGenerator[tuple[Site, Site, Hand], None]:
    """Site A, home to the first office, and site B, home to the second, with a hand between them and one clock."""
    (home_a, home_b), hand, clock = offices, Hand(), Clock()
    at_a = [endpoint(home_a), endpoint(home_b, AT_B)]
    at_b = [endpoint(home_b), endpoint(home_a, AT_A)]
    if home_a.gln == home_b.gln:  # an office that writes to itself: its letters live at B, its answers at A
        letters, answers = Capability("CareCommunication"), Capability("Acknowledgement")
        at_a = [endpoint(home_a, takes=[answers]), endpoint(home_a, AT_B, takes=[letters])]
        at_b = [endpoint(home_a, takes=[letters]), endpoint(home_a, AT_A, takes=[answers])]
    async with (
        site(dsns[0], endpoints=at_a, clock=clock, carrier=hand, rules=rules) as a,
        site(dsns[1], endpoints=at_b, clock=clock, carrier=hand, rules=rules) as b,
    ):
        hand.sites = {AT_A: a, AT_B: b}
        yield a, b, hand
