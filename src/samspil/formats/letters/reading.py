"""The letters of a payload in either spelling, told apart by the first bytes alone."""

import re
from collections.abc import Sequence

from samspil.domain.message import Format, Identity, Kind
from samspil.formats.edifact import reader as edifact
from samspil.formats.letters.letter import Letter
from samspil.formats.oioxml import reader as oioxml
from samspil.formats.part import Part

_EDIFACT = re.compile(rb"\s*UN(?:A|B(?![A-Z0-9]))")
_OIOXML = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--.*?-->)*<(?:\w+:)?Emessage[\s>][^>]*?"
    rb"(?:http://rep\.oio\.dk/(?:sundcom\.dk/)?medcom\.dk/|urn:oio:medcom:municipality:)",
    re.DOTALL,
)
_GLANCE = 4096
_EDIFACT_IDENTITY = Identity(format=Format.EDIFACT, kind=Kind.MESSAGE)
_OIOXML_IDENTITY = Identity(format=Format.OIOXML, kind=Kind.MESSAGE)


def read_letters(payload: bytes) -> tuple[Part, ...] | None:
    """The parts of an interchange or Emessage; None if the bytes begin like neither."""
    if _EDIFACT.match(payload):
        return edifact.read_parts(payload, _EDIFACT_IDENTITY)
    if _OIOXML.match(payload, 0, _GLANCE):
        return oioxml.read_parts(payload, _OIOXML_IDENTITY)
    return None


def letters_in(payload: bytes) -> Sequence[Letter] | None:
    """The letters alone, none where there is nothing to read; None if the bytes begin like neither spelling."""
    if _EDIFACT.match(payload):
        return edifact.read(payload)[1]
    if _OIOXML.match(payload, 0, _GLANCE):
        return oioxml.read(payload)[1]
    return None
