"""What travels through the exchange: an arrival, the letters made of it, and the answer to whoever brought it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from samspil.access.callers import Caller
from samspil.access.directory import Endpoint
from samspil.domain.issues import Report, Verdict
from samspil.domain.message import Answer, Format, Kind

Clock = Callable[[], datetime]


class State(StrEnum):
    """Where a message is now: the last of its events that changed anything."""

    WAITING = "waiting"  # accepted, to be delivered
    RETRYING = "retrying"  # a try failed, another follows
    DELIVERED = "delivered"  # with its receiver
    ACKNOWLEDGED = "acknowledged"  # the receiver said ok
    DECLINED = "declined"  # the receiver said no
    REFUSED = "refused"  # we said no
    UNCONFIRMED = "unconfirmed"  # no acknowledgement after all resends: a person's task
    DEAD = "dead"  # could not be delivered: a person's task
    RETURNED = "returned"  # an operator gave it back to its sender


class Happening(StrEnum):
    """The kinds of event in a message's life, in the order they usually come."""

    ACCEPTED = "accepted"  # judged, committed, queued for its receiver
    KEPT = "kept"  # judged, committed, in its receiver's mailbox here
    MADE = "made"  # written by this site, queued
    REFUSED = "refused"
    TRIED = "tried"  # a delivery failed, another will follow
    SENT = "sent"  # the next station has it
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    DEFERRED = "deferred"  # the receiver cannot now, and may say so again
    ANSWERED_AGAIN = "answered-again"  # a second answer: logged, ignored
    UNMATCHED = "unmatched"  # an answer to nothing we know
    REPEATED = "repeated"  # the same came again; answered as the first time
    CONFLICT = "conflict"  # its id came again with other content: alarm
    RESENT = "resent"
    UNCONFIRMED = "unconfirmed"
    DEAD = "dead"
    RELEASED = "released"
    RETURNED = "returned"


class Origin(StrEnum):
    """How a message came to this site."""

    CLIENT = "client"  # from the sender's own system
    RELAY = "relay"  # from another site
    MADE = "made"  # written here: acknowledgements, resends


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Bytes that reached us on a wire, and who brought them."""

    payload: bytes = field(repr=False)
    caller: Caller
    wire: str = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an arrival is turned away before judgement: a stable code with its report."""

    code: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer we owe whoever brought an arrival, given only after the commit.

    `body` is the JSON answer, byte for byte the same for the same bytes again. `status` is the wire's code as
    HTTP spells it; other wires translate it. `report` is empty on a repeated answer.
    """

    id: UUID
    verdict: Verdict
    status: int
    body: bytes
    repeated: bool = False
    report: Report = field(default_factory=Report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """One letter as it will be stored: everything the one statement of acceptance writes."""

    id: UUID
    owner: str
    origin: Origin
    caller: UUID | None
    format: Format
    kind: Kind | None
    standard: str | None
    version: str | None
    message_id: str | None
    envelope_id: str | None
    sender: str | None
    receiver: str | None
    subject: str
    sent_at: datetime | None
    payload: bytes = field(repr=False)
    sha256: bytes = field(repr=False)
    verdict: Verdict
    report: bytes | None = field(repr=False)
    at: datetime
    happening: Happening
    evidence: bytes | None
    cause: str = ""  # of a refusal: the first finding that turned it away
    seen_envelope: str | None  # the envelope id as remembered: with the letter's number when it holds several
    seen_as: str  # whose ids these are: the sender's number, or the caller's id when there is none
    parent: UUID | None = None
    endpoint: Endpoint | None = None  # where it is queued for; None when it stays here or goes nowhere
    lane: UUID | None = None
    expects_answer_within: timedelta | None = None
    resends: int = 0
    answers: Answer | None = None
    http_status: int = 202
    http_body: bytes = b""
    dead_reason: str = ""  # nowhere to deliver it: straight to the dead letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One delivery as claimed from the outbox. `fence` tells a late worker that the parcel is no longer its own."""

    id: UUID
    message: UUID
    endpoint: UUID
    fence: int
    tries: int
    created_at: datetime
    format: Format
    sha256: bytes = field(repr=False)
    payload: bytes | None = field(repr=False)  # None: large, fetched when it is its turn


class Result(StrEnum):
    """What a try came to."""

    DELIVERED = "delivered"
    TRY_AGAIN = "try-again"
    FAILED = "failed"  # it will fail again: a person must look
    DECLINED = "declined"  # the receiver has judged it and said no


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one try went. `code` is stable and holds no person's data; `retry_after` is the receiver's own wish."""

    result: Result
    code: str
    status: int | None = None
    took_ms: int = 0
    retry_after: timedelta | None = None
    counts_against_endpoint: bool = False  # the endpoint is ill, not the parcel


class Carrier(Protocol):
    """A wire out. Implemented in `transports`, one for each kind of endpoint."""

    async def carry(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> Outcome:
        """Hand the parcel over; never raise for what the other side does."""
        ...
