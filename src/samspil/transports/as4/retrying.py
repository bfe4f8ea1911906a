"""When to post a message again, and when to give up: decided from what came back, by a table and a schedule.

Source: OASIS AS4 1.0, 3.2; eDelivery AS4 1.15, reception awareness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from samspil.transports.as4.refusal import Ebms, meaning_of

_AGAIN_STATUS = frozenset({408, 425, 429})
_STALE = frozenset({Ebms.FAILED_AUTHENTICATION.value, Ebms.FAILED_DECRYPTION.value})


class Next(StrEnum):
    """What follows a try."""

    DONE = "done"
    AGAIN = "again"
    REFRESH = "refresh"  # ask once more for address and certificate, then try at once
    GIVE_UP = "give-up"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Waits between tries; the last one repeats until `ends_after`. `jitter` is the share by which each may differ."""

    waits: tuple[timedelta, ...]
    ends_after: timedelta
    jitter: float = 0.2

    def due(self, *, tries: int, first: datetime, now: datetime, chance: float) -> datetime | None:
        """When to try again after so many tries; None when the time is up. `chance` is drawn from 0 to 1."""
        wait = self.waits[min(tries, len(self.waits)) - 1]
        due = now + wait * (1 + self.jitter * (2 * chance - 1))
        return due if due - first <= self.ends_after else None


def schedule_of(seconds: Sequence[float], *, hours: float, jitter: float = 0.2) -> Schedule:
    """A schedule from the figures in a file."""
    return Schedule(tuple(timedelta(seconds=wait) for wait in seconds), timedelta(hours=hours), jitter)


DEFAULT = schedule_of((10, 30, 120, 300, 600, 1800, 3600), hours=24)


def after(*, receipted: bool = False, code: str = "", status: int | None = None, refreshed: bool = False) -> Next:
    """What follows a try: by its receipt, else by the error's code, else by the HTTP status (None: no answer).

    An error code tells more than the status it came with.
    """
    if receipted:
        return Next.DONE
    if code in _STALE and not refreshed:
        return Next.REFRESH
    if code:
        return Next.AGAIN if meaning_of(code).again else Next.GIVE_UP
    if status is None or status < 400 or status >= 500 or status in _AGAIN_STATUS:
        return Next.AGAIN
    return Next.GIVE_UP
