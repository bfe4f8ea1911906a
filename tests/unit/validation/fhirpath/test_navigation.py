"""From elements to children, both ways of going."""

from typing import Any

import pytest

from samspil.validation.fhirpath import compile_path
from samspil.validation.fhirpath.environment import NO_ENVIRONMENT, Environment, Frame
from samspil.validation.fhirpath.navigation import PLAIN, TYPED, Navigation, fields, values_with_elements
from samspil.validation.fhirpath.values import Node, plain

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "name": [{"family": "Prøve", "given": ["Ida", None], "_given": [None, {"id": "x"}]}],
    "birthDate": "1984-02-29",
    "_birthDate": {"id": "b"},
    "_gender": {"extension": [{"url": "urn:why", "valueCode": "unknown"}]},
    "deceasedDateTime": "2024",
    "fhir_comments": ["kept by an old converter"],
}


def walk(navigation: Navigation, path: str, environment: Environment = NO_ENVIRONMENT) -> list[Any]:
    """Follow names from the patient."""
    frame = Frame(environment, PATIENT)
    items = [navigation.enter(PATIENT)]
    for name in path.split("."):
        items = navigation.members(name)(items, None, frame)
    return items


@pytest.mark.parametrize("navigation", [PLAIN, TYPED])
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("name.family", ["Prøve"]),
        ("name.given", ["Ida", None]),
        ("name.given.id", ["x"]),
        ("birthDate", ["1984-02-29"]),
        ("birthDate.value", ["1984-02-29"]),
        ("birthDate.id", ["b"]),
        ("gender", [None]),
        ("gender.value", []),
        ("gender.extension.value", ["unknown"]),
        ("deceased", ["2024"]),
        ("name.family.family", []),
    ],
)
def test_both_ways_lead_to_the_same(navigation: Navigation, path: str, values: list[Any]) -> None:
    """With types or without, a path finds the same values."""
    assert [plain(item) for item in walk(navigation, path)] == values


def test_plain_steps_wrap_only_primitives_with_extensions() -> None:
    """Everything else is the message's own JSON."""
    assert walk(PLAIN, "name")[0] is PATIENT["name"][0]
    assert isinstance(walk(PLAIN, "birthDate")[0], Node)


def test_typed_steps_know_types() -> None:
    """From the environment, the key of a choice, the name `extension`, or the resource."""
    around = Environment(type_of=lambda parent, key: {("Patient", "name"): "HumanName"}.get((parent, key)))
    assert walk(TYPED, "name", around)[0].type == "HumanName"
    assert walk(TYPED, "deceased")[0].type == "dateTime"
    assert walk(TYPED, "gender.extension")[0].type == "Extension"
    assert TYPED.enter(PATIENT).type == "Patient"


def test_children_are_elements() -> None:
    """Neither the resource's type nor comments; a primitive with only extensions counts once."""
    names = [name for name, _, _ in fields(PATIENT)]
    assert names == ["name", "birthDate", "gender", "deceasedDateTime"]


@pytest.mark.parametrize(
    ("value", "beside", "pairs"),
    [
        ("a", None, [("a", None)]),
        (None, {"id": "x"}, [(None, {"id": "x"})]),
        (None, None, []),
        (["a", None], [None, {"id": "x"}], [("a", None), (None, {"id": "x"})]),
        (["a"], {"id": "x"}, [("a", {"id": "x"})]),
        ("a", [{"id": "x"}, {"id": "y"}], [("a", {"id": "x"}), (None, {"id": "y"})]),
        ([None, None], None, []),
        ("a", 7, [("a", None)]),
        (None, "x", []),
    ],
)
def test_values_and_what_stands_beside_them(value: Any, beside: Any, pairs: list[Any]) -> None:
    """In step, either missing, either of a wrong shape."""
    assert list(values_with_elements(value, beside)) == pairs


def test_several_nodes_may_be_the_focus_of_typed_steps() -> None:
    """A list of nodes is one collection, with types too."""
    assert compile_path("given.type().name")([{"given": ["Ida"]}, {"given": [7]}]) == ["string", "integer"]
