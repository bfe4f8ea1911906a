"""How often a login may be tried: refusals are counted by person and address together, by address, and by person.

A try is counted before its password is looked at, so that many at once gain nothing. Past its limit a key waits,
twice as long each time. Logins and addresses are kept as keyed hashes: people type passwords into the wrong field.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from samspil.storage.database import Database, Work

FORGET_AFTER = timedelta(minutes=30)
FIRST_WAIT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many refusals pass before a key must wait, and the longest wait."""

    free: int
    longest: timedelta


LIMITS = {
    "person at address": Limit(5, timedelta(minutes=15)),
    "address": Limit(50, timedelta(minutes=15)),  # one address may be a whole hospital
    "person": Limit(100, timedelta(minutes=1)),  # short: a stranger must not lock anybody out
}


class Throttle:
    """Counts tries in the database, so that all nodes count together."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = secret

    async def admit(self, *, login: str, address: str, at: datetime) -> timedelta:
        """Count a try as refused and let it go on: zero; or the time to wait, and nothing is counted."""
        keys = self._keys(login, address)
        async with self._database.transaction() as work:
            counts = await _hold(work, sorted(keys.values()), at)
            wait = max(count.blocked_until for count in counts.values()) - at
            if wait > timedelta(0):
                return wait
            for name, key in keys.items():
                failures = counts[key].failures + 1
                await work.execute(
                    "update login_attempt set failures = $2, last_at = $3, blocked_until = $4 where key = $1",
                    key,
                    failures,
                    at,
                    at + wait_after(failures, LIMITS[name]),
                )
        return timedelta(0)

    async def forgive(self, *, login: str, address: str) -> None:
        """The try was right: its person starts anew, its address has one refusal less."""
        keys = self._keys(login, address)
        async with self._database.transaction() as work:
            await work.execute(
                "delete from login_attempt where key = any($1)", [keys["person at address"], keys["person"]]
            )
            await work.execute(
                "update login_attempt set failures = failures - 1, blocked_until = last_at where key = $1",
                keys["address"],
            )

    async def sweep(self, *, at: datetime) -> None:
        """Drop what counts no more."""
        await self._database.execute("delete from login_attempt where last_at < $1", at - FORGET_AFTER)

    def _keys(self, login: str, address: str) -> dict[str, bytes]:
        parts = {"person at address": f"{login}\n{address}", "address": address, "person": login}
        return {
            name: hmac.digest(self._secret, f"{name}\n{text}".encode("utf-8", "surrogateescape"), hashlib.sha256)
            for name, text in parts.items()
        }


def wait_after(failures: int, limit: Limit) -> timedelta:
    """How long the next try must wait after so many refusals."""
    beyond = failures - limit.free
    if beyond < 0:
        return timedelta(0)
    return min(limit.longest, FIRST_WAIT * 2 ** min(beyond, 20))


@dataclass(frozen=True, slots=True)
class _Count:
    """Refusals of one key that still count, and when it may try again."""

    failures: int
    blocked_until: datetime


async def _hold(work: Work, keys: list[bytes], at: datetime) -> dict[bytes, _Count]:
    """The keys' counts, nobody else's to change until the transaction ends. Sorted keys: no two wait for each other."""
    await work.execute(
        "insert into login_attempt (key, failures, last_at, blocked_until)"
        " select unnest($1::bytea[]), 0, $2::timestamptz, $2 on conflict do nothing",
        keys,
        at,
    )
    rows = await work.rows(
        "select key, failures, last_at, blocked_until from login_attempt where key = any($1) order by key for update",
        keys,
    )
    return {
        key: _Count(failures, until) if last_at >= at - FORGET_AFTER else _Count(0, at)
        for key, failures, last_at, until in rows
    }
