"""Batches written in threads, against a real PostgreSQL: all or nothing, and alive again after it."""

import asyncio
from typing import Any

import psycopg
import pytest

from samspil.domain.issues import Unreachable
from samspil.storage.database import Database
from samspil.storage.writers import Batch


def _with_table(dsn: str, act: Any) -> Any:
    async def run() -> Any:
        database = await Database.open(dsn, connections=2)
        try:
            await database.execute("create table if not exists writers_test (n integer primary key)")
            await database.execute("truncate writers_test")
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def _kept(database: Database) -> list[int]:
    return [row[0] for row in await database.rows("select n from writers_test order by n")]


def _insert(batch: Batch, numbers: range) -> list[int]:
    rows = batch.each(
        "insert into writers_test values ($1::int) on conflict do nothing returning n", [(n,) for n in numbers]
    )
    return [found[0][0] for found in rows if found]


def test_each_tells_of_each_row_what_it_gave(database_url: str) -> None:
    """A row that was there already gives nothing; the others give themselves, in order."""

    async def act(database: Database) -> tuple[list[int], list[int]]:
        await database.write(lambda batch: _insert(batch, range(2)))
        return await database.write(lambda batch: _insert(batch, range(4))), await _kept(database)

    assert _with_table(database_url, act) == ([2, 3], [0, 1, 2, 3])


def test_a_batch_that_fails_leaves_nothing(database_url: str) -> None:
    """Rows written before the failure are gone with it, and the connection serves the next batch."""

    def fail(batch: Batch) -> None:
        _insert(batch, range(3))
        batch.each("insert into writers_test values ($1::int)", [(1,)])

    async def act(database: Database) -> list[int]:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await database.write(fail)
        await database.write(lambda batch: _insert(batch, range(7, 9)))
        return await _kept(database)

    assert _with_table(database_url, act) == [7, 8]


def test_a_lost_server_is_told_once_and_forgotten(database_url: str) -> None:
    """When the server drops our connections, the batch under way is Unreachable and the next one works."""
    drop = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> $1"

    async def act(database: Database) -> list[int]:
        await asyncio.gather(*(database.write(lambda batch, n=n: _insert(batch, range(n, n + 1))) for n in range(8)))
        with psycopg.connect(database_url, autocommit=True, cursor_factory=psycopg.RawCursor) as other:
            other.execute(drop, [other.info.backend_pid])
        with pytest.raises(Unreachable):
            await database.write(lambda batch: _insert(batch, range(71, 72)))
        return await database.write(lambda batch: _insert(batch, range(71, 73)))

    assert _with_table(database_url, act) == [71, 72]
