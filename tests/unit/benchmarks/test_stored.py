"""The past that a benchmark gives a site is one that the site could have had."""

import asyncio

from samspil.access.directory import Directory
from samspil.benchmarks.stored import fill
from samspil.exchange.carriage import State
from samspil.exchange.engine import utc_now
from samspil.exchange.store.searches import Query, Searches
from samspil.exchange.tracking import Tracking
from samspil.storage.database import Database

CLINIC, HOSPITAL = "5790000121526", "5790000201389"


def test_stored_messages_are_found_as_acknowledged(database_url: str) -> None:
    """As many as were asked for, in order of their time, each with its state; nothing waits."""

    async def run() -> None:
        await fill(database_url, 71, letter=b"a letter " * 400, sender=CLINIC, receiver=HOSPITAL)
        database = await Database.open(database_url, connections=2)
        try:
            tracking = Tracking(Searches(database), Directory([], []), utc_now)
            rows = await tracking.find(Query(glns=frozenset({CLINIC}), limit=100))
            assert len(rows) == 71
            assert {row.state for row in rows} == {State.ACKNOWLEDGED}
            assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
            assert await database.row("select count(*) from outbox") == (0,)
            assert await database.row("select count(*), count(distinct sha256) from payload") == (71, 71)
        finally:
            await database.close()

    asyncio.run(run())
