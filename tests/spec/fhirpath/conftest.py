"""What the chapters about FHIRPath ask, and whom: a patient of ours, unless a paragraph brings its own."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from samspil.validation.fhirpath import Environment, EvaluationError, PathError, compile_path
from tests.interop.fhirpath_expressions import PATIENT

NOW = datetime(2024, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))

Finds = Callable[..., None]
Refuses = Callable[[str, str], None]


@pytest.fixture
def finds() -> Finds:
    """`finds(expression, *answers, of=..., around=...)`: the expression finds exactly these."""

    def check(expression: str, *answers: Any, of: Any = PATIENT, around: Environment | None = None) -> None:
        found = compile_path(expression)(of, around or Environment(now=NOW))
        shown = [str(item) if type(item).__module__.endswith(("temporal", "quantities")) else item for item in found]
        assert shown == list(answers), expression

    return check


@pytest.fixture
def refuses() -> Refuses:
    """`refuses(expression, part)`: it cannot be compiled or answered, and exactly this part of it is pointed at."""

    def check(expression: str, part: str) -> None:
        with pytest.raises((PathError, EvaluationError)) as caught:
            compile_path(expression)(PATIENT)
        error = caught.value
        assert isinstance(error, PathError | EvaluationError)
        assert expression[error.start : error.end] == part, str(error)

    return check
