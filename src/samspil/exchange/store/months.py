"""Partitions by month, made ahead of time: this month and the two that follow."""

from datetime import timedelta

from samspil.exchange.carriage import Clock
from samspil.storage.database import Database

AHEAD = (timedelta(), timedelta(days=31), timedelta(days=62))


class Months:
    """Keeps the partitions that messages of the coming weeks will need."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ensure(self) -> None:
        """Make what is missing."""
        for ahead in AHEAD:
            await self._database.execute("select ensure_month($1), ensure_audit_month($1)", self._clock() + ahead)
