"""Types, where JSON tells little."""

from typing import Any

import pytest

from samspil.validation.fhirpath import EvaluationError, Node, compile_path


@pytest.mark.parametrize(
    ("value", "kind", "answer"),
    [
        (True, "boolean", True),
        (7, "integer", True),
        (7, "positiveInt", True),
        (0, "positiveInt", False),
        (0, "unsignedInt", True),
        (7, "decimal", True),
        (7, "string", False),
        (7.5, "decimal", True),
        ("x", "string", True),
        ("x", "uri", True),
        ("x", "date", False),
        ("2024-05-31", "date", True),
        ("2024-05-31", "dateTime", True),
        ("2024-05-31", "instant", False),
        ("2024-05-31T10:00:00Z", "instant", True),
        ("2024-05-31T10:00:00Z", "date", False),
        ("14:30:00", "time", True),
        ({"value": 7}, "Quantity", None),
        ("x", "Quantity", False),
    ],
)
def test_an_element_of_unknown_type_is_judged_by_its_form(value: Any, kind: str, answer: bool | None) -> None:
    """A primitive could be of every type whose form it has; a complex element is unknown."""
    assert compile_path(f"$this is FHIR.{kind}").test(Node(value)) is answer


def test_a_focus_with_a_type_may_begin_a_path() -> None:
    """`Identifier.value` asked about an Identifier, and about something else."""
    path = compile_path("Identifier.value")
    assert path(Node({"value": "x"}, None, "Identifier")) == ["x"]
    assert path(Node({"value": "x"}, None, "Coding")) == []
    assert path({"value": "x"}) == ["x"]
    assert path("x") == []


def test_several_items_are_no_single_type() -> None:
    """`is` asks about one item, of a choice too."""
    data = {"item": [{"valueString": "a"}, {"valueString": "b"}]}
    for expression in ("item is Patient", "item.value is string", "item.value.is(string)"):
        with pytest.raises(EvaluationError, match="one item must stand here, not 2"):
            compile_path(expression).test(data)


def test_a_choice_with_an_extension_keeps_it() -> None:
    """JSON's key says the type, the object beside it the rest."""
    data = {"valueDateTime": "2024", "_valueDateTime": {"extension": [{"url": "urn:x", "valueCode": "y"}]}}
    assert compile_path("value.ofType(dateTime).extension('urn:x').value")(data) == ["y"]
    assert compile_path("item.value.ofType(dateTime)")({"item": ["no element", 7]}) == []


def test_type_of_what_nobody_knows() -> None:
    """A text is called a string, an element an Element."""
    assert compile_path("type().name")(Node("x")) == ["string"]
    assert compile_path("type().name")(Node({"a": 1})) == ["Element"]
    assert compile_path("type().name")(Node(7)) == ["integer"]
