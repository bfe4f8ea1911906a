"""What happened, in order: the read side of the exchange for pages, callers and the command line.

State is a fold of a message's events; nothing here is stored for the sake of being shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson

from samspil.access.directory import Directory
from samspil.domain.issues import Verdict
from samspil.exchange.carriage import Clock, Happening, State
from samspil.exchange.store.searches import Query, Searches
from samspil.storage.database import Row

__all__ = ["Query", "Tracking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One line of a list."""

    id: UUID
    at: datetime
    origin: str
    format: str
    kind: str
    standard: str | None
    version: str | None
    message_id: str | None
    envelope_id: str | None
    sender: str | None
    receiver: str | None
    sender_name: str
    receiver_name: str
    answers: str | None
    size_bytes: int
    verdict: Verdict
    sent_at: datetime | None
    parent: UUID | None
    owner: str
    state: State
    changed_at: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened."""

    seq: int
    at: datetime
    kind: Happening
    state: State | None
    cause: str
    evidence: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One failed try to deliver."""

    at: datetime
    tries: int
    endpoint: UUID
    code: str
    status: int | None
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WireReceipt:
    """An answer given on a wire, byte for byte."""

    layer: str
    at: datetime
    status: int
    media_type: str
    body: bytes = field(repr=False)


class Verb(StrEnum):
    """The seven stations of a message's path."""

    RECEIVE = "receive"
    IDENTIFY = "identify"
    PARSE = "parse"
    VALIDATE = "validate"
    ROUTE = "route"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"


class Passage(StrEnum):
    """How it went at a station."""

    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"
    NOT_REACHED = "not-reached"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class Station:
    """One station: when it was passed, or why not. `cause` is a stable code."""

    verb: Verb
    passage: Passage
    at: datetime | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A parcel on its way: how often tried, when again, and what the last try came to."""

    tries: int
    due: datetime
    last_code: str
    endpoint: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An acknowledgement that is due."""

    due: datetime
    resends_left: int
    unconfirmed_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything about one message but its bytes. `issues` are the contract's lines, with `da` texts beside."""

    row: MessageRow
    sha256: str
    issues: tuple[dict[str, object], ...]
    stations: tuple[Station, ...]
    events: tuple[Event, ...]
    attempts: tuple[Attempt, ...]
    receipts: tuple[WireReceipt, ...]
    waiting: Waiting | None
    awaited: Awaited | None
    answered_by: tuple[MessageRow, ...]
    answer_to: tuple[MessageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """What waits for one receiver from one sender."""

    endpoint: UUID
    sender: str | None
    receiver: str | None
    sender_name: str
    receiver_name: str
    parcels: int
    lanes: int
    oldest: datetime
    next_due: datetime
    tries: int
    last_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterRow:
    """A parcel set aside for a person."""

    id: UUID
    message: UUID
    endpoint: UUID | None
    reason: str
    tries: int
    at: datetime
    standard: str | None
    sender: str | None
    receiver: str | None
    sender_name: str
    receiver_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedRow:
    """A message whose acknowledgement never came."""

    message: UUID
    since: datetime
    sent: datetime
    standard: str | None
    sender: str | None
    receiver: str | None
    sender_name: str
    receiver_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRow:
    """An endpoint that fails."""

    endpoint: UUID
    failures: int
    open_until: datetime | None
    code: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """How much waits, of the whole site."""

    parcels: int
    retried: int
    oldest_seconds: float
    dead: int
    awaited: int
    unconfirmed: int


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


def stations(
    row: MessageRow, events: Sequence[Event], *, waiting: Waiting | None, awaited: Awaited | None
) -> tuple[Station, ...]:
    """The path so far, folded from the events. Pure."""
    first = row.at
    unreadable = row.verdict is Verdict.UNREADABLE
    refused = row.verdict is not Verdict.ACCEPTED
    identified = Passage.FAILED if row.format == "unknown" else Passage.DONE
    parsed = _or_not_reached(identified, Passage.FAILED if unreadable else Passage.DONE)
    routed_badly = refused and any(event.cause.startswith("exchange.") for event in events[:1])
    validated = _or_not_reached(parsed, Passage.FAILED if refused and not routed_badly else Passage.DONE)
    routed = _or_not_reached(validated, Passage.FAILED if refused else Passage.DONE)
    return (
        Station(Verb.RECEIVE, Passage.DONE, first),
        *(
            Station(verb, passage, first if passage is Passage.DONE else None)
            for verb, passage in (
                (Verb.IDENTIFY, identified),
                (Verb.PARSE, parsed),
                (Verb.VALIDATE, validated),
                (Verb.ROUTE, routed),
            )
        ),
        _delivery(routed, events, waiting),
        _acknowledgement(row, routed, events, awaited),
    )


def _or_not_reached(before: Passage, passage: Passage) -> Passage:
    return passage if before is Passage.DONE else Passage.NOT_REACHED


def _last(events: Sequence[Event], *kinds: Happening) -> Event | None:
    return next((event for event in reversed(events) if event.kind in kinds), None)


def _delivery(routed: Passage, events: Sequence[Event], waiting: Waiting | None) -> Station:
    if routed is not Passage.DONE:
        return Station(Verb.DELIVER, Passage.NOT_REACHED)
    if waiting is not None:
        return Station(Verb.DELIVER, Passage.WAITING, waiting.due, waiting.last_code)
    dead = _last(events, Happening.DEAD, Happening.RETURNED)
    there = _last(events, Happening.SENT, Happening.KEPT, Happening.DECLINED)
    if dead is not None and (there is None or dead.seq > there.seq):
        return Station(Verb.DELIVER, Passage.FAILED, dead.at, dead.cause)
    if there is None:
        return Station(Verb.DELIVER, Passage.NOT_REACHED)
    return Station(Verb.DELIVER, Passage.DONE, there.at)


def _acknowledgement(row: MessageRow, routed: Passage, events: Sequence[Event], awaited: Awaited | None) -> Station:
    """The last station: the receiver's word, or ours where the receiver's mailbox is here."""
    answer = _last(events, Happening.ACKNOWLEDGED, Happening.DECLINED)
    if answer is not None:
        passage = Passage.DONE if answer.kind is Happening.ACKNOWLEDGED else Passage.FAILED
        return Station(Verb.ACKNOWLEDGE, passage, answer.at, answer.cause)
    ours = next((event for event in events if event.evidence.get("answer")), None)
    if ours is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.DONE, ours.at, str(ours.evidence.get("answered", "")))
    if row.kind == "receipt":
        return Station(Verb.ACKNOWLEDGE, Passage.NOT_NEEDED)
    if awaited is not None and awaited.unconfirmed_since is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.FAILED, awaited.unconfirmed_since, "acknowledgement.missing")
    if awaited is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.WAITING, awaited.due)
    return Station(Verb.ACKNOWLEDGE, Passage.NOT_NEEDED if routed is Passage.DONE else Passage.NOT_REACHED)
