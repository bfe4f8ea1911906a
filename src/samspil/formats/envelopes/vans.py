"""The VANS envelope as values: who sends what to whom, or the network's or the receiver's receipt.

Read as it is met; written only with fields of the lengths and kinds that the schema has. `TransformMessage` stays as
met: the schema demands it, the guide lets it out.
Source: MedCom VANSEnvelope 1.0.4.
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from samspil.catalogue.envelopes import VansProfile, vans
from samspil.formats.envelopes.markup import Element, Markup
from samspil.formats.envelopes.moments import read_moment, write_moment
from samspil.formats.envelopes.sbdh import decoded
from samspil.formats.envelopes.writing import Unwritable, optional, tag

_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")


class ReceiptKind(StrEnum):
    """Whose receipt it is, and whether all is well."""

    NEGATIVE_VANS = "NegativeVans"
    NEGATIVE_MESSAGE = "NegativeMessage"
    POSITIVE_MESSAGE = "PositiveMessage"


@dataclass(frozen=True, slots=True)
class EndPoint:
    """An address in the network: its number, and whose number it is."""

    value: str
    type: str = "EAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What the network is told about the content. `identifier` is the content's own and stays on a resend."""

    identifier: str
    format: str
    name: str
    version: str = ""
    size: str = ""
    provider: str = ""
    service: str = ""
    transport: str = ""
    transform: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VansReceipt:
    """A receipt in the envelope: which envelope it answers, and the error's code and text when negative."""

    kind: ReceiptKind
    original_envelope: str
    original: Meta | None = None
    error_code: str = ""
    error_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VansEnvelope:
    """The envelope. One of `meta` with `payload`, or `receipt`; `payload` is None where its text is no base64."""

    sender: EndPoint
    receiver: EndPoint
    identifier: str
    sent: str
    meta: Meta | None = None
    payload: bytes | None = field(default=None, repr=False)
    receipt: VansReceipt | None = None

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent; Danish time where it does not say its offset."""
        return read_moment(self.sent)


def read_vans(markup: Markup) -> VansEnvelope:
    """The envelope that markup spells. What is missing reads as empty."""
    root = markup.root
    message = root.child("Message")
    meta = message.child("MetaInformation") if message else None
    data = message.child("Data") if message else None
    return VansEnvelope(
        sender=_end_point(root.child("SenderID")),
        receiver=_end_point(root.child("ReceiverID")),
        identifier=root.value("EnvelopeIdentifier"),
        sent=root.value("SentDateTime"),
        meta=_meta(meta) if meta else None,
        payload=decoded(data.text) if data else None,
        receipt=_receipt(root.child("Receipt")),
    )


def _end_point(element: Element | None) -> EndPoint:
    return EndPoint(element.text.strip(), element.attributes.get("EndPointType", "")) if element else EndPoint("", "")


def _meta(element: Element) -> Meta:
    transport = element.child("Transport")
    tags = transport.every("ServiceTag") if transport else ()
    return Meta(
        identifier=element.value("Identifier"),
        format=element.value("Document", "Format"),
        name=element.value("Document", "Name"),
        version=element.value("Document", "Version"),
        size=element.value("Document", "SizeInBytes"),
        provider=element.value("Processing", "ProviderIdentifier"),
        service=element.value("Processing", "ServiceIdentifier"),
        transport=transport.value("Type") if transport else "",
        transform=transport.value("TransformMessage") if transport else "",
        tags=tuple(
            (tag.attributes.get("name", ""), tag.attributes.get("value", "") or tag.text.strip()) for tag in tags
        ),
    )


def _receipt(element: Element | None) -> VansReceipt | None:
    for kind in ReceiptKind:
        if element and (found := element.child(kind.value)):
            original = found.child("OriginalMessage")
            # Either the meta information itself stands in OriginalMessage, or an element of that name around it.
            meta = (original.child("MetaInformation") or original) if original else None
            return VansReceipt(
                kind=kind,
                original_envelope=found.value("OriginalEnvelopeIdentifier"),
                original=_meta(meta) if meta else None,
                error_code=found.value("Error", "Code"),
                error_text=found.value("Error", "Description"),
            )
    return None


def write_vans(envelope: VansEnvelope) -> bytes:
    """The envelope as the schema has it. Errors: Unwritable, where a field is not as the schema wants it."""
    profile = vans()
    wrong = list(_faults(envelope, profile))
    if wrong:
        raise Unwritable(f"not as the schema has it: {', '.join(wrong)}")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<VANSEnvelope xmlns="{profile.namespace}">'
        + _written_point("SenderID", envelope.sender)
        + _written_point("ReceiverID", envelope.receiver)
        + tag("EnvelopeIdentifier", envelope.identifier)
        + tag("SentDateTime", envelope.sent)
        + _written_body(envelope)
        + "</VANSEnvelope>"
    ).encode()


def _written_point(name: str, point: EndPoint) -> str:
    return f"<{name} EndPointType={quoteattr(point.type)}>{escape(point.value)}</{name}>"


def _written_body(envelope: VansEnvelope) -> str:
    if envelope.receipt:
        return f"<Receipt>{_written_receipt(envelope.receipt)}</Receipt>"
    if envelope.meta is None or envelope.payload is None:
        raise Unwritable("an envelope holds a message or a receipt")
    data = tag("Data", b64encode(envelope.payload).decode("ascii"))
    return f"<Message>{_written_meta('MetaInformation', envelope.meta)}{data}</Message>"


def _faults(envelope: VansEnvelope, profile: VansProfile) -> list[str]:
    """The fields that may not be written so."""
    points = (envelope.sender, envelope.receiver)
    receipt = envelope.receipt
    meta = receipt.original if receipt else envelope.meta
    needs_meta = receipt is None or receipt.kind is not ReceiptKind.NEGATIVE_VANS
    checks = [
        (all(1 <= len(point.value) <= profile.max_party for point in points), "SenderID, ReceiverID"),
        (all(point.type in profile.end_point_types for point in points), "EndPointType"),
        (bool(_UUID.fullmatch(envelope.identifier)), "EnvelopeIdentifier"),
        (envelope.sent_at is not None, "SentDateTime"),
        (receipt is not None or envelope.payload is not None, "Data"),
        (meta is not None or not needs_meta, "MetaInformation"),
    ]
    if meta:
        checks += _meta_checks(meta, profile)
    if receipt is None and meta and envelope.payload is not None:
        checks.append((meta.size == str(len(envelope.payload)), "SizeInBytes"))
    if receipt:
        negative = receipt.kind is not ReceiptKind.POSITIVE_MESSAGE
        checks += [
            (bool(_UUID.fullmatch(receipt.original_envelope)), "OriginalEnvelopeIdentifier"),
            (negative == bool(receipt.error_text) and len(receipt.error_text) <= profile.max_error, "Error"),
        ]
    return [name for fits, name in checks if not fits]


def _meta_checks(meta: Meta, profile: VansProfile) -> list[tuple[bool, str]]:
    return [
        (bool(_UUID.fullmatch(meta.identifier)), "Identifier"),
        (meta.format in profile.document_formats, "Format"),
        (1 <= len(meta.name) <= profile.max_name, "Name"),
        (len(meta.version) <= profile.max_name, "Version"),
        (meta.size.isascii() and meta.size.isdigit(), "SizeInBytes"),
        (meta.transport in {"", *profile.transports}, "Type"),
        (len(meta.tags) <= profile.max_service_tags, "ServiceTag"),
        (all(1 <= len(text) <= profile.max_tag for tag in meta.tags for text in tag), "ServiceTag"),
    ]


def _written_meta(name: str, meta: Meta) -> str:
    processing = ""
    if meta.provider or meta.service:
        processing = tag("ProviderIdentifier", meta.provider) + tag("ServiceIdentifier", meta.service)
        processing = f"<Processing>{processing}</Processing>"
    document = tag("Format", meta.format) + tag("Name", meta.name) + optional("Version", meta.version)
    document += tag("SizeInBytes", meta.size)
    transport = ""
    if meta.transport or meta.transform or meta.tags:
        tags = "".join(f"<ServiceTag name={quoteattr(key)} value={quoteattr(value)}/>" for key, value in meta.tags)
        transport = optional("Type", meta.transport) + tag("TransformMessage", meta.transform or "false") + tags
        transport = f"<Transport>{transport}</Transport>"
    inner = f"{tag('Identifier', meta.identifier)}{processing}<Document>{document}</Document>{transport}"
    return f"<{name}>{inner}</{name}>"


def _written_receipt(receipt: VansReceipt) -> str:
    error = ""
    if receipt.error_text:
        error = optional("Code", receipt.error_code) + tag("Description", receipt.error_text)
        error = f"<Error>{error}</Error>"
    original = _written_meta("OriginalMessage", receipt.original) if receipt.original else ""
    identifier = tag("OriginalEnvelopeIdentifier", receipt.original_envelope)
    return f"<{receipt.kind}>{error}{identifier}{original}</{receipt.kind}>"


def vans_receipt_for(
    envelope: VansEnvelope,
    *,
    identifier: str,
    now: datetime,
    kind: ReceiptKind = ReceiptKind.POSITIVE_MESSAGE,
    error_code: str = "",
    error_text: str = "",
) -> VansEnvelope:
    """The envelope that answers another. Errors: ValueError for a receipt, which is never answered."""
    if envelope.receipt is not None or envelope.meta is None:
        raise ValueError("this envelope is never answered")
    return VansEnvelope(
        sender=envelope.receiver,
        receiver=envelope.sender,
        identifier=identifier,
        sent=write_moment(now),
        receipt=VansReceipt(
            kind=kind,
            original_envelope=envelope.identifier,
            original=envelope.meta,
            error_code=error_code,
            error_text=error_text,
        ),
    )
