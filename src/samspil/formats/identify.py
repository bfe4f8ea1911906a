"""What bytes are, told from their content alone: format, kind, standard, version and how many letters.

The first character decides which of three looks is taken: `{` FHIR JSON, `<` one of the XML formats, a service
segment EDIFACT. Anything else is unknown. No look raises, waits or follows a reference, whatever the bytes.
`recognise` gives back what it had to parse, so that a reader need not parse again.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from samspil.domain.message import Format, Identity
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, is_utf8, sniff, to_utf8
from samspil.formats.recognition.edifact import looks_like_edifact, recognise_edifact
from samspil.formats.recognition.fhir import facts_of_json, identity_of
from samspil.formats.recognition.xml import recognise_xml

_BLANKS = b" \t\r\n"
_GLANCE = 65_536
"""How far into a broken JSON text we look for the word that makes it FHIR."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """An identity, the encoding of the bytes, and the JSON tree if one had to be parsed to tell."""

    identity: Identity
    encoding: Encoding = UTF_8
    root: dict[str, Any] | None = field(default=None, repr=False)


UNKNOWN = Recognition(Identity(format=Format.UNKNOWN))


def identify(payload: bytes) -> Identity:
    """What the bytes are. Anything that cannot be told is None or unknown.

    >>> identify(b"UNB+UNOC:3'UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'UNT+2+1'UNZ+1'").version
    'D9134L'
    """
    return recognise(payload).identity


def recognise(payload: bytes) -> Recognition:
    """What the bytes are, with what was learnt on the way."""
    encoding = sniff(payload)
    first = _first_character(payload, encoding)
    if first == b"{":
        return _recognise_json(payload, encoding)
    if first == b"<":
        return Recognition(recognise_xml(payload, encoding), encoding)
    if first == b"U" and looks_like_edifact(text := to_utf8(payload, encoding)):
        return Recognition(recognise_edifact(text), encoding)
    return UNKNOWN


def _first_character(payload: bytes, encoding: Encoding) -> bytes:
    head = payload[:256]
    if encoding is not UTF_8:
        head = to_utf8(head, encoding)
    return (head.lstrip(_BLANKS) or payload.lstrip(_BLANKS))[:1]


def _recognise_json(payload: bytes, encoding: Encoding) -> Recognition:
    try:
        root = orjson.loads(payload if encoding is UTF_8 else to_utf8(payload, encoding))
    except orjson.JSONDecodeError:
        if encoding.is_utf8 and not is_utf8(payload):
            return _recognise_json(payload, LATIN_1)
        broken = b'"resourceType"' in to_utf8(payload[:_GLANCE], encoding)
        return Recognition(Identity(format=Format.FHIR_JSON), encoding) if broken else UNKNOWN
    if not isinstance(root, dict) or not isinstance(root.get("resourceType"), str):
        return UNKNOWN
    return Recognition(identity_of(facts_of_json(root), Format.FHIR_JSON), encoding, root)
