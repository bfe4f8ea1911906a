"""FHIRPath, chapter 2: true, false, and unknown."""

import pytest

from samspil.validation.fhirpath import EvaluationError, compile_path
from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Truth"

T, F, U = "true", "false", "{}"
TABLES = {
    "and": {(T, T): T, (T, F): F, (T, U): U, (F, F): F, (F, U): F, (U, U): U},
    "or": {(T, T): T, (T, F): T, (T, U): T, (F, F): F, (F, U): U, (U, U): U},
    "xor": {(T, T): F, (T, F): T, (T, U): U, (F, F): F, (F, U): U, (U, U): U},
}
IMPLIES = {(T, T): T, (T, F): F, (T, U): U, (F, T): T, (F, F): T, (F, U): T, (U, T): T, (U, F): U, (U, U): U}
VALUE = {T: True, F: False, U: None}
CASES = [
    *((operator, one, other, answer) for operator, rows in TABLES.items() for (one, other), answer in rows.items()),
    *((operator, other, one, answer) for operator, rows in TABLES.items() for (one, other), answer in rows.items()),
    *(("implies", one, other, answer) for (one, other), answer in IMPLIES.items()),
]


@pytest.mark.parametrize(("operator", "one", "other", "answer"), CASES)
def test_three_valued_logic(operator: str, one: str, other: str, answer: str) -> None:
    """`and`, `or` and `xor` are the same both ways round; `implies` is not. Empty stands for unknown."""
    assert compile_path(f"{one} {operator} {other}").test({}) is VALUE[answer]


@pytest.mark.parametrize("operator", ["and", "or"])
def test_long_chains_answer_like_short_ones(operator: str) -> None:
    """Any number of operands may stand in a row."""
    for (one, other), answer in TABLES[operator].items():
        assert compile_path(f"{one} {operator} {other} {operator} {one}").test({}) is VALUE[answer]


def test_a_single_item_that_is_no_truth_value_counts_as_true(finds: Finds) -> None:
    """`gender and …` asks whether there is a gender."""
    finds("gender and active", True)
    finds("'no'.not()", False)


def test_several_items_are_no_condition(refuses: Refuses) -> None:
    """Where one truth value must stand, several items are an error, and the place is shown."""
    refuses("name.given and true", "given")


def test_not_of_nothing_is_nothing(finds: Finds) -> None:
    """The opposite of unknown is unknown."""
    finds("nothing.not()")


def test_all_of_nothing_is_true(finds: Finds) -> None:
    """There is nothing that could break the condition."""
    finds("nothing.all(false)", True)


def test_unknown_is_not_enough_for_all_and_where(finds: Finds) -> None:
    """A condition must be true; unknown keeps an item out of where() and breaks all()."""
    finds("name.where(suffix = 'x').count()", 0)
    finds("name.all(family = 'Prøve')", False)


def test_the_verdict_of_a_rule_is_true_false_or_none() -> None:
    """`test` tells a broken rule from one that cannot be judged: whoever asks decides what empty means."""
    rule = compile_path("birthDate <= @2024")
    assert rule.test({"birthDate": "1984"}) is True
    assert rule.test({"birthDate": "2025"}) is False
    assert rule.test({}) is None


def test_an_evaluation_error_is_no_verdict() -> None:
    """Data that an expression cannot be asked about raises; it is neither true nor false."""
    with pytest.raises(EvaluationError, match="a text must stand here, not a number"):
        compile_path("value.matches('x')").test({"value": 7})
