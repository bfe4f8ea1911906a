"""How long a login waits after refusals."""

from datetime import timedelta

import pytest

from samspil.access.throttle import FORGET_AFTER, LIMITS, Limit, Throttle, wait_after
from tests.unit.access.desk import Desk

LIMIT = Limit(5, timedelta(minutes=15))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (10, 480), (11, 900), (10**9, 900)]
)
def test_the_wait_doubles_up_to_a_bound(failures: int, seconds: int) -> None:
    """Nothing at first; then fifteen seconds, thirty, a minute, to a quarter of an hour."""
    assert wait_after(failures, LIMIT) == timedelta(seconds=seconds)


def test_what_is_remembered_outlasts_the_wait() -> None:
    """A count that were forgotten while its key still waits would start anew."""
    assert all(limit.longest < FORGET_AFTER for limit in LIMITS.values())


@pytest.mark.anyio
async def test_old_refusals_do_not_count(desk: Desk) -> None:
    """Half an hour later a person starts anew."""
    throttle = Throttle(desk.database, b"secret")
    for _ in range(5):
        assert not await throttle.admit(login="kim", address="192.0.2.7", at=desk.clock.now)
    assert await throttle.admit(login="kim", address="192.0.2.7", at=desk.clock.now)
    later = desk.clock.now + FORGET_AFTER + timedelta(seconds=1)
    for _ in range(5):
        assert not await throttle.admit(login="kim", address="192.0.2.7", at=later)
    assert await throttle.admit(login="kim", address="192.0.2.7", at=later)


@pytest.mark.anyio
async def test_a_right_password_takes_one_refusal_off_its_address(desk: Desk) -> None:
    """But a known person does not wipe out what a neighbour at the same address did."""
    throttle = Throttle(desk.database, b"secret")
    for number in range(50):
        await throttle.admit(login=f"person{number}", address="192.0.2.7", at=desk.clock.now)
    later = desk.clock.now + timedelta(minutes=1)
    assert not await throttle.admit(login="kim", address="192.0.2.7", at=later)
    await throttle.forgive(login="kim", address="192.0.2.7")
    assert not await throttle.admit(login="kim", address="192.0.2.7", at=later)
    assert await throttle.admit(login="kim", address="192.0.2.7", at=later)
