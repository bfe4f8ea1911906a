"""The table of functions: complete, and true to its examples."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from samspil.validation.fhirpath import Environment, compile_path
from samspil.validation.fhirpath.functions import CHAPTERS, EXAMPLE, FUNCTIONS, Function

NOW = datetime(2024, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))
PATIENT: dict[str, Any] = dict(EXAMPLE)
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "fhirpath.md"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_its_example_gives_what_the_table_says(function: Function) -> None:
    """Each row's example is asked of the patient and answers as the row and the reference page say."""
    expression, answer = function.example
    environment = Environment(now=NOW)
    assert compile_path(expression)(PATIENT, environment) == compile_path(answer)(PATIENT, environment)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_its_example_calls_it(function: Function) -> None:
    """An example shows the function it stands beside."""
    assert f"{function.name}(" in function.example[0]


def test_no_name_stands_twice() -> None:
    """Each function has one row."""
    assert len(FUNCTIONS) == sum(len(rows) for rows in CHAPTERS.values())


def test_a_signature_names_its_arguments_and_their_kinds() -> None:
    """The number of arguments an expression may give comes from the signature alone."""
    parameters = FUNCTIONS["iif"].parameters
    assert [(one.name, one.kind, one.optional) for one in parameters] == [
        ("condition", "whole", False),
        ("then", "whole", False),
        ("otherwise", "whole", True),
    ]


def test_every_kind_of_argument_is_one_the_page_explains() -> None:
    """The reference page explains each kind that a signature uses."""
    kinds = {parameter.kind for function in FUNCTIONS.values() for parameter in function.parameters}
    page = PAGE.read_text(encoding="utf-8")
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()
