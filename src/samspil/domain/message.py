"""One message as said, in no format: who, to whom, about whom, what, and which message it answers.

`Head` is what the exchange needs to carry a message and is read eagerly; the rest is read when somebody looks.
The body is one of the classes in `samspil.domain.clinical`; each format's reader makes it, each writer spells it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from samspil.domain.identifiers import Cpr, Ecpr, Gln, Sor, Unchecked
from samspil.domain.text import Text


class Format(StrEnum):
    """How bytes are spelt."""

    EDIFACT = "edifact"
    OIOXML = "oioxml"
    FHIR_JSON = "fhir-json"
    FHIR_XML = "fhir-xml"
    CDA = "cda"
    SBDH = "sbdh"
    VANS = "vans"
    EBBP = "ebbp"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a payload is for."""

    MESSAGE = "message"
    DOCUMENT = "document"
    RECEIPT = "receipt"
    ENVELOPE = "envelope"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a payload is, told from its content alone. `parts` counts the letters in it."""

    format: Format = Format.UNKNOWN
    kind: Kind | None = None
    standard: str | None = None
    version: str | None = None
    parts: int = 1


class AnswerCode(StrEnum):
    """What a receipt says of the message it answers (FHIR response codes; CTL03, CTL02 map to ok, fatal-error)."""

    OK = "ok"
    TRANSIENT = "transient-error"
    FATAL = "fatal-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A receipt's core (kvittering): the answered message and the verdict on it.

    `envelope_id` names the answered envelope where the standard says it (EDIFACT, VANS); `sender` is the sender
    of the answered message, needed where ids are unique per sender only. `also` are further messages with the same
    verdict: a CONTRL may answer all letters of an envelope.
    """

    message_id: str
    code: AnswerCode
    also: tuple[str, ...] = ()
    envelope_id: str | None = None
    sender: Gln | Unchecked | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What must be known to carry a message; nothing clinical, nobody's name.

    `subject` groups messages whose order matters (an episode, else a patient): opaque, never a number in clear.
    """

    standard: str
    version: str | None
    kind: Kind
    message_id: str
    envelope_id: str | None
    sender: Gln | Unchecked | None
    receiver: Gln | Unchecked | None
    subject: str = ""
    sent_at: datetime | None = None
    answers: Answer | None = None
    receipt_wanted: bool = True


class IdentifierKind(StrEnum):
    """Registers that identify parties, spelt once for all formats."""

    GLN = "gln"
    SOR = "sor"
    YDER = "yder"
    SHAK = "shak"
    CVR = "cvr"
    MUNICIPALITY = "municipality"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PartyIdentifier:
    """One identifier of an organisation; `system` keeps the wire's own name when the kind is OTHER."""

    kind: IdentifierKind
    value: str
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address (adresse)."""

    lines: tuple[str, ...] = ()
    suburb: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A person's name (navn)."""

    family: str = ""
    given: tuple[str, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return self.text or " ".join((*self.given, self.family)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A health professional who speaks in the message (sundhedsfaglig): name, role, how to reach them."""

    name: PersonName | None = None
    role: str = ""
    role_code: str = ""
    authorisation: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation that takes part (afsender, modtager, …), with its department and unit."""

    name: str = ""
    department: str = ""
    unit: str = ""
    identifiers: tuple[PartyIdentifier, ...] = ()
    address: Address | None = None
    phones: tuple[str, ...] = ()
    speciality: str = ""
    endpoint: str = ""
    professional: Professional | None = None

    def identifier(self, kind: IdentifierKind) -> str | None:
        """The first identifier of that kind."""
        return next((row.value for row in self.identifiers if row.kind is kind), None)

    @property
    def gln(self) -> Gln | Unchecked | None:
        """The location number, checked if it can be."""
        value = self.identifier(IdentifierKind.GLN)
        return None if value is None else Gln.read(value)

    @property
    def sor(self) -> Sor | Unchecked | None:
        """The SOR code, checked if it can be."""
        value = self.identifier(IdentifierKind.SOR)
        return None if value is None else Sor.read(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The citizen a message is about (borger, patient)."""

    number: Cpr | Ecpr | Unchecked | None = None
    number_system: str = ""
    name: PersonName | None = None
    birth_date: date | None = None
    gender: str = ""
    address: Address | None = None
    phones: tuple[str, ...] = ()
    deceased: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels with a message, inside it or by reference (bilag).

    `assigner` is the organisation that gave it its identifier; `phone` is how its author can be reached.
    """

    title: str = ""
    media_type: str = ""
    content: bytes | None = field(default=None, repr=False)
    url: str = ""
    size_bytes: int | None = None
    identifier: str = ""
    created: datetime | None = None
    author: Professional | None = None
    sent_at: datetime | None = None
    phone: str = ""
    assigner: "Party | None" = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something the reader met, kept, and did not understand: the path and the wire's own spelling of it."""

    path: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStep:
    """One step in a message's past, as it says itself (FHIR Provenance): what was done, when, by whom, to which.

    `contents` are the identifiers of the texts and files that came in with this step.
    """

    activity: str
    at: datetime | None = None
    by: str = ""
    message_id: str = ""
    earlier_message_id: str = ""
    contents: tuple[str, ...] = ()


@runtime_checkable
class Body(Protocol):
    """What a message says. Every class in `samspil.domain.clinical` that ends a message is one."""

    @property
    def headline(self) -> str:
        """One line that tells what it is about, without naming the person."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One letter, whole (brev, meddelelse)."""

    head: Head
    sender: Party
    receiver: Party
    copies: tuple[Party, ...] = ()
    patient: Person | None = None
    body: Body | None = None
    history: tuple[HistoryStep, ...] = ()
    narrative: Text | None = None
    unread: tuple[Unread, ...] = ()
