"""Which rules a payload is judged by: the standard it claims, in the version it names.

The root package is the newest whose bundle profile the payload claims in `meta.profile`, else the one that its event
code stands for, and of several versions the one it asks for. A version that is not at hand is judged by the nearest,
and a note says so.

Sources: MedCom FHIR governance, versions; design of `--packages`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from samspil.catalogue.standards import by_event, by_profile
from samspil.validation.profiles.ir import split_canonical
from samspil.validation.profiles.library import CORE, Library, Package, version_key
from samspil.validation.profiles.older import OLDER, Older
from samspil.validation.profiles.rulebook import Invariants, Rulebook

Json = Mapping[str, Any]
NO_JSON: Final[Json] = {}
LONGEST_VERSION: Final = 32
MOST_CHOICES: Final = 1000
"""How many choices are remembered: messages can ask for any version."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The rules chosen for a payload: its standard, its bundle's profile, and the rulebook.

    `asked` is the version that was asked for where another is used, else empty.
    """

    rulebook: Rulebook
    standard: str = ""
    profile: str = ""
    version: str = ""
    asked: str = ""


class Shelf:
    """All rulebooks of a library, each made when a payload first needs it."""

    def __init__(self, library: Library, invariants: Invariants) -> None:
        self._library = library
        self._invariants = invariants
        self._books: dict[tuple[str, str, str], Rulebook] = {}
        self._homes: dict[str, tuple[Package, ...]] = {}
        self._chosen: dict[tuple[str, str], Choice] = {}

    def choose(self, root: Json) -> Choice:
        """The rules for a payload."""
        claim = next(iter(_claims(root)), "")
        if root.get("resourceType") != "Bundle":
            home = self._home(claim)
            return Choice(self._book(home or self._core()), profile=split_canonical(claim)[0] if home else "")
        for canonical in (*_claims(root), *_by_event(root), *_by_composition(root)):
            address, claimed = split_canonical(canonical)
            homes = self._packages_with(address)
            if homes:
                return self._for_bundle(root, address, claimed, homes)
        return Choice(self._book(self._core()))

    def _for_bundle(self, root: Json, address: str, claimed: str, homes: Sequence[Package]) -> Choice:
        asked = claimed or _defined_version(root)
        chosen = self._chosen.get((address, asked))
        if chosen is None:
            chosen = self._choice(address, asked, homes)
            if len(self._chosen) >= MOST_CHOICES:
                self._chosen.clear()
            if len(asked) <= LONGEST_VERSION:
                self._chosen[address, asked] = chosen
        return chosen

    def _choice(self, address: str, asked: str, homes: Sequence[Package]) -> Choice:
        package = _nearest(homes, asked)
        named = by_profile().get(address)
        older = OLDER.get((address, asked.split(".", maxsplit=1)[0])) if asked else None
        differs = bool(asked) and package.version.split(".")[0] != asked.split(".", maxsplit=1)[0]
        return Choice(
            rulebook=self._book(package, older if differs else None),
            standard=named.id if named else "",
            profile=address,
            version=package.version,
            asked=asked if differs else "",
        )

    def _home(self, canonical: str) -> Package | None:
        address, version = split_canonical(canonical)
        homes = self._packages_with(address)
        return _nearest(homes, version) if homes else None

    def _packages_with(self, address: str) -> tuple[Package, ...]:
        """The packages that define an address, newest first."""
        if address not in self._homes:
            homes = [
                package for package in self._library if address and package.versions("StructureDefinition", address)
            ]
            if not homes:
                return ()
            self._homes[address] = tuple(sorted(homes, key=lambda package: version_key(package.version), reverse=True))
        return self._homes[address]

    def _core(self) -> Package:
        core = self._library.package(CORE, "4.0.1")
        assert core is not None
        return core

    def _book(self, package: Package, older: Older | None = None) -> Rulebook:
        key = (package.name, package.version, older.version if older else "")
        book = self._books.get(key)
        if book is None:
            view = self._library.view(package)
            book = older.rulebook(view, self._invariants) if older else Rulebook(view, self._invariants)
            self._books[key] = book
        return book


def _nearest(homes: Sequence[Package], asked: str) -> Package:
    """The newest package of the version asked for, as exactly as there is one; else the newest of all."""
    for length in (3, 2, 1):
        words = asked.split(".")[:length] if asked else []
        fitting = [package for package in homes if words and package.version.split(".")[: len(words)] == words]
        if fitting:
            return fitting[0]
    return homes[0]


def _claims(resource: Json) -> Iterator[str]:
    meta = resource.get("meta")
    names = meta.get("profile") if isinstance(meta, dict) else None
    if isinstance(names, list):
        yield from (name for name in names if isinstance(name, str))


def _first_resource(root: Json) -> Json:
    entries = root.get("entry")
    first = entries[0] if isinstance(entries, list) and entries else None
    resource = first.get("resource") if isinstance(first, dict) else None
    return resource if isinstance(resource, dict) else NO_JSON


def _by_event(root: Json) -> Iterator[str]:
    """The bundle profile that a message's event code stands for."""
    event = _first_resource(root).get("eventCoding")
    code = event.get("code") if isinstance(event, dict) else None
    standard = by_event().get(code) if isinstance(code, str) else None
    if standard is not None and standard.profile:
        yield standard.profile


def _by_composition(root: Json) -> Iterator[str]:
    """A document that claims nothing itself is judged by what its Composition claims."""
    if root.get("type") == "document":
        yield from _claims(_first_resource(root))


def _defined_version(root: Json) -> str:
    """The version that MessageHeader.definition names."""
    definition = _first_resource(root).get("definition")
    return split_canonical(definition)[1][:LONGEST_VERSION] if isinstance(definition, str) else ""
