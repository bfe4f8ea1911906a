"""Takes files out of `send` by renaming them, and puts them away: the file work of one folder, one process at a time.

What lies in `taken` has left its sender's hand and is not yet put away. Whoever comes after a crash finds it there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from samspil.storage.locks import FileLock
from samspil.transports.folder.files import move, write_whole
from samspil.transports.folder.places import Places
from samspil.transports.folder.settling import Settling, look_at

MOST_NAME_BYTES = 120
TIDY_SECONDS = 3600.0
REMEMBERED_SECONDS = 30 * 86_400.0  # longer than any delivery is tried
ABANDONED_SECONDS = 86_400.0


@dataclass(slots=True)
class Shelf:
    """The files of one endpoint's folder."""

    places: Places
    seconds: Callable[[], float] = time.monotonic
    _new: Settling = field(init=False)
    _left: Settling = field(init=False)
    _lock: FileLock = field(init=False)
    _tidied: float = float("-inf")

    def __post_init__(self) -> None:
        self._new, self._left = Settling(self.seconds), Settling(self.seconds)
        self._lock = FileLock(self.places.lock)

    def take_ready(self) -> list[Path]:
        """What a process that died left behind, then what is new and complete; nothing while another process is at it.

        Errors: OSError, where the folder is not there.
        """
        places = self.places
        new = self._new.settled(places.send)  # before anything is made: a share that is away must stay away
        if not self._lock.held and not self._lock.take():
            return []
        places.taken.mkdir(exist_ok=True)
        self._tidy()
        left = [places.taken / name for name, _ in self._left.settled(places.taken)]
        taken: list[Path] = []
        for name, look in new:
            mine = places.taken / f"{uuid4().hex}~{_shortened(name)}"
            (places.send / name).replace(mine)
            if look_at(mine) == look:  # else it was changed between our look and our grip: let it settle again
                taken.append(mine)
        return [*left, *taken]

    def accept(self, taken: Path, identifier: UUID, moment: datetime) -> None:
        """Put away what the exchange has. Errors: OSError."""
        folder = self.places.archive(moment)
        folder.mkdir(parents=True, exist_ok=True)
        _put(taken, folder, identifier)

    def refuse(self, taken: Path, identifier: UUID, answer: bytes) -> None:
        """Put away what was turned away, its answer beside it. Errors: OSError."""
        self.places.refused.mkdir(exist_ok=True)
        self.places.making.mkdir(exist_ok=True)
        name = f"{_put_name(taken, identifier)}.answer.json"
        write_whole(self.places.refused / name, answer, by_way_of=self.places.making / f"{identifier}.answer")
        _put(taken, self.places.refused, identifier)

    def release(self) -> None:
        """Let another process take from here."""
        self._lock.release()

    def _tidy(self) -> None:
        """Forget deliveries of long ago, and what a crash left half written."""
        now = self.seconds()
        if now - self._tidied < TIDY_SECONDS:
            return
        self._tidied = now
        today = time.time()
        for folder, seconds in ((self.places.sent, REMEMBERED_SECONDS), (self.places.making, ABANDONED_SECONDS)):
            for path in folder.glob("*"):
                look = look_at(path)
                if look and today - look.changed_ns / 1e9 > seconds:
                    path.unlink(missing_ok=True)


def _put(taken: Path, folder: Path, identifier: UUID) -> None:
    move(taken, folder / _put_name(taken, identifier))


def _put_name(taken: Path, identifier: UUID) -> str:
    return f"{identifier}~{taken.name.partition('~')[2]}"


def _shortened(name: str) -> str:
    """The end of a name, so that there is room for ours before it. Names are bytes to most file systems."""
    return name.encode("utf-8", "surrogateescape")[-MOST_NAME_BYTES:].decode("utf-8", "surrogateescape")
