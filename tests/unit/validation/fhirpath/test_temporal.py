"""Moments: read, written, ordered, moved."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.validation.fhirpath.temporal import (
    Temporal,
    alike,
    in_utc,
    later,
    order,
    order_of_texts,
    read_moment,
    read_temporal,
    read_time,
)

DAY = Decimal(1)
MOMENTS = st.builds(
    lambda moment, offset: moment.strftime("%Y-%m-%dT%H:%M:%S") + offset,
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9990, 1, 1)),
    st.sampled_from(["Z", "+02:00", "-05:30", ".5Z", ".25+14:00"]),
)


@pytest.mark.parametrize(
    "text", ["2024", "2024-05", "2024-05-31", "2024-05-31T14", "2024-05-31T14:30:00Z", "2024-05-31T14:30:00.500-05:30"]
)
def test_a_moment_is_written_as_it_was_read(text: str) -> None:
    """No precision is invented or lost."""
    assert str(read_moment(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024-13", "2024-02-30", "2023-02-29", "0000", "2024-05T10:00", "2024-05-31T24:00:00Z", "2024-5-1",
     "2024-05-31T10:60:00Z", "2024-05-31T10:00:00+15:00", "2024-05-31 10:00", "2024-05-31T10:00:00Z ", "٢٠٢٤"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    """Days that do not exist, hours beyond the day, other spellings."""
    assert read_moment(text) is None


def test_a_date_time_without_a_time_reads_as_its_date() -> None:
    """FHIR writes no lone T."""
    assert str(read_moment("2024-05T")) == "2024-05"


def test_times_of_day() -> None:
    """With hours, minutes, seconds, as many as there are."""
    assert [str(read_time(text)) for text in ("14", "14:30", "14:30:05", "14:30:05.250")] == [
        "14", "14:30", "14:30:05", "14:30:05.250",
    ]  # fmt: skip
    assert read_time("24:00") is None
    assert read_time("2") is None


def test_a_leap_second_is_a_second() -> None:
    """R4 allows it in instants."""
    assert read_moment("2016-12-31T23:59:60Z") is not None


def test_names_are_no_moments() -> None:
    """The quick look at the first character comes first."""
    assert read_temporal("Elmer") is None
    assert read_temporal("12:3") is None


@given(left=MOMENTS, right=MOMENTS)
def test_order_is_the_same_from_both_sides(left: str, right: str) -> None:
    """If one is before, the other is after; alike moments are in neither order and read the same in UTC."""
    one, other = read_moment(left), read_moment(right)
    assert one is not None and other is not None
    found, turned = order(one, other), order(other, one)
    assert found is not None and turned is not None and found == -turned
    assert (found == 0) == (in_utc(one) == in_utc(other)) == alike(one, other)
    assert order(one, one) == 0


@given(left=MOMENTS, right=MOMENTS)
def test_the_quick_order_of_texts_agrees(left: str, right: str) -> None:
    """Texts written alike are ordered without being read."""
    quick = order_of_texts(left, right)
    one, other = read_moment(left), read_moment(right)
    assert one is not None and other is not None
    assert quick is None or quick == order(one, other)


@given(text=MOMENTS, days=st.integers(-400, 400))
def test_there_and_back(text: str, days: int) -> None:
    """Moving by days and back again comes home."""
    moment = read_moment(text)
    assert moment is not None
    away = later(moment, days * DAY, "day")
    assert away is not None
    assert later(away, -days * DAY, "day") == moment


def test_units_finer_than_the_moment_count_whole() -> None:
    """A year plus 400 days is the next year; a month plus 10 days the same month."""
    assert later(Temporal("date", (2024,)), 400 * DAY, "day") == Temporal("date", (2025,))
    assert later(Temporal("date", (2024, 5)), 10 * DAY, "day") == Temporal("date", (2024, 5))
    assert later(Temporal("date", (2024, 5, 31)), 25 * DAY, "hour") == Temporal("date", (2024, 6, 1))


def test_a_time_of_day_has_no_years() -> None:
    """Only hours, minutes and seconds move it."""
    assert later(Temporal("time", (14, 30)), DAY, "year") is None


def test_the_edges_of_the_calendar() -> None:
    """Zones at the first and last hours are left alone; moving beyond gives nothing."""
    first = read_moment("0001-01-01T00:30:00+02:00")
    assert first is not None
    assert in_utc(first) == first.fields
    assert later(first, -DAY, "hour") is None
