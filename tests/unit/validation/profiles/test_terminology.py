"""What a value set holds: codes, systems, filters, other sets, and what is taken out again."""

from typing import Any

import pytest

from samspil.validation.profiles.terminology import Codes, Terminology

SYSTEM = "http://example.org/colour"
COLOURS = {
    "content": "complete",
    "concept": [
        {"code": "warm", "concept": [{"code": "red", "concept": [{"code": "scarlet"}]}, {"code": "yellow"}]},
        {"code": "cold", "property": [{"code": "season", "valueCode": "winter"}], "concept": [{"code": "blue"}]},
        {
            "code": "purple",
            "property": [{"code": "subsumedBy", "valueCode": "red"}, {"code": "parent", "valueCode": "blue"}],
        },
    ],
}  # fmt: skip


class Shelf:
    """Definitions for a test."""

    def __init__(self, sets: dict[str, Any], systems: dict[str, Any]) -> None:
        self._kinds = {"ValueSet": sets, "CodeSystem": systems}

    def terminology(self, kind: str, canonical: str) -> Any:
        """The definition at an address."""
        return self._kinds[kind].get(canonical)


def expanded(compose: dict[str, Any], **sets: dict[str, Any]) -> Codes | None:
    """The codes of a value set."""
    named = {name: {"compose": value} for name, value in sets.items()}
    return Terminology(Shelf({"set": {"compose": compose}, **named}, {SYSTEM: COLOURS})).codes("set")


def codes(compose: dict[str, Any], **sets: dict[str, Any]) -> set[str]:
    """The codes alone."""
    found = expanded(compose, **sets)
    assert found is not None
    return set(found.alone)


def included(**part: Any) -> dict[str, Any]:
    """A set of one inclusion."""
    return {"include": [{"system": SYSTEM, **part}]}


@pytest.mark.parametrize(
    ("test", "held"),
    [
        (("concept", "is-a", "red"), {"red", "scarlet", "purple"}),
        (("concept", "descendent-of", "red"), {"scarlet", "purple"}),
        (("concept", "descendent-of", "cold"), {"blue", "purple"}),
        (("concept", "is-not-a", "warm"), {"cold", "blue"}),
        (("season", "=", "winter"), {"cold"}),
        (("concept", "in", "red, blue"), {"red", "blue"}),
        (("concept", "not-in", "red,blue"), {"warm", "cold", "scarlet", "yellow", "purple"}),
    ],
)
def test_filters_follow_the_hierarchy(test: tuple[str, str, str], held: set[str]) -> None:
    """Nesting and properties both tell what stands above a code."""
    name, operation, value = test
    assert codes(included(filter=[{"property": name, "op": operation, "value": value}])) == held


def test_a_filter_nobody_understands_leaves_the_system_open() -> None:
    """Better to let a code pass than to turn a good one away."""
    found = expanded(included(filter=[{"property": "concept", "op": "generalizes", "value": "red"}]))
    assert found is not None and found.has(SYSTEM, "anything")


def test_exclusions_take_out() -> None:
    """What is excluded is not there, even if it was included twice."""
    compose = {"include": [{"system": SYSTEM}], "exclude": [{"system": SYSTEM, "concept": [{"code": "red"}]}]}
    assert "red" not in codes(compose)
    assert "blue" in codes(compose)


def test_sets_are_made_of_sets() -> None:
    """A value set named in an inclusion is taken whole, or cut with the system beside it."""
    inner = included(concept=[{"code": "red"}, {"code": "blue"}])
    assert codes({"include": [{"valueSet": ["inner"]}]}, inner=inner) == {"red", "blue"}
    warm = {"property": "concept", "op": "is-a", "value": "warm"}
    assert codes(included(valueSet=["inner"], filter=[warm]), inner=inner) == {"red"}


def test_a_set_of_itself_ends() -> None:
    """A circle of sets is unknown, not endless."""
    assert expanded({"include": [{"valueSet": ["set"]}]}) is None


def test_a_system_without_codes_stays_open() -> None:
    """Its codes may be in the set; those of others are not."""
    found = expanded({"include": [{"system": "http://snomed.info/sct"}]})
    assert found is not None
    assert found.has("http://snomed.info/sct", "1") and not found.has(SYSTEM, "red")
    assert not found.has(None, "1")


def test_an_unknown_set_is_unknown() -> None:
    """A dead address is no empty set."""
    assert Terminology(Shelf({}, {})).codes("http://dead.example.org") is None


def test_an_expansion_does_where_nothing_is_composed() -> None:
    """Published expansions are read too, nested ones included."""
    expansion = {"contains": [{"system": SYSTEM, "code": "red", "contains": [{"system": SYSTEM, "code": "scarlet"}]}]}
    found = Terminology(Shelf({"set": {"expansion": expansion}}, {})).codes("set")
    assert found is not None and found.alone == {"red", "scarlet"}


def test_the_nearest_code_is_suggested() -> None:
    """Case and slips of the pen do not hide what was meant; nothing alike, no suggestion."""
    found = Codes.of([(SYSTEM, "in-progress"), (SYSTEM, "finished")])
    assert found.nearest("In-Progres") == "in-progress"
    assert found.nearest("zzz") == ""
