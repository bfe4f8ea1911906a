"""Amounts: which units measure the same, and by what factor."""

from decimal import Decimal

import pytest

from samspil.validation.fhirpath.quantities import Quantity, calendar_unit, in_common

SAME = [
    ("1", "g", "1000", "mg"),
    ("1", "mmol/L", "1000", "umol/L"),
    ("1", "mmol/L", "1", "mol/m3"),
    ("1", "10*9/L", "1000000", "/mL"),
    ("1", "mm[Hg]", "133.322", "Pa"),
    ("1", "kPa", "10", "mbar"),
    ("1", "h", "60", "min"),
    ("1", "wk", "7", "day"),
    ("1", "minute", "60", "s"),
    ("1", "kg/m2", "0.1", "g/cm2"),
    ("1", "dL", "100", "mL"),
    ("50", "%", "0.5", "1"),
    ("1", "mg{tablet}", "1", "mg"),
    ("1", "[iU]/L", "1", "m[iU]/mL"),
    ("1", "J", "1", "N.m"),
]


@pytest.mark.parametrize(("one", "unit", "other", "second"), SAME)
def test_the_same_amount_in_two_units(one: str, unit: str, other: str, second: str) -> None:
    """Both come out equal in a common unit."""
    pair = in_common(Quantity(Decimal(one), unit), Quantity(Decimal(other), second))
    assert pair is not None
    assert pair[0] == pair[1]


@pytest.mark.parametrize(
    ("unit", "second"),
    [
        ("g", "m"),
        ("year", "a"),
        ("month", "d"),
        ("urn:x|g", "g"),
        ("flok", "g"),
        ("", "g"),
        ("m99", "m"),
        ("g/", "x" * 99),
    ],
)
def test_units_with_nothing_in_common(unit: str, second: str) -> None:
    """Other kinds, calendar years, other systems, and what is no unit."""
    assert in_common(Quantity(Decimal(1), unit), Quantity(Decimal(1), second)) is None


def test_an_unknown_unit_compares_with_itself() -> None:
    """Equal names need no understanding."""
    assert in_common(Quantity(Decimal(1), "flok"), Quantity(Decimal(2), "flok")) == (1, 2)


def test_units_of_time_have_calendar_words() -> None:
    """Moments are moved by calendar words; UCUM's codes stand for them."""
    assert [calendar_unit(unit) for unit in ("d", "mo", "week", "g")] == ["day", "month", "week", None]


def test_a_quantity_reads_as_an_expression_writes_it() -> None:
    """Calendar words bare, units in quotes."""
    assert str(Quantity(Decimal("4.0"), "mg")) == "4.0 'mg'"
    assert str(Quantity(Decimal(4), "day")) == "4 day"
