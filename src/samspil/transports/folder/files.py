"""Acts on files that a crash leaves either done or not begun."""

import os
import stat
from pathlib import Path


class NotPlain(OSError):
    """Something else than a plain file: a link or a device does not get read."""


def write_whole(path: Path, content: bytes, *, by_way_of: Path) -> None:
    """Write a file so that its name never leads to half of it. `by_way_of` lies on the same file system."""
    write_flushed(by_way_of, content)
    move(by_way_of, path)


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file, and return when it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def mark(path: Path) -> None:
    """Make an empty file that a crash does not forget."""
    write_flushed(path, b"")
    flush_folder(path.parent)


def move(old: Path, new: Path) -> None:
    """Rename, and return when both folders know it on the disk."""
    old.replace(new)
    flush_folder(new.parent)
    if old.parent != new.parent:
        flush_folder(old.parent)


def flush_folder(folder: Path) -> None:
    """Get a folder's entries onto the disk, where the system lets a program ask for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_plain(path: Path) -> bytes:
    """The content of a plain file; links are not followed. Errors: NotPlain, OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotPlain(path.name)
        return file.read()
