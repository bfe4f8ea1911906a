"""FHIR's XML as the tree that its JSON would have: same names, same lists, same types of values.

The shapes of R4 tell what XML does not: which elements repeat, which values are numbers or booleans. What is not in
the table becomes a list when it repeats and a text when it has a value. What does not belong (a foreign namespace, an
attribute nobody knows, text between tags) stays as a member under a name that no rule knows, so that a judge sees it.
Sources: HL7 FHIR R4, xml.html and json.html.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from samspil.catalogue.shapes import Element, shape_of

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"

STRAY_TEXT = "#text"
"""The name of a member that no rule knows: text where none belongs."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}
_INTEGERS = frozenset({"integer", "unsignedInt", "positiveInt"})
_RESOURCE = Element("Resource", repeats=False)
_UNKNOWN = Element("", repeats=False)


class XmlFault(Exception):
    """The text cannot be read. `offset` is where in it; `code` names the finding."""

    def __init__(self, code: str, offset: int) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset


class _Frame:
    """An element being read: what it will be called, its rule, and what it has so far."""

    __slots__ = ("element", "members", "name", "shape", "value")

    def __init__(self, name: str, element: Element, shape: Mapping[str, Element]) -> None:
        self.name = name
        self.element = element
        self.shape = shape
        self.members: dict[str, Any] = {}
        self.value: Any = None

    @property
    def is_primitive(self) -> bool:
        """Does the type hold a bare value? Types of bare values begin with a small letter."""
        return self.element.type[:1].islower() or (not self.element.type and self.value is not None)


class _Builder:
    """Makes the tree from the parser's events."""

    def __init__(self, text: bytes, max_depth: int) -> None:
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.buffer_text = True
        self.root: dict[str, Any] = {}
        self._text = text
        self._max_depth = max_depth
        self._stack: list[_Frame] = []
        self._narrative = 0
        self._narrative_from = 0

    def _refuse(self, *_: object) -> None:
        raise XmlFault("xml.doctype.refused", self.parser.CurrentByteIndex)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._narrative:
            self._narrative += 1
            self._guard(len(self._stack) + self._narrative)
            return
        namespace, _, name = tag.rpartition(" ")
        if namespace == XHTML and name == "div" and self._stack:
            self._narrative, self._narrative_from = 1, self.parser.CurrentByteIndex
            self.parser.CharacterDataHandler = None
            return
        self._stack.append(self._frame(name if namespace == FHIR else f"{{{namespace}}}{name}", attributes))
        self._guard(len(self._stack))

    def _guard(self, depth: int) -> None:
        if depth > self._max_depth:
            raise XmlFault("payload.too_deep", self.parser.CurrentByteIndex)

    def _frame(self, name: str, attributes: dict[str, str]) -> _Frame:
        parent = self._stack[-1] if self._stack else None
        if parent is None or parent.element.type == "Resource":
            frame = _Frame("", _UNKNOWN, shape_of(name) or shape_of("DomainResource"))
            frame.members["resourceType"] = name
        else:
            element = parent.shape.get(name, _UNKNOWN)
            frame = _Frame(name, element, shape_of(element.type))
        for attribute, value in attributes.items():
            if attribute == "value":
                frame.value = _bare(value, frame.element.type)
            elif " " not in attribute:
                frame.members[attribute if attribute in _KNOWN_ATTRIBUTES else f"@{attribute}"] = value
        return frame

    def _end(self, _: str) -> None:
        if self._narrative:
            self._narrative -= 1
            if not self._narrative:
                self._stack[-1].members["div"] = self._slice()
                self.parser.CharacterDataHandler = self._characters
            return
        frame = self._stack.pop()
        if not self._stack:
            self.root = frame.members
        elif not frame.name:
            _put(self._stack[-1].members, "resource", frame.members, repeats=False)
        else:
            _attach(self._stack[-1].members, frame)

    def _characters(self, text: str) -> None:
        """Text between tags belongs in narratives only; elsewhere it was meant to be a value."""
        if not text.isspace():
            self._stack[-1].members[STRAY_TEXT] = text

    def _slice(self) -> str:
        """The narrative as it stands in the text, its end tag included."""
        here = self.parser.CurrentByteIndex
        opened = self._text[self._narrative_from : here]
        is_empty_tag = opened.endswith(b"/>") and opened.count(b"<") == 1
        stop = here if is_empty_tag else self._text.find(b">", here) + 1
        return _as_json_has_it(self._text[self._narrative_from : stop].decode("utf-8", "replace"))


def _as_json_has_it(narrative: str) -> str:
    """A narrative with its namespace said where it begins: XML may say it further out, and under a prefix."""
    opened = narrative[: narrative.find(">")]
    if XHTML in opened and opened.startswith("<div"):
        return narrative
    prefix = opened[1:].partition("div")[0].rstrip(":")
    if prefix:
        narrative = re.sub(rf"(</?){re.escape(prefix)}:", r"\1", narrative).replace(f"xmlns:{prefix}=", "xmlns=", 1)
    return narrative if XHTML in narrative[: narrative.find(">")] else f'<div xmlns="{XHTML}"{narrative[4:]}'


_KNOWN_ATTRIBUTES = frozenset({"id", "url"})


def read_xml(text: bytes, *, max_depth: int) -> dict[str, Any]:
    """The tree of an XML text in UTF-8. Errors: XmlFault where the text is broken, too deep or has a doctype."""
    body = text.lstrip()
    builder = _Builder(body, max_depth)
    try:
        builder.parser.Parse(body, True)
    except XmlFault as fault:
        raise XmlFault(fault.code, fault.offset + len(text) - len(body)) from None
    except (expat.ExpatError, ValueError):
        raise XmlFault("xml.broken", builder.parser.ErrorByteIndex + len(text) - len(body)) from None
    return builder.root


def _bare(value: str, type_name: str) -> object:
    """What JSON would hold. A text that does not fit its type stays a text: a judge will say so."""
    if type_name == "boolean":
        return _BOOLEANS.get(value, value)
    if type_name in _INTEGERS or (type_name == "decimal" and _INTEGER.fullmatch(value)):
        return int(value) if _INTEGER.fullmatch(value) else value
    if type_name == "decimal" and _DECIMAL.fullmatch(value):
        return float(value)
    return value


def _attach(members: dict[str, Any], frame: _Frame) -> None:
    """Put a finished element into its parent."""
    if frame.element.type == "Resource":
        _put(members, frame.name, frame.members.pop("resource", frame.members), repeats=frame.element.repeats)
        return
    if not frame.is_primitive:
        _put(members, frame.name, frame.members, repeats=frame.element.repeats)
        return
    about = frame.members or None
    if frame.element.repeats:
        _pad(members, f"_{frame.name}", about, len(members.get(frame.name, ())))
        _put(members, frame.name, frame.value, repeats=True)
        return
    if frame.value is not None or about is None:
        _put(members, frame.name, frame.value, repeats=False)
    if about is not None:
        _put(members, f"_{frame.name}", about, repeats=False)


def _pad(members: dict[str, Any], name: str, about: object, before: int) -> None:
    """Keep the list of ids and extensions beside a list of bare values as long as that list."""
    if about is not None and name not in members:
        members[name] = [None] * before
    if name in members:
        members[name].append(about)


def _put(members: dict[str, Any], name: str, value: object, *, repeats: bool) -> None:
    """Add a value: to a list where the element repeats, or where it came twice although it may not."""
    if repeats and name not in members:
        members[name] = [value]
    elif name not in members:
        members[name] = value
    elif isinstance(members[name], list):
        members[name].append(value)
    else:
        members[name] = [members[name], value]
