"""AS4 messages as values: what a user message says of itself, and the two signals, receipt and errors.

Source: OASIS ebMS 3.0 Core, 5.2.
"""

from dataclasses import dataclass, field
from datetime import datetime

from samspil.transports.as4.names import TEST_ACTION, TEST_SERVICE


@dataclass(frozen=True, slots=True)
class Party:
    """An access point, as the agreement names it, and its role in the exchange."""

    id: str
    type: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A named value, of a message or of one of its parts."""

    name: str
    value: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class PartInfo:
    """What a message says of one payload: which attachment it is, and its properties."""

    href: str
    properties: tuple[Property, ...] = ()

    def value(self, name: str) -> str:
        """The value of that property; empty without it."""
        return value_of(self.properties, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage:
    """A user message's header. `message_id` stays the same on each retry."""

    message_id: str
    timestamp: datetime
    sender: Party
    receiver: Party
    service: str
    action: str
    conversation_id: str
    service_type: str = ""
    agreement: str = ""
    ref_to: str = ""
    mpc: str = ""
    properties: tuple[Property, ...] = ()
    parts: tuple[PartInfo, ...] = ()

    def value(self, name: str) -> str:
        """The value of that message property; empty without it."""
        return value_of(self.properties, name)

    @property
    def is_test(self) -> bool:
        """Does it only ask whether we are there? It is receipted and delivered to nobody."""
        return (self.service, self.action) == (TEST_SERVICE, TEST_ACTION)


@dataclass(frozen=True, slots=True)
class Signed:
    """One part that a signature covers: its URI, the transform on the way to its digest, and the digest in base64.

    `copy` is the ds:Reference as received, in canonical form: a receipt gives it back word for word.
    """

    uri: str
    digest: str
    transform: str
    method: str
    copy: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport:
    """One error as told on the wire. A code that we do not know is kept as it is."""

    code: str
    severity: str = "failure"
    name: str = ""
    category: str = ""
    ref_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalMessage:
    """A signal: a receipt for what was signed, or errors. `receipt` is None in an error signal."""

    message_id: str
    timestamp: datetime
    ref_to: str = ""
    receipt: tuple[Signed, ...] | None = None
    errors: tuple[ErrorReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One payload: its bytes as the sender had them, and what the header says of them."""

    content_id: str
    content: bytes = field(repr=False)
    media_type: str = "application/xml"
    character_set: str = ""


def value_of(properties: tuple[Property, ...], name: str) -> str:
    """The value of the first property of that name; empty without it."""
    return next((row.value for row in properties if row.name == name), "")
