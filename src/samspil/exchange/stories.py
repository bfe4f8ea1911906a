"""What the read side tells: rows of lists, a message's story with its stations, queues, what waits for a person."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from samspil.domain.issues import Verdict
from samspil.exchange.carriage import Happening, State


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
