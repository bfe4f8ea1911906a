"""One PostgreSQL behind a pool of connections: the only way in for everything that must last.

Statements are written with `$1` placeholders and travel in binary; every statement outside `transaction()` is a
transaction of its own. A lost server is `Unreachable`: the work may be tried again once it is back.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import LiteralString, Self, TypeVar, cast

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg import sql as spelling
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from samspil.domain.issues import Unreachable
from samspil.storage.writers import Batch, Row, Writers

T = TypeVar("T")


def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `:names` as one with `$1` placeholders, and the names in their order.

    >>> numbered("select :a::int, :b, :a")
    ('select $1::int, $2, $1', ('a', 'b'))
    """
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return re.sub(r"(?<!:):([a-z]\w*)", place, sql), tuple(names)


class Work:
    """Statements on one connection. Within `Database.transaction()` they stand or fall together."""

    def __init__(self, connection: AsyncConnection[Row]) -> None:
        self.connection = connection

    async def rows(self, sql: str, *values: object) -> list[Row]:
        """Run a statement and give all its rows."""
        async with AsyncRawCursor(self.connection) as cursor:
            await cursor.execute(cast("LiteralString", sql), values, binary=True)
            return await cursor.fetchall() if cursor.description else []

    async def row(self, sql: str, *values: object) -> Row | None:
        """Run a statement and give its first row, if there is one."""
        found = await self.rows(sql, *values)
        return found[0] if found else None

    async def execute(self, sql: str, *values: object) -> int:
        """Run a statement and give the number of rows it touched."""
        async with AsyncRawCursor(self.connection) as cursor:
            await cursor.execute(cast("LiteralString", sql), values, binary=True)
            return cursor.rowcount


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, dsn: str, pool: "AsyncConnectionPool[AsyncConnection[Row]]") -> None:
        self.dsn = dsn
        self._pool = pool
        self._writers = Writers(dsn)

    @classmethod
    async def open(cls, dsn: str, *, connections: int = 12, wait_seconds: float = 10.0) -> Self:
        """Open the pool. Errors: Unreachable when the server does not answer within `wait_seconds`."""
        pool = AsyncConnectionPool[AsyncConnection[Row]](
            dsn,
            min_size=2,
            max_size=connections,
            open=False,
            timeout=wait_seconds,
            max_lifetime=3600,
            check=None,
            kwargs={"autocommit": True, "prepare_threshold": 2},
        )
        try:
            await pool.open(wait=True, timeout=wait_seconds)
        except PoolTimeout as problem:
            await pool.close()
            raise Unreachable("database.unreachable") from problem
        return cls(dsn, pool)

    async def close(self) -> None:
        """Give back every connection."""
        await asyncio.to_thread(self._writers.close)
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Work, None]:
        """One connection for several statements, each its own transaction."""
        with _told():
            async with self._pool.connection() as connection:
                yield Work(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Work, None]:
        """One connection whose statements stand or fall together."""
        async with self.connection() as work, work.connection.transaction():
            yield work

    async def write(self, work: Callable[[Batch], T]) -> T:
        """Do `work` in a thread as one transaction: the way to write many rows. See `samspil.storage.writers`."""
        with _told():
            return await self._writers.write(work)

    async def rows(self, sql: str, *values: object) -> list[Row]:
        """Run a statement as a transaction of its own and give all its rows."""
        async with self.connection() as work:
            return await work.rows(sql, *values)

    async def row(self, sql: str, *values: object) -> Row | None:
        """Run a statement as a transaction of its own and give its first row, if there is one."""
        async with self.connection() as work:
            return await work.row(sql, *values)

    async def execute(self, sql: str, *values: object) -> int:
        """Run a statement as a transaction of its own and give the number of rows it touched."""
        async with self.connection() as work:
            return await work.execute(sql, *values)

    async def listen(self, channel: str) -> AsyncIterator[str]:
        """The payloads notified on a channel, for ever, on a connection of its own.

        A hint, never the truth: what matters is found by asking the tables. Errors: Unreachable when the
        server goes away; ask again then.
        """
        with _told():
            async with await AsyncConnection.connect(self.dsn, autocommit=True) as connection:
                await connection.execute(spelling.SQL("LISTEN {}").format(spelling.Identifier(channel)))
                async for notice in connection.notifies():
                    yield notice.payload


class _told:  # noqa: N801 - reads as a word in a `with` statement
    """Turn a lost server into `Unreachable`; let every other error be what it is."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, psycopg.OperationalError | PoolTimeout):
            raise Unreachable("database.unreachable", type(problem).__name__) from problem
