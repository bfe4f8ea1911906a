"""FHIRPath, chapter 3: the same, alike, before and after."""

import pytest

from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Comparing"


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 = 1.0", True),
        ("0.1 + 0.2 = 0.3", True),
        ("'a' = 'A'", False),
        ("1 = '1'", False),
        ("true = 1", False),
        ("(1 | 2) = (1 | 2)", True),
        ("(1 | 2) = (2 | 1)", False),
        ("(1 | 2) != (1 | 3)", True),
        ("name.given = name.given", True),
        ("name = contact.name", False),
        ("2 'g' = 2000 'mg'", True),
        ("1 week = 7 days", True),
    ],
)
def test_equal(finds: Finds, expression: str, answer: bool) -> None:
    """Numbers by value, texts letter by letter, collections in order, quantities across units."""
    finds(expression, answer)


@pytest.mark.parametrize(
    "expression", ["nothing = 1", "1 != nothing", "nothing = nothing", "1 'g' = 1 'm'", "1 year = 365 days"]
)
def test_unknown(finds: Finds, expression: str) -> None:
    """Where a side is empty, or two amounts have nothing in common, equality is unknown."""
    finds(expression)


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("'Ida  Prøve' ~ 'IDA PRØVE'", True),
        ("1.51 ~ 1.5", True),
        ("(1 | 2) ~ (2 | 1)", True),
        ("nothing ~ nothing", True),
        ("1 ~ nothing", False),
        ("@2024 ~ @2024-05", False),
        ("1 year ~ 1 'a'", True),
        ("1 !~ 2", True),
    ],
)
def test_alike(finds: Finds, expression: str, answer: bool) -> None:
    """Equivalence overlooks case, spacing, order and idle digits, and always has an answer."""
    finds(expression, answer)


def test_concepts_are_alike_by_a_coding_in_common(finds: Finds) -> None:
    """Of a coding system and code count, of a concept any coding; displays do not."""
    one = {"coding": [{"system": "urn:a", "code": "1", "display": "én"}, {"system": "urn:b", "code": "2"}], "text": "x"}
    other = {"coding": [{"system": "urn:b", "code": "2", "display": "to"}]}
    finds("code ~ other", True, of={"code": one, "other": other})
    finds("code = other", False, of={"code": one, "other": other})
    finds("code.coding[1] ~ other.coding", True, of={"code": one, "other": other})
    finds("code.coding[0] ~ other.coding", False, of={"code": one, "other": other})


def test_dates_in_a_message_are_compared_as_dates(finds: Finds) -> None:
    """JSON has texts only: two of them that both read as dates are dates."""
    period = {"start": "2024-05-31T10:00:00+02:00", "end": "2024-05-31T09:00:00Z"}
    finds("start < end", True, of=period)
    finds("end <= start", False, of=period)
    finds("start = '2024-05-31T08:00:00Z'", False, of=period)
    finds("start = @2024-05-31T08:00:00Z", True, of=period)


def test_a_literal_text_is_no_date(finds: Finds) -> None:
    """What the expression itself writes in quotes is compared as text."""
    finds("version = '2024'", False, of={"version": "2024-05"})
    finds("version > '2024'", True, of={"version": "2024-05"})


def test_moments_are_compared_as_far_as_both_go(finds: Finds) -> None:
    """If one ends before they differ, the order is unknown."""
    finds("@2024-05 < @2024-06-01", True)
    finds("@2024-05 < @2024-05-31")
    finds("@2024-05 = @2024-05-31")
    finds("@T14:30 < @T14:31:10", True)


def test_zones_count_where_both_have_one(finds: Finds) -> None:
    """One instant in two zones is equal; a date is not moved into a dateTime's zone."""
    finds("@2024-05-31T00:30:00+02:00 = @2024-05-30T22:30:00Z", True)
    finds("@2024-05-31 < @2024-06-01T00:30:00+02:00", True)
    finds("start <= end", of={"start": "2024-05-31", "end": "2024-05-31T00:30:00+02:00"})


def test_quantities_of_a_message_have_units(finds: Finds) -> None:
    """A FHIR quantity with a UCUM code compares with others of its kind; one with a comparator is unknown."""
    finds("extension.value > 3500 'g'", True)
    finds("extension.value = 4 'kg'", True)
    finds("extension.value > 4 'm'")
    finds("value > 1 'g'", of={"valueQuantity": {"value": 5, "code": "g", "comparator": ">"}})


def test_units_of_other_systems_compare_with_themselves(finds: Finds) -> None:
    """What is no UCUM unit is comparable only by the same system and code."""
    low = {"value": 1, "system": "urn:units", "code": "pieces"}
    finds("low < high", True, of={"low": low, "high": {**low, "value": 2}})
    finds("low < high", of={"low": low, "high": {"value": 2, "code": "g"}})


def test_things_without_order_are_an_error(refuses: Refuses) -> None:
    """A text is neither before nor after a number; the operator is pointed at."""
    refuses("'a' < 1", "<")
    refuses("name.first() < name.last()", "<")


def test_one_item_on_each_side(refuses: Refuses) -> None:
    """Order is between two items, not between collections."""
    refuses("name.given < 'B'", "<")


def test_membership(finds: Finds) -> None:
    """`in` and `contains` look for an equal item."""
    finds("gender in ('male' | 'female')", True)
    finds("name.given contains 'Marie'", True)
    finds("nothing in name.given")
    finds("'Ida' in nothing", False)
    finds(
        "timestamp in others", True, of={"timestamp": "2024-05-31T10:00:00Z", "others": ["2024-05-31T12:00:00+02:00"]}
    )
