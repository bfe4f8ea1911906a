"""Does the envelope fit what lies in it? The label is compared with the payload, field by field.

A payload of another kind than the envelope says is refused: the receiver was looked up for something else. Ids and
parties that differ are told: senders in the field make them up, and who may send for whom is for the wire to know.
Source: the checks of MedCom's EHMI test bed; EHMI SBDH guide 2.0.1.
"""

from collections.abc import Callable, Iterator
from functools import partial

from samspil.catalogue.envelopes import DocumentKind, Role, ehmi
from samspil.catalogue.findings import finding
from samspil.catalogue.standards import find_standard
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Issue, Location
from samspil.domain.message import Format, Head, Message
from samspil.formats.encoding import sniff
from samspil.formats.envelopes.markup import Markup
from samspil.formats.envelopes.sbdh import Content, Sbdh
from samspil.formats.part import Part

_MEDIA = {
    Format.FHIR_XML: {"application/fhir+xml"},
    Format.FHIR_JSON: {"application/fhir+json"},
    Format.EBBP: {"application/xml"},
    Format.OIOXML: {"application/xml"},
    Format.EDIFACT: {"application/edifact"},
}
_FHIR = frozenset({Format.FHIR_XML, Format.FHIR_JSON})
_CODECS = {"utf-8": "utf-8", "iso-8859-1": "cp1252"}


def judge_contents(sbdh: Sbdh, markup: Markup, parts: tuple[Part, ...]) -> Iterator[Issue]:
    """The findings on an envelope and its payload together."""
    content = sbdh.content
    at = partial(markup.where, "BinaryContent", markup.root.child("BinaryContent"))
    if content is None:
        yield finding("envelope.content.missing", at())
        return
    if content.namespace not in ehmi().content_namespaces:
        yield finding("envelope.content.namespace", at())
    if not parts:
        return
    inside = parts[0]
    yield from _label(content, inside, at)
    kind = sbdh.kind
    if kind is None:
        return
    if not _fits(kind, inside):
        yield finding("envelope.content.other", at())
    elif inside.head is not None and kind.role in {Role.MESSAGE, Role.ACKNOWLEDGEMENT}:
        yield from _against_head(sbdh, inside.head, at)
        yield from _against_message(sbdh, inside.build(), at)


def _label(content: Content, inside: Part, at: Callable[[], Location]) -> Iterator[Issue]:
    media = ehmi().media.get(content.media_type.lower(), content.media_type)
    allowed = _MEDIA.get(inside.identity.format)
    if allowed and media not in allowed:
        yield finding("envelope.content.label", at(), expected=min(allowed))
    elif media != content.media_type:
        yield finding("envelope.sbdh.spelling", at(), field="mimeType", expected=media)
    codec = _CODECS.get(content.encoding.lower())
    if codec is None or (inside.identity.format is not Format.FHIR_JSON and sniff(inside.payload).codec != codec):
        yield finding("envelope.content.encoding", at())


def _fits(kind: DocumentKind, inside: Part) -> bool:
    """Is the payload of the kind that the envelope says?"""
    identity = inside.identity
    if kind.role is Role.RECEIPT:
        return identity.format is Format.EBBP
    if kind.role is Role.DRAFT:
        return identity.format is Format.OIOXML
    found = find_standard(identity.standard or "")
    return identity.format in _FHIR and found is not None and found.event == kind.standard


def _against_head(sbdh: Sbdh, head: Head, at: Callable[[], Location]) -> Iterator[Issue]:
    for name, who, inside in (("Sender", sbdh.sender, head.sender), ("Receiver", sbdh.receiver, head.receiver)):
        if isinstance(inside, Gln) and isinstance(who.gln, Gln) and inside != who.gln:
            yield finding("envelope.content.party", at(), field=name)
    for scope, inside in (("MESSAGEIDENTIFIER", head.message_id), ("MESSAGEENVELOPEIDENTIFIER", head.envelope_id)):
        said = sbdh.value(scope)
        if said and inside and said != inside:
            yield finding("envelope.content.id", at(), scope=scope)
    answered, said = head.answers, sbdh.value("ORIGINALMESSAGEIDENTIFIER")
    if answered and said and said != answered.message_id:
        yield finding("envelope.content.id", at(), scope="ORIGINALMESSAGEIDENTIFIER")


def _against_message(sbdh: Sbdh, message: Message | None, at: Callable[[], Location]) -> Iterator[Issue]:
    if message is None:
        return
    number = message.patient.number if message.patient else None
    inside = {
        "SENDERID": message.sender.sor,
        "RECEIVERID": message.receiver.sor,
        "PATIENTID": number.reveal() if number else None,
    }
    for scope, value in inside.items():
        said = sbdh.value(scope)
        if said and value and said != value:
            yield finding("envelope.content.id", at(), scope=scope)
