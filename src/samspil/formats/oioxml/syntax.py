"""OIOXML's bytes: decoded, parsed safely, and places found again.

The characters are told from the bytes, not from what the declaration says, and a difference is a fault. Document
types are refused before parsing, and with them entities. Places are looked up only when a finding needs one.
Sources: XML 1.0; MedCom's OIOXML schemas (no attributes, one namespace).
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from lxml import etree

from samspil.domain.issues import Location
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, Source, sniff
from samspil.formats.letters.faults import Fault

Element = etree._Element  # pyright: ignore[reportPrivateUsage]

_OPTIONS = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
_PARSER = etree.XMLParser(huge_tree=False, **_OPTIONS)
_HUGE_PARSER = etree.XMLParser(huge_tree=True, **_OPTIONS)
_ORDINARY_BYTES = 8_000_000
"""Below this the parser's own limits hold; above, base64 of a large object needs them lifted."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,30})["']""")
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_EXPAT_SEPARATOR = "}"


@dataclass(slots=True)
class Document:
    """A parsed document, its encoding, and what was wrong with its bytes. `root` is None if it cannot be parsed."""

    payload: bytes = field(repr=False)
    encoding: Encoding
    root: Element | None = None
    strict_names: bool = False
    faults: list[Fault] = field(default_factory=list)
    declared: str = "utf-8"


def parse(payload: bytes) -> Document:
    """Parse the bytes of an Emessage. Never raises."""
    encoding, declared, faults = _encoding(payload)
    document = Document(payload, encoding, declared=declared, faults=faults)
    text = Source(payload, encoding).text
    found = _DOCTYPE.search(text)
    if found and text.find(b"Emessage") > found.start():
        document.faults.append(Fault("oioxml.doctype", found.start()))
        return document
    try:
        document.root = etree.fromstring(text, _PARSER if len(text) < _ORDINARY_BYTES else _HUGE_PARSER)
    except etree.XMLSyntaxError as error:
        document.faults.append(Fault("oioxml.syntax", _offset(text, *error.position)))
    except ValueError:
        document.faults.append(Fault("oioxml.syntax", 0))
    else:
        document.strict_names = _needs_strictness(text)
    return document


def _encoding(payload: bytes) -> tuple[Encoding, str, list[Fault]]:
    """The encoding that the bytes are in, the declared one, and a fault where they differ."""
    encoding = sniff(payload)
    found = _DECLARED.match(payload)
    declared = found[1].decode("ascii").lower() if found else encoding.codec
    if payload.isascii() or not (encoding.is_utf8 or encoding.codec == LATIN_1.codec):
        return encoding, declared, []
    try:
        payload.decode("utf-8")
        real = UTF_8 if not encoding.mark_bytes else encoding
    except UnicodeDecodeError:
        real = LATIN_1
    if real.is_utf8 == encoding.is_utf8:
        return encoding, declared, []
    spelt = "UTF-8" if real.is_utf8 else "windows-1252"
    return real, declared, [Fault("oioxml.charset.mismatch", 0, (("declared", declared[:20]), ("real", spelt)))]


def _offset(text: bytes, line: int, column: int) -> int:
    """The byte of a line and column that a parser told, both from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find(b"\n", start) + 1
        if not start:
            return len(text)
    return min(start + max(column - 1, 0), len(text))


def _needs_strictness(text: bytes) -> bool:
    """Are there attributes, or more names than the root declares? Then each element is looked at twice."""
    body = text[text.find(b">", text.find(b"Emessage")) + 1 :]
    head = text[: len(text) - len(body)]
    return b"xmlns" in body or b'="' in body or b"='" in body or head.count(b"xmlns") > 1 or head.count(b'="') > 4


def path_of(element: Element) -> str:
    """An element's path as its reader writes it: `/Emessage/ClinicalEmail/Patient/PersonSurnameName`."""
    steps: list[str] = []
    step: Element | None = element
    while step is not None:
        name = etree.QName(step).localname
        parent = step.getparent()
        if parent is not None and sum(1 for _ in parent.iterchildren(step.tag)) > 1:
            name += f"[{1 + sum(1 for _ in step.itersiblings(step.tag, preceding=True))}]"
        steps.append(name)
        step = parent
    return "/" + "/".join(reversed(steps))


def place_of(document: Document, where: object) -> Location:
    """Where an element or a byte of the decoded text lies in the payload."""
    source = Source(document.payload, document.encoding)
    if isinstance(where, int):
        start = source.in_payload(min(where, len(source.text)))
        return source.location("/", start, min(start + 1, len(document.payload)))
    if not isinstance(where, etree._Element):  # pyright: ignore[reportPrivateUsage]
        return Location(path=str(where))
    root = where.getroottree().getroot()
    number = next(place for place, element in enumerate(root.iter()) if element is where)
    start, end = _span(source.text, number)
    return source.location(path_of(where), source.in_payload(start), source.in_payload(end))


def _span(text: bytes, number: int) -> tuple[int, int]:
    """The bytes of an element counted in document order, told by a second parser that knows byte positions."""
    parser = expat.ParserCreate("utf-8")
    open_numbers: list[int] = []
    span = [0, len(text)]
    seen = 0

    def start(*_: object) -> None:
        nonlocal seen
        if seen == number:
            span[0] = parser.CurrentByteIndex
        open_numbers.append(seen)
        seen += 1

    def end(_: str) -> None:
        if open_numbers.pop() == number:
            close = text.find(b">", parser.CurrentByteIndex)
            span[1] = max(close + 1, span[0])
            raise _Found

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(_Found, expat.ExpatError):
        parser.Parse(text, True)
    return span[0], span[1]


class _Found(Exception):
    """The element was seen."""
