"""Letters that appear in a folder whole and once, wherever the power went off."""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from samspil.access.directory import Endpoint
from samspil.domain.message import Format
from samspil.exchange.carriage import Outcome, Parcel, Result
from samspil.transports.folder import carrier
from samspil.transports.folder.carrier import FolderCarrier, deliver
from samspil.transports.folder.places import Places, places_of, prepare

LETTER = b"UNA:+.? 'UNB+UNOC:3+"


class PowerCut(BaseException):
    """Nothing runs after it."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A folder as its system knows it."""
    made = Places(tmp_path)
    prepare(made)
    return made


def parcel(*, fence: int = 1) -> Parcel:
    """A delivery nobody has seen."""
    return Parcel(
        id=uuid4(),
        message=uuid4(),
        endpoint=uuid4(),
        fence=fence,
        tries=1,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        format=Format.EDIFACT,
        sha256=b"",
        payload=None,
    )


def again(first: Parcel) -> Parcel:
    """The same delivery, claimed once more."""
    return Parcel(
        id=first.id,
        message=first.message,
        endpoint=first.endpoint,
        fence=first.fence + 1,
        tries=2,
        created_at=first.created_at,
        format=first.format,
        sha256=b"",
        payload=None,
    )


def inbox(places: Places) -> list[str]:
    """What the system sees."""
    return sorted(entry.name for entry in places.receive.iterdir())


def soon() -> float:
    """A time limit that is not reached."""
    return time.monotonic() + 60


def test_a_letter_appears_under_its_message_id(places: Places) -> None:
    """Whole, with the ending of its format, and nothing else beside it."""
    one = parcel()
    deliver(places, one, LETTER, soon())
    assert inbox(places) == [f"{one.message}.edi"]
    assert (places.receive / f"{one.message}.edi").read_bytes() == LETTER
    assert list(places.making.iterdir()) == []


@pytest.mark.parametrize("cut", ["write_flushed", "write_whole", "move"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_power_cut_at_any_step_neither_loses_nor_doubles(
    places: Places, monkeypatch: pytest.MonkeyPatch, cut: str, when: str
) -> None:
    """The next try finishes it; where its reader had taken it already, it does not come again."""
    act = getattr(carrier, cut)

    def dies(*given: object, **named: object) -> None:
        if when == "after":
            act(*given, **named)
        raise PowerCut

    one = parcel()
    with monkeypatch.context() as patched:
        patched.setattr(carrier, cut, dies)
        with pytest.raises(PowerCut):
            deliver(places, one, LETTER, soon())
    seen = inbox(places)
    for name in seen:
        (places.receive / name).unlink()  # its reader takes it away at once
    deliver(places, again(one), LETTER, soon())
    seen += inbox(places)
    assert seen == [f"{one.message}.edi"]


def test_half_a_file_is_never_what_appears(places: Places) -> None:
    """What an earlier try had half written is left behind; the letter is written anew."""
    one = parcel()
    places.making.mkdir(parents=True)
    (places.making / f"{one.id}.1").write_bytes(LETTER[:5])
    deliver(places, again(one), LETTER, soon())
    assert (places.receive / f"{one.message}.edi").read_bytes() == LETTER


def test_who_comes_too_late_writes_nothing(places: Places) -> None:
    """Another may have the parcel by then."""
    with pytest.raises(TimeoutError):
        deliver(places, parcel(), LETTER, time.monotonic() - 1)
    assert inbox(places) == []


def carried(url: str) -> Outcome:
    """One try at an address."""
    endpoint = Endpoint(id=uuid4(), organisation=uuid4(), gln="5790000000012", wire="folder", url=url)
    folders = FolderCarrier()
    try:
        return asyncio.run(folders.carry(parcel(), LETTER, endpoint))
    finally:
        folders.stop()


def test_what_becomes_of_a_try(places: Places) -> None:
    """There, or tried again later: a folder that is away is never made."""
    assert carried(places.root.as_uri()).result is Result.DELIVERED
    away = places.root / "not-mounted"
    outcome = carried(away.as_uri())
    assert (outcome.result, outcome.code) == (Result.TRY_AGAIN, "delivery.folder.missing")
    assert outcome.counts_against_endpoint
    assert not away.exists()
    (places.root / "plain").mkdir()
    (places.root / "plain" / "receive").write_bytes(b"")
    assert carried((places.root / "plain").as_uri()).code == "delivery.folder.missing"


def test_names_with_blanks_and_danish_letters(tmp_path: Path) -> None:
    """An address is read as it was written."""
    folder = tmp_path / "Lægehuset Bækken"
    assert places_of(folder.as_uri()).root == folder
    if os.name != "nt":
        assert places_of("file:///srv/l%C3%A6ge%20hus").root == Path("/srv/læge hus")
