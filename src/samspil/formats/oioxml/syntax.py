"""OIOXML's bytes: decoded, put into plain form, and places found again.

The characters are told from the bytes, not from what the declaration says, and a difference is a fault. Document
types are refused before parsing, and with them entities. Places are looked up only when a finding needs one.
Sources: XML 1.0; MedCom's OIOXML schemas (no attributes, one namespace).
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from xml.parsers import expat

from lxml import etree

from samspil.catalogue.legacy.shapes import foreign_names
from samspil.domain.issues import Location
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, Source, is_utf8, sniff
from samspil.formats.letters.faults import Fault
from samspil.formats.oioxml.plain import Plain, plain_form

Element = etree._Element  # pyright: ignore[reportPrivateUsage]

_PARSERS = {
    huge: etree.XMLParser(
        encoding="utf-8",
        huge_tree=huge,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    for huge in (False, True)
}
_ORDINARY_BYTES = 8_000_000
"""Below this the parser's own limits hold; above, base64 of a large object needs them lifted."""

_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,30})["']""")
_C1 = bytes(range(0x80, 0xA0))
_NOT_C1 = bytes(byte for byte in range(256) if byte not in _C1)
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_NOT_CONTROLS = bytes(byte for byte in range(256) if byte not in _CONTROLS)
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass
class Document:
    """An Emessage's bytes, their encoding and their plain form. Without `plain` it could not be read at all.

    `has_local_elements` tells of content of the sender's own beside the letters.
    """

    payload: bytes = field(repr=False)
    encoding: Encoding
    plain: Plain | None = None
    faults: list[Fault] = field(default_factory=list)
    normalised: bool = False
    has_local_elements: bool = False

    @cached_property
    def source(self) -> Source:
        """The payload and what tells its places."""
        return Source(self.payload, self.encoding)

    @cached_property
    def root(self) -> Element | None:
        """The document as lxml has it: for schemas, and for what is not plain. None if it is ill-formed."""
        text = self.source.text
        with suppress(etree.XMLSyntaxError, ValueError):
            return etree.fromstring(text, _PARSERS[len(text) > _ORDINARY_BYTES])
        return None

    def normalise(self) -> bool:
        """Put what is not plain into plain form. False, with a fault, for what is no XML we take."""
        text = self.source.text
        doctype = text.find(b"<!DOCTYPE")
        if 0 <= doctype < text.find(b"Emessage"):
            self.faults.append(Fault("oioxml.doctype", self._byte_place(doctype)))
            return False
        if self.root is None:
            self.faults.append(Fault("oioxml.syntax", self._byte_place(_syntax_error(text))))
            return False
        self.normalised = True
        self._check_names(self.root)
        self.plain = _plain_of(self.root)
        return True

    def _check_names(self, root: Element) -> None:
        """Attributes, and names of another namespace, are told; plain form leaves them out."""
        namespace = etree.QName(root).namespace or ""
        for number, item in enumerate(root.iter()):
            name = etree.QName(item)
            if (name.namespace or "") != foreign_names().get(name.localname, namespace):
                self.faults.append(
                    Fault("oioxml.namespace", self._element_place(number), (("element", name.localname[:40]),))
                )
                return
            if any(not str(key).startswith(_SCHEMA_INSTANCE) for key in item.attrib):
                self.faults.append(
                    Fault("oioxml.attribute", self._element_place(number), (("element", name.localname[:40]),))
                )

    # ------------------------------------------------------------------------------------------------------ places
    def place(self, number: int) -> Location:
        """Where the element that a token opens lies in the payload."""
        plain = self.plain
        assert plain
        path = plain.path(number)
        if self.normalised:
            before = sum(1 for at in range(plain.first, number) if plain.name(at)[:1] != "/")
            return self._element_place(before + 1, path)
        last = plain.end(number)
        start = plain.offset(number)
        end = start + sum(len(token) + 1 for token in plain.tokens[number:last]) + len(plain.name(last)) + 2
        return self._characters_place(start, end, path)

    def _characters_place(self, start: int, end: int, path: str) -> Location:
        """A place in decoded characters as one in the payload."""
        mark = self.encoding.mark_bytes
        if self.encoding.is_utf8 and not self.payload.isascii():
            text = self.source.text.decode("utf-8", "replace")
            start, end = len(text[:start].encode()), len(text[:end].encode())
        elif not self.encoding.is_utf8:
            return self.source.location(path, *self._wide(start, end))
        return self.source.location(path, start + mark, end + mark)

    def _wide(self, start: int, end: int) -> tuple[int, int]:
        """Characters to bytes in an encoding that is neither UTF-8 nor one byte a character."""
        mark = self.encoding.mark_bytes
        if self.encoding is LATIN_1:
            return start + mark, end + mark
        text = self.source.text.decode("utf-8", "replace")
        sizes = (len(text[:place].encode(self.encoding.codec, "replace")) for place in (start, end))
        return next(sizes) + mark, next(sizes) + mark

    def _byte_place(self, offset: int) -> Location:
        """The place of a byte of the text as UTF-8."""
        start = self.source.in_payload(min(offset, len(self.source.text)))
        return self.source.location("/", start, min(start + 1, len(self.payload)))

    def _element_place(self, number: int, path: str = "") -> Location:
        """The place of an element counted in document order, told by a parser that knows byte positions."""
        start, end = _span(self.source.text, number)
        root = self.root
        element = next(islice(root.iter(), number, None), None) if root is not None else None
        if not path and element is not None:
            path = "/" + "/".join(
                etree.QName(one).localname for one in (*reversed(list(element.iterancestors())), element)
            )
        return self.source.location(path, self.source.in_payload(start), self.source.in_payload(end))


def parse(payload: bytes) -> Document:
    """Decode the bytes of an Emessage and put them into plain form. Never raises."""
    encoding, faults = _encoding(payload)
    document = Document(payload, encoding, faults=faults)
    text = _characters(payload, encoding)
    document.plain = plain_form(text) if text is not None else None
    if document.plain is None:
        document.normalise()
    return document


def _characters(payload: bytes, encoding: Encoding) -> str | None:
    """The characters, or None if the parser had better say what is wrong with them."""
    if payload.translate(None, _NOT_CONTROLS) and encoding.codec in {UTF_8.codec, LATIN_1.codec}:
        return None
    if encoding is LATIN_1 and not payload.translate(None, _NOT_C1):
        return payload.decode("latin-1")
    try:
        return payload[encoding.mark_bytes :].decode(encoding.codec)
    except UnicodeDecodeError:
        return None


def _encoding(payload: bytes) -> tuple[Encoding, list[Fault]]:
    """The encoding that the bytes are in, and a fault where they are not in the one that is declared."""
    encoding = sniff(payload)
    if payload.isascii() or not (encoding.is_utf8 or encoding is LATIN_1):
        return encoding, []
    real = UTF_8 if is_utf8(payload) else LATIN_1
    if real.is_utf8 == encoding.is_utf8:
        return encoding, []
    found = _DECLARED.match(payload)
    facts = (
        ("declared", found[1].decode("ascii")[:20] if found else "UTF-8"),
        ("real", "UTF-8" if real.is_utf8 else "windows-1252"),
    )
    return real, [Fault("oioxml.charset.mismatch", Location(path="/", start=0, end=0, line=1, column=1), facts)]


def _syntax_error(text: bytes) -> int:
    """The byte at which the parser gave up."""
    try:
        etree.fromstring(text, _PARSERS[len(text) > _ORDINARY_BYTES])
    except etree.XMLSyntaxError as error:
        line, column = error.position
        start = 0
        for _ in range(line - 1):
            start = text.find(b"\n", start) + 1
        return min(start + max(column - 1, 0), len(text))
    except ValueError:
        pass
    return 0


def _plain_of(root: Element) -> Plain:
    """The plain form of a parsed document: local names, characters, nothing else."""
    tokens: list[str] = []
    closing: list[Element] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = etree.QName(element).localname
        if event == "start":
            tokens.append(f"{name}>{_safe(element.text)}")
            closing.append(element)
        else:
            closing.pop()
            tokens.append(f"/{name}>{_safe(element.tail) if closing else ''}")
    return Plain(tokens, 1, etree.QName(root).namespace or "", escaped=True)


def _safe(text: str | None) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if text else ""


def _span(text: bytes, number: int) -> tuple[int, int]:
    """The bytes of an element counted in document order."""
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
