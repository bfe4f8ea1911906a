"""JSON objects: what is missing, unknown, empty or of the wrong shape."""

from typing import Any

import pytest

from tests.unit.validation.profiles.conftest import Judged, places, table

PERSON = table("""
Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* birthDate 1..1
* name 1..2
* contact ..0
* deceased[x] 1.. boolean
""")
SOUND: dict[str, Any] = {
    "resourceType": "Patient",
    "birthDate": "1947-09-25",
    "name": [{"family": "Elmer", "given": ["Bruno", "Test"]}],
    "deceasedBoolean": False,
}


def test_a_sound_resource_has_no_faults(judged: Judged) -> None:
    """Nothing is said of what is right."""
    assert judged(PERSON, SOUND) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"birthDate": None}, ("fhir.element.missing", "person#Patient.birthDate", "birthDate")),
        ({"name": None}, ("fhir.element.missing", "person#Patient.name", "name")),
        ({"deceasedBoolean": None}, ("fhir.element.missing", "person#Patient.deceased[x]", "deceasedBoolean")),
        ({"name": [{"text": "a"}] * 3}, ("fhir.element.excess", "person#Patient.name", "name")),
        ({"contact": [{"gender": "male"}]}, ("fhir.element.forbidden", "person#Patient.contact", "contact")),
        ({"shoeSize": 43}, ("fhir.element.unknown", "person#Patient", "shoeSize")),
        ({"deceasedString": "x"}, ("fhir.type.choice", "person#Patient.deceased[x]", "deceasedString")),
        ({"name": {"text": "a"}}, ("fhir.json.list", "person#Patient.name", "name")),
        ({"birthDate": ["1947-09-25"]}, ("fhir.json.single", "Patient#Patient.birthDate", "birthDate")),
        ({"name": []}, ("fhir.json.empty", "Element#ele-1", "name")),
        ({"name": [{}]}, ("fhir.element.empty", "Element#ele-1", "name.0")),
        ({"name": [{"id": "a"}]}, ("fhir.element.empty", "Element#ele-1", "name.0")),
        ({"name": [None]}, ("fhir.json.null", "Patient#Patient.name", "name.0")),
        ({"name": [{"family": ""}]}, ("fhir.element.empty", "Element#ele-1", "name.0.family")),
        ({"name": ["Elmer"]}, ("fhir.type.wrong", "Patient#Patient.name", "name.0")),
        ({"birthDate": "25-09-1947"}, ("fhir.primitive.malformed", "Patient#Patient.birthDate", "birthDate")),
        ({"birthDate": 1947}, ("fhir.type.wrong", "Patient#Patient.birthDate", "birthDate")),
        ({"active": "true"}, ("fhir.type.wrong", "Patient#Patient.active", "active")),
        ({"name": [{"given": ["a", None]}]}, ("fhir.json.null", "HumanName#HumanName.given", "name.0.given.1")),
    ],
)
def test_a_fault_names_rule_and_place(judged: Judged, change: dict[str, Any], fault: tuple[str, str, str]) -> None:
    """Each fault is found once, where it is, with the rule of whoever states it."""
    resource = {name: value for name, value in (SOUND | change).items() if value is not None}
    found = places(judged(PERSON, resource))
    assert fault in found, found
    assert len(found) == 1 or fault[0] == "fhir.json.null", found


def test_extensions_beside_a_primitive_count_as_the_element(judged: Judged) -> None:
    """`_birthDate` without `birthDate` is an element without a value, not a missing one."""
    absent = {"extension": [{"url": "http://example.org/why", "valueCode": "unknown"}]}
    resource = {name: value for name, value in SOUND.items() if name != "birthDate"} | {"_birthDate": absent}
    assert judged(PERSON, resource) == []


def test_a_gap_in_a_list_is_filled_beside_it(judged: Judged) -> None:
    """null in a list of primitives stands for an item whose extensions are written under `_name`."""
    beside = [None, {"extension": [{"url": "http://example.org/why", "valueCode": "masked"}]}]
    name = {"given": ["Bruno", None], "_given": beside}
    assert judged(PERSON, SOUND | {"name": [name]}) == []
    assert places(judged(PERSON, SOUND | {"name": [name | {"_given": [None, None]}]})) == [
        ("fhir.json.null", "HumanName#HumanName.given", "name.0.given.1")
    ]


def test_extensions_are_judged_where_they_stand(judged: Judged) -> None:
    """An extension has an address and either a value or extensions of its own."""
    for extension, code in (
        ({"valueCode": "x"}, "fhir.element.missing"),
        ({"url": "http://example.org/x", "valueCode": "x", "valueString": "y"}, "fhir.choice.several"),
        ({"url": "http://example.org/x", "valueCode": " x"}, "fhir.primitive.malformed"),
        ({"url": "http://example.org/x", "valueColour": "x"}, "fhir.type.choice"),
    ):
        assert code in {fault.code for fault in judged(PERSON, SOUND | {"extension": [extension]})}, extension


def test_a_choice_is_made_once(judged: Judged) -> None:
    """Two types of one element contradict each other."""
    pair = {"multipleBirthBoolean": True, "multipleBirthInteger": 2}
    assert [fault.code for fault in judged(PERSON, SOUND | pair)] == ["fhir.choice.several"]
