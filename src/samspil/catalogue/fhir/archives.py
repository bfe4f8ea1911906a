"""A package's archive read from memory with bounds: whoever sends one can neither fill the memory nor reach a file.

Nothing is unpacked onto a disk. An archive that holds links, devices, names that lead out of it, or more than any
package does, was not made by a package's publisher and is refused whole.
"""

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Final

LARGEST_MEMBER_BYTES: Final = 64 * 1024 * 1024
LARGEST_CONTENT_BYTES: Final = 1024 * 1024 * 1024
MOST_MEMBERS: Final = 100_000
PLAIN: Final = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE})


class UnsafeArchive(ValueError):
    """An archive holds what no package holds."""


class _Bounded(io.RawIOBase):
    """A stream that gives no more than it may, at once or in all; tarfile believes whatever size a header tells."""

    def __init__(self, inner: gzip.GzipFile) -> None:
        self._inner = inner

    def read(self, size: int = -1, /) -> bytes:
        """That many bytes. Errors: UnsafeArchive for too many."""
        if size < 0 or size > LARGEST_MEMBER_BYTES or self._inner.tell() + size > LARGEST_CONTENT_BYTES:
            raise UnsafeArchive("it is too large")
        return self._inner.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place from the start. Errors: UnsafeArchive for one too far away."""
        if whence != io.SEEK_SET or offset > LARGEST_CONTENT_BYTES:
            raise UnsafeArchive("it is too large")
        return self._inner.seek(offset)

    def tell(self) -> int:
        """The place."""
        return self._inner.tell()


def read_members(archive: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """The wanted files directly in the archive's `package` folder, by name.

    Errors: UnsafeArchive; and what tarfile, gzip and zlib raise for bytes that are no archive.
    """
    with gzip.open(io.BytesIO(archive)) as unpacked, tarfile.open(fileobj=_Bounded(unpacked), mode="r:") as tar:
        for number, member in enumerate(tar):
            path = PurePosixPath(member.name)
            if member.type not in PLAIN or path.is_absolute() or ".." in path.parts or "\\" in member.name:
                raise UnsafeArchive("it holds links, devices or names that lead out of it")
            if number >= MOST_MEMBERS or member.size > LARGEST_MEMBER_BYTES:
                raise UnsafeArchive("it is too large")
            is_wanted = member.isfile() and str(path.parent) == "package" and wanted(path.name)
            content = tar.extractfile(member) if is_wanted else None
            if content is not None:
                yield path.name, content.read()
