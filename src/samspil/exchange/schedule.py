"""When to try a delivery again, and when to stop. Pure: chance is an argument.

Default of the hop: 10 s, 30 s, 2 min, 5 min, 10 min, 30 min, then every hour until a day has passed, ±20 %.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 300, 600, 1800))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Waits after the first, second … failure; `then` after all later ones; no try begins after `give_up`."""

    waits: tuple[timedelta, ...] = FIRST_WAITS
    then: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(hours=24)
    jitter: float = 0.2

    def next_try(
        self, *, tries: int, began: datetime, now: datetime, chance: float, asked: timedelta | None = None
    ) -> datetime | None:
        """The moment of the next try after `tries` failures, or None when it is time to give up.

        `chance` is in [0, 1); `asked` is what the receiver wished for (Retry-After): waited at least, one hour at most.
        """
        wait = self.waits[tries - 1] if tries <= len(self.waits) else self.then
        wait *= 1 + self.jitter * (2 * chance - 1)
        if asked is not None:
            wait = max(wait, min(asked, timedelta(hours=1)))
        due = now + wait
        return due if due < began + self.give_up else None
