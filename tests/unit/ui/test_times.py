"""Times as people here write them, summer and winter."""

from datetime import UTC, date, datetime, timedelta

import pytest

from samspil.domain.issues import Language
from samspil.ui import times

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (datetime(2026, 11, 24, 17, 5, tzinfo=UTC), "da", "kl. 18.05"),
        (datetime(2026, 11, 23, 17, 5, tzinfo=UTC), "da", "23. nov. kl. 18.05"),
        (datetime(2026, 7, 1, 17, 5, tzinfo=UTC), "da", "1. juli kl. 19.05"),
        (datetime(2025, 3, 30, 0, 30, tzinfo=UTC), "da", "30. marts 2025 kl. 01.30"),
        (datetime(2025, 3, 30, 1, 30, tzinfo=UTC), "da", "30. marts 2025 kl. 03.30"),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "da", "kl. 00.30"),
        (datetime(2026, 11, 23, 17, 5, tzinfo=UTC), "en", "23 Nov 18:05"),
    ],
)
def test_a_moment(value: datetime, language: Language, expected: str) -> None:
    """Danish time, the day unless it is today, the year unless it is this one."""
    assert times.moment(value, language, now=NOON) == expected


@pytest.mark.parametrize(
    ("distance", "danish", "english"),
    [
        (timedelta(seconds=2), "lige nu", "just now"),
        (timedelta(seconds=59), "59 sek. siden", "59 s ago"),
        (timedelta(minutes=3), "3 min. siden", "3 min ago"),
        (timedelta(hours=1), "1 time siden", "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 timer siden", "23 h ago"),
        (timedelta(days=1), "1 dag siden", "1 d ago"),
        (timedelta(days=13), "13 dage siden", "13 d ago"),
        (timedelta(days=20), "4. nov.", "4 Nov"),
        (timedelta(minutes=-29), "om 29 min.", "in 29 min"),
    ],
)
def test_how_long_ago(distance: timedelta, danish: str, english: str) -> None:
    """The largest unit that fits; beyond two weeks the day itself."""
    assert times.ago(NOON - distance, "da", now=NOON) == danish
    assert times.ago(NOON - distance, "en", now=NOON) == english


@pytest.mark.parametrize(
    ("span", "danish", "english"),
    [
        (timedelta(milliseconds=38), "38 ms", "38 ms"),
        (timedelta(seconds=4.25), "4,2 s", "4.2 s"),
        (timedelta(minutes=12, seconds=5), "12 min. 5 s", "12 min. 5 s"),
        (timedelta(hours=2), "2 t", "2 h"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 t", "3 d 4 h"),
    ],
)
def test_how_long(span: timedelta, danish: str, english: str) -> None:
    """Two units that matter, no more."""
    assert times.lasting(span, "da") == danish
    assert times.lasting(span, "en") == english


def test_a_day_of_another_year_names_it() -> None:
    """A date without its year is a date of this year."""
    assert times.day(date(1947, 9, 25), "da", now=NOON) == "25. sept. 1947"
    assert times.day(date(2026, 9, 25), "da", now=NOON) == "25. sept."
