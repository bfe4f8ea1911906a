"""Which reader reads which format, and the way from bytes to parts that parses only once.

A reader is a module with `read_parts(payload, identity) -> tuple[Part, ...]`, imported on first use. It never raises
on bytes: what it cannot make out becomes a part with a fatal issue. Every payload has at least one part.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from samspil.catalogue.findings import finding
from samspil.domain.message import Format, Identity
from samspil.formats.encoding import sniff, to_utf8
from samspil.formats.identify import recognise
from samspil.formats.part import Part


class Reader(Protocol):
    """A format's reader."""

    def __call__(self, payload: bytes, identity: Identity) -> tuple[Part, ...]:
        """The parts of a payload of this format."""
        ...


HOMES: Mapping[Format, str] = MappingProxyType(
    {
        Format.FHIR_JSON: "samspil.formats.fhir.reader",
        Format.FHIR_XML: "samspil.formats.fhir.reader",
        Format.EDIFACT: "samspil.formats.edifact.reader",
        Format.OIOXML: "samspil.formats.oioxml.reader",
        Format.SBDH: "samspil.formats.envelopes.reader",
        Format.VANS: "samspil.formats.envelopes.reader",
        Format.EBBP: "samspil.formats.envelopes.reader",
    }
)

_GLANCE = 4096


def read_payload(payload: bytes) -> tuple[Identity, tuple[Part, ...]]:
    """What the bytes are, and their parts. One letter says itself what it is, which spares a look of its own."""
    letters = _letters(payload)
    if len(letters) == 1 and letters[0].head:
        return letters[0].identity, letters
    found = recognise(payload)
    if found.root is None:
        return found.identity, read_parts(payload, found.identity)
    from samspil.formats.fhir.reader import read_recognised  # noqa: PLC0415 - only who reads FHIR waits for it

    parts = read_recognised(payload, found.identity, encoding=found.encoding, root=found.root)
    return found.identity, parts


def _letters(payload: bytes) -> tuple[Part, ...]:
    """The parts of what looks like an interchange or Emessage; none for anything else."""
    head = payload[:_GLANCE]
    if not (head.lstrip().startswith((b"UNA", b"UNB")) or b"Emessage" in head):
        return ()
    from samspil.formats.letters.reading import read_letters  # noqa: PLC0415 - as above

    return read_letters(payload) or ()


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The parts of a payload whose identity is known."""
    home = HOMES.get(identity.format)
    if home is None:
        return (_unread(payload, identity),)
    reader: Reader = import_module(home).read_parts
    return reader(payload, identity)


def _unread(payload: bytes, identity: Identity) -> Part:
    """A payload that nobody here reads, with the reason."""
    if identity.format is not Format.UNKNOWN:
        issue = finding("payload.unread", format=identity.format.value)
    elif not payload.strip():
        issue = finding("payload.empty")
    elif b"<!DOCTYPE" in to_utf8(payload[:_GLANCE], sniff(payload)):
        issue = finding("xml.doctype.refused")
    else:
        issue = finding("payload.unknown")
    return Part(part="1", identity=identity, payload=payload, issues=(issue,))
