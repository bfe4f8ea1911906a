"""A database with a past: as many messages as are asked for, delivered and acknowledged, written by the server itself.

Each has its own payload of the size a letter has on disk, its ids among the seen ones, and the three events of a
letter that came home; nothing waits. Their times lie in the hour before now, so that they fill the month's partitions.
"""

from samspil.exchange.store.compression import pack
from samspil.storage.database import Database

AT_A_TIME = 20_000

_FILL = """
with new as materialized (
    select i, now() - interval '1 hour' * (1 - i::float8 / $3::int) as at, md5(i::text) as chance,
           sha256(convert_to('payload ' || i, 'UTF8')) as digest
    from generate_series($1::int, $2::int) i),
named as materialized (
    select *, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(chance, 1, 3) || '8'
               || substr(chance, 4, 15))::uuid as id
    from new),
payload_ as (
    insert into payload (sha256, codec, size_bytes, bytes, at)
    select digest, 1, 19500, $4 || int4send(i), at from named),
seen_ as (
    insert into seen (id, sender, kind, message, sha256)
    select k.kind || '-' || n.chance, $5, k.kind::"char", n.id, n.digest
    from named n cross join (values ('M'), ('E')) k (kind)),
event_ as (
    insert into event (message, at, kind, state, evidence)
    select n.id, n.at, k.kind, k.state, '{"judged_us":900}'
    from named n cross join
         (values ('accepted', 'waiting'), ('sent', 'delivered'), ('acknowledged', 'acknowledged')) k (kind, state))
insert into message (id, owner, origin, format, kind, standard, version, message_id, envelope_id, sender, receiver,
                     subject, payload, size_bytes, verdict, answer, answer_code, sent_at, at)
select id, $5, 'client', 'fhir-json', 'message', 'CareCommunication', '5.0', 'M-' || chance, 'E-' || chance, $5, $6,
       substr(chance, 1, 8), digest, 19500, 'accepted', $7, 202, at, at
from named
"""


async def fill(dsn: str, count: int, *, letter: bytes, sender: str, receiver: str) -> None:
    """Store `count` messages from one party to another, then let the planner know of them."""
    _, packed = pack(letter)
    answer = b'{"id":"","verdict":"accepted","parts":[],"issues":[]}'.ljust(300)
    database = await Database.open(dsn, connections=2)
    try:
        await database.rows("select ensure_month(now() - interval '1 hour'), ensure_month(now())")
        for first in range(1, count + 1, AT_A_TIME):
            last = min(first + AT_A_TIME - 1, count)
            await database.execute(_FILL, first, last, count, packed, sender, receiver, answer)
        for table in ("payload", "seen", "message", "event"):
            await database.execute(f"vacuum (analyze, parallel 0) {table}")
        await database.execute("checkpoint")
    finally:
        await database.close()
