"""An envelope's markup as a small tree: elements in order, with their place, and nothing that could grow.

No document type declaration, no entity, no depth, no crowd of elements: a header needs few. Text is kept as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue, Location
from samspil.formats.encoding import Source, sniff

MAX_DEPTH = 16
MAX_ELEMENTS = 2_000


@dataclass(slots=True)
class Element:
    """One element. `offset` is its start tag's place in the source's text; `text` all characters directly in it."""

    namespace: str
    name: str
    attributes: dict[str, str]
    offset: int
    children: "list[Element]" = field(default_factory=list)
    text: str = field(default="", repr=False)

    def child(self, name: str) -> "Element | None":
        """The first child of that name, whatever its namespace."""
        return next((child for child in self.children if child.name == name), None)

    def every(self, name: str) -> Iterator["Element"]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def find(self, *names: str) -> "Element | None":
        """The element down that path, first of each name."""
        found: Element | None = self
        for name in names:
            found = found.child(name) if found else None
        return found

    def value(self, *names: str) -> str:
        """The text of the element down that path, trimmed; empty without it."""
        found = self.find(*names)
        return found.text.strip() if found else ""


@dataclass(frozen=True, slots=True)
class Markup:
    """A document's root, and the source its places are told in."""

    source: Source
    root: Element

    def where(self, path: str, element: Element | None = None) -> Location:
        """The place of an element's start tag; of the root's without one."""
        text, offset = self.source.text, (element or self.root).offset
        end = text.find(b">", offset) + 1 or len(text)
        return self.source.location(path, self.source.in_payload(offset), self.source.in_payload(end))


class _Stop(Exception):
    """Reading ends here: the finding that says why."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


class _Building:
    """What the parser's calls put together."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse
        self.open: list[Element] = []
        self.root: Element | None = None
        self._pieces: list[list[str]] = []
        self._count = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        self._count += 1
        if len(self.open) >= MAX_DEPTH:
            raise _Stop(finding("payload.too_deep", limit=str(MAX_DEPTH)))
        if self._count > MAX_ELEMENTS:
            raise _Stop(finding("envelope.too_many_elements", limit=str(MAX_ELEMENTS)))
        element = Element(namespace, name, attributes, self.parser.CurrentByteIndex)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self._pieces.append([])

    def _end(self, _: str) -> None:
        self.open.pop().text = "".join(self._pieces.pop())

    def _text(self, data: str) -> None:
        self._pieces[-1].append(data)


def _refuse(*_: object) -> None:
    raise _Stop(finding("xml.doctype.refused"))


def read_markup(payload: bytes) -> Markup | Issue:
    """The tree of an envelope, or the finding that says why there is none. Blanks before the declaration are passed."""
    source = Source(payload, sniff(payload))
    lead = len(source.text) - len(source.text.lstrip())
    building = _Building()
    try:
        building.parser.Parse(source.text[lead:], True)
    except _Stop as stop:
        return stop.issue
    except (expat.ExpatError, ValueError):
        place = source.in_payload(lead + max(building.parser.ErrorByteIndex, 0))
        return finding("xml.broken", source.location("", place, place + 1))
    if building.root is None:
        return finding("xml.broken")
    if lead:
        _move(building.root, lead)
    return Markup(source, building.root)


def _move(element: Element, by: int) -> None:
    element.offset += by
    for child in element.children:
        _move(child, by)
