"""Packages that were read before: what is kept of an archive, under the hash of its bytes.

Unpacking an archive, finding the definitions in it and packing them singly takes a hundred times longer than reading
the result again. A file here is never trusted further than its own checksum, and never missed: whatever is wrong with
it, the archive is read anew. Folders are not kept, for nobody knows when they change.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from samspil.catalogue.fhir.package_files import AnyPath, Definition, PackageFiles, read_archive
from samspil.catalogue.whole_files import write_whole

FORMAT: Final = b"samspil fhir package 1\n"
"""What a file begins with; another number when what is kept changes."""
DIGEST_BYTES: Final = 32
LENGTH_BYTES: Final = 8


class PackageCache:
    """A folder of packages read before."""

    def __init__(self, folder: AnyPath) -> None:
        self._folder = Path(folder)

    def read(self, archive: bytes, *, origin: str) -> PackageFiles:
        """A package from its archive's bytes, or from what was kept of them. Errors: PackageError."""
        place = self._folder / hashlib.sha256(archive).hexdigest()
        kept = _unpacked(place, origin)
        if kept is not None:
            return kept
        package = read_archive(archive, origin=origin)
        with contextlib.suppress(OSError):  # a cache that cannot be written is none
            write_whole(place, _packed(package))
        return package


def _packed(package: PackageFiles) -> bytes:
    """What is kept: a checksum, the length of the list of definitions, the list, the definitions as they are packed."""
    listed = [[one.kind, one.url, one.version, one.id, len(one.packed)] for one in package.definitions]
    head = orjson.dumps([package.name, package.version, package.needs, listed])
    body = b"".join((len(head).to_bytes(LENGTH_BYTES), head, *(one.packed for one in package.definitions)))
    return FORMAT + hashlib.sha256(body).digest() + body


def _unpacked(place: Path, origin: str) -> PackageFiles | None:
    """The package as it was kept; None where it was not, or is not what was written."""
    try:
        content = place.read_bytes()
    except OSError:
        return None
    begin = len(FORMAT) + DIGEST_BYTES
    body = memoryview(content)[begin:]
    if not content.startswith(FORMAT) or content[len(FORMAT) : begin] != hashlib.sha256(body).digest():
        return None
    head_end = LENGTH_BYTES + int.from_bytes(body[:LENGTH_BYTES])
    name, version, needs, listed = orjson.loads(body[LENGTH_BYTES:head_end])
    return PackageFiles(
        name=name,
        version=version,
        needs=tuple((row[0], row[1]) for row in needs),
        definitions=tuple(_definitions(listed, body[head_end:])),
        origin=origin,
    )


def _definitions(listed: list[list[Any]], packed: memoryview) -> Iterator[Definition]:
    at = 0
    for kind, url, version, identifier, length in listed:
        yield Definition(kind, url, version, identifier, bytes(packed[at : at + length]))
        at += length
