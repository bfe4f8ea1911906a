"""What happened, in order: the read side of the exchange for pages, callers and the command line.

State is a fold of a message's events; nothing here is stored for the sake of being shown.
"""

from collections.abc import Iterable
from uuid import UUID

import orjson

from samspil.access.directory import Directory
from samspil.domain.issues import Verdict
from samspil.exchange.carriage import Clock, Happening, State
from samspil.exchange.stations import stations
from samspil.exchange.store.searches import Query, Searches
from samspil.storage.database import Row

__all__ = ["Query", "Tracking"]
from samspil.exchange.stories import (
    Attempt,
    Awaited,
    CircuitRow,
    DeadLetterRow,
    Depths,
    Event,
    LaneRow,
    MessageRow,
    Story,
    UnconfirmedRow,
    Waiting,
    WireReceipt,
)


class Tracking:
    """The read side. Every method takes whose eyes look: `glns`, None for the whole site."""

    def __init__(self, searches: Searches, directory: Directory, clock: Clock) -> None:
        self._searches = searches
        self._directory = directory
        self._clock = clock

    async def find(self, query: Query) -> list[MessageRow]:
        """A page of messages, newest first; ask on with `before` = the last row's id."""
        return [self._row(row) for row in await self._searches.find(query)]

    async def counts(self, query: Query) -> dict[State, int]:
        """How many of the newest messages (as many as the query's limit) are in each state."""
        return {State(state): count for state, count in await self._searches.counts(query)}

    async def get(self, message: UUID, *, glns: frozenset[str] | None) -> Story | None:
        """One message's story; None when it is not there or not theirs to see."""
        found = await self._searches.message(message)
        if found is None:
            return None
        row = self._row(found)
        if not _visible(row, glns):
            return None
        report, digest = found[20], found[21]
        events = tuple(_event(event) for event in await self._searches.events(message))
        parcel = await self._searches.parcel(message)
        obligation = await self._searches.obligation(message)
        waiting = Waiting(tries=parcel[0], due=parcel[1], last_code=parcel[2], endpoint=parcel[3]) if parcel else None
        awaited = (
            Awaited(due=obligation[0], resends_left=obligation[1], unconfirmed_since=obligation[2])
            if obligation
            else None
        )
        return Story(
            row=row,
            sha256=bytes(digest).hex(),
            issues=tuple(orjson.loads(report)) if report else (),
            stations=stations(row, events, waiting=waiting, awaited=awaited),
            events=events,
            attempts=tuple(_attempt(attempt) for attempt in await self._searches.attempts(message)),
            receipts=tuple(_receipt(receipt) for receipt in await self._searches.receipts(message)),
            waiting=waiting,
            awaited=awaited,
            answered_by=await self._rows(await self._searches.answered_by(message)),
            answer_to=await self._answered(row),
        )

    async def trace(self, identifier: str, *, glns: frozenset[str] | None) -> list[Story]:
        """Every message known by this id: ours, the message's, or an envelope's."""
        wanted = await self._searches.known_as(identifier)
        try:
            own = UUID(identifier)
        except ValueError:
            own = None
        if own is not None and own not in wanted:
            wanted = [own, *wanted]
        stories = [await self.get(message, glns=glns) for message in wanted]
        return [story for story in stories if story is not None]

    async def letters_of(self, arrival: UUID, *, glns: frozenset[str] | None) -> list[MessageRow]:
        """The letters that came together in one arrival."""
        rows = await self._rows(await self._searches.letters_of(arrival))
        return [row for row in rows if _visible(row, glns)]

    async def payload(self, message: UUID, *, glns: frozenset[str] | None) -> bytes | None:
        """The bytes as received; the caller audits the reading."""
        found = await self._searches.message(message)
        if found is None or not _visible(self._row(found), glns):
            return None
        return await self._searches.payload(message)

    async def lanes(self, *, glns: frozenset[str] | None) -> list[LaneRow]:
        """What waits, by receiver."""
        return [
            LaneRow(
                endpoint=endpoint,
                sender=sender,
                receiver=receiver,
                sender_name=self._name(sender),
                receiver_name=self._name(receiver),
                parcels=parcels,
                lanes=lanes,
                oldest=oldest,
                next_due=due,
                tries=tries,
                last_code=code or "",
            )
            for endpoint, sender, receiver, parcels, oldest, due, tries, code, lanes in await self._searches.lanes(glns)
        ]

    async def dead_letters(self, *, glns: frozenset[str] | None) -> list[DeadLetterRow]:
        """What could not be delivered."""
        return [
            DeadLetterRow(
                id=identifier,
                message=message,
                endpoint=endpoint,
                reason=reason,
                tries=tries,
                at=at,
                standard=standard,
                sender=sender,
                receiver=receiver,
                sender_name=self._name(sender),
                receiver_name=self._name(receiver),
            )
            for identifier, message, endpoint, reason, tries, at, standard, sender, receiver in (
                await self._searches.dead_letters(glns)
            )
        ]

    async def unconfirmed(self, *, glns: frozenset[str] | None) -> list[UnconfirmedRow]:
        """What was sent and never answered."""
        return [
            UnconfirmedRow(
                message=message,
                since=since,
                sent=sent,
                standard=standard,
                sender=sender,
                receiver=receiver,
                sender_name=self._name(sender),
                receiver_name=self._name(receiver),
            )
            for message, since, standard, sender, receiver, sent in await self._searches.unconfirmed(glns)
        ]

    async def circuits(self) -> list[CircuitRow]:
        """Endpoints that fail."""
        return [
            CircuitRow(endpoint=endpoint, failures=failures, open_until=until, code=code, changed_at=at)
            for endpoint, failures, until, code, at in await self._searches.circuits()
        ]

    async def depths(self) -> Depths:
        """How much waits."""
        parcels, retried, oldest, dead, awaited, unconfirmed = await self._searches.depths()
        return Depths(
            parcels=parcels,
            retried=retried,
            oldest_seconds=oldest or 0.0,
            dead=dead,
            awaited=awaited,
            unconfirmed=unconfirmed,
        )

    async def _answered(self, row: MessageRow) -> tuple[MessageRow, ...]:
        """The message that this receipt answers, when it is here."""
        if row.answers is None:
            return ()
        rows = await self._rows(await self._searches.known_as(row.answers))
        return tuple(other for other in rows if other.sender == row.receiver and other.id != row.id)

    async def _rows(self, identifiers: Iterable[UUID]) -> tuple[MessageRow, ...]:
        found = [await self._searches.message(identifier) for identifier in identifiers]
        return tuple(self._row(row) for row in found if row is not None)

    def _row(self, row: Row) -> MessageRow:
        (identifier, at, origin, format_, kind, standard, version, message_id, envelope_id, sender, receiver,
         answers, size_bytes, verdict, sent_at, parent, state, changed_at, cause, owner, *_) = row  # fmt: skip
        return MessageRow(
            id=identifier,
            at=at,
            origin=origin,
            format=format_,
            kind=kind,
            standard=standard,
            version=version,
            message_id=message_id,
            envelope_id=envelope_id,
            sender=sender,
            receiver=receiver,
            sender_name=self._name(sender),
            receiver_name=self._name(receiver),
            answers=answers,
            size_bytes=size_bytes,
            verdict=Verdict(verdict),
            sent_at=sent_at,
            parent=parent,
            owner=owner,
            state=State(state),
            changed_at=changed_at or at,
            cause=cause or "",
        )

    def _name(self, gln: str | None) -> str:
        return self._directory.name_of(gln) if gln else ""


def _visible(row: MessageRow, glns: frozenset[str] | None) -> bool:
    """An organisation sees what it sent, what it receives, and what it handed over that nobody could read."""
    return glns is None or not glns.isdisjoint((row.sender, row.receiver, row.owner))


def _event(row: Row) -> Event:
    seq, at, kind, state, cause, evidence = row
    return Event(
        seq=seq,
        at=at,
        kind=Happening(kind),
        state=State(state) if state else None,
        cause=cause,
        evidence=evidence or {},
    )


def _attempt(row: Row) -> Attempt:
    at, tries, endpoint, code, status, took_ms = row
    return Attempt(at=at, tries=tries, endpoint=endpoint, code=code, status=status, took_ms=took_ms)


def _receipt(row: Row) -> WireReceipt:
    layer, at, status, media_type, body = row
    return WireReceipt(layer=layer, at=at, status=status, media_type=media_type, body=bytes(body))
