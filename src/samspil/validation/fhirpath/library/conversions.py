"""From one kind of value to another, and whether that is possible. What cannot be converted gives nothing."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from samspil.validation.fhirpath.code import StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.library.calls import Builder, CallSite, about_value
from samspil.validation.fhirpath.navigation import Items
from samspil.validation.fhirpath.operators import in_range
from samspil.validation.fhirpath.quantities import Quantity, in_common
from samspil.validation.fhirpath.temporal import CALENDAR_UNITS, Temporal, read_moment, read_time
from samspil.validation.fhirpath.values import DECIMALS, Item, as_quantity, exact, is_number

_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
_INTEGER = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,100}(?:\.\d{1,100})?", re.ASCII)
_QUANTITY = re.compile(r"([+-]?\d{1,100}(?:\.\d{1,100})?)(?:\s*(?:'([^']+)'|([a-z]+)))?", re.ASCII)


def to_boolean(value: Item) -> bool | None:
    """From truth, the usual words, 1 and 0."""
    if type(value) is bool:
        return value
    if type(value) is str:
        word = value.lower()
        return True if word in _TRUE else False if word in _FALSE else None
    return bool(value) if is_number(value) and value in (0, 1) else None


def to_integer(value: Item) -> Item:
    """From integers, truth, and digits."""
    if type(value) is bool or type(value) is int:
        return int(value)
    return in_range(int(value)) if type(value) is str and _INTEGER.fullmatch(value) else None


def to_decimal(value: Item) -> Decimal | None:
    """From numbers, truth, and digits."""
    if type(value) is bool or is_number(value):
        return Decimal(exact(value))
    return Decimal(value) if type(value) is str and _DECIMAL.fullmatch(value) else None


def to_string(value: Item) -> str | None:
    """As an expression would write it, without quotes."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if is_number(value):
        return f"{exact(value):f}" if type(value) is not int else str(value)
    return str(value) if type(value) in (Temporal, Quantity) else None


def to_date(value: Item) -> Temporal | None:
    """The day of a date or dateTime, as far as it is known."""
    moment = _moment(value)
    return Temporal("date", moment.fields[:3]) if moment else None


def to_datetime(value: Item) -> Temporal | None:
    """A dateTime as precise as what it comes from."""
    moment = _moment(value)
    return Temporal("dateTime", moment.fields, moment.offset) if moment else None


def _moment(value: Item) -> Temporal | None:
    if type(value) is str:
        return read_moment(value)
    return value if type(value) is Temporal and value.kind != "time" else None


def to_time(value: Item) -> Temporal | None:
    """A time of day."""
    if type(value) is str:
        return read_time(value)
    return value if type(value) is Temporal and value.kind == "time" else None


def to_quantity(value: Item, unit: str | None = None) -> Quantity | None:
    """From numbers, truth, FHIR quantities, and texts such as `4 days` or `5 'mg'`; in a unit, if asked."""
    quantity = (
        _read_quantity(value) if type(value) is str else as_quantity(int(value) if type(value) is bool else value)
    )
    if quantity is None or unit is None or unit == quantity.unit:
        return quantity
    pair = in_common(quantity, Quantity(Decimal(1), unit))
    return Quantity(DECIMALS.divide(*pair), unit) if pair else None


def _read_quantity(text: str) -> Quantity | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    amount, unit, word = match.groups()
    if word is None:
        return Quantity(Decimal(amount), unit or "1")
    known = word if word in CALENDAR_UNITS else word.removesuffix("s")
    return Quantity(Decimal(amount), known) if known in CALENDAR_UNITS else None


def converts(convert: Callable[..., Item], kinds: str = "") -> Builder:
    """Whether a conversion gives anything."""
    return about_value(lambda value, *rest: convert(value, *rest) is not None, kinds, truth=True)


# ---- the time


def clock(part: Literal["now", "today", "timeOfDay"]) -> Builder:
    """The environment's time, or a part of it."""

    def build(call: CallSite) -> StepCode:
        def step(items: Items, this: Item, frame: Frame) -> Items:
            now = frame.environment.now
            if now is None:
                raise call.site.error(f"{part}() needs the time, and nobody gave it")
            date = (now.year, now.month, now.day)
            time = (now.hour, now.minute, Decimal(now.second * 1000 + now.microsecond // 1000).scaleb(-3))
            offset = now.utcoffset()
            moments = {
                "now": Temporal(
                    "dateTime", date + time, int(offset.total_seconds() // 60) if offset is not None else None
                ),
                "today": Temporal("date", date),
                "timeOfDay": Temporal("time", time),
            }
            return [moments[part]]

        return StepCode(step)

    return build


def has_value(call: CallSite) -> StepCode:
    """Exactly one primitive, and it has a value."""
    return step_from_truth(lambda items, this, frame: bool(_primitive_values(items)))


def get_value(call: CallSite) -> StepCode:
    """The value of exactly one primitive."""
    return StepCode(lambda items, this, frame: _primitive_values(items))


def _primitive_values(items: Items) -> Items:
    if len(items) != 1:
        return []
    value = items[0] if type(items[0]) in _PRIMITIVE else getattr(items[0], "value", None)
    return [value] if type(value) in _PRIMITIVE else []


_PRIMITIVE = frozenset({str, bool, int, float, Decimal, Temporal})


TO_BOOLEAN, IS_BOOLEAN = about_value(to_boolean), converts(to_boolean)
TO_INTEGER, IS_INTEGER = about_value(to_integer), converts(to_integer)
TO_DECIMAL, IS_DECIMAL = about_value(to_decimal), converts(to_decimal)
TO_STRING, IS_STRING = about_value(to_string, text=True), converts(to_string)
TO_DATE, IS_DATE = about_value(to_date), converts(to_date)
TO_DATETIME, IS_DATETIME = about_value(to_datetime), converts(to_datetime)
TO_TIME, IS_TIME = about_value(to_time), converts(to_time)
TO_QUANTITY, IS_QUANTITY = about_value(to_quantity, "text"), converts(to_quantity, "text")
NOW, TODAY, TIME_OF_DAY = clock("now"), clock("today"), clock("timeOfDay")
