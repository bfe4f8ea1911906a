"""A letter that is not quite as its shape says, read element by element: everything kept that can be, every fault told.

What `matching` could not take at once comes here, as lxml parsed it.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from samspil.catalogue.legacy.shapes import Child, Holds, Shape
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.leaves import leaf_fault
from samspil.formats.letters.tree import Tree
from samspil.formats.oioxml.markup import CLOSE, LOOKS, OPEN, SPACING, read_markup
from samspil.formats.oioxml.syntax import Element

_LINE_FEED = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_DEEPEST = 60


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


class Walk:
    """Reads elements and gathers their faults, each at its element."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, element: Element, shape: Shape | None) -> Tree:
        """An element's tree, by its shape if there is one."""
        if shape:
            return self._shaped(element, shape)
        value = self._freely(element)
        return value if isinstance(value, dict) else {}

    def _fault(self, code: str, element: Element, name: str) -> None:
        self.faults.append(Fault(code, element, (("element", name[:40]),)))

    def _shaped(self, element: Element, shape: Shape) -> Tree:
        """The children of an element as its shape has them."""
        tree: Tree = {}
        letters = ""
        if any(text and not text.isspace() for text in (element.text, *(item.tail for item in element))):
            self._fault("oioxml.element.unexpected", element, local(element))
        for item in element:
            name = local(item)
            child = shape.children.get(name)
            if child is None:
                self._fault("oioxml.element.unknown", item, name)
                tree.setdefault(name, self._freely(item))
                continue
            letters += child.letter
            value = self._value(item, child)
            if child.many:
                tree.setdefault(child.key, []).append((name, value) if child.interleaved else value)
            else:
                tree[child.key] = value
        if not shape.model(letters):
            self._disordered(element, shape, letters)
        return tree

    def _value(self, element: Element, child: Child) -> Any:
        if child.holds is Holds.SHAPE:
            return self._shaped(element, child.shape)
        if child.leaf is None:
            return self._text(element)
        value = element.text or ""
        if len(element):
            self._fault("oioxml.element.unexpected", element[0], child.name)
        elif not child.leaf.fits(value) and (fault := leaf_fault(child.leaf, child.name, value)):
            self.faults.append(Fault(fault[0], element, fault[1]))
        return value

    def _disordered(self, element: Element, shape: Shape, letters: str) -> None:
        """Which child is missing, too many or out of place."""
        missing = [name for name in shape.required if shape.children[name].letter not in letters]
        late = next((place for place, letter in enumerate(letters) if letter < max(letters[:place], default="")), None)
        if missing:
            for name in missing:
                self._fault("oioxml.element.missing", element, name)
        elif late is None:
            self._fault("oioxml.element.choice", element, local(element))
        else:
            misplaced = next(child.name for child in shape.children.values() if child.letter == letters[late])
            self._fault("oioxml.element.order", element, misplaced)

    def _text(self, element: Element) -> Any:
        """Formatted text as runs; line feeds in the characters are blanks, as only Break breaks a line."""
        raw = "".join(self._marked(element))
        if "\n" in raw or "\r" in raw:
            self.faults.append(Fault("oioxml.text.linefeed", element))
            raw = _LINE_FEED.sub(" ", raw)
        return read_markup(raw)

    def _marked(self, element: Element) -> Iterator[str]:
        """The characters in an element, its looks and its breaks; what else stands there only by its characters."""
        yield element.text or ""
        for item in element:
            name = local(item)
            if name in SPACING:
                yield f"{OPEN}{name}/{CLOSE}"
            elif name in LOOKS:
                yield f"{OPEN}{name}{CLOSE}"
                yield from self._marked(item)
                yield f"{OPEN}/{name}{CLOSE}"
            else:
                self._fault("oioxml.element.unknown", item, name)
                yield "".join(map(str, item.itertext()))
            yield item.tail or ""

    def _freely(self, element: Element, depth: int = _DEEPEST) -> Any:
        """An element that no shape describes: its characters, its runs, or its children by name."""
        if not len(element) or not depth:
            return element.text or ""
        if local(element[0]) in LOOKS or local(element[0]) in SPACING:
            return self._text(element)
        tree: Tree = {}
        for item in element:
            name, value = local(item), self._freely(item, depth - 1)
            if name not in tree:
                tree[name] = value
            else:
                kept = tree[name]
                tree[name] = [*kept, value] if isinstance(kept, list) else [kept, value]
        return tree
