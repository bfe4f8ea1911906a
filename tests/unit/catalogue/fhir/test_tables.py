"""Our tables of FHIR rules: facts only, current with the official packages, and the same rules."""

import re
from pathlib import Path

from samspil.catalogue.fhir.package_files import PackageFiles
from samspil.catalogue.fhir.tables import read_tables
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.library import Library
from samspil.validation.profiles.packages import OfficialPackage
from samspil.validation.profiles.shorthand import TablePackage
from samspil.validation.profiles.snapshot import says_same
from samspil.validation.profiles.terminology import Terminology
from tests.fhir_packages import official_core, package_files
from tools.fhir_tables.__main__ import tables_of

__all__ = ["official_core", "package_files"]

DISPLAY = re.compile(r'"([^"]*)"')


def test_the_tables_are_what_the_tool_writes(
    package_files: tuple[PackageFiles, ...], official_core: PackageFiles
) -> None:
    """Nobody edits a table by hand: the tool writes it from the packages."""
    assert tables_of(package_files, official_core) == dict(read_tables())


def test_tables_and_packages_give_the_same_rules(
    package_files: tuple[PackageFiles, ...], official_core: PackageFiles
) -> None:
    """Every profile of every version: the same tree, facet by facet, each blamed on the same rule."""
    official = Library(map(OfficialPackage, package_files), core=OfficialPackage(official_core))
    compared = 0
    for package in builtin_library():
        other = official.package(package.name, package.version)
        assert isinstance(package, TablePackage) and other is not None
        for address in package.addresses("StructureDefinition"):
            for version in package.versions("StructureDefinition", address):
                ours, theirs = (
                    builtin_library().write(package, address, version),
                    official.write(other, address, version),
                )
                assert says_same(ours.root, theirs.root), address
                assert (ours.id, ours.type, ours.parents) == (theirs.id, theirs.type, theirs.parents)
                compared += 1
    assert compared > 300


def test_tables_and_packages_give_the_same_codes(
    package_files: tuple[PackageFiles, ...], official_core: PackageFiles
) -> None:
    """Every value set holds exactly the same codes."""
    official = Library(map(OfficialPackage, package_files), core=OfficialPackage(official_core))
    for package in builtin_library():
        other = official.package(package.name, package.version)
        assert isinstance(package, TablePackage) and other is not None
        ours, theirs = Terminology(builtin_library().view(package)), Terminology(official.view(other))
        for address in package.addresses("ValueSet"):
            assert ours.codes(address) == theirs.codes(address), address


def test_displays_are_only_those_of_medcom_and_dk_core() -> None:
    """No text of SNOMED CT, LOINC, NPU or R4 is carried: only MedCom's and dk-core's own code systems have quotes."""
    for name, text in read_tables().items():
        for block in text.split("\n\n")[1:]:
            head = block.partition("\n")[0]
            if head.startswith(("Type: ", "Profile: ")):
                continue
            quoted = DISPLAY.findall(block)
            assert not quoted or (head.startswith("CodeSystem: ") and name.startswith(("medcom.", "hl7.fhir.dk."))), (
                head
            )


def test_no_sentence_is_carried() -> None:
    """What stands in quotes in a profile is a value, not prose."""
    for text in read_tables().values():
        for block in text.split("\n\n")[1:]:
            if block.startswith(("Type: ", "Profile: ")):
                assert all(len(value.split(" ")) < 5 for value in DISPLAY.findall(block)), block.partition("\n")[0]


def test_the_tables_can_be_proof_read() -> None:
    """One line an element, none of them endless."""
    folder = Path(__file__).parents[4] / "src" / "samspil" / "catalogue" / "fhir" / "tables"
    for file in folder.glob("*.rules"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not line.startswith("* ") or "/" in line or len(line) < 2000, (file.name, line[:80])
