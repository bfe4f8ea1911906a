"""A circuit breaker for one endpoint: after some failures in a row, leave it in peace, then probe with one parcel.

Pure: a state goes in, a state comes out. The state is kept in the table `circuit`, shared by all nodes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OPENS_AFTER = 5
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=1)


class Current(StrEnum):
    """May parcels flow?"""

    CLOSED = "closed"  # they flow
    OPEN = "open"  # none before a moment
    PROBING = "probing"  # one, to see


@dataclass(frozen=True, slots=True)
class Circuit:
    """Failures in a row, and until when the endpoint rests."""

    failures: int = 0
    open_until: datetime | None = None
    code: str = ""

    def current(self, now: datetime) -> Current:
        """What may flow now."""
        if self.open_until is None:
            return Current.CLOSED
        return Current.OPEN if now < self.open_until else Current.PROBING

    def after_success(self) -> "Circuit":
        """It answered: all is well."""
        return CLOSED

    def after_failure(self, code: str, now: datetime) -> "Circuit":
        """It did not: count, and rest twice as long each time once the limit is reached.

        A parcel that was under way when the circuit opened tells nothing new, and counts for nothing.
        """
        if self.current(now) is Current.OPEN:
            return self
        failures = self.failures + 1
        if failures < OPENS_AFTER:
            return Circuit(failures, None, code)
        rest = min(FIRST_REST * 2 ** min(failures - OPENS_AFTER, 10), LONGEST_REST)
        return Circuit(failures, now + rest, code)


CLOSED = Circuit()
