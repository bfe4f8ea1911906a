"""Locks on files: shared by many or held by one, and given back by the kernel."""

import subprocess
import sys
from pathlib import Path

import pytest

from samspil.domain.issues import Fault
from samspil.storage.locks import FileLock


def test_many_share_or_one_holds(tmp_path: Path) -> None:
    """Nobody holds it alone while others share; the last of them may."""
    first, second, third = (FileLock(tmp_path / "new" / "lock") for _ in range(3))
    first.share()
    first.share()
    second.share()
    assert first.held
    assert not third.take()
    second.release()
    assert not third.take()
    first.release()
    assert third.take()
    assert not first.held


def test_waiting_ends_with_a_sentence(tmp_path: Path) -> None:
    """Whoever waits for a lock in vain is told which file it is."""
    holder, waiter = FileLock(tmp_path / "gate"), FileLock(tmp_path / "gate")
    with holder.alone(timeout=1):
        with pytest.raises(Fault, match=r"Another process holds .*gate"), waiter.alone(timeout=0.05):
            pass
        assert not waiter.held
    with waiter.alone(timeout=0.05):
        assert waiter.held


HOLD = """
import sys, time
from pathlib import Path
from samspil.storage.locks import FileLock
print(FileLock(Path(sys.argv[1])).take(), flush=True)
time.sleep(60)
"""


def test_a_killed_process_gives_it_back(tmp_path: Path) -> None:
    """kill -9 leaves no lock behind."""
    lock = FileLock(tmp_path / "lock")
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "lock"], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        assert not lock.take()
        other.kill()
    assert lock.take()
    lock.release()
