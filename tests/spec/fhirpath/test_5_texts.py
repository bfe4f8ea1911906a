"""FHIRPath, chapter 5: texts and patterns."""

import pytest

from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Texts"


def test_joining(finds: Finds) -> None:
    """`+` needs both texts, `&` takes nothing for an empty one."""
    finds("'a' + nothing")
    finds("'a' & nothing", "a")
    finds("nothing & nothing", "")


def test_places_count_from_nought(finds: Finds) -> None:
    """A place outside the text gives nothing; a length beyond the end gives what there is."""
    finds("'Prøve'.substring(3)", "ve")
    finds("'Prøve'.substring(3, 99)", "ve")
    finds("'Prøve'.substring(5)")
    finds("'Prøve'.substring(-1)")
    finds("'Prøve'.indexOf('x')", -1)


def test_functions_of_nothing_give_nothing(finds: Finds) -> None:
    """Neither is there a length of what is not there, nor a place for it."""
    finds("nothing.length()")
    finds("'abc'.indexOf(nothing)")
    finds("nothing.startsWith('a')")


def test_functions_of_a_text_take_one_text(refuses: Refuses) -> None:
    """Several texts, or something else, are an error; the function is pointed at."""
    refuses("name.given.upper()", "upper")
    refuses("active.length()", "length")
    refuses("'a'.startsWith(1)", "1")


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("'urn:uuid:1'.matches('uuid')", True),
        ("'urn:uuid:1'.matches('^uuid')", False),
        ("'a\\nb'.matches('a.b')", True),
        ("'٣'.matches('\\\\d')", False),
        ("'Ida'.matches('(?i)^IDA$')", True),
        ("'5|0'.matches('x|5')", True),
        ("'urn:uuid:1'.matchesFull('uuid')", False),
        ("'urn:uuid:1'.matchesFull('urn:uuid:.|x')", True),
    ],
)
def test_matching(finds: Finds, expression: str, answer: bool) -> None:
    """matches() finds a pattern anywhere, unless it is tied to the ends; matchesFull() takes the whole text."""
    finds(expression, answer)


def test_replacing(finds: Finds) -> None:
    """`$1` and `${name}` in a substitution stand for groups."""
    finds("'2024-05-31'.replaceMatches('(\\\\d+)-(\\\\d+)-(\\\\d+)', '$3.$2.$1')", "31.05.2024")
    finds("'ab'.replaceMatches('(?P<first>a)', '${first}${first}')", "aab")
    finds("'a.b'.replace('.', '')", "ab")


def test_a_pattern_is_read_with_the_expression(refuses: Refuses) -> None:
    """A malformed literal pattern is found when the expression is compiled, not when the first message comes."""
    refuses("name.where(family.matches('(a'))", "'(a'")


def test_escapes(finds: Finds, refuses: Refuses) -> None:
    """A backslash of a pattern is written twice; an unknown escape is refused, since it is surely meant so."""
    finds(r"'\u00e6\'\\\`'", "æ'\\`")
    refuses(r"gender.matches('\d')", r"\d")
