"""Dates, dateTimes and times that may end early: `2024`, `2024-05`, `2024-05-31T14:30:00+02:00`, `14:30`.

Two moments are compared field by field. Where one ends before they differ, the answer is unknown (None).
Offsets count only where both carry one; a date beside a dateTime is compared as both were written, because a stay
that starts on `2024-05-31` does not start after one at `2024-05-31T00:30:00+02:00`.

Source:  FHIRPath N1, Date/Time Comparison, Equality and Arithmetic; FHIR R4, primitive types date to time.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal

Order = Literal[-1, 0, 1]
Field = int | Decimal

_TIME = r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?"
_OFFSET = r"(Z|[+-]\d\d:\d\d)?"
_MOMENT = re.compile(rf"(\d{{4}})(?:-(\d\d)(?:-(\d\d))?)?(?:(T)(?:{_TIME}{_OFFSET})?)?", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)

_SHORTEST_INSTANT = len("2024-05-31T14:30:00Z")


@dataclass(frozen=True, slots=True)
class Temporal:
    """A moment as precise as it was written.

    `fields` are year, month, day, hour, minute, second (a time has the last three), as many as were given; seconds
    are a Decimal where they have a fraction. `offset` is in minutes east of UTC.
    """

    kind: Literal["date", "dateTime", "time"]
    fields: tuple[Field, ...]
    offset: int | None = None

    def __str__(self) -> str:
        """As FHIR writes it."""
        if self.kind == "time":
            return _clock(self.fields)
        text = "-".join(f"{field:0{4 if place == 0 else 2}d}" for place, field in enumerate(self.fields[:3]))
        if self.kind == "date":
            return text
        if len(self.fields) <= 3:
            return text
        return f"{text}T{_clock(self.fields[3:])}{_zone(self.offset)}"


def _clock(fields: tuple[Field, ...]) -> str:
    return ":".join(map(_two_digits, fields))


def _two_digits(field: Field) -> str:
    text = f"{field:f}" if isinstance(field, Decimal) else str(field)
    whole, point, fraction = text.partition(".")
    return f"{whole:0>2}{point}{fraction}"


def _zone(offset: int | None) -> str:
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'+' if offset > 0 else '-'}{hours:02d}:{minutes:02d}"


def read_moment(text: str) -> Temporal | None:
    """A date or dateTime from its text; None where it is neither, or no such day exists.

    >>> read_moment("2024-02-30") is None
    True
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, marker, hour, minute, second, zone = match.groups()
    if hour and not day:
        return None
    date = tuple(int(part) for part in (year, month, day) if part)
    if not _is_day(date):
        return None
    if not marker:
        return Temporal("date", date)
    clock = _read_clock(hour, minute, second) if hour else ()
    offset = _read_offset(zone)
    if clock is None or (offset is not None and abs(offset) > 14 * 60):
        return None
    return Temporal("dateTime", date + clock, offset)


def read_time(text: str) -> Temporal | None:
    """A time of day from its text, without the leading T; None where it is none.

    >>> str(read_time("14:30"))
    '14:30'
    """
    match = _CLOCK.fullmatch(text)
    fields = _read_clock(*match.groups()) if match else None
    return Temporal("time", fields) if fields else None


def read_temporal(text: str) -> Temporal | None:
    """Whichever of date, dateTime and time the text is; None where it is none of them.

    >>> read_temporal("14:30").kind, read_temporal("2024").kind, read_temporal("Elmer")
    ('time', 'date', None)
    """
    if not text[:1].isdigit():
        return None
    return read_time(text) if text[2:3] == ":" else read_moment(text)


def _is_day(date: tuple[int, ...]) -> bool:
    year, month, day = (*date, 1, 1)[:3] if len(date) < 3 else date
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _read_clock(hour: str, minute: str | None, second: str | None) -> tuple[Field, ...] | None:
    fields: list[Field] = [int(hour)]
    if minute:
        fields.append(int(minute))
    if second:
        fields.append(Decimal(second) if "." in second else int(second))
    limits = (23, 59, 60)
    return tuple(fields) if all(field <= limit for field, limit in zip(fields, limits, strict=False)) else None


def _read_offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def order(left: Temporal, right: Temporal) -> Order | None:
    """Before (-1), the same (0), after (1), or None where one ends before they differ."""
    lefts, rights = _aligned(left, right)
    for one, other in zip(lefts, rights, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(lefts) == len(rights) else None


def alike(left: Temporal, right: Temporal) -> bool:
    """Equally precise and the same."""
    return left.kind == right.kind and order(left, right) == 0


def comparable(left: Temporal, right: Temporal) -> bool:
    """A time of day stands beside no date."""
    return (left.kind == "time") == (right.kind == "time")


def in_utc(moment: Temporal) -> tuple[Field, ...]:
    """The fields as they read in UTC, for keys; unchanged without an offset."""
    return _shifted(moment, 0)


def order_of_texts(left: str, right: str) -> Order | None:
    """Order two texts written alike (same length, same zone) without reading them; else None.

    The usual case in a message: two instants of one system.
    """
    if len(left) != len(right) or len(left) < _SHORTEST_INSTANT or left[10] != "T" or left[19:] != right[19:]:
        return None
    return 0 if left == right else -1 if left < right else 1


def _aligned(left: Temporal, right: Temporal) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    if left.offset == right.offset or left.offset is None or right.offset is None:
        return left.fields, right.fields
    return _shifted(left, 0), _shifted(right, 0)


def _shifted(moment: Temporal, offset: int) -> tuple[Field, ...]:
    """The fields in another zone. Whole minutes never touch the seconds."""
    if moment.offset is None or moment.offset == offset or len(moment.fields) < 4:
        return moment.fields
    head = [int(field) for field in moment.fields[:5]]
    try:
        year, month, day, hour, minute = (*head, 0)[:5]
        moved = datetime(year, month, day, hour, minute) - timedelta(minutes=moment.offset - offset)
    except OverflowError:  # the first or last hours of the calendar
        return moment.fields
    shifted = (moved.year, moved.month, moved.day, moved.hour, moved.minute)[: len(head)]
    return (*shifted, *moment.fields[5:])


_SECONDS = {"hour": 3600, "minute": 60, "second": 1, "millisecond": Decimal("0.001")}
_DAYS = {"week": 7, "day": 1}
CALENDAR_UNITS = frozenset({"year", "month", *_DAYS, *_SECONDS})


def later(moment: Temporal, amount: Decimal, unit: str) -> Temporal | None:
    """The moment an amount of a calendar unit later (earlier if negative); None where it leaves the calendar.

    A unit finer than the moment's precision counts in whole units of that precision: `2024` plus 25 months is `2026`.
    """
    if moment.kind == "time":
        return _later_clock(moment, amount * _SECONDS[unit]) if unit in _SECONDS else None
    if unit in {"year", "month"}:
        return _later_months(moment, int(amount) * (12 if unit == "year" else 1))
    if unit in _DAYS or len(moment.fields) <= 3:
        days = int(amount) * _DAYS[unit] if unit in _DAYS else int(amount * _SECONDS[unit] / 86_400)
        return _later_days(moment, days)
    return _later_seconds(moment, amount * _SECONDS[unit])


def _later_months(moment: Temporal, months: int) -> Temporal | None:
    year, month, day = (*(int(field) for field in moment.fields[:3]), 1, 1)[:3]
    if len(moment.fields) == 1:
        months = int(months / 12) * 12
    year, month = divmod(year * 12 + month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    date = (year, month + 1, min(day, monthrange(year, month + 1)[1]))
    return Temporal(moment.kind, (*date[: len(moment.fields)], *moment.fields[3:]), moment.offset)


def _later_days(moment: Temporal, days: int) -> Temporal | None:
    known = len(moment.fields)
    if known < 3:
        return _later_months(moment, int(days / 30) if known == 2 else int(days / 365) * 12)
    try:
        year, month, day = (int(field) for field in moment.fields[:3])
        date = datetime(year, month, day) + timedelta(days=days)
    except (OverflowError, ValueError):
        return None
    return Temporal(moment.kind, (date.year, date.month, date.day, *moment.fields[3:]), moment.offset)


def _later_seconds(moment: Temporal, seconds: Decimal) -> Temporal | None:
    days, clock = _carry(moment.fields[3:], seconds)
    date = _later_days(Temporal("date", moment.fields[:3]), days)
    return Temporal("dateTime", (*date.fields, *clock), moment.offset) if date else None


def _later_clock(moment: Temporal, seconds: Decimal) -> Temporal:
    return Temporal("time", _carry(moment.fields, seconds)[1])


def _carry(clock: tuple[Field, ...], seconds: Decimal) -> tuple[int, tuple[Field, ...]]:
    """Days overflowed, and the clock moved on, as precise as before."""
    unit = (3600, 60, 1)[len(clock) - 1]
    if unit > 1:
        seconds = (seconds / unit).to_integral_value(ROUND_DOWN) * unit
    hour, minute, second = (*clock, 0, 0)[:3]
    total = Decimal(int(hour) * 3600 + int(minute) * 60) + Decimal(second) + seconds
    days = int(total // 86_400) - (total % 86_400 < 0)
    rest = total - days * 86_400
    whole, left = divmod(rest, 60)
    second = left if left != left.to_integral_value() else int(left)
    return days, (int(whole) // 60, int(whole) % 60, second)[: len(clock)]
