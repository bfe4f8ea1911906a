"""Packages that lack something: a note tells, and the rest is judged all the same."""

import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.catalogue.fhir.package_files import Definition, PackageFiles
from samspil.domain.issues import Issue
from samspil.formats.readers import read_payload
from samspil.validation.judge import Rules
from samspil.validation.profiles.judge import judge
from samspil.validation.profiles.official import shelf_of

Json = dict[str, Any]
HOME = "http://example.org/fhir/StructureDefinition/"
PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient"


def definition(name: str = "own", *, parent: str = PATIENT, kind: str = "Patient", **birth: Any) -> Json:
    """A profile that says something of one element."""
    element = "birthDate" if kind == "Patient" else "value"
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": HOME + name,
        "version": "1.0.0",
        "type": kind,
        "kind": "resource",
        "baseDefinition": parent,
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": kind, "path": kind},
                {"id": f"{kind}.{element}", "path": f"{kind}.{element}", "min": 1, **birth},
            ]
        },
    }


def told(*definitions: Json, needs: tuple[tuple[str, str], ...] = (), **members: Any) -> list[Issue]:
    """What is told about a patient that claims the first profile."""
    packed = tuple(
        Definition(
            str(row.get("resourceType")),
            str(row.get("url")),
            str(row.get("version")),
            str(row.get("id")),
            zlib.compress(orjson.dumps(row)),
        )
        for row in definitions
    )
    shelf = shelf_of([PackageFiles("example", "1.0.0", needs, packed)])
    patient = {"resourceType": "Patient", "meta": {"profile": [HOME + "own"]}, "gender": "male", **members}
    (part,) = read_payload(orjson.dumps(patient))[1]
    return list(judge(part, Rules(packages=shelf)))


def codes(issues: list[Issue]) -> list[str]:
    """The codes of the findings."""
    return [issue.code for issue in issues]


def test_a_whole_package_needs_no_note() -> None:
    """Nothing is lacking, and what is wrong is told."""
    assert codes(told(definition())) == ["fhir.element.missing"]


def test_a_missing_package_is_told_where_it_is_needed() -> None:
    """A type's profile, or a value set, that no package at hand has."""
    needs = (("lost.package", "1.0.0"),)
    kinds = [{"code": "date", "profile": ["http://example.org/lost"]}]
    (note,) = told(definition(type=kinds), needs=needs, birthDate="1947-09-25")
    assert note.code == "fhir.packages.missing"
    assert "lost.package" in note.message
    bound = {"strength": "required", "valueSet": "http://example.org/lost"}
    assert codes(told(definition(binding=bound), needs=needs, birthDate="1947-09-25")) == ["fhir.packages.missing"]


def test_a_missing_package_that_nothing_needs_is_not_told() -> None:
    """Packages name many that no rule of theirs takes anything from."""
    assert codes(told(definition(), needs=(("lost.package", "1.0.0"),), birthDate="1947-09-25")) == []


def test_an_element_that_may_not_be_there_needs_nothing() -> None:
    """What is bound to a forbidden element is of no account."""
    bound = {"strength": "required", "valueSet": "http://example.org/lost"}
    forbidden = definition(binding=bound) | {}
    forbidden["differential"]["element"][1] |= {"min": 0, "max": "0"}
    assert codes(told(forbidden, needs=(("lost.package", "1.0.0"),))) == []


def test_a_profile_without_its_parent_is_told_and_the_type_judged() -> None:
    """R4's own rules hold whatever becomes of the profile's."""
    found = told(definition(parent=HOME + "nowhere"), gender="femail")
    assert codes(found) == ["fhir.code.outside.near", "fhir.packages.broken"]
    assert "nowhere" in found[-1].message


def test_a_profile_that_derives_from_itself_is_told() -> None:
    """So is one in a circle of two."""
    assert codes(told(definition(parent=HOME + "own"))) == ["fhir.packages.broken"]
    assert codes(told(definition(parent=HOME + "other"), definition("other", parent=HOME + "own"))) == [
        "fhir.packages.broken"
    ]


def test_a_profile_inside_another_is_told() -> None:
    """The outer profile is judged, all but what the inner one would ask."""
    kinds = [{"code": "date", "profile": [HOME + "inner"]}]
    inner = definition("inner", kind="date", parent=HOME + "nowhere")
    assert codes(told(definition(type=kinds), inner)) == ["fhir.element.missing", "fhir.packages.broken"]


def test_a_rule_that_cannot_be_compiled_is_told() -> None:
    """The note names the rule and where its expression goes wrong."""
    rule = {"key": "own-1", "severity": "error", "human": "", "expression": "birthDate.nosuch("}
    (note,) = told(definition(constraint=[rule]), birthDate="1947-09-25")
    assert note.code == "fhir.packages.broken"
    assert "own#own-1" in note.message


@pytest.mark.parametrize(
    "damage",
    [
        {"type": "date"},
        {"type": [{"code": 3}]},
        {"min": "x"},
        {"max": "many"},
        {"id": None},
        {"binding": "x"},
        {"slicing": []},
        {"constraint": [{}]},
        {"maxLength": "long"},
        {"contentReference": 7},
        {"patternDate": {}},
    ],
)
def test_a_damaged_element_never_raises(damage: Json) -> None:
    """Whatever a publisher wrote, the message is judged by what is left."""
    assert all(issue.code.startswith("fhir.") for issue in told(definition(**damage)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "Patient", "birthDate", "*", "0", PATIENT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "code", "type"]), inner),
    max_leaves=5,
)
PLACES = st.sampled_from(["id", "version", "type", "kind", "baseDefinition", "derivation", "differential", "snapshot"])


@given(PLACES, JSON)
def test_a_damaged_definition_never_raises(place: str, value: Any) -> None:
    """The same for the head of a definition."""
    assert isinstance(told(definition() | {place: value}), list)


@given(st.sampled_from(["compose", "expansion"]), JSON | st.builds(dict, include=JSON, exclude=JSON, contains=JSON))
def test_a_damaged_value_set_never_raises(place: str, value: Any) -> None:
    """A value set that is not written as it must be leaves its codes open."""
    values = {"resourceType": "ValueSet", "id": "v", "url": "http://example.org/v", "version": "1", place: value}
    bound = {"strength": "required", "valueSet": "http://example.org/v"}
    assert isinstance(told(definition(binding=bound), values, birthDate="1947-09-25"), list)
