"""Lists cut into slices: which item belongs where, how many of each, and whether others may be."""

from typing import Any

import pytest

from tests.unit.validation.profiles.conftest import Judged, places, table

BLOCK = """
Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* identifier 1.. by value system; {rules}
* identifier[number] 1..1
* identifier[number].system 1.. exactly "urn:number"
* identifier[number].value 1..
* identifier[other] 0..2
* identifier[other].system 1.. exactly "urn:other"
"""


MANY = ["urn:other"] * 3


def identifiers(*systems: str) -> dict[str, Any]:
    """A patient with identifiers of these systems."""
    return {"resourceType": "Patient", "identifier": [{"system": system, "value": "1"} for system in systems]}


@pytest.mark.parametrize(
    ("rules", "systems", "faults"),
    [
        ("open", ["urn:number"], []),
        ("open", ["urn:x", "urn:number", "urn:other"], []),
        ("open", ["urn:other"], [("fhir.slice.missing", "person#Patient.identifier:number", "identifier")]),
        ("open", ["urn:number"] * 2, [("fhir.slice.excess", "person#Patient.identifier:number", "identifier")]),
        ("open", ["urn:number", *MANY], [("fhir.slice.excess", "person#Patient.identifier:other", "identifier")]),
        ("closed", ["urn:number", "urn:x"], [("fhir.slice.unmatched", "person#Patient.identifier", "identifier.1")]),
        ("openAtEnd", ["urn:number", "urn:x"], []),
        ("openAtEnd", ["urn:x", "urn:number"], [("fhir.slice.order", "person#Patient.identifier", "identifier")]),
    ],
)  # fmt: skip
def test_slices_are_counted(judged: Judged, rules: str, systems: list[str], faults: list[tuple[str, str, str]]) -> None:
    """Each item is counted in its slice; what belongs nowhere is as the slicing says."""
    assert places(judged(table(BLOCK.format(rules=rules)), identifiers(*systems))) == faults


def test_an_absent_list_is_told_once(judged: Judged) -> None:
    """Where nothing is there, the element is missing; its slices go without saying."""
    found = places(judged(table(BLOCK.format(rules="open")), {"resourceType": "Patient", "active": True}))
    assert found == [("fhir.element.missing", "person#Patient.identifier", "identifier")]


def test_a_slice_keeps_its_own_rules_and_its_elements(judged: Judged) -> None:
    """What the slice says, and what the element's type says of every item."""
    resource = identifiers("urn:number")
    del resource["identifier"][0]["value"]
    resource["identifier"][0]["use"] = "pretty"
    found = places(judged(table(BLOCK.format(rules="open")), resource))
    assert ("fhir.element.missing", "person#Patient.identifier:number.value", "identifier.0.value") in found
    assert ("fhir.code.outside", "Identifier#Identifier.use", "identifier.0.use") in found


def test_what_the_element_says_holds_in_its_slices_too(judged: Judged) -> None:
    """A rule about every item is not lost on those that belong to a slice."""
    block = BLOCK.format(rules="open") + "* identifier.period 1..\n"
    found = places(judged(table(block), identifiers("urn:number", "urn:x")))
    assert [fault[2] for fault in found] == ["identifier.0.period", "identifier.1.period"]
