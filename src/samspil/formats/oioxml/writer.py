"""A letter's tree as OIOXML: every element where its shape wants it, nothing invented.

Writing also tells whether the tree fits its shape, as both need the same walk: an EDIFACT letter is judged by whether
its twin can be written. A shape becomes one function, whose source is made of the shapes' own names and numbers only.
Source: MedCom's OIOXML schemas; XML 1.0.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import Child, Edition, Holds, Shape, envelope_shape
from samspil.formats.letters.letter import Dispatch
from samspil.formats.letters.tree import Tree
from samspil.formats.oioxml.markup import CLOSE, OPEN, unmarked, write_markup

MISFIT, UNPLACED = 1, 2
_MOST_ORDERS = 4096

Write = Callable[[Tree, Callable[[str], None]], int]
"""Appends the children of a dict, in the shape's order. What is amiss, as a sum of the two flaws."""


class Twin(NamedTuple):
    """A letter's message element in marked text, whether it fits its shape, and what has no place in it."""

    markup: str
    fits: bool
    unplaced: tuple[str, ...]


@cache
def _writer_of(shape: Shape) -> Write:
    """A shape's function, made once. What stands below it once is written in it, what may repeat by its own."""
    known: dict[str, Any] = {"write_markup": write_markup}
    lines = ["def write(tree0, add):", "flaws = 0", *_body(shape, known, 0), "return flaws"]
    exec("\n    ".join(lines), known)  # noqa: S102 - our own tables, see above
    return known["write"]


class _Right(dict[str, bool]):
    """Which orders of a shape's children are right. Remembered, as letters are alike."""

    def __init__(self, shape: Shape) -> None:
        self._model = shape.model

    def __missing__(self, letters: str) -> bool:
        if len(self) > _MOST_ORDERS:
            self.clear()
        right = self[letters] = self._model(letters) is not None
        return right


def _body(shape: Shape, known: dict[str, Any], level: int) -> Iterator[str]:
    """How a dict's keys are written, and what is told of their order and of others."""
    right = _named(known, "right", _Right(shape))
    letters, size = f"letters{level}", f"size{level}"
    yield f"{letters}, {size}, get{level} = '', len(tree{level}), tree{level}.get"
    for key, child in {child.key: child for child in shape.children.values()}.items():
        yield f"value = get{level}({key!r})"
        yield "if value is not None:"
        yield f"    {size} -= 1"
        if child.interleaved:
            letter_of = _named(known, "letter_of", {name: one.letter for name, one in shape.children.items()})
            yield f"    {letters} += ''.join({letter_of}[name] for name, _ in value)"
            yield "    for name, value in value:"
            yield f"        add(f'{OPEN}{{name}}{CLOSE}{{write_markup(value)}}{OPEN}/{{name}}{CLOSE}')"
        else:
            yield f"    {letters} += {child.letter!r}{' * len(value)' if child.many else ''}"
            if child.many:
                yield "    for value in value:"
            indent = "        " if child.many else "    "
            yield from (indent + line for line in _element(child, known, level + 1))
    yield f"if not {right}[{letters}]: flaws |= 1"
    yield f"if {size}: flaws |= 2"


def _named(known: dict[str, Any], word: str, value: Any) -> str:
    name = f"{word}{len(known)}"
    known[name] = value
    return name


def _element(child: Child, known: dict[str, Any], level: int) -> Iterator[str]:
    """How one element is written."""
    opening, closing = child.opening(OPEN, CLOSE), f"{OPEN}/{child.name}{CLOSE}"
    if child.holds is Holds.SHAPE:
        yield f"add({opening!r})"
        if child.many:
            yield f"flaws |= {_named(known, 'write_item', _writer_of(child.shape))}(value, add)"
        else:
            yield f"tree{level} = value"
            yield from _body(child.shape, known, level)
        yield f"add({closing!r})"
        return
    said = "{value}" if child.leaf else "{write_markup(value)}"
    yield f"add(f'{opening}{said}{closing}')"
    test = child.leaf.test("value", known) if child.leaf else "True"
    if test != "True":
        yield f"if not ({test}): flaws |= 1"


def _unplaced(tree: Tree, shape: Shape, path: str) -> Iterator[str]:
    """The paths that have no place in a shape."""
    children = {child.key: child for child in shape.children.values()}
    for key, value in tree.items():
        child = children.get(key)
        if child is None:
            yield f"{path}/{key}"
        elif child.holds is Holds.SHAPE and child.many:
            for number, item in enumerate(value, start=1):
                yield from _unplaced(item, child.shape, f"{path}/{key}[{number}]")
        elif child.holds is Holds.SHAPE:
            yield from _unplaced(value, child.shape, f"{path}/{key}")


def write_twin(edition: Edition, tree: Tree) -> Twin:
    """A letter's message element."""
    out = [f"{OPEN}{edition.element}{CLOSE}"]
    flaws = _writer_of(edition.shape)(tree, out.append)
    out.append(f"{OPEN}/{edition.element}{CLOSE}")
    unplaced = tuple(_unplaced(tree, edition.shape, edition.element)) if flaws & UNPLACED else ()
    return Twin("".join(out), not flaws & MISFIT, unplaced)


def write_emessage(dispatch: Dispatch, namespace: str, letters: Sequence[Twin], *, encoding: str = "UTF-8") -> bytes:
    """An Emessage with these letters."""
    envelope: Tree = {
        "Sent": {"Date": dispatch.day, "Time": dispatch.time[:5]},
        "Identifier": dispatch.identifier,
        "AcknowledgementCode": "pluspositivkvitt" if dispatch.receipt_wanted else "minuspositivkvitt",
    }
    shape = envelope_shape(namespace)
    assert shape
    out = [f'{OPEN}Emessage xmlns="{namespace}"{CLOSE}{OPEN}Envelope{CLOSE}']
    _writer_of(shape)(envelope, out.append)
    out.append(f"{OPEN}/Envelope{CLOSE}")
    out.extend(letter.markup for letter in letters)
    out.append(f"{OPEN}/Emessage{CLOSE}")
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return (declaration + unmarked("".join(out))).encode(encoding, "xmlcharrefreplace")
