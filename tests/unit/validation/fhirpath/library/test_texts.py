"""Functions of texts, at their edges."""

from typing import Any

import pytest

from samspil.validation.fhirpath import EvaluationError, compile_path

DATA: dict[str, Any] = {"text": "a1b22", "pattern": "[0-9]+", "bad": "(", "long": "x" * 100_000, "given": ["Ida", "Bo"]}


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("text.matches(pattern)", [True]),
        ("text.matches(nothing)", []),
        ("text.matchesFull(pattern)", [False]),
        ("text.replaceMatches(pattern, '#')", ["a#b#"]),
        ("text.replaceMatches(pattern, nothing)", []),
        ("nothing.matches('x')", []),
        ("nothing.split(',')", []),
        ("text.split(nothing)", []),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("nothing.toChars()", []),
        ("given.join()", ["IdaBo"]),
        ("given.join(nothing)", []),
        ("nothing.join(',')", []),
    ],
)
def test_results_or_nothing(expression: str, answers: list[Any]) -> None:
    """Patterns and separators may come from the message."""
    assert compile_path(expression)(DATA) == answers


@pytest.mark.parametrize(
    ("expression", "part", "sentence"),
    [
        ("text.matches(bad)", "bad", "malformed"),
        ("text.replaceMatches(bad, '')", "replaceMatches", "malformed"),
        ("text.replaceMatches('a', '$9')", "replaceMatches", "no group 9"),
        ("long.replaceMatches('x.*y', '')", "replaceMatches", "too long for this pattern"),
        ("long.replace('x', long)", "replace", "could grow beyond"),
        ("(1 | 2).join(',')", "join", "texts only"),
        (
            "(long | long.upper() | long.substring(1)).select($this & $this & $this & $this).join(',')",
            "join",
            "grow beyond",
        ),
    ],
)
def test_what_cannot_be_done_is_an_error(expression: str, part: str, sentence: str) -> None:
    """A pattern out of a message is pointed at where the expression asks for it."""
    with pytest.raises(EvaluationError, match=sentence) as caught:
        compile_path(expression)(DATA)
    assert expression[caught.value.start : caught.value.end] == part
