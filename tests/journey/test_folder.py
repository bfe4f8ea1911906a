"""Letters on the wire of files: between two offices that only know folders, on a real exchange and a real database."""

import asyncio
import base64
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from samspil.access.callers import SYSTEM
from samspil.access.directory import Directory, Endpoint, OrganisationKind
from samspil.access.endpoints import add_endpoint
from samspil.access.keys import SiteKey
from samspil.access.organisations import add_organisation
from samspil.benchmarks.sites import Site, free_port
from samspil.domain.message import AnswerCode
from samspil.exchange.carriage import State
from samspil.exchange.engine import Engine, Rules
from samspil.exchange.schedule import Schedule
from samspil.formats.readers import read_payload
from samspil.storage.database import Database
from samspil.storage.migrate import migrate
from samspil.transports.folder import settling
from samspil.transports.folder.carrier import FolderCarrier
from samspil.transports.folder.places import Places, prepare
from samspil.transports.folder.watch import FolderWatch
from tests.journey.exchanging import (
    CLINIC,
    HOSPITAL,
    PHARMACY,
    Clock,
    Office,
    endpoint,
    eventually,
    letter,
    organisation,
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files settle at once: these tests write them by renaming."""
    monkeypatch.setattr(settling, "SETTLED_SECONDS", 0.05)


def folder_of(office: Office, root: Path) -> Places:
    """The office's folder."""
    return Places(root / office.gln)


def by_folder(office: Office, root: Path) -> Endpoint:
    """The office's endpoint, with its folder made."""
    prepare(folder_of(office, root))
    return replace(endpoint(office), wire="folder", url=(root / office.gln).as_uri())


@asynccontextmanager
async def exchanging(dsn: str, root: Path, *, kind: OrganisationKind | None = None) -> AsyncGenerator[Engine]:
    """A node whose clinic and hospital are reached by folders."""
    database = await Database.open(dsn, connections=4)
    offices = [organisation(office) for office in (CLINIC, HOSPITAL, PHARMACY)]
    if kind is not None:
        offices[0] = replace(offices[0], kind=kind)
    directory = Directory(offices, [by_folder(CLINIC, root), by_folder(HOSPITAL, root)])
    folders, clock = FolderCarrier(), Clock()
    engine = Engine(
        database, directory, {"folder": folders}, clock=clock, new_uuid=uuid4, rules=Rules(schedule=Schedule(jitter=0))
    )
    watch = FolderWatch(directory, engine.receive, clock, every_seconds=0.05)
    await engine.start()
    watch.start()
    try:
        yield engine
    finally:
        await watch.stop()
        await engine.stop()
        folders.stop()
        await database.close()


Story = Callable[[Engine, Places, Places], Awaitable[None]]
Tell = Callable[..., None]


@pytest.fixture
def tell(database_url: str, tmp_path: Path) -> Tell:
    """Run a story between the clinic's folder and the hospital's."""

    def run(story: Story, *, kind: OrganisationKind | None = None) -> None:
        async def main() -> None:
            async with exchanging(database_url, tmp_path, kind=kind) as engine:
                await story(engine, folder_of(CLINIC, tmp_path), folder_of(HOSPITAL, tmp_path))

        asyncio.run(main())

    return run


def put(places: Places, payload: bytes, name: str = "brev.json") -> None:
    """Put a letter into `send` as a careful system does."""
    (places.root / name).write_bytes(payload)
    (places.root / name).rename(places.send / name)


async def until(places: Callable[[], Path], pattern: str = "*", *, count: int = 1) -> list[Path]:
    """Wait until so many files are there."""
    await eventually(lambda: places().is_dir() and len(list(places().glob(pattern))) >= count)
    return sorted(places().glob(pattern))


def test_a_letter_from_folder_to_folder(tell: Tell) -> None:
    """Put into one, found in the other byte for byte; the sender's file lies in its archive under the message's id."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        payload = letter("Kommer fredag")
        put(clinic, payload)
        (there,) = await until(lambda: hospital.receive)
        assert there.read_bytes() == payload
        (kept,) = await until(lambda: clinic.root, "archive/*/*")
        assert kept.read_bytes() == payload
        identifier, _, name = kept.name.partition("~")
        assert name == "brev.json"
        assert there.stem == identifier
        story = await engine.tracking.get(UUID(identifier), glns=None)
        assert story is not None
        assert story.row.state is State.DELIVERED
        assert story.events[0].evidence["wire"] == "folder"

    tell(story)


def test_the_same_file_again_is_carried_once(tell: Tell) -> None:
    """A system that repeats itself doubles nothing; both files are archived as the one message they are."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        payload = letter("Kommer fredag")
        put(clinic, payload, "first.json")
        await until(lambda: clinic.root, "archive/*/*")
        put(clinic, payload, "again.json")
        kept = await until(lambda: clinic.root, "archive/*/*", count=2)
        assert len({path.name.partition("~")[0] for path in kept}) == 1
        put(clinic, letter("Noget andet"), "other.json")
        await until(lambda: hospital.receive, count=2)
        assert len(list(hospital.receive.iterdir())) == 2

    tell(story)


def test_what_is_refused_is_told_twice(tell: Tell) -> None:
    """Beside the file for its operator, and as an acknowledgement in `receive` for its system."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, letter("Hej", receiver=PHARMACY))
        (answer,) = await until(lambda: clinic.refused, "*.answer.json")
        told = json.loads(answer.read_text())
        assert [issue["code"] for issue in told["issues"] if issue["severity"] == "error"] == ["exchange.party.unknown"]
        (receipt,) = await until(lambda: clinic.receive)
        head = read_payload(receipt.read_bytes())[1][0].head
        assert head is not None
        assert head.answers is not None
        assert head.answers.code is AnswerCode.FATAL

    tell(story)


def test_nobody_speaks_for_others(tell: Tell) -> None:
    """A folder's letters are its own organisation's; only a hub's folder carries others'."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, letter("Hej", sender=PHARMACY))
        (answer,) = await until(lambda: clinic.refused, "*.answer.json")
        assert json.loads(answer.read_text())["issues"][0]["code"] == "access.sender.foreign"
        assert list(hospital.receive.iterdir()) == []

    tell(story)


def test_a_hub_speaks_for_all_behind_it(tell: Tell) -> None:
    """Its folder is a wire to many."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, letter("Hej", sender=PHARMACY))
        await until(lambda: hospital.receive)

    tell(story, kind=OrganisationKind.HUB)


def test_rubbish_is_set_aside_and_the_next_goes_on(tell: Tell) -> None:
    """Bytes of nothing known, a file that is too large, a file that may not be read: none stops the others."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, bytes(range(256)), "a-noise")
        put(clinic, letter("Hej"), "z-letter.json")
        await until(lambda: hospital.receive)
        await until(lambda: clinic.refused, "*~a-noise")

    tell(story)


KILLS = 6
LETTERS = 60


@pytest.mark.timeout(240)
def test_killed_at_random_nothing_is_lost_or_doubled(
    new_database: Callable[[], str], new_home: Callable[[], Path]
) -> None:
    """A real site dies again and again while letters are put in and fetched away; each arrives exactly once."""
    home = new_home()
    clinic, hospital = folder_of(CLINIC, home), folder_of(HOSPITAL, home)
    dsn, key = new_database(), base64.b64encode(secrets.token_bytes(32)).decode()
    asyncio.run(_register(dsn, SiteKey.load(home, given=key), home))
    site = Site(
        name="folders", port=free_port(), dsn=dsn, home=home / "site", key=key,
        environment={"SAMSPIL_RETRY_SECONDS": "0.5,1", "SAMSPIL_RETRY_THEN_SECONDS": "1"},
    )  # fmt: skip
    chance, got = random.Random(71903), Counter[bytes]()
    payloads = [letter(f"Brev {number}") for number in range(LETTERS)]
    try:
        site.start(wait_seconds=60)
        for round_number in range(KILLS):
            for number in range(round_number, LETTERS, KILLS):
                put(clinic, payloads[number], f"{number}.json")
            _fetch(hospital, got, seconds=chance.uniform(1.0, 4.5))
            site.kill()
            site.start(wait_seconds=60)
        end = time.monotonic() + 60
        while time.monotonic() < end and (sum(got.values()) < LETTERS or any(clinic.taken.iterdir())):
            _fetch(hospital, got, seconds=0.5)
        _fetch(hospital, got, seconds=3)
    finally:
        site.stop()
    assert got == Counter(payloads)
    assert len(list(clinic.root.glob("archive/*/*"))) == LETTERS
    assert list(clinic.send.iterdir()) == []


def _fetch(places: Places, got: Counter[bytes], *, seconds: float) -> None:
    """Take letters away as soon as they are there, as a system does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in places.receive.glob("*.json"):
            got[path.read_bytes()] += 1
            path.unlink()
        time.sleep(0.02)


async def _register(dsn: str, key: SiteKey, root: Path) -> None:
    await migrate(dsn)
    database = await Database.open(dsn, connections=2)
    try:
        for office in (CLINIC, HOSPITAL):
            await add_organisation(
                database, by=SYSTEM, name=office.name, kind=OrganisationKind.CLINIC, glns=[office.gln], sor=office.sor
            )
            url = by_folder(office, root).url
            await add_endpoint(database, key, by=SYSTEM, gln=office.gln, wire="folder", url=url)
    finally:
        await database.close()


LETTER = (
    (Path(__file__).parents[2] / "examples" / "letters" / "DIS91" / "D9134L.edi")
    .read_bytes()
    .replace(b"5790000000036", CLINIC.gln.encode())
    .replace(b"5790000000012", HOSPITAL.gln.encode())
)


def test_a_legacy_letter_travels_as_it_is(tell: Tell) -> None:
    """EDIFACT in, EDIFACT out, byte for byte, under its own ending."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, LETTER, "brev.edi")
        (there,) = await until(lambda: hospital.receive)
        assert (there.suffix, there.read_bytes()) == (".edi", LETTER)

    tell(story)


def test_a_faulty_legacy_letter_gets_a_negative_receipt(tell: Tell) -> None:
    """In its own spelling, about its own ids; and a receipt that goes astray is never answered."""

    async def story(engine: Engine, clinic: Places, hospital: Places) -> None:
        put(clinic, LETTER.replace(b"GIS+N'", b"GIS+?+'", 1), "brev.edi")
        (receipt,) = await until(lambda: clinic.receive)
        assert receipt.suffix == ".edi"
        (part,) = read_payload(receipt.read_bytes())[1]
        assert part.identity.standard == "CTL02"
        assert part.head is not None
        assert part.head.answers is not None
        assert (part.head.answers.message_id, part.head.answers.code) == ("EKS0002", AnswerCode.FATAL)
        await until(lambda: clinic.refused, "*.answer.json")
        astray = receipt.read_bytes().replace(CLINIC.gln.encode(), PHARMACY.gln.encode())
        put(hospital, astray, "receipt-to-nobody.edi")
        await until(lambda: hospital.refused, "*.answer.json")
        await asyncio.sleep(0.3)
        assert list(hospital.receive.iterdir()) == []

    tell(story)
