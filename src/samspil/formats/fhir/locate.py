"""Where in the bytes a place of the tree lies. Worked out only when somebody asks: that is, when there is a finding.

JSON is cut into tokens again, container by container on the way down; XML is parsed again by a parser that tells
byte positions. A place that is not there is answered by the nearest thing around it that is.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from xml.parsers import expat

from samspil.formats.encoding import Source
from samspil.formats.fhir.paths import Step, Steps

Span = tuple[int, int]

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s{}\[\]",:]+', re.DOTALL)
_OPENERS, _CLOSERS = b"{[", b"}]"


class Places(ABC):
    """The places of one payload."""

    @abstractmethod
    def span(self, steps: Steps) -> Span:
        """Half-open byte range in the payload of the value at `steps`, or of what encloses the gap."""


class JsonPlaces(Places):
    """Places in JSON text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._children: dict[int, dict[Step, Span]] = {}

    def span(self, steps: Steps) -> Span:
        """As the port says."""
        text = self._source.text
        start = len(text) - len(text.lstrip())
        span = (start, len(text.rstrip()))
        for step in steps:
            inner = self._inside(span[0]).get(step)
            if inner is None and isinstance(step, int) and step == 0:
                continue  # an element that should be a list and is not
            if inner is None:
                break
            span = inner
        return self._source.in_payload(span[0]), self._source.in_payload(span[1])

    def _inside(self, start: int) -> dict[Step, Span]:
        """The values directly inside the container that begins at `start`."""
        if start not in self._children:
            self._children[start] = _read_container(self._source.text, start)
        return self._children[start]


def _read_container(text: bytes, start: int) -> dict[Step, Span]:
    opener = text[start : start + 1]
    if opener not in (b"{", b"["):
        return {}
    values: dict[Step, Span] = {}
    key: Step | None = 0 if opener == b"[" else None
    depth = begun = 0
    for token in _TOKEN.finditer(text, start):
        first = text[token.start()]
        if first in _OPENERS:
            depth += 1
            if depth == 2:
                begun = token.start()
            continue
        if first in _CLOSERS:
            depth -= 1
            if depth == 0:
                break
            if depth > 1:
                continue
            span = (begun, token.end())
        elif depth > 1:
            continue
        elif key is None:
            key = _key(token[0])
            continue
        else:
            span = token.span()
        if key is not None:
            values[key] = span
            key = key + 1 if isinstance(key, int) else None
    return values


def _key(token: bytes) -> str:
    return token.strip(b'"').decode("utf-8", "replace")


class _Node:
    """An element of an XML text: its span, its start tag's end, and its children."""

    __slots__ = ("children", "end", "name", "start", "tag_end")

    def __init__(self, name: str, start: int, tag_end: int) -> None:
        self.name = name
        self.start = start
        self.tag_end = self.end = tag_end
        self.children: list[_Node] = []


class XmlPlaces(Places):
    """Places in XML text. A primitive's place is the literal in its `value` attribute, quotes included."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._root: _Node | None = None

    def span(self, steps: Steps) -> Span:
        """As the port says."""
        if self._root is None:
            self._root = _parse(self._source.text)
        start, end = self._in_text(self._root, steps)
        return self._source.in_payload(start), self._source.in_payload(end)

    def _in_text(self, root: _Node, steps: Steps) -> Span:
        node = root
        for place, step in enumerate(steps):
            if isinstance(step, int):
                continue
            following = steps[place + 1] if place + 1 < len(steps) else 0
            inner = _child(node, step.removeprefix("_"), following if isinstance(following, int) else 0)
            if inner is None:
                return self._literal(node, step) if place == len(steps) - 1 else (node.start, node.end)
            node = inner.children[0] if step in _WRAPPERS and inner.children else inner
        return (node.start, node.end) if node.children else self._literal(node, "value")

    def _literal(self, node: _Node, attribute: str) -> Span:
        """The quoted literal of an attribute, else the element."""
        wanted = re.compile(rb"""\s%b\s*=\s*("[^"]*"|'[^']*')""" % re.escape(attribute.encode()))
        found = wanted.search(self._source.text, node.start, node.tag_end)
        return found.span(1) if found else (node.start, node.end)


_WRAPPERS = frozenset({"resource", "contained"})
_TAG = re.compile(rb"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")


def _child(node: _Node, name: str, position: int) -> _Node | None:
    same = [child for child in node.children if child.name == name]
    return same[position] if position < len(same) else None


def _parse(text: bytes) -> _Node:
    """The elements of an XML text with their places; of a broken text as far as it goes."""
    top = _Node("", 0, len(text))
    stack = [top]
    parser = expat.ParserCreate("utf-8", " ")
    skipped = len(text) - len(text.lstrip())

    def start(tag: str, _: Mapping[str, str]) -> None:
        begun = parser.CurrentByteIndex + skipped
        node = _Node(tag.rpartition(" ")[2], begun, _tag_end(text, begun))
        stack[-1].children.append(node)
        stack.append(node)

    def end(_: str) -> None:
        node = stack.pop()
        if not text.endswith(b"/>", node.start, node.tag_end):
            node.end = _tag_end(text, parser.CurrentByteIndex + skipped)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    with suppress(expat.ExpatError, ValueError):
        parser.Parse(text[skipped:], True)
    return top.children[0] if top.children else top


def _tag_end(text: bytes, start: int) -> int:
    """Behind the `>` that closes the tag at `start`."""
    found = _TAG.match(text, start)
    return found.end() if found else start
