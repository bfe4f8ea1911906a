"""Which profiles the messages and documents of our standards can meet, and which standards meet them."""

from collections.abc import Iterator, Mapping
from typing import Final

from samspil.catalogue.standards import by_profile
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.ir import R4, Element, Profile
from samspil.validation.profiles.library import View, version_key
from samspil.validation.profiles.shorthand import TablePackage

Key = tuple[str, str]
"""A profile's address and version."""


class Reach:
    """Every profile in use.

    `users` are the standards that meet a profile, in the newest version at hand; `views` where each standard's rules
    are looked up; `types` the types of R4 itself that the messages are made of.
    """

    def __init__(self) -> None:
        self.profiles: dict[Key, Profile] = {}
        self.users: dict[Key, list[str]] = {}
        self.views: dict[str, View] = {}
        self.versions: dict[str, str] = {}
        self.roots: dict[str, Profile] = {}
        self.types: dict[str, Profile] = {}
        library = builtin_library()
        for address, standard in by_profile().items():
            packages = (package for package in library if isinstance(package, TablePackage))
            homes = [package for package in packages if package.versions("StructureDefinition", address)]
            home = max(homes, key=lambda package: version_key(package.version))
            self._walk(address, standard.id, home, library.view(home))

    def _walk(self, address: str, standard: str, home: TablePackage, view: View) -> None:
        self.views[standard], self.versions[standard] = view, home.version
        queue = [address, *(one for one in _addresses(view) if one != address)]
        for canonical in queue:
            profile = view.profile(canonical)
            if profile is None:
                continue
            self.roots.setdefault(standard, profile)
            key = (profile.url, profile.version)
            if profile.is_type:
                self.types[profile.id] = profile
            else:
                self.profiles[key] = profile
                users = self.users.setdefault(key, [])
                if standard not in users:
                    users.append(standard)
            queue += [one for one in self._named(profile) if one not in queue]

    def _named(self, profile: Profile) -> Iterator[str]:
        """The profiles and types that a profile leads to; of R4's own resources only those it derives from."""
        for element in elements(profile.root):
            for rule in element.types:
                yield from rule.profiles or [R4 + rule.code]
                yield from (target for target in rule.targets if not target.startswith(R4))
        yield from profile.parents

    def pages(self) -> Mapping[str, list[Profile]]:
        """The profiles by id, the newest version first."""
        found: dict[str, list[Profile]] = {}
        for profile in self.profiles.values():
            found.setdefault(profile.id, []).append(profile)
        return {
            name: sorted(found[name], key=lambda profile: version_key(profile.version), reverse=True)
            for name in sorted(found, key=str.casefold)
        }


def elements(element: Element) -> Iterator[Element]:
    """An element and all below it: its slices first, for they say more."""
    yield element
    for below in (*element.slices.values(), *element.children.values()):
        yield from elements(below)


def _addresses(view: View) -> Iterator[str]:
    """What a message may claim: the profiles of MedCom's packages, and of dk-core what they build on."""
    for package in view.packages:
        if isinstance(package, TablePackage) and package.name.startswith("medcom."):
            yield from package.addresses("StructureDefinition")


DANISH: Final = ("http://medcomfhir.dk/", "http://hl7.dk/")


def is_danish(profile: Profile) -> bool:
    """Is a profile MedCom's or dk-core's?"""
    return profile.url.startswith(DANISH)
