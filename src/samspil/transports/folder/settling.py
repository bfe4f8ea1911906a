"""Is a file written to its end? Nobody tells; one that has not changed for a while is taken to be."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SETTLED_SECONDS = 2.0
EMPTY_SECONDS = 60.0
"""A file may be made long before it is filled."""
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")


class Look(NamedTuple):
    """What a file is like at one look. Links, folders and devices have none."""

    size_bytes: int
    changed_ns: int
    number: int


def look_at(path: Path) -> Look | None:
    """A plain file's look; None if it is none or is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return Look(found.st_size, found.st_mtime_ns, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def is_for_us(name: str) -> bool:
    """Hidden files and those that programs rename when they are done are not."""
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


@dataclass(slots=True)
class Settling:
    """Remembers how the files of one folder looked, and since when."""

    clock: Callable[[], float]
    _looks: dict[str, tuple[Look, float]] = field(default_factory=dict[str, tuple[Look, float]])

    def settled(self, folder: Path) -> list[tuple[str, Look]]:
        """The names that have not changed for a while, the oldest first. Errors: OSError."""
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if is_for_us(entry.name)]
        looks = {name: look for name in names if (look := look_at(folder / name)) is not None}
        now = self.clock()
        self._looks = {name: self._since(name, look, now) for name, look in looks.items()}
        ready = [(name, look) for name, (look, since) in self._looks.items() if now - since >= _wait(look)]
        return sorted(ready, key=_oldest)

    def _since(self, name: str, look: Look, now: float) -> tuple[Look, float]:
        before = self._looks.get(name)
        return before if before is not None and before[0] == look else (look, now)


def _wait(look: Look) -> float:
    return SETTLED_SECONDS if look.size_bytes else EMPTY_SECONDS


def _oldest(ready: tuple[str, Look]) -> tuple[int, str]:
    name, look = ready
    return look.changed_ns, name
