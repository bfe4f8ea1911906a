"""Moments in envelopes: xs:dateTime with blanks around it passed over, and written back in one form.

A moment without an offset is Danish local time: VANS envelopes often leave it out. In the hour that autumn repeats,
the first is meant. Source: XML Schema 2, 3.2.7.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

DANISH = ZoneInfo("Europe/Copenhagen")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?")
_FRACTION = re.compile(r"\.(\d{1,9})")


def read_moment(text: str) -> datetime | None:
    """The moment, aware; None for what is no xs:dateTime (hyphens between hours and minutes, a date alone).

    >>> read_moment(" 2026-03-02T09:15:00 ").isoformat()
    '2026-03-02T09:15:00+01:00'
    """
    text = text.strip()
    if not _MOMENT.fullmatch(text):
        return None
    text = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=DANISH)


def has_offset(text: str) -> bool:
    """Does a written moment say its offset from UTC?"""
    found = _MOMENT.fullmatch(text.strip())
    return bool(found and found[2])


def write_moment(moment: datetime) -> str:
    """The moment with its offset, to the second."""
    if moment.tzinfo is None:
        raise ValueError("a moment in an envelope says its offset")
    return moment.isoformat(timespec="seconds")
