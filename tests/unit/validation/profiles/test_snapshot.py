"""A profile's whole tree from its parent and what it says: in our notation, and from differentials of packages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from samspil.catalogue.fhir.package_files import PackageFiles
from samspil.validation.profiles.builtin import core_package
from samspil.validation.profiles.definitions import read_heading, read_statements
from samspil.validation.profiles.ir import FACETS, Element
from samspil.validation.profiles.library import Library
from samspil.validation.profiles.packages import OfficialPackage
from samspil.validation.profiles.snapshot import Heading, PathError, Statement, write_profile
from tests.unit.validation.profiles.conftest import table, tabled

CHILD = """
Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* identifier 1.. by value system; open
* identifier[number] 0..1
* identifier[number].system 1.. exactly "urn:example:number"
* birthDate 1..1
"""
GRANDCHILD = (
    CHILD
    + """
Profile: t:citizen
In: 1.0.0
Of: Patient
Parent: t:person
* identifier[number] 1..
* identifier[number].value 1..
"""
)


def root_of(text: str, name: str) -> Element:
    """The tree of a profile in a table."""
    library = tabled(table(text))
    profile = library.view(next(iter(library))).profile(f"http://example.org/fhir/StructureDefinition/{name}")
    assert profile is not None
    return profile.root


def test_a_facet_is_blamed_on_whoever_states_it() -> None:
    """What a profile inherits keeps the name of the profile, or type of R4, that said it first."""
    root = root_of(GRANDCHILD, "citizen")
    number = root.children["identifier"].slices["number"]
    assert root.children["birthDate"].stated_by["minimum"] == "person#Patient.birthDate"
    assert root.children["birthDate"].stated_by["maximum"] == "Patient#Patient.birthDate"
    assert number.stated_by["minimum"] == "citizen#Patient.identifier:number"
    assert number.stated_by["maximum"] == "person#Patient.identifier:number"
    assert number.children["system"].stated_by["value"] == "person#Patient.identifier:number.system"
    assert number.children["period"].stated_by["types"] == "Identifier#Identifier.period"


def test_a_datatype_is_opened_only_where_something_is_said_inside() -> None:
    """An element whose type says all that there is has no children of its own."""
    root = root_of(CHILD, "person")
    assert root.children["identifier"].slices["number"].children
    assert not root.children["identifier"].children
    assert not root.children["name"].children


def test_a_slice_begins_with_its_elements_rules() -> None:
    """Types and binding are the element's; how many there are is its own affair."""
    number = root_of(CHILD, "person").children["identifier"].slices["number"]
    assert (number.minimum, number.maximum) == (0, 1)
    assert [kind.code for kind in number.types] == ["Identifier"]


def test_a_statement_about_nothing_is_refused() -> None:
    """A profile cannot speak of an element that its parent does not have."""
    library = tabled(table(CHILD))
    heading = Heading("http://example.org/x", "x", "1", "Patient", "http://hl7.org/fhir/StructureDefinition/Patient")
    with pytest.raises(PathError, match="Patient has no shoeSize"):
        write_profile(heading, [Statement((("shoeSize", ""),))], library.view(next(iter(library))).profile)


def test_a_profile_without_a_parent_at_hand_is_refused() -> None:
    """What the parent says cannot be guessed."""
    with pytest.raises(LookupError, match="is not known"):
        write_profile(Heading("http://example.org/x", "x", "1", "Patient", "http://example.org/y"), [], lambda _: None)


# ---- differentials of official packages against their published snapshots


class Stripped(OfficialPackage):
    """An official package whose StructureDefinitions come without their snapshots."""

    def profile(self, address: str, version: str) -> tuple[Heading, Iterator[Statement]]:
        definition: Mapping[str, Any] = self.definition("StructureDefinition", address, version)
        if definition.get("derivation") == "constraint":
            definition = {name: value for name, value in definition.items() if name != "snapshot"}
        return read_heading(definition), iter(list(read_statements(definition)))


# Where the publisher's snapshot says otherwise than the differential does, and why it makes no difference to a verdict
# or is the publisher's slip.
SLIPS = {
    # The slice keeps the type targets that its element had before this very profile narrowed them.
    ("Patient.generalPractitioner:referencedSORUnit", "types"),
    # The slice's type profile says this too; the snapshot copies it to the element.
    ("Encounter.episodeOfCare:lpr3identifier.identifier.system", "value"),
    ("Encounter.episodeOfCare:lpr3identifier.identifier.value", "invariants"),
    # The element's minimum holds for every item, its slices' items included; the snapshot leaves it out of the slices.
    ("MessageHeader.destination:primary.extension", "minimum"),
    ("MessageHeader.destination:cc.extension", "minimum"),
    # Both types that are left are sliced, so closing the slices says nothing more.
    ("Observation.effective[x]", "slicing"),
}


def differences(one: Element, other: Element) -> Iterator[tuple[str, str]]:
    """Where two trees say different things, versions of what they name left out: element and facet."""
    for facet in FACETS:
        if facet not in {"must_support", "shown"} and spelt(one, facet) != spelt(other, facet):
            yield one.id, facet
    if {row.key for row in one.invariants} != {row.key for row in other.invariants}:
        yield one.id, "invariants"
    for inner, others in ((one.children, other.children), (one.slices, other.slices)):
        for name in {*inner, *others}:
            if name not in inner or name not in others:
                yield one.id, f"has {name}"
            else:
                yield from differences(inner[name], others[name])


def spelt(element: Element, facet: str) -> str:
    """A facet without the versions it names."""
    return re.sub(r"\|[0-9A-Za-z.-]+", "", repr(getattr(element, facet)))


def test_differentials_give_the_published_snapshots(package_files: tuple[PackageFiles, ...]) -> None:
    """Every MedCom and dk-core profile, written from its differential alone, says what its snapshot says."""
    ours = [files for files in package_files if files.name.startswith(("medcom.", "hl7.fhir.dk."))]
    others = [OfficialPackage(files) for files in package_files if files not in ours]
    whole = Library([*map(OfficialPackage, ours), *others], core=core_package())
    stripped = Library([*map(Stripped, ours), *others], core=core_package())
    compared = 0
    for package in whole:
        bare = stripped.package(package.name, package.version)
        if not isinstance(bare, Stripped) or not isinstance(package, OfficialPackage):
            continue
        for address in package.addresses("StructureDefinition"):
            if "essage-definition" in address or "essagedefinition" in address or "ipa-dk" in address:
                continue
            (version,) = package.versions("StructureDefinition", address)
            one, other = whole.write(package, address, version), stripped.write(bare, address, version)
            found = set(differences(one.root, other.root))
            assert found <= SLIPS, (one.id, found - SLIPS)
            compared += 1
    assert compared > 200
