"""OIOXML's bytes: which characters they are, what an XML parser makes of them, and places found again.

The characters are told from the bytes, not from what the declaration says, and a difference is a fault. Document
types are refused before parsing, and with them entities. Places are looked up only when a finding needs one.
Sources: XML 1.0; MedCom's OIOXML schemas (no attributes, one namespace).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from lxml import etree

from samspil.catalogue.legacy.shapes import foreign_names
from samspil.domain.issues import Location
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, Source, is_utf8, sniff, to_utf8
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Place, named, numbered
from samspil.formats.oioxml.markup import in_document, marked

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
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass
class Document:
    """An Emessage's bytes, and its marked text; none where a parser had better say what it is.

    `has_local_elements` tells of the sender's own beside the letters.
    """

    payload: bytes = field(repr=False)
    encoding: Encoding
    marked: str | None = field(repr=False)
    faults: list[Fault] = field(default_factory=list)
    namespace: str = ""
    has_local_elements: bool = False

    @cached_property
    def source(self) -> Source:
        """The payload and what tells its places."""
        return Source(self.payload, self.encoding)

    @cached_property
    def root(self) -> Element | None:
        """The document as lxml has it: for schemas, and for what is not read at once. None if it is ill-formed."""
        text = self.source.text
        with suppress(etree.XMLSyntaxError, ValueError):
            return etree.fromstring(text, _PARSERS[len(text) > _ORDINARY_BYTES])
        return None

    def checked_root(self) -> Element | None:
        """The root; what is no XML we take is told, and so are attributes and names of another namespace."""
        text = self.source.text
        doctype = text.find(b"<!DOCTYPE")
        if 0 <= doctype < text.find(b"Emessage"):
            self.faults.append(Fault("oioxml.doctype", self._byte_place(doctype)))
            return None
        if self.root is None:
            self.faults.append(Fault("oioxml.syntax", self._byte_place(_syntax_error(text))))
            return None
        namespace = etree.QName(self.root).namespace or ""
        for item in self.root.iter():
            name = etree.QName(item)
            facts = (("element", name.localname[:40]),)
            if (name.namespace or "") != foreign_names().get(name.localname, namespace):
                self.faults.append(Fault("oioxml.namespace", self.element_place(item), facts))
                break
            if any(not str(key).startswith(_SCHEMA_INSTANCE) for key in item.attrib):
                self.faults.append(Fault("oioxml.attribute", self.element_place(item), facts))
        return self.root

    # ------------------------------------------------------------------------------------------------------ places
    def marked_place(self, place: Place) -> Location:
        """A place in the document's marked text as one in the payload."""
        path, start, end = place
        if b"&" in self.payload or not self.payload.isascii():
            text, codec = self.source.text.decode("utf-8", "replace"), self.encoding.codec
            start, end = (len(text[: in_document(text, at)].encode(codec, "replace")) for at in (start, end))
        mark = self.encoding.mark_bytes
        return self.source.location(f"/{named(path)}", start + mark, end + mark)

    def element_place(self, element: Element) -> Location:
        """The place of an element that lxml parsed."""
        return self.text_place(self.element_places[self._numbers[element]])

    def text_place(self, place: Place) -> Location:
        """A place in the text as UTF-8 as one in the payload."""
        path, start, end = place
        return self.source.location(f"/{named(path)}", self.source.in_payload(start), self.source.in_payload(end))

    @cached_property
    def _numbers(self) -> dict[Element, int]:
        return {element: number for number, element in enumerate(self.root.iter() if self.root is not None else ())}

    @cached_property
    def element_places(self) -> list[Place]:
        """The path of every element and its span in the text as UTF-8, in document order."""
        return list(_spans(self.source.text))

    def _byte_place(self, offset: int) -> Location:
        """The place of a byte of the text as UTF-8."""
        start = self.source.in_payload(min(offset, len(self.source.text)))
        return self.source.location("/", start, min(start + 1, len(self.payload)))


def parse(payload: bytes) -> Document:
    """What the bytes of an Emessage are, with a fault where they are not in the encoding that is declared."""
    encoding, faults = sniff(payload), list[Fault]()
    if not payload.isascii() and (encoding.is_utf8 or encoding is LATIN_1):
        real = UTF_8 if is_utf8(payload) else LATIN_1
        if real.is_utf8 != encoding.is_utf8:
            encoding = real
            found = _DECLARED.match(payload)
            declared = found[1].decode("ascii")[:20] if found else "UTF-8"
            facts = (("declared", declared), ("real", "UTF-8" if real.is_utf8 else "windows-1252"))
            whole = Location(path="/", start=0, end=0, line=1, column=1)
            faults.append(Fault("oioxml.charset.mismatch", whole, facts))
    body = payload[encoding.mark_bytes :] if encoding.mark_bytes else payload
    if not (encoding.is_utf8 or encoding is LATIN_1):
        return Document(payload, encoding, marked(to_utf8(payload, encoding), UTF_8.codec), faults)
    without_c1 = encoding is LATIN_1 and len(payload.translate(None, _C1)) == len(payload)
    return Document(payload, encoding, marked(body, "latin-1" if without_c1 else encoding.codec), faults)


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


def _spans(text: bytes) -> Iterator[Place]:
    """Every element's path and bytes in document order, told by a parser that knows byte positions."""
    parser = expat.ParserCreate("utf-8")
    paths: list[tuple[str, ...]] = []
    spans: list[list[int]] = []
    inside: list[tuple[int, dict[str, int]]] = [(-1, {})]

    def start(name: str, _: object) -> None:
        name = name.rpartition(":")[2]
        number, counts = inside[-1]
        counts[name] = counts.get(name, 0) + 1
        paths.append((*(paths[number] if number >= 0 else ()), *numbered(name, counts[name])))
        inside.append((len(spans), {}))
        spans.append([parser.CurrentByteIndex, len(text)])

    def end(_: str) -> None:
        span = spans[inside.pop()[0]]
        span[1] = max(text.find(b">", parser.CurrentByteIndex) + 1, span[0])

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(expat.ExpatError):
        parser.Parse(text, True)
    return ((path, first, last) for path, (first, last) in zip(paths, spans, strict=True))
