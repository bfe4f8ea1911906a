"""Conversions, from everything to everything."""

from decimal import Decimal
from typing import Any

import pytest

from samspil.validation.fhirpath import compile_path

WEIGHT = {"value": 4, "code": "kg", "system": "http://unitsofmeasure.org"}


@pytest.mark.parametrize(
    ("function", "value", "answer"),
    [
        ("toBoolean", True, "True"),
        ("toBoolean", "N", "False"),
        ("toBoolean", 1, "True"),
        ("toBoolean", 0.0, "False"),
        ("toBoolean", 7, None),
        ("toInteger", True, "1"),
        ("toInteger", 7, "7"),
        ("toInteger", "99999999999", None),
        ("toInteger", 7.5, None),
        ("toDecimal", 7.5, "7.5"),
        ("toDecimal", "1e5", None),
        ("toString", "x", "x"),
        ("toString", True, "true"),
        ("toString", False, "false"),
        ("toString", 1e21, "1000000000000000000000"),
        ("toString", WEIGHT, None),
        ("toDate", "2024-05-31T10:00:00Z", "2024-05-31"),
        ("toDate", 7, None),
        ("toDateTime", "14:30", None),
        ("toTime", "14:30", "14:30"),
        ("toTime", "T14:30", None),
        ("toTime", 7, None),
        ("toQuantity", True, "1 '1'"),
        ("toQuantity", WEIGHT, "4 'kg'"),
        ("toQuantity", "4 days", "4 day"),
        ("toQuantity", "4 'mg'", "4 'mg'"),
        ("toQuantity", "4", "4 '1'"),
        ("toQuantity", "4 flok", None),
        ("getValue", WEIGHT, None),
    ],
)
def test_a_value_converts_or_gives_nothing(function: str, value: Any, answer: str | None) -> None:
    """One row a rule of the specification's table."""
    found = compile_path(f"value.{function}()")({"value": value})
    assert [str(item) for item in found] == ([] if answer is None else [answer])


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("@T14:30.toTime()", ["14:30"]),
        ("@2024-05.toDate()", ["2024-05"]),
        ("@T14:30.toDate()", []),
        ("(5 'g').toQuantity('mg')", ["5000 'mg'"]),
        ("(5 'g').toQuantity('m')", []),
        ("(5 'g').toQuantity('g')", ["5 'g'"]),
        ("(5 'g').convertsToQuantity('m')", ["False"]),
        ("(5 'g').value | (5 'g').unit", ["5", "g"]),
    ],
)
def test_values_of_expressions_convert(expression: str, answers: list[str]) -> None:
    """Moments and amounts too."""
    assert [str(item) for item in compile_path(expression)({})] == answers


def test_decimals_keep_their_digits() -> None:
    """A reader that gives Decimals has them written as they were."""
    assert compile_path("value.toString()")({"value": Decimal("1.50")}) == ["1.50"]
