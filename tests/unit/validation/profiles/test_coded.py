"""Coded values against required value sets, and which code was probably meant."""

from typing import Any

import pytest

from samspil.validation.profiles.coded import compile_binding
from samspil.validation.profiles.terminology import Codes

COLOUR = "http://example.org/colour"
SET = Codes.of([(COLOUR, "red"), (COLOUR, "blue"), ("urn:other", "green")])
OPEN = Codes.of([(COLOUR, "red")], ["http://snomed.info/sct"])
SCENE: Any = None


def faults(type_code: str, value: Any, codes: Codes = SET) -> list[tuple[str, str]]:
    """The codes of the faults, and where."""
    check = compile_binding(codes, type_code, "p#x", "http://example.org/ValueSet/colours|1.0")
    return [(fault.code, ".".join(map(str, fault.place))) for fault in check(value, SCENE) or []]


@pytest.mark.parametrize(
    ("type_code", "value", "found"),
    [
        ("code", "red", []),
        ("code", "rad", [("fhir.code.outside.near", "")]),
        ("code", "zzzzz", [("fhir.code.outside", "")]),
        ("Coding", {"system": COLOUR, "code": "red"}, []),
        ("Coding", {"system": "urn:other", "code": "red"}, [("fhir.code.system", "system")]),
        ("Coding", {"code": "red"}, [("fhir.code.system", "code")]),
        ("Coding", {"system": COLOUR, "code": "pink"}, [("fhir.code.outside", "code")]),
        ("Coding", {"system": COLOUR}, [("fhir.code.absent", "code")]),
        ("CodeableConcept", {"coding": [{"system": COLOUR, "code": "pink"}, {"system": COLOUR, "code": "red"}]}, []),
        ("CodeableConcept", {"coding": [{"system": COLOUR, "code": "pink"}]}, [("fhir.code.outside", "coding.0.code")]),
        ("CodeableConcept", {"text": "red"}, [("fhir.code.absent", "")]),
        ("Quantity", {"system": COLOUR, "code": "pink"}, [("fhir.code.outside", "code")]),
        ("code", ["red"], []),
        ("Coding", {"system": ["x"], "code": {}}, []),
    ],
)  # fmt: skip
def test_a_code_is_in_the_set_or_told(type_code: str, value: Any, found: list[tuple[str, str]]) -> None:
    """One coding of a concept is enough; values of the wrong shape are others' affair."""
    assert faults(type_code, value) == found


def test_codes_of_open_systems_pass() -> None:
    """Nobody here knows all of SNOMED CT."""
    assert faults("Coding", {"system": "http://snomed.info/sct", "code": "1"}, OPEN) == []
    assert faults("Coding", {"system": "urn:other", "code": "1"}, OPEN) != []
    assert faults("code", "anything", OPEN) == []


def test_a_fault_says_what_is_allowed() -> None:
    """The set by its name, some of its codes, the system that a code belongs to."""
    (fault,) = compile_binding(SET, "code", "p#x", "http://example.org/ValueSet/colours|1.0")("zzzzz", SCENE) or []
    assert fault.facts == {"found": "zzzzz", "value_set": "colours", "allowed": "blue, green, red"}
    (fault,) = compile_binding(SET, "Coding", "p#x", "v")({"system": "urn:x", "code": "red"}, SCENE) or []
    assert fault.facts == {"found": "red", "expected": COLOUR}


def test_numbers_that_could_name_a_person_are_hidden() -> None:
    """Somebody may put a registration number where a code belongs; a finding does not repeat it."""
    (fault,) = compile_binding(SET, "code", "p#x", "v")("x2509479989y", SCENE) or []
    assert fault.facts["found"] == "x…y"
