"""The ehmiSBDH as values: read as generously as it is met, written only as the profile has it.

Reading keeps every spelling; `DocumentKind`s and scope names are told through the profile's table, never by taking
text apart. Source: EHMI SBDH guide 2.0.1, its schemas.
"""

import re
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass, field
from datetime import datetime

from samspil.catalogue.envelopes import DocumentKind, EhmiProfile, Role, ehmi
from samspil.domain.identifiers import Gln, Unchecked
from samspil.formats.envelopes.markup import Element, Markup
from samspil.formats.envelopes.moments import read_moment

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RECEIPT_SCOPE = "EHMI-ReceiptAcknowledgement"
REQUEST, RESPONSE = "Request", "Response"
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Participant:
    """A corner of the exchange: an identifier and who gives such identifiers out."""

    value: str
    authority: str = "iso6523-actorid-upis"

    @property
    def gln(self) -> Gln | Unchecked:
        """The location number behind the scheme; unchecked with another scheme or an ill-formed number."""
        scheme, _, number = self.value.partition(":")
        return Gln.read(number) if scheme == ehmi().scheme else Unchecked(self.value)

    @classmethod
    def of(cls, gln: Gln) -> "Participant":
        """The participant with that location number."""
        return cls(f"{ehmi().scheme}:{gln}", ehmi().authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Which envelope a receipt scope speaks of, and when its receipt is due. Texts as met."""

    requested_at: str = ""
    requesting_id: str = ""
    expected_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the receipt scope says of the service; attributes as met."""

    name: str = ""
    transaction: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One business scope. `type` is the profile's spelling where it knows the name, `spelt` the sender's."""

    type: str
    value: str = field(repr=False)
    identifier: str = ""
    spelt: str = ""
    correlation: Correlation | None = None
    service: Service | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What lies in the envelope: bytes, and what the label says of them. None when the text is no base64."""

    payload: bytes | None = field(repr=False)
    media_type: str = ""
    encoding: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbdh:
    """A standard business document: its header, and what lies in it."""

    sender: Participant
    receiver: Participant
    standard: str
    type_version: str
    instance_id: str
    type: str
    created: str
    scopes: tuple[Scope, ...] = ()
    content: Content | None = None
    header_version: str = "1.0"

    def scope(self, type: str) -> Scope | None:
        """The first scope of that type."""
        return next((scope for scope in self.scopes if scope.type == type), None)

    def value(self, type: str) -> str:
        """What that scope says; empty without it."""
        scope = self.scope(type)
        return scope.value if scope else ""

    @property
    def created_at(self) -> datetime | None:
        """When the envelope was made, if that can be read."""
        return read_moment(self.created)

    @property
    def kind(self) -> DocumentKind | None:
        """What it says it carries, by the header's word or else by its DOCUMENTID."""
        profile = ehmi()
        return profile.kinds.get(self.standard.lower()) or profile.kinds_by_id.get(self.value("DOCUMENTID").lower())

    @property
    def is_receipt(self) -> bool:
        """Is it an envelope receipt? Those are never answered."""
        kind = self.kind
        receipt = self.scope(RECEIPT_SCOPE)
        return (kind is not None and kind.role is Role.RECEIPT) or (receipt is not None and receipt.value == RESPONSE)


def read_sbdh(markup: Markup) -> Sbdh:
    """The document that markup spells. What is missing reads as empty; judging it is another's work."""
    root = markup.root
    header = root if root.name == "StandardBusinessDocumentHeader" else root.child("StandardBusinessDocumentHeader")
    head = header or Element("", "", {}, root.offset)
    scopes = head.child("BusinessScope")
    content = root.child("BinaryContent")
    return Sbdh(
        header_version=head.value("HeaderVersion"),
        sender=_participant(head.find("Sender", "Identifier")),
        receiver=_participant(head.find("Receiver", "Identifier")),
        standard=head.value("DocumentIdentification", "Standard"),
        type_version=head.value("DocumentIdentification", "TypeVersion"),
        instance_id=head.value("DocumentIdentification", "InstanceIdentifier"),
        type=head.value("DocumentIdentification", "Type"),
        created=head.value("DocumentIdentification", "CreationDateAndTime"),
        scopes=tuple(_scope(scope) for scope in scopes.every("Scope")) if scopes else (),
        content=_content(content) if content else None,
    )


def _participant(element: Element | None) -> Participant:
    return Participant(element.text.strip(), element.attributes.get("Authority", "")) if element else Participant("")


def _scope(element: Element) -> Scope:
    spelt = element.value("Type")
    correlation, service = element.child("CorrelationInformation"), element.child("BusinessService")
    return Scope(
        type=ehmi().scope_types.get(spelt.lower(), spelt),
        spelt=spelt,
        value=element.value("InstanceIdentifier"),
        identifier=element.value("Identifier"),
        correlation=_correlation(correlation) if correlation else None,
        service=_service(service) if service else None,
    )


def _correlation(element: Element) -> Correlation:
    expected = element.child("ExpectedResponseDateTime")
    return Correlation(
        requested_at=element.value("RequestingDocumentCreationDateTime"),
        requesting_id=element.value("RequestingDocumentInstanceIdentifier"),
        expected_at=expected.text.strip() if expected else None,
    )


def _service(element: Element) -> Service:
    transaction = element.child("ServiceTransaction")
    attributes = tuple(transaction.attributes.items()) if transaction else ()
    return Service(name=element.value("BusinessServiceName"), transaction=attributes)


def _content(element: Element) -> Content:
    return Content(
        payload=decoded(element.text),
        media_type=element.attributes.get("mimeType", "").strip(),
        encoding=element.attributes.get("encoding", "").strip(),
        namespace=element.namespace,
    )


def decoded(text: str) -> bytes | None:
    """The bytes of a base64 text, blanks between its characters passed over; None for any other text."""
    try:
        return b64decode(text.encode("ascii").translate(None, _BLANKS), validate=True)
    except (Error, ValueError):
        return None


def miscounted(sbdh: Sbdh, role: Role, profile: EhmiProfile) -> dict[str, int]:
    """The scopes that stand more or less often than the role's column says, with how often they stand."""
    column = profile.scopes.get(role, {})
    counts = dict.fromkeys(column, 0)
    for scope in sbdh.scopes:
        if scope.type in counts:
            counts[scope.type] += 1
    allowed = {"1": (1,), "?": (0, 1), "-": (0,)}
    return {name: count for name, count in counts.items() if count not in allowed[column[name]]}
