"""The packages that a site has taken in: their archives as they came, each beside the checksum of its bytes.

    HOME/packages/medcom.fhir.dk.core@3.0.1.tgz
    HOME/packages/medcom.fhir.dk.core@3.0.1.tgz.sha256      as `sha256sum -c` reads it

The folder is one like any other that rules are loaded from; whoever loads it has each archive checked against its
checksum. Nothing is judged by it unless somebody asks for that.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from samspil.catalogue.fhir.package_files import CHECKSUM, PackageError, PackageFiles, read_archive, read_package
from samspil.catalogue.whole_files import write_whole

SUFFIX: Final = ".tgz"
LARGEST_ARCHIVE_BYTES: Final = 256 * 1024 * 1024
_is_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}").fullmatch
_is_version = re.compile(r"[0-9][A-Za-z0-9.+-]{0,63}").fullmatch


class OtherContent(PackageError):
    """The same name and version are kept already, with other bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One package in the store."""

    name: str
    version: str
    sha256: str
    size_bytes: int
    needs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


def is_reference(name: str, version: str) -> bool:
    """May a package be called so? Both become part of a file's name and of an address."""
    return _is_name(name) is not None and _is_version(version) is not None


class PackageStore:
    """The packages in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, archive: bytes, *, origin: str) -> tuple[Kept, bool]:
        """Take a package in; False beside it if it was there already.

        The checksum is written first: an archive without one was never added.
        Errors: PackageError for what is no package that can be read; OtherContent.
        """
        if len(archive) > LARGEST_ARCHIVE_BYTES:
            raise PackageError(f"{origin} is too large")
        package = read_archive(archive, origin=origin)
        if not is_reference(package.name, package.version):
            raise PackageError(f"{origin} calls itself by a name or version that no package has")
        place = self._place(package.name, package.version)
        kept = _kept(package, archive)
        if place.exists():
            if hashlib.sha256(place.read_bytes()).hexdigest() != kept.sha256:
                raise OtherContent(f"{package} is kept already, with other content")
            return kept, False
        write_whole(place.with_name(place.name + CHECKSUM), f"{kept.sha256}  {place.name}\n".encode())
        write_whole(place, archive)
        return kept, True

    def list(self) -> tuple[Kept, ...]:
        """What is kept, by name and version. Errors: PackageError if an archive is not what was added."""
        return tuple(_kept(read_package(place), place.read_bytes()) for place in sorted(self._archives()))

    def names(self) -> frozenset[str]:
        """The names of what is kept, without opening anything."""
        return frozenset(place.name.partition("@")[0] for place in self._archives())

    def remove(self, name: str, version: str) -> bool:
        """Take a package out; False if it is not there."""
        if not is_reference(name, version):
            return False
        place = self._place(name, version)
        existed = place.exists()
        place.unlink(missing_ok=True)
        place.with_name(place.name + CHECKSUM).unlink(missing_ok=True)
        return existed

    def _archives(self) -> Iterator[Path]:
        return self.folder.glob(f"*{SUFFIX}")

    def _place(self, name: str, version: str) -> Path:
        return self.folder / f"{name}@{version}{SUFFIX}"


def _kept(package: PackageFiles, archive: bytes) -> Kept:
    return Kept(
        name=package.name,
        version=package.version,
        sha256=hashlib.sha256(archive).hexdigest(),
        size_bytes=len(archive),
        needs=package.needs,
    )
