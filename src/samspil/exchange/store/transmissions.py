"""A stored message as it can be sent again: its bytes, its parties, and whether it is on its way already."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from samspil.domain.message import Format
from samspil.exchange.store.compression import unpack
from samspil.storage.database import Database

_STORED = """
select m.id, m.format, m.standard, m.version, coalesce(m.sender, ''), coalesce(m.receiver, ''), m.subject,
       exists (select from outbox o where o.message = m.id), p.codec, p.bytes
from message m join payload p on p.sha256 = m.payload
where m.id = $1
"""

_DUE = """
select b.message, b.resends_left, exists (select from outbox o where o.message = b.message)
from obligation b where b.unconfirmed is null and b.due <= $1 order by b.due limit 100
"""

_UNCONFIRMED = """
with late as (update obligation set unconfirmed = $2 where message = $1 and unconfirmed is null returning message)
insert into event (message, at, kind, state) select message, $2, 'unconfirmed', 'unconfirmed' from late
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message at rest."""

    id: UUID
    format: Format
    standard: str | None
    version: str | None
    sender: str
    receiver: str
    subject: str
    queued: bool
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Overdue:
    """An acknowledgement that has not come in time."""

    message: UUID
    resends_left: int
    still_queued: bool


class Transmissions:
    """Look-ups and deadlines of what was sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored(self, message: UUID) -> Stored | None:
        """A message with its bytes."""
        row = await self._database.row(_STORED, message)
        if row is None:
            return None
        *facts, codec, packed = row
        identifier, format_, standard, version, sender, receiver, subject, queued = facts
        return Stored(
            id=identifier,
            format=Format(format_),
            standard=standard,
            version=version,
            sender=sender,
            receiver=receiver,
            subject=subject,
            queued=queued,
            payload=unpack(codec, packed),
        )

    async def answer_to(self, message: UUID) -> Stored | None:
        """The acknowledgement that was written here for this message."""
        row = await self._database.row(
            """select evidence->>'answer' from event
               where message = $1 and kind in ('kept', 'refused') order by seq limit 1""",
            message,
        )
        return await self.stored(UUID(row[0])) if row and row[0] else None

    async def overdue(self, now: datetime) -> list[Overdue]:
        """Messages whose acknowledgement is overdue."""
        return [Overdue(*row) for row in await self._database.rows(_DUE, now)]

    async def grant(self, message: UUID, *, now: datetime, more: timedelta) -> None:
        """The message has not even left yet: its answer is due later."""
        await self._database.execute("update obligation set due = $2 where message = $1", message, now + more)

    async def unconfirmed(self, message: UUID, *, now: datetime) -> None:
        """No answer after all: a person's task."""
        await self._database.execute(_UNCONFIRMED, message, now)
