"""Partitions by month, made ahead of time: this month and the two that follow."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from samspil.domain.issues import Unreachable
from samspil.exchange.carriage import Clock
from samspil.storage.database import Database

log = structlog.get_logger(__name__)

AHEAD = (timedelta(), timedelta(days=31), timedelta(days=62))
LOOK_AGAIN = 6 * 3600.0  # seconds


class Months:
    """Keeps the partitions that messages of the coming weeks will need."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def ensure(self) -> None:
        """Make what is missing."""
        for ahead in AHEAD:
            await self._database.execute("select ensure_month($1), ensure_audit_month($1)", self._clock() + ahead)

    def start(self) -> None:
        """Look again a few times a day."""
        self._task = asyncio.create_task(self._look_forever())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                await self.ensure()
            except Unreachable as problem:
                log.warning("months.wait", code=problem.code)
