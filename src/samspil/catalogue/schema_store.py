"""The XML schemas that a site has taken in: sets of files as they came, each set beside the checksums of its files.

    HOME/schemas/oioxml-2014/2005/08/07/EMessage.xsd ...
    HOME/schemas/oioxml-2014.sha256                          as `sha256sum -c` reads it, in HOME/schemas

Only schemas are kept of what is given. A set that reaches out of itself, over the network or into other folders, is
refused, and so is one that does not compile. Nothing is judged by a set unless somebody asks for that.
"""

import hashlib
import io
import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from lxml import etree

ROOT_FILE: Final = "emessage.xsd"
MOST_FILES: Final = 20_000
LARGEST_FILE_BYTES: Final = 8 * 1024 * 1024
LARGEST_SET_BYTES: Final = 256 * 1024 * 1024
SUMS: Final = ".sha256"
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_REACHES: Final = frozenset({f"{_XS}include", f"{_XS}import", f"{_XS}redefine"})
_is_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}").fullmatch
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class SchemaSetError(ValueError):
    """No set of schemas, an unsafe one, or one that has changed. The text says which file and why."""


class OtherContent(SchemaSetError):
    """A set of this name is kept already, with other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSet:
    """One set in the store. `sha256` is the checksum over those of its files."""

    name: str
    sha256: str
    files: int
    namespaces: tuple[str, ...]


class SchemaStore:
    """The sets of schemas in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, source: Path, *, name: str = "") -> tuple[KeptSet, bool]:
        """Take a folder or a zip file in; False beside it if it was there already.

        Errors: SchemaSetError; OtherContent; OSError for a source that cannot be read.
        """
        name = name or _plain(source.stem if source.is_file() else source.resolve().name)
        if not _is_name(name):
            raise SchemaSetError(f"{name!r} is no name for a set: letters, digits, dots, hyphens, at most 64")
        files = dict(_zipped(source) if source.is_file() else _foldered(source))
        _check(files)
        sums = _sums(name, files)
        if self._sums(name).exists():
            if self._sums(name).read_text(encoding="utf-8") != sums:
                raise OtherContent(f"{name} is kept already, with other content")
            return self._kept(name), False
        self._write(name, files, sums)
        return self._kept(name), True

    def list(self) -> tuple[KeptSet, ...]:
        """What is kept, by name. Errors: SchemaSetError if a file is not what was added."""
        return tuple(self._kept(place.name.removesuffix(SUMS)) for place in sorted(self.folder.glob(f"*{SUMS}")))

    def remove(self, name: str) -> bool:
        """Take a set out; False if it is not there."""
        if not _is_name(name) or not self._sums(name).exists():
            return False
        self._sums(name).unlink()
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return True

    def verified(self) -> Path:
        """The folder to load schemas from, each file checked. Errors: SchemaSetError."""
        if not self.list():
            raise SchemaSetError("no schemas have been added")
        return self.folder

    def _sums(self, name: str) -> Path:
        return self.folder / f"{name}{SUMS}"

    def _kept(self, name: str) -> KeptSet:
        """A set whose files are what they were. Errors: SchemaSetError."""
        sums = self._sums(name).read_text(encoding="utf-8")
        there = {str(path.relative_to(self.folder)) for path in (self.folder / name).rglob("*.xsd")}
        told = {line[66:]: line[:64] for line in sums.splitlines()}
        for file in sorted(there ^ told.keys()):
            raise SchemaSetError(f"{file} was added or lost since the set was added")
        for file, checksum in told.items():
            if hashlib.sha256((self.folder / file).read_bytes()).hexdigest() != checksum:
                raise SchemaSetError(f"{file} is not what it was when the set was added")
        return KeptSet(
            name=name,
            sha256=hashlib.sha256(sums.encode()).hexdigest(),
            files=len(told),
            namespaces=tuple(sorted(_namespace(self.folder / file) for file in told if _is_root(file))),
        )

    def _write(self, name: str, files: Mapping[str, bytes], sums: str) -> None:
        """Write a set whole and see that it compiles; its checksums last: a set without them was never added."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=self.folder, prefix="."))
        try:
            for file, content in files.items():
                (made / file).parent.mkdir(parents=True, exist_ok=True)
                (made / file).write_bytes(content)
            for file in filter(_is_root, files):
                _compile(made / file, file)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            made.chmod(0o755)
            made.rename(self.folder / name)
            with self._sums(name).open("w", encoding="utf-8") as there:
                there.write(sums)
                there.flush()
                os.fsync(there.fileno())
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:64]


def _zipped(source: Path) -> Iterator[tuple[str, bytes]]:
    """The schemas in an archive, by their path. Errors: SchemaSetError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(_bounded(source)))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as problem:
        raise SchemaSetError(f"{source.name} is no zip file that can be read") from problem
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_SET_BYTES:
        raise SchemaSetError(f"{source.name} is too large")
    for member in members:
        path = PurePosixPath(member.filename)
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            raise SchemaSetError(f"{source.name} holds links or names that lead out of it")
        if member.is_dir() or path.suffix.lower() != ".xsd":
            continue
        try:
            with archive.open(member) as file:
                content = file.read(LARGEST_FILE_BYTES + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
            raise SchemaSetError(f"{member.filename} cannot be unpacked") from problem
        yield _sized(str(path), content)


def _foldered(source: Path) -> Iterator[tuple[str, bytes]]:
    """The schemas below a folder; links are not followed. Errors: SchemaSetError, OSError."""
    found = 0
    for place in sorted(source.rglob("*")):
        if place.suffix.lower() != ".xsd" or place.is_symlink() or not place.is_file():
            continue
        found += 1
        if found > MOST_FILES:
            raise SchemaSetError(f"{source} holds too many files")
        if place.stat().st_size > LARGEST_FILE_BYTES:
            raise SchemaSetError(f"{place.name} is too large")
        yield place.relative_to(source).as_posix(), place.read_bytes()


def _bounded(source: Path) -> bytes:
    if source.stat().st_size > LARGEST_SET_BYTES:
        raise SchemaSetError(f"{source.name} is too large")
    return source.read_bytes()


def _sized(name: str, content: bytes) -> tuple[str, bytes]:
    if len(content) > LARGEST_FILE_BYTES:
        raise SchemaSetError(f"{name} is too large")
    return name, content


def _check(files: Mapping[str, bytes]) -> None:
    """Well-formed schemas that stay among themselves, with a root among them. Errors: SchemaSetError."""
    if not any(map(_is_root, files)):
        raise SchemaSetError("there is no EMessage.xsd in it")
    for name, content in files.items():
        try:
            schema = etree.fromstring(content, _PARSER)
        except etree.XMLSyntaxError as problem:
            raise SchemaSetError(f"{name} is no XML: {problem.msg}") from None
        if b"<!DOCTYPE" in content or schema.tag != f"{_XS}schema":
            raise SchemaSetError(f"{name} is no XML schema")
        for element in schema.iter(*_REACHES):
            location = element.get("schemaLocation")
            if location is not None and os.path.normpath(PurePosixPath(name).parent / location) not in files:
                raise SchemaSetError(f"{name} reaches for {location}, which is not in the set")


def _compile(place: Path, name: str) -> None:
    try:
        etree.XMLSchema(etree.parse(place, _PARSER))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as problem:
        raise SchemaSetError(f"{name} does not compile: {problem}") from None


def _is_root(name: str) -> bool:
    return PurePosixPath(name).name.lower() == ROOT_FILE


def _namespace(place: Path) -> str:
    return etree.parse(place, _PARSER).getroot().get("targetNamespace", "")


def _sums(name: str, files: Mapping[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}/{file}\n" for file, content in sorted(files.items()))
    return "".join(lines)
