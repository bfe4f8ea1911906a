"""Kill nodes and the database at random moments under load, and count what was promised against what arrived.

By hand: `uv run python -m tests.soak.kill --kills 100`. A short form runs with the other tests (tests/journey).
Promised: a letter that site A answered with 200 or 202. Everything promised must be at B exactly once, be
acknowledged at A, and get byte for byte the same answer when it is sent again; nobody repairs anything by hand.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from samspil.benchmarks.letters import Letters
from samspil.benchmarks.sites import Pair, Site, two_sites
from samspil.domain.issues import Unreachable
from samspil.storage.database import Database

WORKERS = 6
LETTERS_A_SECOND = 60.0
PAUSE = (0.2, 1.5)  # seconds between two kills
DRAIN_SECONDS = 180.0
ASKED_AGAIN = 50


@dataclass(slots=True)
class Count:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter[str])
    promised: dict[str, bytes] = field(default_factory=dict[str, bytes])  # message id -> first answer
    letters: dict[str, bytes] = field(default_factory=dict[str, bytes])
    delivered: int = 0
    lost: int = 0
    doubled: int = 0
    acknowledged: int = 0
    other_answers: int = 0

    def __str__(self) -> str:
        return (
            f"kills {sum(self.kills.values())} ({', '.join(f'{name} {n}' for name, n in sorted(self.kills.items()))}); "
            f"promised {len(self.promised)}, delivered {self.delivered}, lost {self.lost}, doubled {self.doubled}, "
            f"acknowledged {self.acknowledged}, answers that differ {self.other_answers}"
        )


class Sender:
    """The clinic's own system: keeps every letter until it has a promise, as a sender must."""

    def __init__(self, pair: Pair, count: Count) -> None:
        self._pair = pair
        self._count = count
        self._letters = Letters()
        self.closing = False

    async def send(self) -> None:
        """Send letters until told to stop; then only finish those begun."""
        headers = {"Authorization": f"Bearer {self._pair.token}", "Content-Type": "application/fhir+json"}
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            await asyncio.gather(*(self._work(session) for _ in range(WORKERS)))

    async def _work(self, session: aiohttp.ClientSession) -> None:
        while not self.closing:
            letter = self._letters.next()
            message_id = header_id(letter)
            self._count.letters[message_id] = letter
            self._count.promised[message_id] = await self.post_until_promised(session, letter)
            await asyncio.sleep(WORKERS / LETTERS_A_SECOND)

    async def post_until_promised(self, session: aiohttp.ClientSession, letter: bytes) -> bytes:
        """Post the same bytes again and again until the site says that it has them."""
        while True:
            try:
                async with session.post(f"{self._pair.a.url}/exchange/messages", data=letter) as answer:
                    body = await answer.read()
                    if answer.status in {200, 202}:
                        return body
                    assert answer.status == 503, (answer.status, body)
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.1)


def header_id(letter: bytes) -> str:
    """The MessageHeader.id of a letter of ours."""
    return str(orjson.loads(letter)["entry"][0]["resource"]["id"])


async def kill_for_a_while(pair: Pair, count: Count, *, kills: int, chance: random.Random) -> None:
    """Kill one process after another, and bring each back as its supervisor would."""
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(*PAUSE))
        victim = chance.choice(("site a", "site b", "database"))
        count.kills[victim] += 1
        if victim == "database":
            await asyncio.to_thread(_kill_database, pair)
        else:
            await asyncio.to_thread(_kill_site, pair.a if victim == "site a" else pair.b)


def _kill_site(site: Site) -> None:
    site.kill()
    site.start(wait_seconds=60)


def _kill_database(pair: Pair) -> None:
    """Kill the first process; its children follow it."""
    process_id = pair.server.process_id
    if process_id is not None:
        os.kill(process_id, signal.SIGKILL)
        time.sleep(0.05)
    pair.server.revive()
    for site in (pair.a, pair.b):
        site.wait_ready(60)


async def wait_until_quiet(pair: Pair) -> None:
    """Wait until nothing is on its way at either site."""
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end:
        if not any([await _on_its_way(site) for site in (pair.a, pair.b)]):
            return
        await asyncio.sleep(0.5)


async def _on_its_way(site: Site) -> int:
    try:
        database = await Database.open(site.dsn, connections=2)
        try:
            row = await database.row(
                "select (select count(*) from outbox) + (select count(*) from obligation where unconfirmed is null)"
            )
            return int(row[0]) if row else 0
        finally:
            await database.close()
    except Unreachable:
        return 1


async def take_stock(pair: Pair, count: Count) -> None:
    """Compare what was promised with what is there."""
    at_b = await Database.open(pair.b.dsn, connections=2)
    at_a = await Database.open(pair.a.dsn, connections=2)
    try:
        arrived = Counter(
            row[0]
            for row in await at_b.rows("select message_id from message where kind = 'message' and verdict = 'accepted'")
        )
        confirmed = {
            row[0]
            for row in await at_a.rows(
                "select m.message_id from event e join message m on m.id = e.message where e.kind = 'acknowledged'"
            )
        }
    finally:
        await at_a.close()
        await at_b.close()
    count.delivered = sum(1 for message_id in count.promised if arrived[message_id])
    count.lost = len(count.promised) - count.delivered
    count.doubled = sum(1 for times in arrived.values() if times > 1)
    count.acknowledged = len(confirmed & set(count.promised))


async def ask_again(pair: Pair, count: Count, sender: Sender, chance: random.Random) -> None:
    """Send some letters once more: the answer must be the first one, byte for byte."""
    some = chance.sample(sorted(count.promised), min(ASKED_AGAIN, len(count.promised)))
    headers = {"Authorization": f"Bearer {pair.token}", "Content-Type": "application/fhir+json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for message_id in some:
            body = await sender.post_until_promised(session, count.letters[message_id])
            count.other_answers += body != count.promised[message_id]


async def _run(pair: Pair, *, kills: int, chance: random.Random) -> Count:
    count = Count()
    sender = Sender(pair, count)
    sending = asyncio.create_task(sender.send())
    try:
        await kill_for_a_while(pair, count, kills=kills, chance=chance)
    finally:
        sender.closing = True
    await sending
    await wait_until_quiet(pair)
    await take_stock(pair, count)
    await ask_again(pair, count, sender, chance)
    return count


def kill_and_count(*, kills: int, seed: int) -> Count:
    """The whole test in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="samspil-kill-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        environment = {"SAMSPIL_RETRY_SECONDS": "0.5,1,2,2,2,2", "SAMSPIL_RETRY_THEN_SECONDS": "2"}
        with two_sites(Path(folder), environment=environment) as pair:
            return asyncio.run(_run(pair, kills=kills, chance=random.Random(seed)))


def main() -> int:
    """Run it by hand; 0 when nothing was lost, doubled or answered otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    asked = parser.parse_args()
    count = kill_and_count(kills=asked.kills, seed=asked.seed)
    print(f"seed {asked.seed}: {count}")
    return int(bool(count.lost or count.doubled or count.other_answers or count.acknowledged < len(count.promised)))


if __name__ == "__main__":
    sys.exit(main())
