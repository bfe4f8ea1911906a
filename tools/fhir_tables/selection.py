"""Which definitions our tables hold: the standards in force and everything their rules name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from samspil.validation.profiles.ir import R4, Element, Profile
from samspil.validation.profiles.library import CORE, Library, View
from samspil.validation.profiles.packages import OfficialPackage

# The standards whose rules are in force, the newest package of each; what they need follows from them.
ROOTS: Final = (
    ("medcom.fhir.dk.acknowledgement", "2.0.3"),
    ("medcom.fhir.dk.carecommunication", "5.0.2"),
    ("medcom.fhir.dk.conditionlist", "1.0.1"),
    ("medcom.fhir.dk.document", "2.0.2"),
    ("medcom.fhir.dk.ekg", "2.0.0-trial-use-2026-04-28"),
    ("medcom.fhir.dk.homecareobservation", "1.2.1"),
    ("medcom.fhir.dk.hospitalnotification", "3.0.2"),
    ("medcom.fhir.dk.notes", "1.0.0"),
)
# Resource types that no profile constrains but that messages and documents carry or point at.
ALSO: Final = frozenset(
    {
        "Basic",
        "Binary",
        "Device",
        "Endpoint",
        "EpisodeOfCare",
        "Group",
        "HealthcareService",
        "List",
        "Parameters",
        "Specimen",
    }
)
# Value sets that invariants and written rules ask for by name; no element is bound to them.
ALSO_SETS: Final = (
    "http://medcomfhir.dk/ig/terminology/ValueSet/medcom-HomeCareObservation-messagingActivities",
    "http://medcomfhir.dk/ig/terminology/ValueSet/medcom-hospitalNotification-messageActivities",
)
# Profiles on definitions themselves, and dk-core's names for patients' own access: no message carries either.
LEFT_OUT: Final = ("messagedefinition", "message-definition", "/ipa-dk")
PUBLISHERS: Final = ("medcom.", "hl7.fhir.dk.")
Key = tuple[str, str, str]


class Selection:
    """The chosen definitions by (package, package version, address), with each definition's own version."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.profiles: dict[Key, str] = {}
        self.sets: dict[Key, str] = {}
        self.systems: dict[Key, str] = {}
        self.packages: dict[tuple[str, str], OfficialPackage] = {}
        self._types: set[str] = set(ALSO)
        self._seen: set[tuple[str, str, Key]] = set()

    def add_roots(self, roots: Iterable[tuple[str, str]] = ROOTS) -> None:
        """Take in all standards."""
        views = [self._library.view(self._root(*root)) for root in roots]
        for view in views:
            for package in view.packages:
                assert isinstance(package, OfficialPackage)
                self.packages[package.name, package.version] = package
                self._types.update(self._type(package, address) for address in _own(package))
        for view in views:
            for name in sorted(ALSO):
                self.add_profile(R4 + name, view)
            for canonical in ALSO_SETS:
                self.add_set(canonical, view)
            for package in view.packages:
                assert isinstance(package, OfficialPackage)
                for address in _own(package):
                    self.add_profile(address, view)

    def _root(self, name: str, version: str) -> OfficialPackage:
        package = self._library.package(name, version)
        assert isinstance(package, OfficialPackage), f"{name} {version} is not at hand"
        return package

    @staticmethod
    def _type(package: OfficialPackage, address: str) -> str:
        (version,) = package.versions("StructureDefinition", address)
        heading, _ = package.profile(address, version)
        return heading.type

    def add_profile(self, canonical: str, view: View) -> None:
        """Take in a profile, its parents, and what its elements name."""
        place = view.locate("StructureDefinition", canonical)
        if place is None:
            return
        package, address, version = place
        key = (package.name, package.version, address)
        if (view.root.name, view.root.version, key) in self._seen:
            return
        self._seen.add((view.root.name, view.root.version, key))
        profile = self._library.write(package, address, version)
        if package.name == CORE and not self._is_wanted(profile):
            return
        self.profiles[key] = version
        for parent in profile.parents:
            self.add_profile(parent, self._library.view(package))
        for canonical_named in _profiles_named(profile.root):
            self.add_profile(canonical_named, view)
        for binding in _bindings(profile.root):
            self.add_set(binding, view)

    def _is_wanted(self, profile: Profile) -> bool:
        """Is this a datatype, or a resource type that messages carry?"""
        is_resource = R4 + "Resource" in (profile.url, *profile.parents)
        return profile.type in self._types or profile.type in {"Resource", "DomainResource"} or not is_resource

    def add_set(self, canonical: str, view: View) -> None:
        """Take in a value set and what it is made of."""
        place = view.locate("ValueSet", canonical)
        if place is None or (place[0].name, place[0].version, place[1]) in self.sets:
            return
        package, address, version = place
        self.sets[package.name, package.version, address] = version
        compose = package.terminology("ValueSet", address, version).get("compose", {})
        for part in (*compose.get("include", ()), *compose.get("exclude", ())):
            for canonical_of_part in part.get("valueSet", ()):
                self.add_set(canonical_of_part, view)
            if "system" in part and not part.get("concept") and package.name != CORE:
                self.add_system(part["system"], view)

    def add_system(self, address: str, view: View) -> None:
        """Take in a code system."""
        place = view.locate("CodeSystem", address)
        if place is not None:
            package, address, version = place
            self.systems[package.name, package.version, address] = version


def _own(package: OfficialPackage) -> Iterator[str]:
    """The addresses of a MedCom or dk-core package's profiles that belong in the tables."""
    if package.name.startswith(PUBLISHERS):
        for address in package.addresses("StructureDefinition"):
            if not any(word in address.lower() for word in LEFT_OUT):
                yield address


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for inner in (*element.children.values(), *element.slices.values()):
        yield from _elements(inner)


def _profiles_named(root: Element) -> Iterator[str]:
    for element in _elements(root):
        for kind in element.types:
            yield R4 + kind.code
            yield from kind.profiles
            yield from kind.targets


def _bindings(root: Element) -> Iterator[str]:
    return (element.binding for element in _elements(root) if element.binding)


def filters_of(compose: Mapping[str, Any], system: str) -> Iterator[str]:
    """The codes whose subtrees a value set takes from a code system."""
    for part in (*compose.get("include", ()), *compose.get("exclude", ())):
        if part.get("system") == system:
            yield from (test["value"] for test in part.get("filter", ()) if test["op"] in {"is-a", "descendent-of"})
