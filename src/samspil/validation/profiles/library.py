"""Where a profile's address leads: packages, what they need, and which of several versions counts.

One canonical address exists in several versions side by side, so an address is looked up from a package: itself
first, then what it needs, then what those need, R4 last; the first hit counts. `|version` asks for that version, else
the newest patch of it, else the same major, else takes the first hit. A profile's own parents and types are looked up
from the package that states it, for there it was written; everything else from the message's root package.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from samspil.validation.profiles.ir import Profile, split_canonical
from samspil.validation.profiles.snapshot import Heading, PathError, Statement, write_profile

CORE: Final = "hl7.fhir.r4.core"
TROUBLES: Final = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What a definition that is not written as it must be can come to."""
MOST_SPELLINGS: Final = 5000


class Unusable(LookupError):
    """A definition of a package is not written as it must be, or needs what is not at hand."""


class Package(Protocol):
    """A set of definitions that are published together, in whatever notation."""

    @property
    def name(self) -> str:
        """Its name in the registry: `medcom.fhir.dk.core`."""
        ...

    @property
    def version(self) -> str:
        """Its version."""
        ...

    @property
    def needs(self) -> Sequence[tuple[str, str]]:
        """The packages it needs, by name and version."""
        ...

    def versions(self, kind: str, address: str) -> Sequence[str]:
        """The versions in which it defines an address; `kind` is StructureDefinition, ValueSet or CodeSystem."""
        ...

    def profile(self, address: str, version: str) -> tuple[Heading, Iterable[Statement]]:
        """A profile's heading and statements."""
        ...

    def terminology(self, kind: str, address: str, version: str) -> Mapping[str, Any]:
        """A ValueSet or CodeSystem, as FHIR's JSON writes it."""
        ...


class Library:
    """All packages at hand."""

    def __init__(self, packages: Iterable[Package], *, core: Package) -> None:
        self._packages: dict[str, list[Package]] = {}
        for package in packages:
            self._packages.setdefault(package.name, []).append(package)
        self._packages.setdefault(CORE, []).append(core)
        self._views: dict[tuple[str, str], View] = {}
        self._profiles: dict[tuple[str, str, str, str], Profile] = {}
        self._unusable: dict[tuple[str, str, str, str], str] = {}

    def __iter__(self) -> Iterator[Package]:
        for versions in self._packages.values():
            yield from versions

    def package(self, name: str, version: str) -> Package | None:
        """That version of a package; else its nearest later version; else the newest at hand."""
        versions = self._packages.get(name)
        if not versions:
            return None
        wanted = version_key(version)
        later = sorted(
            (one for one in versions if version_key(one.version) >= wanted), key=lambda one: version_key(one.version)
        )
        return later[0] if later else max(versions, key=lambda one: version_key(one.version))

    def view(self, root: Package) -> "View":
        """What a message sees whose rules stand in this package."""
        key = (root.name, root.version)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = View(self, root)
        return view

    def write(self, package: Package, address: str, version: str) -> Profile:
        """A profile of a package, whole; written once.

        Errors: Unusable, as every time after, if it cannot be written or its parent is not at hand.
        """
        key = (package.name, package.version, address, version)
        profile = self._profiles.get(key)
        if profile is None:
            if key in self._unusable:
                raise Unusable(self._unusable[key])
            self._unusable[key] = f"{address} derives from itself"
            try:
                heading, statements = package.profile(address, version)
                profile = write_profile(heading, statements, self.view(package).profile)
            except TROUBLES as trouble:
                self._unusable[key] = reason = _told(trouble)
                raise Unusable(reason) from trouble
            self._profiles[key] = profile
            del self._unusable[key]
        return profile


def _told(trouble: Exception) -> str:
    """What is wrong with a definition, in a line."""
    return str(trouble) if isinstance(trouble, Unusable | PathError) else f"{type(trouble).__name__}: {trouble}"


class View:
    """The definitions as seen from one package. `missing` packages it needs; `unusable` profiles with the reason."""

    def __init__(self, library: Library, root: Package) -> None:
        self.root = root
        self.missing: list[str] = []
        self.unusable: dict[str, str] = {}
        self._library = library
        self.packages = tuple(self._walk(root))
        self._places: dict[str, tuple[Package, str, str]] = {}

    def _walk(self, root: Package) -> Iterator[Package]:
        """The root, then what it needs, then what those need, each once, R4 at the end."""
        seen = {(root.name, root.version)}
        queue = [root]
        core = root if root.name == CORE else None
        for package in queue:
            if package.name != CORE:
                yield package
            for name, version in package.needs:
                needed = self._library.package(name, version)
                if needed is None:
                    if name not in self.missing:
                        self.missing.append(name)
                elif name == CORE:
                    core = core or needed
                elif (needed.name, needed.version) not in seen:
                    seen.add((needed.name, needed.version))
                    queue.append(needed)
        last = core or self._library.package(CORE, "4.0.1")
        if last is not None:
            yield last

    def profile(self, canonical: str) -> Profile | None:
        """The profile at a canonical address, if one is at hand that can be used."""
        place = self._places.get(canonical) or self.locate("StructureDefinition", canonical)
        if place is None:
            return None
        if len(self._places) >= MOST_SPELLINGS:
            self._places.clear()
        self._places[canonical] = place
        try:
            return self._library.write(*place)
        except Unusable as trouble:
            self.unusable[place[1]] = str(trouble)
            return None

    def terminology(self, kind: str, canonical: str) -> Mapping[str, Any] | None:
        """The ValueSet or CodeSystem at a canonical address, if one is at hand."""
        place = self.locate(kind, canonical)
        if place is None:
            return None
        package, address, version = place
        return package.terminology(kind, address, version)

    def locate(self, kind: str, canonical: str) -> tuple[Package, str, str] | None:
        """The package and version in which an address is found."""
        address, wanted = split_canonical(canonical)
        offers = [
            (package, address, version) for package in self.packages for version in package.versions(kind, address)
        ]
        if not offers:
            return None
        return min(offers, key=lambda offer: _distance(offer[2], wanted)) if wanted else offers[0]


def version_key(version: str) -> tuple[tuple[int, int | str], ...]:
    """A version in an order of its own: numbers by size, words after them.

    >>> version_key("2.10") > version_key("2.9")
    True
    """
    words = version.replace("-", ".").split(".")
    return tuple((0, int(word)) if word.isdigit() else (1, word) for word in words)


def _distance(offered: str, wanted: str) -> tuple[int, tuple[int, ...]]:
    """How far an offered version is from the wanted one; of several equally far the newest."""
    if offered == wanted:
        return (0, ())
    newest_first = tuple(-part[1] if isinstance(part[1], int) else 0 for part in version_key(offered))
    if offered.startswith(wanted + "."):
        return (1, newest_first)
    if offered.split(".")[:2] == wanted.split(".")[:2]:
        return (2, newest_first)
    if offered.split(".", maxsplit=1)[0] == wanted.split(".", maxsplit=1)[0]:
        return (3, newest_first)
    return (4, ())
