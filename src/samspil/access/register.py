"""What a node knows of the register by heart, kept current: the directory and the clients.

Every change bumps `access_revision` in its own transaction. A node asks for that number once a second, and at once
when the database tells of a change; when it has grown, everything is read anew in one consistent view. While the
database is away the last view stands: nothing can be committed on its strength.
"""

import asyncio
from typing import Self

import structlog

from samspil.access.clients import Clients
from samspil.access.directory import Directory
from samspil.access.endpoints import load_endpoints
from samspil.access.keys import SiteKey
from samspil.access.organisations import load_organisations
from samspil.storage.database import Database

log = structlog.get_logger(__name__)

CHANNEL = "access_changed"
POLL_SECONDS = 1.0


class Register:
    """The directory and the clients of one site in one node's memory."""

    def __init__(self, database: Database, key: SiteKey) -> None:
        self.directory = Directory()
        self.clients = Clients()
        self._database = database
        self._key = key
        self._revision: int | None = None

    @classmethod
    async def open(cls, database: Database, key: SiteKey) -> Self:
        """A register that knows everything. Errors: Unreachable."""
        register = cls(database, key)
        await register.refresh()
        return register

    async def refresh(self) -> bool:
        """Read everything anew if anything changed since the last time; true if it had. Errors: Unreachable."""
        row = await self._database.row("select revision from access_revision")
        revision = row[0] if row else 0
        if revision == self._revision:
            return False
        async with self._database.transaction() as work:
            await work.execute("set transaction isolation level repeatable read, read only")
            row = await work.row("select revision from access_revision")
            self.directory.renew(await load_organisations(work), await load_endpoints(work, self._key))
            await self.clients.renew(work)
        self._revision = row[0] if row else 0
        return True

    async def watch(self) -> None:
        """Stay current, for ever."""
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(changed))
            tasks.create_task(self._poll(changed))

    async def _listen(self, changed: asyncio.Event) -> None:
        """Pass on the database's hints; without it they just do not come."""
        while True:
            try:
                async for _ in self._database.listen(CHANNEL):
                    changed.set()
            except Exception as problem:  # whatever it is, asking goes on without hints
                log.warning("register.deaf", problem=type(problem).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _poll(self, changed: asyncio.Event) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            try:
                await self.refresh()
            except Exception as problem:  # the last view stands; a follower that ended would never see a revocation
                log.error("register.stale", problem=type(problem).__name__)
