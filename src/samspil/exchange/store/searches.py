"""What pages and callers ask of the exchange: lists, one message's history, queues. Reading only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samspil.exchange.carriage import State
from samspil.exchange.store.compression import unpack
from samspil.storage.database import Database, Row

_COLUMNS = """
m.id, m.at, m.origin, m.format, m.kind, m.standard, m.version, m.message_id, m.envelope_id, m.sender, m.receiver,
m.answers, m.size_bytes, m.verdict, m.sent_at, m.parent, coalesce(e.state, 'delivered') as state, e.at, e.cause,
m.owner
"""

_LAST_EVENT = """
left join lateral (
    select state, at, cause from event where message = m.id and state is not null order by seq desc limit 1) e on true
"""

# States that few messages are in: found through the small table that makes them so.
_FROM_SMALL_TABLE = {
    State.WAITING: "m.id in (select message from outbox where tries < 2)",
    State.RETRYING: "m.id in (select message from outbox where tries > 0)",
    State.DEAD: "m.id in (select message from dead_letter where settled is null)",
    State.UNCONFIRMED: "m.id in (select message from obligation where unconfirmed is not null)",
    State.REFUSED: "m.verdict <> 'accepted'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. `glns` limits to what an organisation may see; None is the whole site.

    `before` is the id of the last row of the page before; rows come newest first.
    """

    glns: frozenset[str] | None = None
    party: str | None = None
    standard: str | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    identifier: str | None = None
    before: UUID | None = None
    limit: int = 50


class _Conditions:
    """A growing list of conditions with their values."""

    def __init__(self) -> None:
        self.texts = ["m.kind <> 'envelope'"]
        self.values: list[object] = []

    def add(self, text: str, *values: object) -> None:
        """Add a condition; `{}` stands for each value's placeholder in turn."""
        places: list[str] = []
        for value in values:
            self.values.append(value)
            places.append(f"${len(self.values)}")
        self.texts.append(text.format(*places))

    def __str__(self) -> str:
        return " and ".join(self.texts)


class Searches:
    """The statements of the read side."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, query: Query) -> list[Row]:
        """Messages, newest first."""
        sql, values = _search(query)
        return await self._database.rows(sql, *values)

    async def counts(self, query: Query) -> list[Row]:
        """How many of the messages found are in each state; the query's limit bounds how many are looked at."""
        sql, values = _search(query)
        return await self._database.rows(f"select state, count(*) from ({sql}) found group by state", *values)

    async def message(self, message: UUID) -> Row | None:
        """One message's row."""
        return await self._database.row(
            f"select {_COLUMNS}, m.report, m.payload, m.subject from message m {_LAST_EVENT} where m.id = $1",
            message,
        )

    async def known_as(self, identifier: str, *, limit: int = 20) -> list[UUID]:
        """Messages that some sender knows by this id: of the message or of an envelope."""
        rows = await self._database.rows(
            "select distinct message from seen where id = $1 and kind <> 'B' limit $2::int", identifier, limit
        )
        return [row[0] for row in rows]

    async def events(self, message: UUID) -> list[Row]:
        """All that happened to it, in order."""
        return await self._database.rows(
            "select seq, at, kind, state, cause, evidence from event where message = $1 order by seq", message
        )

    async def attempts(self, message: UUID) -> list[Row]:
        """Failed tries, in order."""
        return await self._database.rows(
            "select at, tries, endpoint, code, status, took_ms from attempt where message = $1 order by at", message
        )

    async def receipts(self, message: UUID) -> list[Row]:
        """Answers given on a wire."""
        return await self._database.rows(
            """select 'http', at, answer_code, 'application/json', answer from message
               where id = $1 and answer is not null""",
            message,
        )

    async def letters_of(self, arrival: UUID) -> list[UUID]:
        """The letters that came in one arrival."""
        rows = await self._database.rows("select id from message where parent = $1 order by id", arrival)
        return [row[0] for row in rows]

    async def answered_by(self, message: UUID) -> list[UUID]:
        """The receipts that answered it, by its events."""
        rows = await self._database.rows(
            "select distinct evidence->>'answer' from event where message = $1 and evidence->>'answer' is not null",
            message,
        )
        return [UUID(row[0]) for row in rows]

    async def payload(self, message: UUID) -> bytes | None:
        """The bytes as received."""
        row = await self._database.row(
            "select p.codec, p.bytes from message m join payload p on p.sha256 = m.payload where m.id = $1", message
        )
        return unpack(*row) if row else None

    async def parcel(self, message: UUID) -> Row | None:
        """Its parcel in the outbox, if it has one: (tries, due, last code, endpoint)."""
        return await self._database.row(
            "select tries, due, last_code, endpoint from outbox where message = $1 order by seq desc limit 1", message
        )

    async def obligation(self, message: UUID) -> Row | None:
        """What is still awaited: (due, resends left, unconfirmed since)."""
        return await self._database.row(
            "select due, resends_left, unconfirmed from obligation where message = $1", message
        )

    async def lanes(self, glns: frozenset[str] | None, *, limit: int = 200) -> list[Row]:
        """Queues with something in them, the longest waiting first."""
        return await self._database.rows(
            f"""select o.endpoint, m.sender, m.receiver, count(*), min(o.created_at), min(o.due), max(o.tries),
                       (array_agg(o.last_code order by o.seq))[1], count(distinct o.lane)
                from outbox o join message m on m.id = o.message {_scope(glns)}
                group by o.endpoint, m.sender, m.receiver order by min(o.created_at) limit {int(limit)}""",
            *_scoped(glns),
        )

    async def dead_letters(self, glns: frozenset[str] | None, *, limit: int = 200) -> list[Row]:
        """Parcels set aside and not yet settled, oldest first."""
        return await self._database.rows(
            f"""select d.id, d.message, d.endpoint, d.reason, d.tries, d.at, m.standard, m.sender, m.receiver
                from dead_letter d join message m on m.id = d.message
                {_scope(glns)} {"and" if glns is not None else "where"} d.settled is null
                order by d.at limit {int(limit)}""",
            *_scoped(glns),
        )

    async def unconfirmed(self, glns: frozenset[str] | None, *, limit: int = 200) -> list[Row]:
        """Messages whose acknowledgement never came, oldest first."""
        return await self._database.rows(
            f"""select b.message, b.unconfirmed, m.standard, m.sender, m.receiver, m.at
                from obligation b join message m on m.id = b.message
                {_scope(glns)} {"and" if glns is not None else "where"} b.unconfirmed is not null
                order by b.unconfirmed limit {int(limit)}""",
            *_scoped(glns),
        )

    async def circuits(self) -> list[Row]:
        """Endpoints that failed lately: (endpoint, failures, open until, code, changed at)."""
        return await self._database.rows(
            "select endpoint, failures, open_until, code, changed_at from circuit where failures > 0"
        )

    async def depths(self) -> Row:
        """Of the whole site: parcels, those tried before, the oldest one's age (s), dead, awaited, unconfirmed."""
        row = await self._database.row(
            """select (select count(*) from outbox), (select count(*) from outbox where tries > 1),
                      (select extract(epoch from now() - min(created_at))::float8 from outbox),
                      (select count(*) from dead_letter where settled is null),
                      (select count(*) from obligation where unconfirmed is null),
                      (select count(*) from obligation where unconfirmed is not null)"""
        )
        assert row is not None
        return row


def _is_own(identifier: str) -> bool:
    """May the text be an id of ours?"""
    try:
        return bool(UUID(identifier))
    except ValueError:
        return False


def _scope(glns: frozenset[str] | None) -> str:
    return "" if glns is None else "where (m.sender = any($1) or m.receiver = any($1))"


def _scoped(glns: frozenset[str] | None) -> list[object]:
    return [] if glns is None else [sorted(glns)]


def _search(query: Query) -> tuple[str, list[object]]:
    """The statement for a query. An organisation's sides are an index scan each, merged.

    What it handed over and nobody could read has neither sender nor receiver; it is its owner's to see.
    """
    where = _Conditions()
    if query.before is not None:
        where.add("m.id < {}::uuid", query.before)
    if query.since is not None:
        where.add("m.id >= uuid_floor({}::timestamptz)", query.since)
    if query.until is not None:
        where.add("m.id < uuid_floor({}::timestamptz)", query.until)
    if query.standard:
        where.add("m.standard = {}", query.standard)
    if query.party:
        where.add("(m.sender = {0} or m.receiver = {0})", query.party)
    if query.identifier:
        own = [UUID(query.identifier)] if _is_own(query.identifier) else []
        where.add("m.id = any(array(select message from seen where id = {}) || {}::uuid[])", query.identifier, own)
    if query.state is not None:
        if query.state in _FROM_SMALL_TABLE:
            where.texts.append(_FROM_SMALL_TABLE[query.state])
        if query.state is not State.REFUSED:
            where.add("coalesce(e.state, 'delivered') = {}", query.state)
    body = f"select {_COLUMNS} from message m {_LAST_EVENT} where {where}"
    tail = f"order by id desc limit {int(query.limit)}"
    if query.glns is None:
        return f"{body} {tail}", where.values
    mine = f"any(${len(where.values) + 1})"
    sides = " union ".join(f"({body} and m.{side} = {mine} {tail})" for side in ("sender", "receiver", "owner"))
    return f"select * from ({sides}) its_own {tail}", [*where.values, sorted(query.glns)]
