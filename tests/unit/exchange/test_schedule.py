"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from samspil.exchange.schedule import Schedule

BEGAN = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
EVEN = 0.5  # the chance that moves nothing


@pytest.mark.parametrize(
    ("tries", "wait"),
    [
        (1, timedelta(seconds=10)),
        (2, timedelta(seconds=30)),
        (3, timedelta(minutes=2)),
        (4, timedelta(minutes=5)),
        (5, timedelta(minutes=10)),
        (6, timedelta(minutes=30)),
        (7, timedelta(hours=1)),
        (12, timedelta(hours=1)),
    ],
)
def test_waits_grow_to_an_hour(tries: int, wait: timedelta) -> None:
    """Each failure waits longer than the one before, up to an hour."""
    assert Schedule().next_try(tries=tries, began=BEGAN, now=BEGAN, chance=EVEN) == BEGAN + wait


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 8), (0.5, 10), (1.0, 12)])
def test_chance_spreads_a_wait_by_a_fifth(chance: float, seconds: int) -> None:
    """Receivers that come back are not met by everybody at once."""
    due = Schedule().next_try(tries=1, began=BEGAN, now=BEGAN, chance=chance)
    assert due == BEGAN + timedelta(seconds=seconds)


def test_a_day_later_it_gives_up() -> None:
    """No try begins more than a day after the first."""
    almost = BEGAN + timedelta(hours=22, minutes=59)
    assert Schedule().next_try(tries=30, began=BEGAN, now=almost, chance=EVEN) is not None
    assert Schedule().next_try(tries=30, began=BEGAN, now=almost + timedelta(minutes=1), chance=EVEN) is None


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), timedelta(seconds=10)),
        (timedelta(minutes=4), timedelta(minutes=4)),
        (timedelta(days=3), timedelta(hours=1)),
    ],
)
def test_a_receivers_wish_is_heard(asked: timedelta, wait: timedelta) -> None:
    """Retry-After lengthens the wait, never shortens it, and never by more than an hour."""
    due = Schedule().next_try(tries=1, began=BEGAN, now=BEGAN, chance=EVEN, asked=asked)
    assert due == BEGAN + wait
