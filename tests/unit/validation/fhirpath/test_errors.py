"""Errors: the exact place, shown to a reader."""

import pytest

from samspil.validation.fhirpath import EvaluationError, PathError, compile_path


def refusal(expression: str) -> PathError:
    """The error of an expression that cannot be compiled."""
    with pytest.raises(PathError) as caught:
        compile_path(expression)
    return caught.value


def test_it_shows_the_line_with_a_caret() -> None:
    """Sentence, place, excerpt, carets under the wrong part, a suggestion."""
    assert str(refusal("name.frist().given")).splitlines() == [
        "no function is called 'frist'; did you mean 'first'? (column 6)",
        "  name.frist().given",
        "       ^^^^^",
    ]


def test_lines_are_counted_where_there_are_several() -> None:
    """Only the line at fault is shown."""
    error = refusal("name\n  .given\n  .frist()")
    assert (error.line, error.column) == (3, 4)
    assert error.excerpt == "    .frist()\n     ^^^^^"


def test_long_lines_are_cut_around_the_place() -> None:
    """Nobody reads nine hundred characters to find a caret."""
    error = refusal("a.b or " * 60 + "name.frist()")
    shown, carets = error.excerpt.splitlines()
    assert len(shown) < 120
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "frist"


MISTAKES = {
    "name.given[0": ("", "']' is missing"),
    "name.where(use = 'official'": ("", "')' is missing to close where("),
    "name given": ("given", "an operator is missing"),
    "1 +": ("", "ends where a value must follow"),
    "": ("", "ends where a value must follow"),
    "name..given": (".", "a name must follow the dot"),
    "name.'given'": ("'given'", "a name must follow the dot"),
    "name.$this": ("$this", "at the front of a path"),
    "(1 | 2": ("", "')' is missing to close the parenthesis"),
    "{1}": ("1", "'}' is missing"),
    "'open": ("'", "no closing quote"),
    "`open": ("`", "no closing back quote"),
    '"Ida"': ('"', "texts stand in single quotes"),
    "a # b": ("#", "has no meaning here"),
    "a ! b": ("!", "use .not()"),
    "$me": ("$", "only $this"),
    "% x": ("%", "a variable's name"),
    "@31-05-2024": ("@", "no date, dateTime or time"),
    "@2024-02-30": ("@2024-02-30", "no such date"),
    "a /* b": ("/", "this comment has no end"),
    "2147483648": ("2147483648", "an integer is at most"),
    "a is": ("", "a type's name must follow"),
    "a is FHIR.": ("", "must follow the dot"),
    "a.is()": ("is()", "takes 1 argument, not 0"),
    "a.exists(,)": (",", "a value must stand here"),
    "``": ("``", "this name is empty"),
    "a.select(%x)": ("%x", "no variable"),
    "a.replaceMatches()": ("replaceMatches()", "takes 2 arguments, not 0"),
    "a.iif(true)": ("iif(true)", "takes 2 to 3 arguments, not 1"),
    "and": ("and", "a value must stand here"),
    "a = 'x\\y'": ("\\y", "is no escape"),
}


@pytest.mark.parametrize("expression", MISTAKES)
def test_every_mistake_has_its_place_and_sentence(expression: str) -> None:
    """The range of characters covers exactly what is wrong; an empty one stands at the end."""
    part, sentence = MISTAKES[expression]
    error = refusal(expression)
    assert expression[error.start : error.end] == part
    assert sentence in error.message


def test_depth_and_length_are_bounded() -> None:
    """Parentheses, signs, operators and characters: too many are refused, not a crash."""
    assert "deep" in refusal("(" * 5000 + "1" + ")" * 5000).message
    assert "deep" in refusal("-" * 5000 + "1").message
    assert "deep" in refusal("1" + "+1" * 5000).message
    assert "at most" in refusal("a" * 20_000).message


def test_an_evaluation_that_goes_too_deep_is_an_evaluation_error() -> None:
    """Data nested beyond what Python follows does not crash the process."""
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    other: dict[str, object] = {}
    for _ in range(100_000):
        other = {"a": other}
    with pytest.raises(EvaluationError, match="too deep"):
        compile_path("$this = %resource.a or distinct().count() = 2")(deep)
    while deep:  # unlink by hand: the collector would recurse too
        deep = deep.pop("a")  # pyright: ignore[reportAssignmentType]  (nested dicts all the way)
        other = other.pop("a")  # pyright: ignore[reportAssignmentType]
