"""Password hashes: the right one fits, nobody learns who exists, and a burst of logins does not take the machine."""

import asyncio
import threading
import time
from typing import Literal

import pytest
from argon2 import PasswordHasher

from samspil.access.passwords import AT_ONCE, WAITING, Passwords
from samspil.access.refusals import Refusal

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "otte blå vandheste"


def test_the_right_one_fits() -> None:
    """However its letters are composed; nothing else, however long or odd."""

    async def story() -> None:
        passwords = Passwords(CHEAP)
        stored = await passwords.hash(PASSWORD)
        assert await passwords.verify(PASSWORD, stored)
        assert await passwords.verify("otte bla\u030a vandheste", stored)
        for wrong in ("", PASSWORD + " ", PASSWORD.upper(), "x" * 10_000_000, "\x00"):
            assert not await passwords.verify(wrong, stored)
        assert not await passwords.verify(PASSWORD, "no hash at all")
        assert not await passwords.verify(PASSWORD, None)
        assert not await passwords.verify("nobody has this password", None)

    asyncio.run(story())


def test_an_old_hash_is_noticed() -> None:
    """Stronger parameters than it was made with."""

    async def story() -> None:
        old = await Passwords(CHEAP).hash(PASSWORD)
        stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
        assert stronger.is_outdated(old)
        assert not Passwords(CHEAP).is_outdated(old)

    asyncio.run(story())


class Slow(PasswordHasher):
    """A hasher that tells how many work at the same time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.at_work = self.most = 0
        self.lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """Take a while."""
        with self.lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        time.sleep(0.01)
        with self.lock:
            self.at_work -= 1
        return super().verify(hash, password)


def test_two_at_once_and_a_short_queue() -> None:
    """Of a burst the first are served two by two, the rest are told to come again; afterwards all is as before."""

    async def story() -> None:
        hasher = Slow()
        passwords = Passwords(hasher)
        stored = await passwords.hash(PASSWORD)
        burst = (passwords.verify(PASSWORD, stored) for _ in range(WAITING + 10))
        results = await asyncio.gather(*burst, return_exceptions=True)
        refused = [result for result in results if isinstance(result, Refusal)]
        assert hasher.most == AT_ONCE
        assert len(refused) == 10
        assert {(refusal.code, refusal.retry_after_seconds) for refusal in refused} == {("access.login.busy", 3)}
        assert await passwords.verify(PASSWORD, stored)

    asyncio.run(story())


def test_a_stranger_takes_as_long_as_a_friend() -> None:
    """A login that does not exist is checked against a hash all the same."""

    async def story() -> None:
        hasher = Slow()
        passwords = Passwords(hasher)
        assert not await passwords.verify(PASSWORD, None)
        assert hasher.most == 1

    asyncio.run(story())


@pytest.mark.parametrize("loop", [1, 2])
def test_it_works_in_any_event_loop(loop: int) -> None:
    """Made before the loop it is used in."""
    passwords = Passwords(CHEAP)
    assert asyncio.run(passwords.hash(PASSWORD * loop))
