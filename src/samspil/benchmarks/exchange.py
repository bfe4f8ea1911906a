"""Durable exchange: full circles a second between two sites, with fsync, and where the time goes.

One circle: a CareCommunication of 18-20 KB, accepted over HTTP at site A, judged, committed, delivered, judged and
committed at B; its Acknowledgement judged, committed and correlated at A. The driver runs on the same cores and is
counted. Beside it, in the same run: inserts of the same bytes into the same database, and a bare fsync loop.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import aiohttp

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.letters import Letters
from samspil.benchmarks.processes import Usage, family, measure
from samspil.benchmarks.sites import CLINIC_GLN, HOSPITAL_GLN, Pair, two_sites
from samspil.benchmarks.stored import fill
from samspil.exchange.store.compression import pack
from samspil.storage.database import Database

WORKERS = 32
MOST_OUTSTANDING = 400  # letters sent and not yet acknowledged: a sender that waits is a fair one
SHARE_OF_PEAK = 0.8
LATENCY_SECONDS = 30.0
PEER_SECONDS = 4.0


def run(options: Options) -> Iterator[Figure]:
    """Measure at full load, then the latencies at 80 % of it."""
    folder = Path(tempfile.mkdtemp(prefix="samspil-bench-", dir="/tmp"))  # short, for the socket
    try:
        with two_sites(folder) as pair:
            letters = Letters()
            options.tell("peers: fsync, insert")
            yield from _fsync_peer(folder, letters)
            yield from asyncio.run(_insert_peer(pair, letters))
            options.tell(f"full load for {options.warm_up + options.seconds:.0f} s")
            full = asyncio.run(_load(pair, letters, warm_up=options.warm_up, seconds=options.seconds))
            yield from _figures(full)
            rate = full.circles / full.seconds * SHARE_OF_PEAK
            options.tell(f"latency at {rate:.0f} circles/s")
            calm = asyncio.run(
                _load(pair, letters, warm_up=3.0, seconds=min(LATENCY_SECONDS, options.seconds), rate=rate)
            )
            yield from _latencies(calm)
            if options.stored:
                yield from _with_a_past(pair, letters, options, empty=full)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_a_past(pair: Pair, letters: Letters, options: Options, *, empty: "Run") -> Iterator[Figure]:
    """The full load again, at sites that have stored many messages before."""
    options.tell(f"storing {options.stored} messages at each site")
    for site, sender, receiver in ((pair.a, CLINIC_GLN, HOSPITAL_GLN), (pair.b, HOSPITAL_GLN, CLINIC_GLN)):
        asyncio.run(fill(site.dsn, options.stored, letter=letters.next(), sender=sender, receiver=receiver))
    options.tell(f"full load for {options.warm_up + options.seconds:.0f} s")
    run = asyncio.run(_load(pair, letters, warm_up=options.warm_up, seconds=options.seconds))
    rate, before = run.circles / run.seconds, empty.circles / empty.seconds
    yield Figure(what=f"circles, {options.stored} stored", value=rate, unit="/s")
    yield Figure(what="of the empty rate", value=rate / before, unit="")


@dataclass(slots=True, kw_only=True)
class Run:
    """What one load came to."""

    seconds: float
    circles: int = 0
    refused: int = 0
    accept_ms: list[float] = field(default_factory=list[float])
    stations: dict[str, tuple[float, float, float]] = field(default_factory=dict[str, tuple[float, float, float]])
    usage: dict[str, Usage] = field(default_factory=dict[str, Usage])


class Driver:
    """The clinic's own system: sends letters as fast as it may, or at a rate."""

    def __init__(self, pair: Pair, letters: Letters, *, rate: float | None) -> None:
        self._pair = pair
        self._letters = letters
        self._rate = rate
        self._turn = itertools.count()
        self._began = 0.0
        self._gate = asyncio.Event()
        self.measuring = False
        self.accept_ms: list[float] = []
        self.refused = 0

    async def drive(self, until: float) -> None:
        """Send until the moment has come."""
        self._began = time.perf_counter()
        self._gate.set()
        connector = aiohttp.TCPConnector(limit=WORKERS)
        headers = {"Authorization": f"Bearer {self._pair.token}", "Content-Type": "application/fhir+json"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session, asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._watch())
            workers = [tasks.create_task(self._work(session, until)) for _ in range(WORKERS)]
            await asyncio.wait(workers)
            watch.cancel()

    async def _work(self, session: aiohttp.ClientSession, until: float) -> None:
        url = f"{self._pair.a.url}/exchange/messages"
        while time.perf_counter() < until:
            await self._wait_for_turn()
            began = time.perf_counter()
            async with session.post(url, data=self._letters.next()) as answer:
                await answer.read()
                if answer.status != 202:
                    self.refused += 1
            if self.measuring:
                self.accept_ms.append((time.perf_counter() - began) * 1000)

    async def _wait_for_turn(self) -> None:
        if self._rate is None:
            await self._gate.wait()
            return
        due = self._began + next(self._turn) / self._rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def _watch(self) -> None:
        """Close the gate while too many letters wait for their acknowledgement."""
        database = await Database.open(self._pair.a.dsn, connections=2)
        try:
            while True:
                row = await database.row("select count(*) from obligation")
                if row and row[0] > MOST_OUTSTANDING:
                    self._gate.clear()
                else:
                    self._gate.set()
                await asyncio.sleep(0.1)
        finally:
            await database.close()


async def _load(pair: Pair, letters: Letters, *, warm_up: float, seconds: float, rate: float | None = None) -> Run:
    driver = Driver(pair, letters, rate=rate)
    end = time.perf_counter() + warm_up + seconds
    task = asyncio.create_task(driver.drive(end))
    await asyncio.sleep(warm_up)
    database = await Database.open(pair.a.dsn, connections=2)
    try:
        mark, before, began = await _newest_event(database), await _circles(database), time.perf_counter()
        usage = measure(_processes(pair))
        driver.measuring = True
        await asyncio.sleep(max(0.0, end - time.perf_counter()))
        done = Run(seconds=time.perf_counter() - began, refused=driver.refused)
        done.circles = await _circles(database) - before
        done.usage = usage()
        await task
        done.accept_ms = driver.accept_ms
        done.stations = await _stations(database, mark)
        return done
    finally:
        await database.close()


def _processes(pair: Pair) -> dict[str, list[int]]:
    assert pair.a.process is not None
    assert pair.b.process is not None
    return {
        "site a": [pair.a.process.pid],
        "site b": [pair.b.process.pid],
        "database": family(pair.server.process_id or 0),
        "driver": [os.getpid()],
    }


async def _circles(database: Database) -> int:
    row = await database.row("select count(*) from event where kind = 'acknowledged'")
    return int(row[0]) if row else 0


async def _newest_event(database: Database) -> int:
    row = await database.row("select coalesce(max(seq), 0) from event")
    return int(row[0]) if row else 0


async def _stations(database: Database, mark: int) -> dict[str, tuple[float, float, float]]:
    """Milliseconds from acceptance to each later station: the median, 95 and 99 of a hundred."""
    rows = await database.rows(
        """select e.kind, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by
                  extract(epoch from e.at - m.at) * 1000)::float8[]
           from event e join message m on m.id = e.message
           where e.seq > $1 and e.kind in ('sent', 'acknowledged') and m.kind = 'message' group by e.kind""",
        mark,
    )
    return {kind: (values[0], values[1], values[2]) for kind, values in rows}


def _figures(run: Run) -> Iterator[Figure]:
    rate = run.circles / run.seconds
    yield Figure(what="circles", value=rate, unit="/s", note=f"{run.circles} in {run.seconds:.0f} s")
    if run.refused:
        yield Figure(what="letters not accepted", value=run.refused, unit="")
    for name, used in run.usage.items():
        yield Figure(what=f"CPU a circle, {name}", value=used.cpu_seconds / max(run.circles, 1) * 1000, unit="ms")
    for name, used in run.usage.items():
        yield Figure(what=f"memory, {name}", value=used.pss_bytes / 1_048_576, unit="MiB", note="PSS")


def _latencies(run: Run) -> Iterator[Figure]:
    cuts = quantiles(run.accept_ms, n=100)
    for name, value in (("p50", cuts[49]), ("p95", cuts[94]), ("p99", cuts[98])):
        yield Figure(what=f"accept {name} at 80 % load", value=value, unit="ms")
    for station, values in run.stations.items():
        for name, value in zip(("p50", "p95", "p99"), values, strict=True):
            yield Figure(what=f"{station} {name} at 80 % load", value=value, unit="ms", note="after acceptance")


def _fsync_peer(folder: Path, letters: Letters) -> Iterator[Figure]:
    """A loop that appends the packed bytes of one letter and flushes them."""
    _, packed = pack(letters.next())
    count, end = 0, time.perf_counter() + PEER_SECONDS
    handle = os.open(folder / "fsync", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        while time.perf_counter() < end:
            os.write(handle, packed)
            os.fsync(handle)
            count += 1
    finally:
        os.close(handle)
    yield Figure(what="write and fsync, one at a time", value=count / PEER_SECONDS, unit="/s", by="fsync loop")


async def _insert_peer(pair: Pair, letters: Letters) -> Iterator[Figure]:
    """The same bytes into a table of one column, 64 in a transaction."""
    database = await Database.open(pair.a.dsn, connections=2)
    try:
        await database.execute("create table bench_raw (bytes bytea storage external)")
        count, end = 0, time.perf_counter() + PEER_SECONDS
        while time.perf_counter() < end:
            rows = [(pack(letters.next())[1],) for _ in range(64)]
            await database.write(lambda batch, rows=rows: batch.each("insert into bench_raw values ($1)", rows))
            count += len(rows)
        await database.execute("drop table bench_raw")
    finally:
        await database.close()
    figure = Figure(what="insert, 64 in a transaction", value=count / PEER_SECONDS, unit="/s", by="PostgreSQL")
    return iter((figure,))
