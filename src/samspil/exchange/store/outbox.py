"""The outbox: claim what is due, and write down how each try went. Order holds inside a lane.

A parcel is claimed with a lease and a fence number; whoever comes back with an older fence changes nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from samspil.domain.message import Format
from samspil.exchange.breaker import Circuit
from samspil.exchange.carriage import Outcome, Parcel
from samspil.exchange.store.compression import pack, unpack
from samspil.storage.database import Database

LARGE_BYTES = 262_144

_CLAIM = """
with picked as (
    select o.id from outbox o
    where o.endpoint = $1 and o.due <= $2 and (o.lease_until is null or o.lease_until <= $2)
      and (o.lane is null or not exists (select from outbox p where p.lane = o.lane and p.seq < o.seq))
    order by o.due limit $3::int for update skip locked),
claimed as (
    update outbox o set lease_until = $4, lease_by = $5, fence = o.fence + 1, tries = o.tries + 1,
                        claimed_seq = nextval('event_order')
    from picked where o.id = picked.id
    returning o.id, o.message, o.fence, o.tries, o.created_at, o.format, o.payload)
select c.id, c.message, c.fence, c.tries, c.created_at, c.format, p.sha256, p.codec,
       case when p.size_bytes <= $6::int then p.bytes end
from claimed c join payload p on p.sha256 = c.payload
order by c.created_at
"""

_ENDPOINTS_DUE = """
select distinct o.endpoint from outbox o
where o.due <= $1 and (o.lease_until is null or o.lease_until <= $1)
  and not exists (select from circuit c where c.endpoint = o.endpoint and c.open_until > $1)
"""

# Has the receiver answered what was last sent? Then it has it, whatever we hear of a try whose own answer was lost.
_IS_ANSWERED = """
exists (select from event a where a.message = {it}.message and a.kind in ('acknowledged', 'declined')
        and not exists (select from event r where r.message = a.message and r.kind in ('resent', 'released')
                        and r.seq > a.seq))
"""

# A parcel that has arrived: away with it, and say so. The event takes the place drawn when the parcel was claimed:
# the receiver's answer may be here before we get to write this down, and must come after it all the same.
_SENT = f"""
with gone as (delete from outbox where id = $1 and fence = $2 returning message, claimed_seq, tries),
     told as (
        insert into event (message, seq, at, kind, state, evidence)
        select g.message, g.claimed_seq, $3, 'sent',
               case when g.tries > 1 and {_IS_ANSWERED.format(it="g")} then null else 'delivered' end, $4::json
        from gone g),
     later as (
        update obligation o set due = greatest(o.due, $5) from gone g where o.message = g.message and g.tries > 1)
select count(*) from gone
"""

_TRIED = f"""
with kept as (
        update outbox set due = $3, lease_until = null, last_code = $4 where id = $1 and fence = $2
        returning message, endpoint, tries),
     noted as (
        insert into attempt (outbox, message, endpoint, at, tries, code, status, took_ms)
        select $1, message, endpoint, $5, tries, $4, $6::int, $7::int from kept on conflict do nothing),
     told as (
        insert into event (message, at, kind, state, cause)
        select k.message, $5, 'tried', case when {_IS_ANSWERED.format(it="k")} then null else 'retrying' end, $4
        from kept k)
select count(*) from kept
"""

_DEAD = """
with gone as (delete from outbox where id = $1 and ($2::int is null or fence = $2)
              returning id, message, owner, endpoint, tries),
     noted as (
        insert into attempt (outbox, message, endpoint, at, tries, code, status, took_ms)
        select id, message, endpoint, $4, tries, $3, $5::int, $6::int from gone on conflict do nothing),
     laid as (
        insert into dead_letter (id, message, owner, endpoint, reason, tries, at)
        select id, message, owner, endpoint, $3, tries, $4 from gone
        on conflict (id) do update set reason = $3, at = $4, settled = null, outcome = null, tries = excluded.tries),
     freed as (delete from obligation o using gone g where o.message = g.message),
     told as (
        insert into event (message, at, kind, state, cause) select message, $4, 'dead', 'dead', $3 from gone)
select count(*) from gone
"""

# The receiver has judged it and said no on the wire: it has the message, and its answer is final.
_DECLINED = """
with gone as (delete from outbox where id = $1 and fence = $2 returning message),
     settled as (delete from obligation o using gone g where o.message = g.message),
     told as (
        insert into event (message, at, kind, state, cause, evidence)
        select message, $3, 'declined', 'declined', $4, $5::json from gone)
select count(*) from gone
"""

_RESEND = """
with free as (
        select m.id, m.owner, m.format from message m
        where m.id = $1 and not exists (select from outbox o where o.message = $1)),
     kept as (
        insert into payload (sha256, codec, size_bytes, bytes, at)
        select $4, $5::smallint, $6::int, $7, $8 from free on conflict do nothing),
     known as (
        insert into seen (id, sender, kind, message, sha256) select $9, $10, 'E', $1, $4 from free
        on conflict do nothing),
     owed as (
        update obligation b set due = $12, resends_left = greatest(b.resends_left - 1, 0), unconfirmed = null
        from free f where b.message = f.id returning b.message),
     queued as (
        insert into outbox (id, message, owner, endpoint, format, payload, lane, expects, created_at, due)
        select $2, $1, f.owner, $3, f.format, $4, $11::uuid, exists (select from owed), $8, $8 from free f),
     told as (
        insert into event (message, at, kind, state, cause, evidence)
        select $1, $8, 'resent', 'waiting', $13, json_build_object('envelope', $9::text) from free)
select exists (select from free)
"""

_EXPIRED = """
select id from outbox where created_at < $1 and (lease_until is null or lease_until <= $2) limit 100
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """One finished try: the parcel, how it went, and when the next one is due, if any."""

    parcel: Parcel
    outcome: Outcome
    at: datetime
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """A message to be sent once more: the same content in a new envelope."""

    message: UUID
    parcel: UUID
    endpoint: UUID
    payload: bytes
    envelope_id: str
    seen_as: str
    lane: UUID | None
    at: datetime
    answer_within: timedelta
    cause: str


class Outbox:
    """Statements on the outbox."""

    def __init__(self, database: Database, *, lease: timedelta = timedelta(minutes=1)) -> None:
        self._database = database
        self._lease = lease

    async def endpoints_due(self, now: datetime) -> list[UUID]:
        """Endpoints for which something is due and whose circuit lets something through."""
        return [row[0] for row in await self._database.rows(_ENDPOINTS_DUE, now)]

    async def claim(self, endpoint: UUID, *, now: datetime, limit: int, node: int) -> list[Parcel]:
        """Take up to `limit` parcels that are due, the heads of their lanes, under a lease.

        A large payload is not brought along (`Parcel.payload` is None): ask for it when it is its turn.
        """
        rows = await self._database.rows(_CLAIM, endpoint, now, limit, now + self._lease, node, LARGE_BYTES)
        return [
            Parcel(
                id=identifier,
                message=message,
                endpoint=endpoint,
                fence=fence,
                tries=tries,
                created_at=created_at,
                format=Format(format_),
                sha256=digest,
                payload=None if stored is None else unpack(codec, stored),
            )
            for identifier, message, fence, tries, created_at, format_, digest, codec, stored in rows
        ]

    async def payload(self, sha256: bytes) -> bytes:
        """A payload by its digest."""
        row = await self._database.row("select codec, bytes from payload where sha256 = $1", sha256)
        return unpack(*row) if row else b""

    async def sent(self, tried: Sequence[Tried], *, answer_within: timedelta) -> None:
        """These have arrived."""
        rows = [(t.parcel.id, t.parcel.fence, t.at, _evidence(t), t.at + answer_within) for t in tried]
        await self._each(_SENT, rows)

    async def tried(self, tried: Sequence[Tried]) -> None:
        """These failed and will be tried again at `next_due`."""
        rows = [
            (t.parcel.id, t.parcel.fence, t.next_due, t.outcome.code, t.at, t.outcome.status, t.outcome.took_ms)
            for t in tried
        ]
        await self._each(_TRIED, rows)

    async def dead(self, tried: Sequence[Tried]) -> None:
        """These are set aside for a person."""
        rows = [(t.parcel.id, t.parcel.fence, t.outcome.code, t.at, t.outcome.status, t.outcome.took_ms) for t in tried]
        await self._each(_DEAD, rows)

    async def declined(self, tried: Sequence[Tried]) -> None:
        """These were refused by their receiver."""
        rows = [(t.parcel.id, t.parcel.fence, t.at, t.outcome.code, _evidence(t)) for t in tried]
        await self._each(_DECLINED, rows)

    async def expire(self, *, older_than: datetime, now: datetime) -> int:
        """Set aside what has waited too long without anybody trying (its endpoint rests); give the count."""
        rows = await self._database.rows(_EXPIRED, older_than, now)
        await self._each(_DEAD, [(row[0], None, "delivery.expired", now, None, 0) for row in rows])
        return len(rows)

    async def resend(self, again: Resend) -> bool:
        """Queue a message once more in a new envelope, unless it is queued already."""
        codec, packed = pack(again.payload)
        digest = hashlib.sha256(again.payload).digest()
        row = await self._database.row(
            _RESEND, again.message, again.parcel, again.endpoint, digest, codec, len(again.payload), packed,
            again.at, again.envelope_id, again.seen_as, again.lane, again.at + again.answer_within, again.cause,
        )  # fmt: skip
        return bool(row and row[0])

    async def circuit(self, endpoint: UUID) -> Circuit:
        """The endpoint's circuit as all nodes know it."""
        row = await self._database.row("select failures, open_until, code from circuit where endpoint = $1", endpoint)
        return Circuit(*row) if row else Circuit()

    async def set_circuit(self, endpoint: UUID, circuit: Circuit, *, now: datetime) -> None:
        """Tell all nodes."""
        await self._database.execute(
            """insert into circuit (endpoint, failures, open_until, code, changed_at) values ($1, $2::int, $3, $4, $5)
               on conflict (endpoint) do update set failures = $2::int, open_until = $3, code = $4, changed_at = $5""",
            endpoint, circuit.failures, circuit.open_until, circuit.code, now,
        )  # fmt: skip

    async def _each(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            await self._database.write(lambda batch: batch.each(sql, rows))


def _evidence(tried: Tried) -> str:
    status = "null" if tried.outcome.status is None else tried.outcome.status
    return f'{{"status":{status},"ms":{tried.outcome.took_ms},"tries":{tried.parcel.tries}}}'
