"""A lock file is removed only where nobody can be behind it."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from samspil.storage.stale import remove_stale_lock


def lock(data: Path, text: str) -> Path:
    """Write a lock file."""
    file = data / "postmaster.pid"
    file.write_text(text)
    return file


@pytest.mark.parametrize("text", ["", "nonsense\n", "4194303\n/data\n"])
def test_what_cannot_be_proved_stays(tmp_path: Path, text: str) -> None:
    """An empty or odd file, and a number that nobody has: PostgreSQL itself deals with those."""
    file = lock(tmp_path, text)
    assert not remove_stale_lock(tmp_path)
    assert file.exists()


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    """Nothing to remove."""
    assert not remove_stale_lock(tmp_path)


def test_somebody_elses_number(tmp_path: Path) -> None:
    """This very test's process is no PostgreSQL, and nobody works in the folder."""
    file = lock(tmp_path, f"{os.getpid()}\n{tmp_path}\n")
    assert remove_stale_lock(tmp_path)
    assert not file.exists()


def test_an_orphaned_backend_keeps_it(tmp_path: Path) -> None:
    """A process that works in the data folder may be a backend whose postmaster was killed."""
    file = lock(tmp_path, f"{os.getpid()}\n{tmp_path}\n")
    with subprocess.Popen(["sleep", "30"], cwd=tmp_path) as orphan:
        removed = remove_stale_lock(tmp_path)
        orphan.kill()
    assert not removed
    assert file.exists()


def test_a_postgres_keeps_it(tmp_path: Path) -> None:
    """The number is a PostgreSQL's, be it a zombie's."""
    (tmp_path / "postgres").symlink_to("/bin/sleep")
    with subprocess.Popen([tmp_path / "postgres", "30"]) as server:
        while Path(f"/proc/{server.pid}/comm").read_text() != "postgres\n":
            time.sleep(0.01)  # the kernel names it a moment after it has begun
        file = lock(tmp_path, f"{server.pid}\n{tmp_path}\n")
        removed = remove_stale_lock(tmp_path)
        server.kill()
    assert not removed
    assert file.exists()
