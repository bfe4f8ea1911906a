"""Write `src/samspil/catalogue/fhir/tables/` from official packages.

    python -m tools.fhir_tables --packages FOLDER --core hl7.fhir.r4.core.tgz [--check]

Every definition is laid over its parent, and only what it adds is written, once for all versions that say the same.
Paths, cardinalities, types, canonicals, codes, and the displays of MedCom's and dk-core's own code systems are
carried; no sentence is, and no text of SNOMED CT, LOINC or NPU. `--check` compares instead of writing.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from samspil.catalogue.fhir.package_files import PackageFiles, read_package, read_packages
from samspil.validation.profiles.library import CORE, Library
from samspil.validation.profiles.packages import OfficialPackage
from samspil.validation.profiles.snapshot import Editor
from samspil.validation.profiles.terminology import Terminology
from tools.fhir_tables.notation import Names, write_code_system, write_profile_block, write_value_set
from tools.fhir_tables.selection import Key, Selection, filters_of

TABLES: Final = Path(__file__).parents[2] / "src" / "samspil" / "catalogue" / "fhir" / "tables"
PREFIXES: Final = {
    "ack": "http://medcomfhir.dk/ig/acknowledgement",
    "cc": "http://medcomfhir.dk/ig/carecommunication",
    "cl": "http://medcomfhir.dk/ig/conditionlist",
    "core": "http://medcomfhir.dk/ig/core",
    "dk": "http://hl7.dk/fhir/core",
    "doc": "http://medcomfhir.dk/ig/document",
    "ekg": "http://medcomfhir.dk/ig/ekg",
    "hco": "http://medcomfhir.dk/ig/homecareobservation",
    "hn": "http://medcomfhir.dk/ig/hospitalnotification",
    "mhd": "https://profiles.ihe.net/ITI/MHD",
    "msg": "http://medcomfhir.dk/ig/messaging",
    "notes": "http://medcomfhir.dk/ig/notes",
    "term": "http://medcomfhir.dk/ig/terminology",
    "tho": "http://terminology.hl7.org",
    "xds": "http://medcomfhir.dk/ig/xdsmetadata",
}
OWN_WORDS: Final = ("http://medcomfhir.dk/", "http://hl7.dk/")
Blocks = dict[tuple[str, ...], list[str]]


class Writer:
    """Writes one package's table."""

    def __init__(self, library: Library, selection: Selection, name: str) -> None:
        self._library = library
        self._selection = selection
        self._name = name
        self._names = Names(PREFIXES)
        self._packages = sorted(
            (package for (of, _), package in selection.packages.items() if of == name), key=lambda row: row.version
        )

    def write(self) -> str:
        """The table's text; empty if the package has nothing of use."""
        blocks: Blocks = {}
        for package in self._packages:
            for kind, chosen in (
                ("StructureDefinition", self._selection.profiles),
                ("ValueSet", self._selection.sets),
                ("CodeSystem", self._selection.systems),
            ):
                for address, version in self._chosen(chosen, package):
                    lines = tuple(self._block(kind, package, address, version))
                    place = package.version if version == package.version else f"{package.version}={version}"
                    blocks.setdefault(lines, []).append(place)
        if not blocks:
            return ""
        order = sorted(blocks, key=lambda row: (_RANK[row[0].partition(":")[0]], row[0], blocks[row]))
        text = ["\n".join((lines[0], "In: " + " ".join(blocks[lines]), *lines[1:])) for lines in order]
        return "\n\n".join((self._head(), *text)) + "\n"

    def _chosen(self, chosen: Mapping[Key, str], package: OfficialPackage) -> Iterator[tuple[str, str]]:
        for (name, version, address), own in chosen.items():
            if (name, version) == (package.name, package.version):
                yield address, own

    def _head(self) -> str:
        lines = [
            "# Written by tools/fhir_tables. Notation: samspil.validation.profiles.shorthand.",
            f"Package: {self._name}",
        ]
        versions: list[str] = []
        for package in self._packages:
            known = [f"{name} {wanted}" for name, wanted in package.needs if name in self._tabled()]
            versions.append(f"Version: {package.version}" + (f" needs {', '.join(known)}" if known else ""))
        return "\n".join(
            (*lines, *(f"Prefix: {name} = {PREFIXES[name]}" for name in sorted(self._names.used)), *versions)
        )

    def _tabled(self) -> set[str]:
        return {
            name
            for chosen in (self._selection.profiles, self._selection.sets, self._selection.systems)
            for name, _, _ in chosen
        } - {CORE}

    def _block(self, kind: str, package: OfficialPackage, address: str, version: str) -> Sequence[str]:
        if kind == "StructureDefinition":
            heading, statements = package.profile(address, version)
            editor = Editor(heading, self._library.view(package).profile)
            news = [row for row in map(editor.state, statements) if row is not None]
            return write_profile_block(heading, news, self._names)
        definition = package.terminology(kind, address, version)
        if kind == "CodeSystem":
            return self._code_system(package, address, definition)
        return write_value_set(address, self._compose(package, address, definition), self._names)

    def _compose(self, package: OfficialPackage, address: str, definition: Mapping[str, Any]) -> Mapping[str, Any]:
        """A value set's own words; for R4's, whose code systems have no table, all its codes."""
        if package.name != CORE:
            return definition.get("compose", {})
        codes = Terminology(self._library.view(package)).codes(address)
        assert codes is not None, address
        systems = sorted({system for system, _ in codes.pairs})
        listed = [
            {"system": system, "concept": [{"code": code} for of, code in sorted(codes.pairs) if of == system]}
            for system in systems
        ]
        return {"include": [*listed, *({"system": system} for system in sorted(codes.open_systems))]}

    def _code_system(self, package: OfficialPackage, address: str, definition: Mapping[str, Any]) -> Sequence[str]:
        if package.name == CORE:
            definition = self._cut_to_filters(address, definition)
        return write_code_system(address, definition, self._names, with_displays=address.startswith(OWN_WORDS))

    def _cut_to_filters(self, address: str, definition: Mapping[str, Any]) -> Mapping[str, Any]:
        """Of R4's code systems only the subtrees that our value sets take, if none takes the whole."""
        composes = [
            package.terminology("ValueSet", vs, own).get("compose", {})
            for (name, version, vs), own in self._selection.sets.items()
            if name != CORE and (package := self._selection.packages[name, version])
        ]
        if any(_takes_whole(compose, address) for compose in composes):
            return definition
        roots = {code for compose in composes for code in filters_of(compose, address)}
        return {**definition, "content": "fragment", "concept": list(_subtrees(definition["concept"], roots))}


_RANK: Final = {"Type": 0, "Profile": 1, "ValueSet": 2, "CodeSystem": 3}


def _takes_whole(compose: Mapping[str, Any], system: str) -> bool:
    return any(
        part.get("system") == system and not part.get("filter") and not part.get("concept")
        for part in compose.get("include", ())
    )


def _subtrees(concepts: Sequence[Mapping[str, Any]], roots: set[str]) -> Iterator[Mapping[str, Any]]:
    for concept in concepts:
        if concept["code"] in roots:
            yield concept
        else:
            yield from _subtrees(concept.get("concept", ()), roots)


def tables_of(packages: Iterable[PackageFiles], core: PackageFiles) -> dict[str, str]:
    """Every table's text, by package name."""
    library = Library(map(OfficialPackage, packages), core=OfficialPackage(core))
    selection = Selection(library)
    selection.add_roots()
    names = sorted({name for name, _ in selection.packages})
    tables = {name: Writer(library, selection, name).write() for name in names}
    return {name: text for name, text in tables.items() if text}


def main() -> int:
    """Write the tables, or tell which are not current."""
    parser = argparse.ArgumentParser(prog="fhir_tables", description=__doc__)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--core", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = 0
    TABLES.mkdir(parents=True, exist_ok=True)
    for name, text in tables_of(read_packages(options.packages), read_package(options.core)).items():
        file = TABLES / f"{name}.rules"
        current = file.read_text(encoding="utf-8") if file.exists() else ""
        if current != text:
            stale += 1
            print(f"{'stale' if options.check else 'wrote'} {file.name}, {len(text)} characters")
        if not options.check:
            file.write_text(text, encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
