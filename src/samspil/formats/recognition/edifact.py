"""Which letters an EDIFACT interchange holds, told from its UNH segments without reading them.

Line breaks carry no meaning and are dropped, except around a binary object, whose raw bytes are stepped over by
their stated length. Source: ISO 9735 syntax version 3; MedCom's EDIFACT profile, MEDBIN.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from samspil.catalogue.standards import by_version_code, find_standard
from samspil.domain.message import Format, Identity, Kind

_START = re.compile(rb"\s*(?:UNA.{6}|UN[BH](?![A-Za-z0-9]))", re.DOTALL)
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,11}")
_LINE_BREAKS = b"\r\n"


@dataclass(frozen=True, slots=True)
class _Marks:
    component: bytes = b":"
    element: bytes = b"+"
    release: bytes = b"?"
    terminator: bytes = b"'"


def looks_like_edifact(text: bytes) -> bool:
    """Do the bytes begin with a service segment?"""
    return _START.match(text) is not None


def recognise_edifact(text: bytes) -> Identity:
    """The identity of an interchange: its first letter's standard and version, and the number of letters."""
    marks, text = _marks(text.lstrip())
    headers = list(_headers(text, marks))
    if not headers:
        return Identity(format=Format.EDIFACT, kind=Kind.MESSAGE)
    message, version, number = _first_header(headers[0], marks)
    standard = by_version_code().get(version) or find_standard(number)
    kind = Kind.RECEIPT if message == "CONTRL" else Kind.MESSAGE
    return Identity(
        format=Format.EDIFACT,
        kind=standard.kind if standard else kind,
        standard=standard.id if standard else _CODE.fullmatch(number) and number,
        version=_CODE.fullmatch(version) and version,
        parts=len(headers),
    )


def _marks(text: bytes) -> tuple[_Marks, bytes]:
    """The service characters, from UNA or by default, and the text after UNA."""
    if not text.startswith(b"UNA"):
        return _Marks(), text
    given = [text[place : place + 1] for place in range(3, 9)]
    return _Marks(component=given[0], element=given[1], release=given[3], terminator=given[5]), text[9:]


def _headers(text: bytes, marks: _Marks) -> Iterator[bytes]:
    """Every UNH segment without its terminator, in order."""
    if b"UNO" + marks.element not in text:  # no binary object; `UNOC` in UNB names the character set
        text = text.translate(None, _LINE_BREAKS)
    tags = re.compile(rb"UN[HO](?=[%b%b])" % (re.escape(marks.element), re.escape(marks.terminator)))
    position = 0
    while found := tags.search(text, position):
        position = found.end()
        if not _begins_segment(text, found.start(), marks):
            continue
        stop = text.find(marks.terminator, position)
        segment = text[found.start() : stop if stop >= 0 else len(text)]
        if found[0] == b"UNH":
            yield segment
        elif stop >= 0:
            position = stop + 1 + _object_size(segment, marks)


def _begins_segment(text: bytes, start: int, marks: _Marks) -> bool:
    """Does a terminator that is not released stand before this place, blanks aside?"""
    before = text[max(0, start - 256) : start].rstrip()
    if not before.endswith(marks.terminator):
        return not before
    before = before[:-1]
    return (len(before) - len(before.rstrip(marks.release))) % 2 == 0


def _object_size(segment: bytes, marks: _Marks) -> int:
    """The length of the raw bytes after a UNO segment: first component of its fourth element."""
    elements = segment.split(marks.element)
    size = elements[4].split(marks.component)[0] if len(elements) > 4 else b""
    return int(size) if size.isdigit() and len(size) < 12 else 0


def _first_header(segment: bytes, marks: _Marks) -> tuple[str, str, str]:
    """Message, MedCom's version code and type number of a UNH segment; empty where it does not say."""
    elements = segment.decode("latin-1").split(marks.element.decode("latin-1"))
    message = (elements[2] if len(elements) > 2 else "").split(marks.component.decode("latin-1"))
    number = elements[3] if len(elements) > 3 else ""
    return message[0].strip(), (message[4] if len(message) > 4 else "").strip(), number.strip()
