"""A shape compiled for reading: one regular expression an element, and a function that files what it captures.

A letter that says everything as its shape has it is read by a single match. Anything else makes `Unclean`; `walking`
then reads it element by element and says why. Both take the same shapes.

The expression is for marked text: tags between `OPEN` and `CLOSE`, and no other markup. The function's source is made
of the shapes' own names and numbers only, never of anything that was received.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import LETTERS, Child, Holds, Shape
from samspil.formats.letters.faults import Unclean
from samspil.formats.letters.tree import Path, Place, Tree, numbered
from samspil.formats.oioxml.markup import CLOSE, OPEN, TEXT, read_markup

_TOKEN = re.compile(r"\(\?:(\w(?:\|\w)+)\)(\*|\+|\{[\d,]+\})|([^\W\d_])(\*|\+|\?|\{[\d,]+\})?")
_VALUE = f"[^{OPEN}]*"


@dataclass(frozen=True, slots=True)
class _Capture:
    """What one capturing group yields: an element's value, its mere presence, or a run of which each is like `each`."""

    path: Path
    name: str
    each: re.Pattern[str] | None = None
    items: "Matcher | None" = None


@dataclass(slots=True)
class Matcher:
    """One element ready to read: `file` makes a tree of what `pattern` captured."""

    pattern: re.Pattern[str]
    file: Callable[[tuple[Any, ...]], Tree]
    captures: list[_Capture]

    def items(self, run: str) -> list[Tree]:
        """The elements of a run."""
        return [self.file(found.groups()) for found in self.pattern.finditer(run)]

    def trace(self, found: re.Match[str]) -> Iterator[Place]:
        """The paths below a matched element, and the span of each in the text."""
        for number, capture in enumerate(self.captures, start=1):
            start, end = found.span(number)
            if start >= 0 and capture.each is None:
                yield _place(found, number, capture)
            elif start >= 0 and capture.each:
                for count, item in enumerate(capture.each.finditer(found.string, start, end), start=1):
                    here = (*capture.path[:-1], *numbered(capture.path[-1], count))
                    inner = capture.items.trace(item) if capture.items else iter([((), *item.span())])
                    yield from (((*here, *path), first, last) for path, first, last in inner)

    def place(self, found: re.Match[str], wanted: Path) -> Place | None:
        """The place of a path that stands once, if the element has it; others are found by a trace."""
        for number, capture in enumerate(self.captures, start=1):
            if capture.path == wanted and capture.each is None and found.start(number) >= 0:
                return _place(found, number, capture)
        return None


def _place(found: re.Match[str], number: int, capture: _Capture) -> Place:
    start, end = found.span(number)
    closing = f"{OPEN}/{capture.name}{CLOSE}"
    return capture.path, start - len(capture.name) - 2, found.string.index(closing, end) + len(closing)


class _Inside(NamedTuple):
    """Where in the function the children of an element are filed: under which variable and path, how far indented."""

    base: str
    path: Path
    indent: str


@cache
def matcher(name: str, shape: Shape) -> Matcher:
    """The matcher of an element. Types share many shapes, which are compiled once."""
    return _Builder().build(name, shape)


class _Builder:
    """Writes an expression and the source of the function that files its captures."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._known: dict[str, Any] = {"Unclean": Unclean, "read_markup": read_markup}
        self._captures: list[_Capture] = []

    def build(self, name: str, shape: Shape) -> Matcher:
        """The matcher of an element."""
        self._capture(_Capture((), name))
        children = self._children(shape, _Inside("root", (), "    "))
        names = "".join(f"v{number}, " for number in range(len(self._captures)))
        source = ["def file(values):", f"    {names}= values", "    root = {}", *self._lines, "    return root"]
        exec("\n".join(source), self._known)  # noqa: S102 - our own tables, see above
        pattern = re.compile(_element(f"{OPEN}{name}{CLOSE}", rf"()\s*{children}", name))
        return Matcher(pattern, self._known["file"], self._captures)

    def _line(self, inside: _Inside, line: str) -> None:
        self._lines.append(inside.indent + line)

    def _capture(self, capture: _Capture) -> int:
        self._captures.append(capture)
        return len(self._captures) - 1

    def _children(self, shape: Shape, inside: _Inside) -> str:
        """A shape's order with each letter replaced by its child."""
        kids = dict(zip(LETTERS, shape.children.values(), strict=False))

        def spelt(found: re.Match[str]) -> str:
            together, often, letter, times = found.groups()
            if together or times not in {None, "?"}:
                members = [kids[one] for one in (together or letter).split("|")]
                return self._run(members, often or times, inside)
            return f"(?:{self._child(kids[letter], inside)}{'|' if times else ''})"

        return _TOKEN.sub(spelt, shape.order)

    def _child(self, child: Child, inside: _Inside) -> str:
        """A child that stands once."""
        name, path = child.name, (*inside.path, child.name)
        number = self._capture(_Capture(path, name))
        value, target = f"v{number}", f"{inside.base}[{name!r}]"
        self._line(inside, f"if {value} is not None:")
        within = _Inside(f"b{number}", path, f"{inside.indent}    ")
        if child.holds is Holds.SHAPE:
            self._line(within, f"{within.base} = {target} = {{}}")
            content = rf"()\s*{self._children(child.shape, within)}"
        else:
            test = child.leaf.test(value, self._known) if child.leaf else "True"
            if test != "True":
                self._line(within, f"if not ({test}): raise Unclean")
            self._line(within, f"{target} = {value if child.leaf else f'read_markup({value})'}")
            content = f"({_content(child)})"
        return _element(child.opening(OPEN, CLOSE), content, name)

    def _run(self, members: list[Child], times: str, inside: _Inside) -> str:
        """Children that stand any number of times, one kind or several in any order."""
        first, loose = members[0], "|".join(map(_loose, members))
        items = matcher(first.name, first.shape) if first.holds is Holds.SHAPE else None
        each = items.pattern if items else re.compile(loose)
        number = self._capture(_Capture((*inside.path, first.key), first.name, each, items))
        self._known[f"k{number}"] = items.items if items else _values(members)
        self._line(inside, f"if v{number}: {inside.base}[{first.key!r}] = k{number}(v{number})")
        return f"((?:{loose}){times})"


def _element(opening: str, content: str, name: str) -> str:
    return rf"{opening}{content}{OPEN}/{name}{CLOSE}\s*"


def _content(child: Child) -> str:
    return _VALUE if child.holds is Holds.LEAF else TEXT


def _loose(child: Child) -> str:
    """A child's expression without captures."""
    if child.holds is Holds.SHAPE:
        pattern = matcher(child.name, child.shape).pattern.pattern
        return re.sub(r"\((?!\?)", "(?:", pattern)
    return _element(child.opening(OPEN, CLOSE), _content(child), child.name)


def _values(members: list[Child]) -> Callable[[str], list[Any]]:
    """What reads a run of leaves or texts; of several kinds, with their names."""
    names = "|".join(member.name for member in members)
    pattern = re.compile(rf"{OPEN}({names}){CLOSE}(.*?){OPEN}/\1{CLOSE}", re.DOTALL)
    by_name = {member.name: member for member in members}

    def read(run: str) -> list[Any]:
        pairs = [(name, _value(by_name[name], raw)) for name, raw in pattern.findall(run)]
        return pairs if members[0].interleaved else [value for _, value in pairs]

    return read


def _value(child: Child, raw: str) -> Any:
    if child.leaf is None:
        return read_markup(raw)
    if not child.leaf.fits(raw):
        raise Unclean
    return raw
