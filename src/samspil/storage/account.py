"""The system user that runs the embedded server: ourselves, but never root, which PostgreSQL refuses to run as.

Started as root, the server runs as `postgres` if the machine has that user, else as a system user `samspil` that is
made for it. That user must be able to pass every folder above its data.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from samspil.domain.issues import Fault

if sys.platform == "win32":
    raise Fault(
        "database.embedded.unsupported",
        "The embedded PostgreSQL runs on Linux and macOS: set SAMSPIL_DATABASE_URL to a PostgreSQL 16 or newer.",
    )

import pwd

NAMES = ("postgres", "samspil")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL's programs: another user by number, or ourselves where both are None."""

    uid: int | None = None
    gid: int | None = None

    def launch(self, command: Sequence[str | Path], *, output: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start a program that goes on beside us, in a session of its own: Ctrl-C reaches us, not it."""
        return subprocess.Popen(  # noqa: S603 - programs of the wheel and of the system, no words of a user
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def run(self, command: Sequence[str | Path]) -> tuple[int, str]:
        """Run a program to its end: its exit code and everything it said."""
        with self.launch(command, output=subprocess.PIPE) as process:
            try:
                said, complaint = process.communicate()
            except BaseException:  # interrupted: a program in a session of its own would go on without us
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return process.returncode, (said + complaint).decode(errors="replace")

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def may_pass(self, folder: Path) -> bool:
        """May the account pass this folder and all above it, on its way to what lies below?"""
        if self.uid is None:
            return os.access(folder, os.X_OK)
        return all(self._may_search(step) for step in (folder, *folder.parents))

    def _may_search(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account(names: Sequence[str] = NAMES) -> Account:
    """The account for the server: the first of the named users there is, the last one made if there is none.

    Errors: Fault where the embedded server cannot run at all, each with what to do instead.
    """
    if os.geteuid() != 0:
        return Account()
    for name in names:
        found = _find(name)
        if found is not None:
            return found
    return _make(names[-1])


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _make(name: str) -> Account:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is not None:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        Account().run([program, *options, "--shell", "/usr/sbin/nologin", name])
    found = _find(name)
    if found is None:
        raise Fault(
            "database.account.missing",
            f"PostgreSQL does not run as root: make a system user {name!r}, or start samspil as another user.",
        )
    return found


def _environment() -> dict[str, str]:
    """What PostgreSQL's programs see: nothing that a caller's PGHOST, PGDATA or LANG could turn astray."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
