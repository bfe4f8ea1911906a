"""Times as people here write them: Danish clock, "24. nov. kl. 18.05", and how long ago.

Stored times are UTC; shown times are Europe/Copenhagen. `now` is always an argument.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from samspil.domain.issues import Language

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

_MONTHS: dict[Language, tuple[str, ...]] = {
    "da": ("jan.", "feb.", "marts", "april", "maj", "juni", "juli", "aug.", "sept.", "okt.", "nov.", "dec."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

# How far away, in which unit: (up to, unit's seconds, Danish one and several, English short form).
_STEPS = (
    (timedelta(minutes=1), 1, ("sek.", "sek."), "s"),
    (timedelta(hours=1), 60, ("min.", "min."), "min"),
    (timedelta(days=1), 3600, ("time", "timer"), "h"),
    (timedelta(days=14), 86400, ("dag", "dage"), "d"),
)


def day(value: date, language: Language, *, now: datetime | None = None) -> str:
    """A date: `24. nov.`, with the year unless `now` lies in the same one."""
    month = _MONTHS[language][value.month - 1]
    text = f"{value.day}. {month}" if language == "da" else f"{value.day} {month}"
    return text if now is not None and now.astimezone(COPENHAGEN).year == value.year else f"{text} {value.year}"


def clock(value: datetime, language: Language, *, seconds: bool = False) -> str:
    """The time of day in Denmark: `18.05` or `18:05`."""
    local = value.astimezone(COPENHAGEN)
    mark = "." if language == "da" else ":"
    return local.strftime(f"%H{mark}%M{mark}%S" if seconds else f"%H{mark}%M")


def moment(value: datetime, language: Language, *, now: datetime | None = None, seconds: bool = False) -> str:
    """A day and a time: `24. nov. kl. 18.05`; the day is left out when it is today."""
    local = value.astimezone(COPENHAGEN)
    hour = clock(value, language, seconds=seconds)
    at = f"kl. {hour}" if language == "da" else hour
    if now is not None and local.date() == now.astimezone(COPENHAGEN).date():
        return at
    return f"{day(local.date(), language, now=now)} {at}"


def ago(value: datetime, language: Language, *, now: datetime) -> str:
    """How long ago or how soon: `3 min. siden`, `om 2 timer`; beyond two weeks the day itself."""
    distance = now - value
    span = abs(distance)
    if span < timedelta(seconds=5):
        return "lige nu" if language == "da" else "just now"
    for limit, unit, danish, english in _STEPS:
        if span < limit:
            count = int(span.total_seconds()) // unit
            if language == "da":
                text = f"{count} {danish[count != 1]}"
                return f"{text} siden" if distance > timedelta() else f"om {text}"
            text = f"{count} {english}"
            return f"{text} ago" if distance > timedelta() else f"in {text}"
    return day(value.astimezone(COPENHAGEN).date(), language, now=now)


def lasting(span: timedelta, language: Language) -> str:
    """A length of time in its two largest units that matter: `38 ms`, `4,2 s`, `12 min. 5 s`, `3 d 4 t`."""
    seconds = span.total_seconds()
    hour = "t" if language == "da" else "h"
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.1f}".replace(".", "," if language == "da" else ".") + " s"
    whole = int(seconds)
    for unit, small, names in (
        (86400, 3600, ("d", hour)),
        (3600, 60, (hour, "min.")),
        (60, 1, ("min.", "s")),
    ):
        if whole >= unit:
            major, minor = whole // unit, whole % unit // small
            return f"{major} {names[0]} {minor} {names[1]}" if minor else f"{major} {names[0]}"
    raise AssertionError("a minute is the least that comes here")
