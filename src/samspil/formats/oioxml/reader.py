"""OIOXML to letters: each message element read by its shape into the tree that both spellings share.

One walk reads and judges: what a shape does not allow is a fault at its element, and what it holds is kept all the
same. Elements without a known shape are read as they stand.
Source: MedCom's OIOXML schemas.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from samspil.catalogue.legacy.shapes import Child, Edition, Holds, Leaf, Shape
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Tree
from samspil.formats.oioxml.syntax import Document, Element

_STYLES = {
    "Bold": Style.BOLD,
    "Italic": Style.ITALIC,
    "Underline": Style.UNDERLINE,
    "Center": Style.CENTER,
    "Right": Style.RIGHT,
}
_LINE_FEED = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_DEEPEST = 60
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class TreeReader:
    """Reads one element's tree and gathers its faults."""

    def __init__(self, document: Document, namespace: str) -> None:
        self.faults: list[Fault] = []
        self._namespace = namespace
        self._skip = len(namespace) + 2 if namespace else 0
        self._strict = document.strict_names

    def read(self, element: Element, edition: Edition | None) -> Tree:
        """A message element's tree."""
        if self._strict:
            self._check_names(element)
        if edition is None:
            value = self.freely(element, _DEEPEST)
            return value if isinstance(value, dict) else {}
        return self.shaped(element, edition.shape)

    def shaped(self, element: Element, shape: Shape) -> Tree:
        """The children of an element as its shape has them."""
        tree: Tree = {}
        letters = ""
        children, skip = shape.children, self._skip
        for item in element:
            name = item.tag[skip:]
            child = children.get(name)
            if child is None:
                self._unknown(item, tree)
                continue
            letters += child.letter
            holds = child.holds
            if holds is Holds.LEAF:
                value: Any = item.text or ""
                leaf = child.leaf
                if len(item) or not leaf.fits(value):  # pyright: ignore[reportOptionalMemberAccess]
                    value = self._unfit(item, child, value)
            elif holds is Holds.SHAPE:
                value = self.shaped(item, child.shape)
            elif holds is Holds.ANYTHING:
                value = self.freely(item, _DEEPEST)
            else:
                value = self.text(item)
            if child.many:
                tree.setdefault(child.key, []).append((name, value) if child.interleaved else value)
            else:
                tree[child.key] = value
        if not shape.model(letters):
            self._disordered(element, shape, letters)
        return tree

    def _unknown(self, item: Element, tree: Tree) -> None:
        name = etree.QName(item).localname
        self.faults.append(Fault("oioxml.element.unknown", item, (("element", name[:40]),)))
        tree.setdefault(name, self.freely(item, _DEEPEST))

    def _unfit(self, item: Element, child: Child, value: str) -> str:
        """A leaf that is not what its type allows: too long, no word of the list, not of the form."""
        if len(item):
            self.faults.append(Fault("oioxml.element.unexpected", item[0], (("element", child.name),)))
            return "".join(item.itertext())
        fault = leaf_fault(child.leaf, child.name, value)
        if fault:
            self.faults.append(Fault(fault[0], item, fault[1]))
        return value

    def _disordered(self, element: Element, shape: Shape, letters: str) -> None:
        """Which child is missing, too many or out of place: the first at which no right order is left."""
        names = {child.letter: child.name for child in shape.children.values()}
        missing = [name for name in shape.required if shape.children[name].letter not in letters]
        for name in missing:
            self.faults.append(Fault("oioxml.element.missing", element, (("element", name),)))
        if missing:
            return
        known = [item for item in element if item.tag[self._skip :] in shape.children]
        place = next(
            (at for at in range(len(letters)) if letters.find(letters[at], 0, at) < at and _late(letters, at)), -1
        )
        where = known[place] if 0 <= place < len(known) else element
        facts = (("element", names.get(letters[place], "") if place >= 0 else ""),)
        self.faults.append(Fault("oioxml.element.order" if place >= 0 else "oioxml.element.choice", where, facts))

    # ------------------------------------------------------------------------------------------------------- text
    def text(self, element: Element) -> Text:
        """Formatted text as runs; line feeds in the characters are blanks, as only Break breaks a line."""
        runs: list[Run] = []
        gathered = self._runs(element, Style.PLAIN, False, runs, "")
        if gathered:
            runs.append(Run(gathered))
        return Text(tuple(runs))

    def _runs(self, element: Element, style: Style, fixed: bool, runs: list[Run], gathered: str) -> str:
        """Runs below an element; gives back the characters of the run not yet ended."""
        gathered += self._characters(element, element.text)
        for item in element:
            name = item.tag[self._skip :]
            if name == "Break":
                gathered += "\n"
            elif name == "Space":
                gathered += " "
            elif name in _STYLES or name == "FixedFont":
                if gathered:
                    runs.append(Run(gathered, style, fixed))
                inner = (_STYLES.get(name, style), fixed or name == "FixedFont")
                if rest := self._runs(item, *inner, runs, ""):
                    runs.append(Run(rest, *inner))
                gathered = ""
            else:
                self.faults.append(Fault("oioxml.element.unknown", item, (("element", str(name)[:40]),)))
                gathered += "".join(item.itertext())
            if item.tail:
                gathered += self._characters(element, item.tail)
        return gathered

    def _characters(self, element: Element, text: str | None) -> str:
        if not text:
            return ""
        if "\n" in text or "\r" in text:
            self.faults.append(Fault("oioxml.text.linefeed", element))
            return _LINE_FEED.sub(" ", text)
        return text

    # ------------------------------------------------------------------------------------------- without a shape
    def freely(self, element: Element, depth: int) -> Any:
        """An element that no shape describes: its text, or its children by name."""
        if not len(element) or depth == 0:
            return element.text or "" if not len(element) else "".join(element.itertext())
        names = {etree.QName(item).localname for item in element}
        if names <= {"Break", "Space", "FixedFont", *_STYLES}:
            return self._loose_text(element)
        tree: Tree = {}
        for item in element:
            name = etree.QName(item).localname
            value = self.freely(item, depth - 1)
            if name in tree:
                kept = tree[name]
                tree[name] = [*kept, value] if isinstance(kept, list) else [kept, value]
            else:
                tree[name] = value
        return tree

    def _loose_text(self, element: Element) -> Text:
        skip, self._skip = self._skip, element[0].tag.index("}") + 1 if "}" in element[0].tag else 0
        text = self.text(element)
        self._skip = skip
        return text

    def _check_names(self, element: Element) -> None:
        """No attributes, and no names of another namespace."""
        for item in element.iter():
            if not str(item.tag).startswith(f"{{{self._namespace}}}"):
                self.faults.append(Fault("oioxml.namespace", item, (("element", etree.QName(item).localname[:40]),)))
                return
            if any(not str(name).startswith(_SCHEMA_INSTANCE) for name in item.attrib):
                self.faults.append(Fault("oioxml.attribute", item, (("element", etree.QName(item).localname[:40]),)))


def _late(letters: str, at: int) -> bool:
    """Does a child stand after one that should follow it?"""
    return any(earlier > letters[at] for earlier in letters[:at])


def leaf_fault(leaf: Leaf | None, name: str, value: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """What is wrong with a value, as a fault's code and facts; None if it only looked so."""
    if leaf is None:
        return None
    facts = (("element", name),)
    if leaf.words is not None:
        if value.strip() in leaf.words or f"{value.strip()} " in leaf.words:
            return None
        return "oioxml.value.code", (*facts, ("allowed", nearest(value, leaf.words)))
    if not value and leaf.low > 0:
        return "oioxml.value.empty", facts
    if leaf.kind == "string" and len(value) > leaf.high:
        return "oioxml.value.length", (*facts, ("length", str(len(value))), ("most", f"{leaf.high:.0f}"))
    if name == "CivilRegistrationNumber" and re.fullmatch(r"\d{10}", value):
        return "legacy.cpr.implausible", facts
    return "oioxml.value.form", (*facts, ("kind", leaf.kind))


def nearest(value: str, words: frozenset[str]) -> str:
    """A few allowed words, the likeliest first."""

    def distance(word: str) -> int:
        return sum(a != b for a, b in zip(word, value, strict=False)) + abs(len(word) - len(value))

    return ", ".join(sorted(words, key=lambda word: (distance(word), word))[:5])


def letters_of(root: Element) -> Iterator[Element]:
    """The message elements of an Emessage."""
    return (item for item in root if etree.QName(item).localname not in {"Envelope", "Local_Elements"})
