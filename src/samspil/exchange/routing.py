"""Where to? The receiver's endpoint from the register, or the finding that says why there is none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from samspil.access.directory import Directory, Endpoint
from samspil.catalogue.findings import finding
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Issue
from samspil.domain.message import Head, Kind
from samspil.formats.part import Part

CARRIED = frozenset({Kind.MESSAGE, Kind.RECEIPT})
MAILBOX = "mailbox"
LARGE_BYTES = 50 * 1_000_000


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes: an endpoint, or findings that turn it away. Notes may come with an endpoint."""

    endpoint: Endpoint | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def stays_here(self) -> bool:
        """Is the receiver's mailbox at this site?"""
        return self.endpoint is not None and self.endpoint.wire == MAILBOX


def find_route(part: Part, directory: Directory, *, now: datetime) -> Route:
    """The receiver's endpoint for this standard and version at this moment."""
    head = part.head
    if head is None or head.kind not in CARRIED:
        return Route(None, (finding("exchange.kind.not-carried", kind=part.identity.kind or "other"),))
    if not isinstance(head.sender, Gln):
        return Route(None, (finding("exchange.sender.missing"),))
    if not isinstance(head.receiver, Gln):
        return Route(None, (finding("exchange.receiver.missing"),))
    endpoint = directory.find_endpoint(head.receiver, standard=head.standard, version=head.version, at=now)
    if endpoint is not None:
        return Route(endpoint, _size_notes(head, len(part.payload)))
    if directory.find_endpoint(head.receiver, at=now) is None:
        return Route(None, (finding("exchange.party.unknown", gln=head.receiver),))
    version = head.version or ""
    issue = finding("exchange.receiver.standard", gln=head.receiver, standard=head.standard, version=version)
    return Route(None, (issue,))


def _size_notes(head: Head, size_bytes: int) -> tuple[Issue, ...]:
    if size_bytes <= LARGE_BYTES or head.standard != "CareCommunication":
        return ()
    return (finding("exchange.payload.large", megabytes=str(size_bytes // 1_000_000)),)


def lane_of(head: Head) -> UUID | None:
    """The lane in which order must hold. Receipts know no order."""
    if head.kind is not Kind.MESSAGE:
        return None
    return lane_key(str(head.sender), str(head.receiver), head.subject)


def lane_key(sender: str, receiver: str, subject: str) -> UUID | None:
    """One lane for the same sender, receiver and subject; without a subject no order is known."""
    if not subject:
        return None
    return UUID(bytes=hashlib.blake2b(f"{sender}|{receiver}|{subject}".encode(), digest_size=16).digest())


def owner_of(head: Head | None, directory: Directory, *, caller_gln: str) -> str:
    """The home organisation a row belongs to: the receiver if its mailbox is here, else the sender."""
    if head is None:
        return caller_gln
    if isinstance(head.receiver, Gln):
        endpoint = directory.find_endpoint(head.receiver)
        if endpoint is not None and endpoint.wire == MAILBOX:
            return head.receiver
    return head.sender if isinstance(head.sender, Gln) else caller_gln
