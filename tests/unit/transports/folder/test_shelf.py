"""Files taken and put away, and what a crash leaves behind."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from samspil.transports.folder.places import Places, prepare
from samspil.transports.folder.settling import SETTLED_SECONDS
from samspil.transports.folder.shelf import Shelf
from tests.unit.transports.folder.test_settling import Seconds

DAY = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
ONE = UUID(int=71903)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A folder as its system knows it."""
    made = Places(tmp_path)
    prepare(made)
    return made


def settle(shelf: Shelf, seconds: Seconds) -> list[Path]:
    """Look twice, with the wait between."""
    shelf.take_ready()
    seconds.now += SETTLED_SECONDS
    return shelf.take_ready()


def test_a_file_is_taken_and_put_away(places: Places) -> None:
    """Out of `send` first; into the day's folder with the message's id before its name."""
    seconds = Seconds()
    shelf = Shelf(places, seconds)
    (places.send / "brev.edi").write_bytes(b"x")
    (taken,) = settle(shelf, seconds)
    assert list(places.send.iterdir()) == []
    shelf.accept(taken, ONE, DAY)
    assert (places.root / "archive" / "2026-11-24" / f"{ONE}~brev.edi").read_bytes() == b"x"
    assert shelf.take_ready() == []


def test_what_is_refused_lies_beside_its_answer(places: Places) -> None:
    """Both carry the same id; the file is as it came."""
    seconds = Seconds()
    shelf = Shelf(places, seconds)
    (places.send / "brev.edi").write_bytes(b"x")
    (taken,) = settle(shelf, seconds)
    shelf.refuse(taken, ONE, b"{}")
    assert {path.name: path.read_bytes() for path in places.refused.iterdir()} == {
        f"{ONE}~brev.edi": b"x",
        f"{ONE}~brev.edi.answer.json": b"{}",
    }


def test_two_files_of_one_name_stay_two(places: Places) -> None:
    """A new letter of the same name never takes the place of one that is being read."""
    seconds = Seconds()
    shelf = Shelf(places, seconds)
    (places.send / "brev.edi").write_bytes(b"one")
    (first,) = settle(shelf, seconds)
    (places.send / "brev.edi").write_bytes(b"two")
    taken = settle(shelf, seconds)
    assert sorted(path.read_bytes() for path in taken) == [b"one", b"two"]
    assert first in taken


def test_another_process_takes_over(places: Places) -> None:
    """As long as one looks, nobody else does; what it left behind is taken up by the next."""
    seconds = Seconds()
    first, second = Shelf(places, seconds), Shelf(places, seconds)
    (places.send / "brev.edi").write_bytes(b"x")
    (taken,) = settle(first, seconds)
    assert settle(second, seconds) == []
    first.release()
    assert settle(second, seconds) == [taken]


def test_a_folder_that_is_away_is_not_made(tmp_path: Path) -> None:
    """Where a share is not mounted, nothing may look like it."""
    away = Places(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        Shelf(away).take_ready()
    assert not away.root.exists()


def test_long_and_strange_names(places: Places) -> None:
    """A name may fill all its file system allows, in any bytes."""
    seconds = Seconds()
    shelf = Shelf(places, seconds)
    for name in (b"\xe6" * 250 + b".edi", ("æ" * 120 + ".edi").encode()):
        (places.send / os.fsdecode(name)).write_bytes(b"x")
    taken = settle(shelf, seconds)
    assert len(taken) == 2
    for path in taken:
        shelf.accept(path, ONE, DAY)
        assert path.name.endswith(".edi")


def test_old_notes_are_forgotten(places: Places) -> None:
    """Deliveries are remembered for a month, half-written files for a day."""
    seconds = Seconds()
    for folder, days in ((places.sent, 31), (places.sent, 29), (places.making, 2), (places.making, 0)):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{days} days"
        path.write_bytes(b"x")
        os.utime(path, (time.time() - days * 86_400, time.time() - days * 86_400))
    Shelf(places, seconds).take_ready()
    assert [path.name for folder in (places.sent, places.making) for path in folder.iterdir()] == ["29 days", "0 days"]
