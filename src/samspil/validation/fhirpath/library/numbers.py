"""Functions of numbers. What has no real result, or none that fits, is nothing."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException

from samspil.validation.fhirpath.library.calls import Builder, about_number, about_value
from samspil.validation.fhirpath.operators import Number, in_range
from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.values import DECIMALS, Item, Mismatch, exact, is_number, kind_of


def whole(rounding: str) -> Builder:
    """To an integer, one way or another."""

    def run(number: Number) -> Number | None:
        return in_range(int(Decimal(number).to_integral_value(rounding)))

    return about_number(run)


def precise(compute: Callable[[Decimal], Decimal]) -> Builder:
    """A function of one decimal."""

    return about_number(lambda number: _finite(lambda: compute(Decimal(number))))


def _finite(compute: Callable[[], Decimal]) -> Decimal | None:
    try:
        found = compute()
    except DecimalException:
        return None
    return found if found.is_finite() else None


def absolute(value: Item) -> Item:
    """Without its sign; quantities too."""
    if type(value) is Quantity:
        return Quantity(abs(value.value), value.unit)
    if not is_number(value):
        raise Mismatch(f"a number must stand before this, not {kind_of(value)}")
    return in_range(abs(exact(value)))


def log(number: Number, base: Number) -> Decimal | None:
    """The logarithm to a base."""
    return _finite(lambda: DECIMALS.divide(DECIMALS.ln(Decimal(number)), DECIMALS.ln(Decimal(base))))


def power(number: Number, exponent: Number) -> Number | None:
    """Raised to a power; an integer where both are and the power is not negative."""
    found = _finite(lambda: DECIMALS.power(Decimal(number), Decimal(exponent)))
    if found is not None and type(number) is int and type(exponent) is int and exponent >= 0:
        return in_range(int(found))
    return found


def rounded(number: Number, places: int = 0) -> Number | None:
    """To so many places, halves away from zero."""
    if places < 0:
        raise Mismatch("the number of places cannot be negative")
    try:
        return Decimal(number).quantize(Decimal((0, (1,), -min(places, 30))), ROUND_HALF_UP, DECIMALS)
    except DecimalException:  # more digits than there are: nothing to round
        return Decimal(number)


CEILING, FLOOR, TRUNCATE = whole(ROUND_CEILING), whole(ROUND_FLOOR), whole(ROUND_DOWN)
EXP, LN, SQRT = precise(DECIMALS.exp), precise(DECIMALS.ln), precise(DECIMALS.sqrt)
ABS, LOG = about_value(absolute), about_number(log, "number")
POWER, ROUND = about_number(power, "number"), about_number(rounded, "integer")
