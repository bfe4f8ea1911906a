"""When a file is taken to be complete, by a clock in the test's hand."""

import os
from pathlib import Path

from samspil.transports.folder.settling import EMPTY_SECONDS, SETTLED_SECONDS, Settling, look_at


class Seconds:
    """A monotonic clock."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def names(settling: Settling, folder: Path) -> list[str]:
    """What is ready."""
    return [name for name, _ in settling.settled(folder)]


def test_a_file_that_grows_is_left_alone(tmp_path: Path) -> None:
    """Each change begins the wait anew; then it is ready, and stays so."""
    seconds = Seconds()
    settling = Settling(seconds)
    letter = tmp_path / "letter.edi"
    letter.write_bytes(b"UNB+")
    assert names(settling, tmp_path) == []
    seconds.now += SETTLED_SECONDS - 0.1
    letter.write_bytes(b"UNB+UNOC:3")
    assert names(settling, tmp_path) == []
    seconds.now += SETTLED_SECONDS - 0.1
    assert names(settling, tmp_path) == []
    seconds.now += 0.2
    assert names(settling, tmp_path) == ["letter.edi"]
    assert names(settling, tmp_path) == ["letter.edi"]


def test_an_empty_file_may_still_be_filled(tmp_path: Path) -> None:
    """It waits much longer, and not for ever."""
    seconds = Seconds()
    settling = Settling(seconds)
    (tmp_path / "later.edi").touch()
    assert names(settling, tmp_path) == []
    seconds.now += SETTLED_SECONDS * 2
    assert names(settling, tmp_path) == []
    seconds.now += EMPTY_SECONDS
    assert names(settling, tmp_path) == ["later.edi"]


def test_what_is_no_letter_is_never_ready(tmp_path: Path) -> None:
    """Hidden files, files under a working name, folders, links and pipes."""
    seconds = Seconds()
    settling = Settling(seconds)
    for name in (".hidden", "a.tmp", "b.PART", "c.filepart", "d.edi~"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.edi").mkdir()
    (tmp_path / "link.edi").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.edi")
    names(settling, tmp_path)
    seconds.now += EMPTY_SECONDS
    assert names(settling, tmp_path) == []
    assert look_at(tmp_path / "link.edi") is None


def test_the_oldest_come_first(tmp_path: Path) -> None:
    """Letters of one case keep their order, whatever they are called."""
    seconds = Seconds()
    settling = Settling(seconds)
    for age, name in enumerate(("b", "c", "a")):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, ns=(0, 1_000_000_000 * age))
    names(settling, tmp_path)
    seconds.now += SETTLED_SECONDS
    assert names(settling, tmp_path) == ["b", "c", "a"]
