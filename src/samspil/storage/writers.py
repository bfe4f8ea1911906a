"""Batches written from threads of their own: neither a busy event loop holds up a commit, nor a commit the loop.

A commit on the event loop takes many turns of it, and in each turn everybody else comes first. In a thread the
waiting is the database driver's own, and so is the packing of what is written.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg import Connection, RawCursor

Row = tuple[Any, ...]
T = TypeVar("T")
CONNECT_SECONDS = 10


class Batch:
    """Statements of one transaction, each run for many rows of values."""

    def __init__(self, connection: Connection[Row]) -> None:
        self._connection = connection

    def each(self, sql: str, many: Iterable[Sequence[object]]) -> list[list[Row]]:
        """Run one statement for each row of values in a single round trip; give each run's rows."""
        with RawCursor(self._connection) as cursor:
            cursor.executemany(cast("LiteralString", sql), many, returning=True)
            return [cursor.fetchall() if cursor.description else [] for _ in cursor.results()]


class Writers:
    """A few threads with a connection each, made when they are first needed."""

    def __init__(self, dsn: str, *, threads: int = 4) -> None:
        self._dsn = dsn
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="writer")
        self._idle: list[Connection[Row]] = []

    async def write(self, work: Callable[[Batch], T]) -> T:
        """Do `work` as one transaction; begin and commit travel with its statements.

        Errors: psycopg.OperationalError when the server is away; whatever `work` raises, after the rollback.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work)

    def close(self) -> None:
        """Wait for what is being written, and give back the connections."""
        self._threads.shutdown()
        self._forget()

    def _transact(self, work: Callable[[Batch], T]) -> T:
        connection = self._take()
        try:
            with connection.pipeline(), connection.transaction():
                return work(Batch(connection))
        except psycopg.OperationalError:
            self._forget()  # the server went away: so did the others' other end
            raise
        finally:
            if not connection.closed:
                self._idle.append(connection)

    def _take(self) -> Connection[Row]:
        with suppress(IndexError):
            return self._idle.pop()
        return psycopg.connect(self._dsn, autocommit=True, prepare_threshold=2, connect_timeout=CONNECT_SECONDS)

    def _forget(self) -> None:
        while self._idle:
            self._idle.pop().close()
