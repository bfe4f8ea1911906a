"""Operators on what they do not fit, and at their edges; the usual cases are in the chapters of tests/spec."""

from typing import Any

import pytest

from samspil.validation.fhirpath import EvaluationError, PathError, compile_path


def ask(expression: str, data: Any = None) -> list[str]:
    """What an expression finds, as text."""
    return [str(item) for item in compile_path(expression)(data if data is not None else {})]


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("5 'mg' - 2 'mg'", ["3 'mg'"]),
        ("1 'mg' + 1 'g'", ["1001 'mg'"]),
        ("0 'mg' + 1 'g'", []),
        ("1 'g' + 1 'm'", []),
        ("2 'mg' * 3", ["6 'mg'"]),
        ("6 'mg' / 2 '1'", ["3 'mg'"]),
        ("6 'mg' / 0", []),
        ("6 'mg' / 0 'g'", []),
        ("1 'g' / 2 'mg'", ["500 '1'"]),
        ("-(5 'mg')", ["-5 'mg'"]),
        ("+(5 'mg')", ["5 'mg'"]),
        ("-nothing", []),
        ("+nothing", []),
        ("-value", ["-7"]),
        ("+value", ["7"]),
        ("-2.5", ["-2.5"]),
        ("{} | 1", ["1"]),
        ("name = 'a'", ["False"]),
        ("name != 'a'", ["True"]),
        ("'a' = name", ["False"]),
        ("none = 'a'", []),
        ("1 in ('a' | 'b')", ["False"]),
        ("@2024-05-31 - 1 'd'", ["2024-05-30"]),
    ],
)
def test_edges(expression: str, answers: list[str]) -> None:
    """What comes out, or nothing."""
    assert ask(expression, {"value": 7, "name": ["a", "b"]}) == answers


@pytest.mark.parametrize(
    ("expression", "part", "sentence"),
    [
        ("2 'g' * 3 'g'", "*", "cannot be multiplied"),
        ("2 'g' / 3 'm'", "/", "cannot be divided"),
        ("@2024 + 1 'g'", "+", "no unit of time"),
        ("@2024 - 'x'", "-", "does not join a moment and a text"),
        ("'a' * 2", "*", "does not join a text and a number"),
        ("true div 2", "div", "does not join a truth value and a number"),
        ("'a' mod 2", "mod", "does not join"),
        ("-'a'", "-", "stands before numbers, not before a text"),
        ("true > false", ">", "no order between them"),
        ("@T10:00 < @2024", "<", "no order between them"),
        ("name & 'x'", "&", "one item must stand here, not 2"),
        ("1 & 'x'", "&", "a text must stand here, not a number"),
        ("$this < 1", "<", "an element and a number"),
    ],
)
def test_what_does_not_fit(expression: str, part: str, sentence: str) -> None:
    """The operator is pointed at, and the two kinds are named."""
    with pytest.raises(EvaluationError, match=sentence) as caught:
        ask(expression, {"name": ["a", "b"]})
    assert expression[caught.value.start : caught.value.end] == part


def test_an_index_is_an_integer() -> None:
    """A literal that is none is refused with the expression, a computed one when it is met."""
    assert ask("name[number - 1]", {"name": ["a", "b"], "number": 2}) == ["b"]
    assert ask("name[nothing]", {"name": ["a"]}) == []
    with pytest.raises(PathError, match="an index is an integer"):
        compile_path("name['a']")
    with pytest.raises(EvaluationError, match="an integer must stand here"):
        ask("name[number]", {"name": ["a"], "number": "a"})


def test_a_number_out_of_range_is_an_error() -> None:
    """What is no number of JSON can still come from a caller."""
    with pytest.raises(EvaluationError, match="out of range"):
        ask("value + 1", {"value": float("inf")})
    with pytest.raises(EvaluationError, match="out of range"):
        compile_path("value > 1.5").test({"value": float("nan")})


def test_what_a_loop_keeps_serves_as_a_condition_too() -> None:
    """A condition that does not depend on the item is found once, and stays what it is."""
    path = compile_path("item.where(%resource.flag or $this = 2)")
    assert path({"item": [1, 2], "flag": True}) == [1, 2]
    assert path({"item": [1, 2], "flag": False}) == [2]
