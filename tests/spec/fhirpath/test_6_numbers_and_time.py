"""FHIRPath, chapter 6: numbers, amounts and time."""

from decimal import Decimal

import pytest

from samspil.validation.fhirpath import Environment, EvaluationError, compile_path
from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Numbers, amounts, time"


def test_arithmetic(finds: Finds) -> None:
    """`/` gives a decimal, `div` and `mod` cut towards zero; nothing comes of dividing by zero."""
    finds("7 / 2", Decimal("3.5"))
    finds("-7 div 2", -3)
    finds("-7 mod 2", -1)
    finds("7 / 0")
    finds("7 div 0")
    finds("7 mod 0")
    finds("1 + nothing")


def test_what_does_not_fit_is_nothing(finds: Finds) -> None:
    """Integers have 32 bits; results beyond are empty, never wrong."""
    finds("2147483647 + 1")
    finds("-2147483647 - 2")
    finds("10.power(400)")
    finds("(-1).sqrt()")


def test_decimals_of_a_message_are_exact(finds: Finds) -> None:
    """A JSON reader gives binary fractions; they are taken as written."""
    finds("a + b", Decimal("0.3"), of={"a": 0.1, "b": 0.2})
    finds("a = 0.1", True, of={"a": 0.1})


def test_signs_bind_looser_than_dots(finds: Finds) -> None:
    """`-5.abs()` is minus the absolute value of five."""
    finds("-5.abs()", -5)
    finds("(-5).abs()", 5)
    finds("1 - -1", 2)


def test_rounding(finds: Finds) -> None:
    """Halves go away from zero."""
    finds("2.5.round()", Decimal(3))
    finds("(-2.5).round()", Decimal(-3))
    finds("2.345.round(2)", Decimal("2.35"))


def test_check_digits_can_be_computed(finds: Finds) -> None:
    """dk-core checks location numbers so: substring, toInteger, arithmetic."""
    weights = "+".join(f"(substring({place},1).toInteger()*{(1, 3)[place % 2]})" for place in range(12))
    rule = f"(((10-({weights})mod(10))mod(10))=substring(12,1).toInteger())"
    finds(rule, True, of="5790000120000")
    finds(rule, False, of="5790000120001")


def test_amounts(finds: Finds, refuses: Refuses) -> None:
    """Amounts of one kind add up in the unit of the first; numbers scale them."""
    finds("1 'g' + 500 'mg' = 1.5 'g'", True)
    finds("2 * 3 'mg'", "6 'mg'")
    finds("6 'mg' / 2 'mg'", "3 '1'")
    finds("-(5 'mg')", "-5 'mg'")
    refuses("1 'g' + 'x'", "+")


def test_moving_in_time(finds: Finds) -> None:
    """The day is cut to the month's last; a moment keeps its precision."""
    finds("@2024-01-31 + 1 month", "2024-02-29")
    finds("@2024-02-29 - 1 year", "2023-02-28")
    finds("@2024 + 25 months", "2026")
    finds("@2024-05-31T23:30:00+02:00 + 1 hour", "2024-06-01T00:30:00+02:00")
    finds("@T23:30 + 90 minutes", "01:00")
    finds("birthDate + 40 years", "2024-02-29")


def test_beyond_the_calendar_is_nothing(finds: Finds) -> None:
    """There is no year 10000 and no day before the first."""
    finds("@9999-12-31 + 1 day")
    finds("@0001-01-01 - 1 day")
    finds("@9999 + 1 year")


def test_the_time_comes_from_outside(finds: Finds) -> None:
    """now(), today() and timeOfDay() give the environment's time; without one they refuse."""
    finds("now()", "2024-05-31T14:30:00.000+02:00")
    finds("birthDate < today() - 40 years", True)
    with pytest.raises(EvaluationError, match="nobody gave it"):
        compile_path("now()")({}, Environment())


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("'yes'.toBoolean()", [True]),
        ("2.toBoolean()", []),
        ("'1.0'.toInteger()", []),
        ("true.toDecimal()", [Decimal(1)]),
        ("(1.50).toString()", ["1.50"]),
        ("'2024-05-31T10:00:00Z'.toDate()", ["2024-05-31"]),
        ("@2024-05.toDateTime() = @2024-05", [True]),
        ("'24:00'.toTime()", []),
        ("'2 weeks'.toQuantity('d')", ["14 'd'"]),
        ("'two'.toQuantity()", []),
        ("extension.value.toQuantity().toString()", ["4.0 'kg'"]),
        ("name.first().toString()", []),
        ("'x'.convertsToQuantity()", [False]),
        ("nothing.convertsToInteger()", []),
    ],
)
def test_converting(finds: Finds, expression: str, answers: list[object]) -> None:
    """What cannot be converted gives nothing; convertsTo… asks beforehand."""
    finds(expression, *answers)
