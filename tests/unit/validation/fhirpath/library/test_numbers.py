"""Functions of numbers, at their edges."""

from decimal import Decimal
from typing import Any

import pytest

from samspil.validation.fhirpath import EvaluationError, PathError, compile_path


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("(-5 'mg').abs()", ["5 'mg'"]),
        ("(-2147483647 - 1).abs()", []),
        ("2.power(0.5).round(4)", ["1.4142"]),
        ("2.power(-1)", ["0.5"]),
        ("0.power(-1)", []),
        ("0.ln()", []),
        ("(-1).ln()", []),
        ("8.log(1)", []),
        ("1000.exp()", []),
        ("1.5.round(40) = 1.5", ["True"]),
        ("12345678901234567890.5.round(20) = 12345678901234567890.5", ["True"]),
        ("99999999999.5.floor()", []),
        ("nothing.sqrt()", []),
        ("2.power(nothing)", []),
    ],
)
def test_results_or_nothing(expression: str, answers: list[str]) -> None:
    """What is not real, not finite or too large is nothing."""
    assert [str(item) for item in compile_path(expression)({})] == answers


@pytest.mark.parametrize(
    ("expression", "data", "sentence"),
    [
        ("value.abs()", {"value": "x"}, "a number must stand before this, not a text"),
        ("value.floor()", {"value": True}, "a number must stand before this, not a truth value"),
        ("value.round(places)", {"value": 1.5, "places": -1}, "cannot be negative"),
        ("value.power(places)", {"value": 2, "places": "x"}, "a number must stand here, not a text"),
    ],
)
def test_other_things_are_errors(expression: str, data: dict[str, Any], sentence: str) -> None:
    """The function or the argument is pointed at."""
    with pytest.raises(EvaluationError, match=sentence):
        compile_path(expression)(data)


def test_literals_of_the_wrong_kind_are_refused_at_once() -> None:
    """No message is needed to see that a power is no text."""
    with pytest.raises(PathError, match="a number must stand here"):
        compile_path("2.power('x')")


def test_json_decimals_are_exact() -> None:
    """A tenth is a tenth, whatever binary fraction stands for it."""
    assert compile_path("value.power(2)")({"value": 0.1}) == [Decimal("0.01")]
