"""Locks between processes on a file. The kernel gives them back when a process dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from samspil.domain.issues import Fault


class FileLock:
    """A lock that several may share or one may hold alone; the file stays, empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Do we hold it, shared or alone?"""
        return self._file is not None

    def share(self) -> None:
        """Hold it together with others, until `release`."""
        if self._file is None:
            self._file = self._open()
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def take(self) -> bool:
        """Hold it alone, if nobody else holds it now. After a refusal a shared hold may be lost."""
        if self._file is None:
            self._file = self._open()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextmanager
    def alone(self, *, timeout: float) -> Generator[None]:
        """Hold it alone for the length of a `with` statement. Errors: Fault if others hold it for `timeout` seconds."""
        end = time.monotonic() + timeout
        try:
            while not self.take():
                if time.monotonic() > end:
                    raise Fault("database.lock.held", f"Another process holds {self._path} for {timeout:g} seconds.")
                time.sleep(0.02)
            yield
        finally:
            self.release()

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
