"""Rules for a VANS envelope: what the network cannot carry is refused, what the guide asks for besides is told.

Source: MedCom VANSEnvelope 1.0.4; guide to FHIR messages in it; governance for the network.
"""

import re
from collections.abc import Iterator
from functools import partial

from samspil.catalogue.envelopes import vans
from samspil.catalogue.findings import finding
from samspil.catalogue.standards import find_standard
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Issue
from samspil.domain.message import Format
from samspil.formats.envelopes.markup import Element, Markup
from samspil.formats.envelopes.moments import has_offset
from samspil.formats.envelopes.vans import EndPoint, Meta, ReceiptKind, VansEnvelope
from samspil.formats.part import Part

# QUIRK: the published pattern lets letters G to Z through where a UUID has hexadecimal digits; ids are read so.
_UUID = re.compile(r"[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}")


def judge_vans(envelope: VansEnvelope, markup: Markup, parts: tuple[Part, ...] = ()) -> Iterator[Issue]:
    """The findings on a VANS envelope, and on its label beside what lies in it."""
    root = markup.root
    if root.namespace != vans().namespace:
        yield finding("envelope.vans.edition", markup.where("VANSEnvelope"), expected=vans().namespace)
    for name, point in (("SenderID", envelope.sender), ("ReceiverID", envelope.receiver)):
        yield from _end_point(point, name, root.child(name), markup)
    at = partial(markup.where, "EnvelopeIdentifier", root.child("EnvelopeIdentifier"))
    if not _UUID.fullmatch(envelope.identifier):
        yield finding("envelope.vans.identifier", at(), field="EnvelopeIdentifier")
    at = partial(markup.where, "SentDateTime", root.child("SentDateTime"))
    if envelope.sent_at is None:
        yield finding("envelope.vans.moment", at())
    elif not has_offset(envelope.sent):
        yield finding("envelope.vans.offset", at())
    if envelope.receipt is None:
        yield from _message(envelope, root.child("Message"), markup)
        if envelope.meta and parts:
            yield from _label(envelope.meta, parts[0], markup)
    else:
        yield from _receipt(envelope, root.child("Receipt"), markup)


def _end_point(point: EndPoint, name: str, element: Element | None, markup: Markup) -> Iterator[Issue]:
    at = partial(markup.where, name, element)
    if not 1 <= len(point.value) <= vans().max_party:
        yield finding("envelope.vans.party", at(), field=name)
    elif point.type not in vans().end_point_types:
        yield finding("envelope.vans.party.type", at(), field=name, expected=", ".join(vans().end_point_types))
    elif point.type == "EAN" and not Gln.fits(point.value):
        yield finding("envelope.vans.party", at(), field=name)


def _message(envelope: VansEnvelope, element: Element | None, markup: Markup) -> Iterator[Issue]:
    at = partial(markup.where, "Message", element)
    if element is None:
        yield finding("envelope.vans.empty", at())
        return
    if envelope.meta is None:
        yield finding("envelope.vans.meta", at())
    else:
        yield from _meta(envelope.meta, element, markup)
        size = envelope.meta.size
        if envelope.payload is not None and size.isascii() and size.isdigit() and int(size) != len(envelope.payload):
            yield finding("envelope.vans.size", at(), said=size, found=str(len(envelope.payload)))
    if element.child("Data") is None:
        yield finding("envelope.content.missing", at())


def _meta(meta: Meta, element: Element, markup: Markup) -> Iterator[Issue]:
    at = partial(markup.where, "Message > MetaInformation", element.child("MetaInformation"))
    if not _UUID.fullmatch(meta.identifier):
        yield finding("envelope.vans.identifier", at(), field="Identifier")
    if meta.format not in vans().document_formats:
        yield finding("envelope.vans.format", at(), expected=", ".join(vans().document_formats))
    if not 1 <= len(meta.name) <= vans().max_name:
        yield finding("envelope.vans.name", at(), field="Name")
    if not (meta.size.isascii() and meta.size.isdigit() and len(meta.size) < 10):
        yield finding("envelope.vans.name", at(), field="SizeInBytes")
    if meta.transport not in {"", *vans().transports}:
        yield finding("envelope.vans.transport", at(), expected=", ".join(vans().transports))
    elif meta.format == "HL7" and meta.transport == "unreliable":
        yield finding("envelope.vans.unreliable", at())
    if len(meta.tags) > vans().max_service_tags:
        yield finding("envelope.vans.tags", at(), limit=str(vans().max_service_tags))


def _label(meta: Meta, inside: Part, markup: Markup) -> Iterator[Issue]:
    """The document's format and name beside what the content itself says that it is."""
    at = partial(markup.where, "Message > MetaInformation > Document", markup.root.find("Message", "MetaInformation"))
    expected = _FORMATS.get(inside.identity.format)
    if expected and meta.format in vans().document_formats and meta.format != expected:
        yield finding("envelope.content.label", at(), expected=expected)
    standard = find_standard(inside.identity.standard or "")
    if standard and standard.vans:
        wanted = standard.vans
        if inside.identity.format is Format.EDIFACT:
            wanted = wanted.replace("MCM:X", "MCM:", 1)
        if meta.name and meta.name.partition("#")[0] not in {wanted, standard.vans}:
            yield finding("envelope.vans.label", at(), expected=wanted)


_FORMATS = {
    Format.FHIR_XML: "HL7",
    Format.FHIR_JSON: "HL7",
    Format.OIOXML: "XML",
    Format.CDA: "XML",
    Format.EDIFACT: "EDIFACT",
}


def _receipt(envelope: VansEnvelope, element: Element | None, markup: Markup) -> Iterator[Issue]:
    receipt, at = envelope.receipt, partial(markup.where, "Receipt", element)
    if receipt is None:
        return
    if not _UUID.fullmatch(receipt.original_envelope):
        yield finding("envelope.vans.identifier", at(), field="OriginalEnvelopeIdentifier")
    if receipt.kind is not ReceiptKind.POSITIVE_MESSAGE and not receipt.error_text:
        yield finding("envelope.vans.error", at())
    if receipt.kind is not ReceiptKind.NEGATIVE_VANS and receipt.original is None:
        yield finding("envelope.vans.meta", at())
