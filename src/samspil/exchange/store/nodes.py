"""A node's presence: its leases end with it.

Each running node holds a number by an advisory lock on a connection of its own. When the node or the server dies,
the lock is gone; the next node to come (or the same one, back with a new number) frees what the dead one had
claimed. A lease's own end is the second line of defence.
"""

import asyncio
import random

import psycopg
import structlog

from samspil.storage.ending import end

log = structlog.get_logger(__name__)

CLASS = 0x5A11  # the advisory lock class of samspil's nodes
RETRY_SECONDS = 0.5

_FREE = """
update outbox set lease_until = null, lease_by = null
where lease_by is not null and lease_by not in (
    select l.objid::bigint from pg_locks l
    where l.locktype = 'advisory' and l.classid = %s and l.database = (
        select oid from pg_database where datname = current_database()))
"""


class Node:
    """This process among the site's nodes. `number` changes when the connection was lost."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._task: asyncio.Task[None] | None = None
        self._present = asyncio.Event()
        self.number = 0

    async def start(self) -> None:
        """Take a number and free what dead nodes left behind."""
        self._task = asyncio.create_task(self._be_present())
        await self._present.wait()

    async def stop(self) -> None:
        """Leave."""
        await end(self._task)

    async def _be_present(self) -> None:
        while True:
            try:
                await self._hold_a_number()
            except psycopg.OperationalError as problem:
                log.warning("node.lost", problem=type(problem).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _hold_a_number(self) -> None:
        """Keep the lock until the connection breaks."""
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
            number = random.randrange(1, 2**31)  # noqa: S311 - a name, not a secret
            await connection.execute("select pg_advisory_lock(%s, %s)", (CLASS, number))
            self.number = number
            await connection.execute(_FREE, (CLASS,))
            self._present.set()
            async for _ in connection.notifies():  # ends with an error when the server goes away
                pass
