"""Official packages as a library: StructureDefinitions, ValueSets and CodeSystems as their publishers wrote them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from samspil.catalogue.fhir.package_files import Definition, PackageFiles
from samspil.validation.profiles.definitions import read_heading, read_statements
from samspil.validation.profiles.snapshot import Heading, Statement


class OfficialPackage:
    """One package's definitions, read when they are asked for."""

    def __init__(self, files: PackageFiles) -> None:
        self.name = files.name
        self.version = files.version
        self.needs: Sequence[tuple[str, str]] = files.needs
        self._definitions: dict[tuple[str, str], dict[str, Definition]] = {}
        for definition in files.definitions:
            versions = self._definitions.setdefault((definition.kind, definition.url), {})
            versions.setdefault(definition.version, definition)

    def versions(self, kind: str, address: str) -> Sequence[str]:
        """The versions in which the package defines an address."""
        return tuple(self._definitions.get((kind, address), ()))

    def addresses(self, kind: str) -> Iterable[str]:
        """All addresses of a kind that the package defines."""
        return (address for of_kind, address in self._definitions if of_kind == kind)

    def definition(self, kind: str, address: str, version: str) -> Mapping[str, Any]:
        """A definition as its publisher wrote it."""
        return self._definitions[kind, address][version].read()

    def profile(self, address: str, version: str) -> tuple[Heading, Iterable[Statement]]:
        """A profile's heading and statements."""
        definition = self.definition("StructureDefinition", address, version)
        return read_heading(definition), read_statements(definition)

    def terminology(self, kind: str, address: str, version: str) -> Mapping[str, Any]:
        """A ValueSet or CodeSystem."""
        return self.definition(kind, address, version)
