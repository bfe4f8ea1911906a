"""Ready to outgrow one primary: one site's rows on two PostgreSQL clusters, spread by owner, and nothing crosses."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from samspil.access.callers import Caller
from samspil.exchange.carriage import Receipt, State
from samspil.exchange.routing import owner_of
from samspil.formats.readers import read_payload
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate
from tests.journey.exchanging import (
    AT_A,
    AT_B,
    CLINIC,
    HOSPITAL,
    PEER,
    PHARMACY,
    Clock,
    Hand,
    Site,
    client_of,
    endpoint,
    eventually,
    letter,
    site,
)

OWNED = ("message", "outbox", "obligation", "dead_letter")


@pytest.fixture
def other_cluster(new_home: Callable[[], Path]) -> Iterator[str]:
    """A migrated database on a server of its own."""
    with EmbeddedServer(new_home()) as server:
        dsn = server.create("shard")
        asyncio.run(migrate(dsn))
        yield dsn


@dataclass(slots=True)
class Shards:
    """A shard map: each owner's rows in one database, the same exchange on each."""

    by_owner: dict[str, Site]

    async def take(self, payload: bytes, *, caller: Caller) -> Receipt:
        """Hand an arrival to the shard of its owner."""
        head = read_payload(payload)[1][0].head
        some = next(iter(self.by_owner.values()))
        return await self.by_owner[owner_of(head, some.directory, caller_gln="")].take(payload, caller=caller)


def test_two_clusters_behind_a_shard_map(two_databases: tuple[str, str], other_cluster: str) -> None:
    """A clinic and a pharmacy share a site, not a database: letters, answers and repeats find their own shard."""

    async def main() -> None:
        first, partner_dsn = two_databases
        hand, clock = Hand(), Clock()
        here = [endpoint(CLINIC), endpoint(PHARMACY), endpoint(HOSPITAL, AT_B)]
        there = [endpoint(HOSPITAL), endpoint(CLINIC, AT_A), endpoint(PHARMACY, AT_A)]
        async with AsyncExitStack() as stack:
            clinics, pharmacies = [
                await stack.enter_async_context(site(dsn, endpoints=here, clock=clock, carrier=hand))
                for dsn in (first, other_cluster)
            ]
            partner = await stack.enter_async_context(site(partner_dsn, endpoints=there, clock=clock, carrier=hand))
            shards = Shards({CLINIC.gln: clinics, PHARMACY.gln: pharmacies})
            hand.sites = {AT_A: shards, AT_B: partner}
            await _exchange(shards, partner)
            assert await _owners(clinics) == {CLINIC.gln}
            assert await _owners(pharmacies) == {PHARMACY.gln}
            assert await clinics.count("message") == 2 * 5 + 2  # five sent and answered, one come in and answered
            assert await pharmacies.count("message") == 2 * 5 + 2

    asyncio.run(main())


async def _exchange(shards: Shards, partner: Site) -> None:
    """Letters both ways for both; each sent twice, each told once, each acknowledged."""
    for office, shard in ((CLINIC, shards.by_owner[CLINIC.gln]), (PHARMACY, shards.by_owner[PHARMACY.gln])):
        sent = [letter(f"Brev {number}", sender=office) for number in range(5)]
        taken = [await shards.take(payload, caller=client_of(office)) for payload in sent]
        again = [await shards.take(payload, caller=client_of(office)) for payload in sent]
        assert [receipt.id for receipt in again] == [receipt.id for receipt in taken]
        for receipt in taken:
            await shard.until(receipt.id, State.ACKNOWLEDGED)
        incoming = letter("Svar", sender=HOSPITAL, receiver=office)
        reply = await partner.take(incoming, caller=client_of(HOSPITAL))
        await partner.until(reply.id, State.ACKNOWLEDGED)
        assert (await shards.take(incoming, caller=PEER)).repeated
        await eventually(shard.quiet)


async def _owners(shard: Site) -> set[str]:
    """Whose rows lie in a shard."""
    found: Counter[str] = Counter()
    for table in OWNED:
        for owner, count in await shard.database.rows(f"select owner, count(*) from {table} group by owner"):
            found[owner] += count
    return set(found)
