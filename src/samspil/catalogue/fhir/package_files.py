"""FHIR packages as files: what is in a package, without looking into a definition before somebody asks for it.

A package is a `.tgz` or an unpacked folder, with a `package.json` that names it and what it needs. Of its members
only definitions that rules are made from are kept, compressed: all of MedCom's packages together hold 60 MB of them.

Source: FHIR NPM package specification (package.json, .index.json).
"""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from samspil.catalogue.fhir.archives import read_members

AnyPath = str | os.PathLike[str]
KINDS: Final = frozenset({"StructureDefinition", "ValueSet", "CodeSystem"})
CHECKSUM: Final = ".sha256"
"""What is added to an archive's name for the file that holds its checksum, as `sha256sum` writes it."""


class PackageError(ValueError):
    """A file or folder is not a FHIR package that can be read."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition in a package, by its canonical address; its content is read on demand."""

    kind: str
    url: str
    version: str
    id: str
    packed: bytes = field(repr=False)

    def read(self) -> Mapping[str, Any]:
        """The definition as JSON."""
        return orjson.loads(zlib.decompress(self.packed))


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """One package: who it is, which packages it needs, and its definitions."""

    name: str
    version: str
    needs: tuple[tuple[str, str], ...]
    definitions: tuple[Definition, ...]
    origin: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class ReadArchive(Protocol):
    """How an archive's bytes become a package; `origin` names them where something is wrong."""

    def __call__(self, archive: bytes, *, origin: str) -> PackageFiles:
        """The package. Errors: PackageError."""
        ...


def read_archive(archive: bytes, *, origin: str) -> PackageFiles:
    """One package from its archive's bytes. Errors: PackageError."""
    return _package(read_members(archive, _is_wanted), origin=origin)


def read_packages(place: AnyPath, *, read: ReadArchive = read_archive) -> tuple[PackageFiles, ...]:
    """Every package in a folder: `*.tgz` files, unpacked packages, or the folder itself if it is one.

    Errors: PackageError if there is none, or one cannot be read.
    """
    folder = Path(place)
    if not folder.is_dir():
        raise PackageError(f"{folder} is not a folder")
    if _manifest_folder(folder) is not None:
        return (read_package(folder),)
    found = [
        item
        for item in sorted(folder.iterdir())
        if item.suffix == ".tgz" or (item.is_dir() and _manifest_folder(item) is not None)
    ]
    if not found:
        raise PackageError(f"{folder} holds no FHIR package")
    return tuple(read_package(item, read=read) for item in found)


def read_package(place: AnyPath, *, read: ReadArchive = read_archive) -> PackageFiles:
    """One package from a `.tgz` or a folder.

    Errors: PackageError if it is none, or not the bytes that the checksum beside it was made of.
    """
    path = Path(place)
    if path.is_dir():
        return _package(_folder_members(path), origin=str(path))
    try:
        archive = path.read_bytes()
        checksum = path.with_name(path.name + CHECKSUM)
        if checksum.exists() and checksum.read_text("ascii").split()[:1] != [hashlib.sha256(archive).hexdigest()]:
            raise PackageError(f"{path} is not the file that was added: its checksum differs")
    except (OSError, UnicodeError) as fault:
        raise PackageError(f"{path} cannot be read: {fault}") from fault
    return read(archive, origin=str(path))


def _package(found: Iterator[tuple[str, bytes]], *, origin: str) -> PackageFiles:
    try:
        members = dict(found)
        manifest = orjson.loads(members.pop("package.json"))
        name, version = manifest["name"], manifest["version"]
        if not (isinstance(name, str) and isinstance(version, str)):
            raise TypeError("its name and version are no texts")
        return PackageFiles(
            name=name,
            version=version,
            needs=tuple(manifest.get("dependencies", {}).items()),
            definitions=tuple(_definitions(members)),
            origin=origin,
        )
    except (OSError, tarfile.TarError, zlib.error, EOFError, KeyError, TypeError, AttributeError, ValueError) as fault:
        raise PackageError(f"{origin} is not a FHIR package that can be read: {fault}") from fault


def _manifest_folder(folder: Path) -> Path | None:
    return next((home for home in (folder, folder / "package") if (home / "package.json").is_file()), None)


def _folder_members(folder: Path) -> Iterator[tuple[str, bytes]]:
    home = _manifest_folder(folder)
    if home is None:
        raise PackageError(f"{folder} has no package.json")
    for file in sorted(home.glob("*.json")):
        if _is_wanted(file.name):
            yield file.name, file.read_bytes()


def _is_wanted(name: str) -> bool:
    kind = name.partition("-")[0]
    return name == "package.json" or (name.endswith(".json") and (kind in KINDS or "-" not in name))


def _definitions(members: Mapping[str, bytes]) -> Iterator[Definition]:
    """The definitions among a package's members, by name so that the order is always the same."""
    for name in sorted(members):
        content = members[name]
        resource = orjson.loads(content)
        if isinstance(resource, dict) and resource.get("resourceType") in KINDS and "url" in resource:
            yield Definition(
                kind=resource["resourceType"],
                url=resource["url"],
                version=resource.get("version", ""),
                id=resource.get("id", ""),
                packed=zlib.compress(content, 1),
            )
