"""A layout compiled for reading: one regular expression a group, and what becomes of each value it captures.

A letter in canonical order is read by a dozen matches over its marked text, without cutting it into segments.
Anything else makes `read_clean` give up at once; `lenient` then reads the letter segment by segment and says why.
Both take the same rows; a test holds them together.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.legacy.layouts import AnyRow, Field, Group, Layout, ReferencesRow, Row, TextRow, find_layout
from samspil.formats.edifact.filling import Absence, Capture, Fill, filler
from samspil.formats.edifact.patterns import row_pattern, words
from samspil.formats.edifact.syntax import ELEMENT, END
from samspil.formats.edifact.values import Put, Unclean, reader_of, references, texts
from samspil.formats.letters.tree import Path, Tree, below, put


class Compiled(NamedTuple):
    """Some rows of a group, ready to match."""

    group: Group
    pattern: re.Pattern[str]
    fill: Fill
    captures: tuple[Capture, ...]


class Matcher(NamedTuple):
    """A layout ready to read."""

    layout: Layout
    groups: tuple[Compiled, ...]


@cache
def matcher(version: str) -> Matcher | None:
    """The matcher of a version code; None if its layout is not public."""
    layout = find_layout(version)
    return Matcher(layout, tuple(compiled(group) for group in layout.groups)) if layout else None


# -------------------------------------------------------------------------------------------------------- reading
def read_clean(machine: Matcher, root: Tree, text: str, start: int, end: int) -> bool:
    """Fill `root` from a letter in canonical order. False, with `root` half filled, for any other."""
    try:
        position = _read_groups(machine, root, text, text.index(END, start) + 1, end)
    except Unclean:
        return False
    return position > 0 and text.startswith("UNT", position, end)


def _read_groups(machine: Matcher, root: Tree, text: str, position: int, end: int) -> int:
    """Match group after group; the place behind the last one, or 0 where a group is missing."""
    for part in machine.groups:
        group, match = part.group, part.pattern.match
        found = match(text, position, end)
        if found is None:
            if group.optional or group.many or group.chunked:
                continue
            return 0
        times = 0
        while found:
            extract(part, found, root)
            position = found.end()
            times += 1
            if not (group.many or group.chunked):
                break
            found = match(text, position, end)
        if group.many and times > group.most:
            return 0
    return position


def extract(part: Compiled, found: re.Match[str], root: Tree) -> None:
    """Put one matched group's values into the letter. Raises `Unclean`."""
    base = part.group.base
    if part.group.many:
        below(root, base[:-1]).setdefault(base[-1], []).append(item_of(part, found, root))
    elif len(base) == 1:
        part.fill(found.groups(), root.setdefault(base[0], {}), root)
    else:
        part.fill(found.groups(), below(root, base) if base else root, root)


def item_of(part: Compiled, found: re.Match[str], root: Tree) -> Any:
    """A matched group or row as an item of a list: a dict, or the one value that it is."""
    item: Tree = {}
    part.fill(found.groups(), item, root)
    return item.get("", item)


def trace(part: Compiled, found: re.Match[str], index: int) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The paths that a matched group gave values to, and where in the text each value stands."""
    base: tuple[str | int, ...] = (*part.group.base, index) if part.group.many else part.group.base
    yield base, found.start()
    for capture in part.captures:
        if found[capture.number + 1]:
            yield capture.path if capture.root else (*base, *capture.path), found.start(capture.number + 1)


# ------------------------------------------------------------------------------------------------------ compiling
_COMPILED: dict[str, Compiled] = {}


def compiled(group: Group) -> Compiled:
    """A group, compiled. Types share many groups, which are compiled once."""
    if group.source not in _COMPILED:
        _COMPILED[group.source] = _compile(group)
    return _COMPILED[group.source]


def _compile(group: Group) -> Compiled:
    opening = f"{group.trigger}{ELEMENT}{group.trigger[1:]}{END}" if group.trigger else ""
    return _Builder(group).build(opening, group.rows)


class _Builder:
    """Writes an expression and numbers its captures."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._captures: list[Capture] = []
        self._absences: dict[tuple[Path, str], list[int]] = {}
        self._again = f"(?:{group.trigger}{ELEMENT}\\d+{END})?" if group.continues else ""

    def build(self, opening: str, rows: Sequence[AnyRow]) -> Compiled:
        """The rows, compiled."""
        pattern = re.compile(opening + self._ahead(rows) + "".join(self._row(row) for row in rows))
        absences = [Absence(tuple(numbers), path, word) for (path, word), numbers in self._absences.items()]
        return Compiled(self._group, pattern, filler(self._captures, absences), tuple(self._captures))

    def _ahead(self, rows: Sequence[AnyRow]) -> str:
        """A group that may be missing, and of which every segment may be, is there only if one of them is."""
        group = self._group
        if not rows or not (group.optional or group.many or group.chunked) or any(map(_is_needed, rows)):
            return ""
        return f"(?={'|'.join(map(_beginning, rows))})"

    def _row(self, row: AnyRow) -> str:
        if isinstance(row, TextRow):
            return self._text(row)
        if isinstance(row, ReferencesRow):
            unit = f"{self._again}{_beginning(row)}[^{END}]*{END}"
            return self._capture(f"(?:{unit}){{0,{row.most}}}", row.path, references(row.path, self._group))
        if row.each:
            unit = f"{row_pattern(row, lambda _, pattern: f'(?:{pattern})')}{END}"
            return self._capture(f"(?:{unit}){{0,{row.most}}}", row.each, _items(row, self._group))
        if row.presence:
            return self._presence(row)
        pattern = f"{self._again if row.tag == 'FTX' else ''}{row_pattern(row, self._field)}{END}"
        return pattern if row.needed else f"(?:{pattern})?"

    def _presence(self, row: Row) -> str:
        """A segment that stands for a word by being there."""
        presence = row.presence
        assert presence
        number = self._reserve(presence.path, take=lambda _, base, __: put(base, presence.path, presence.when))
        if presence.otherwise:
            self._absences[presence.path, presence.otherwise] = [number]
        return f"({row_pattern(row, self._field)}{END})?"

    def _text(self, row: TextRow) -> str:
        unit = f"{self._again}{_beginning(row)}[^{END}]*{END}"
        most = 999 if row.each else row.most
        return self._capture(f"(?:{unit}){{{row.least},{most}}}", row.each or row.path, texts(row, self._group))

    def _field(self, field: Field, pattern: str) -> str:
        """A capturing group for a field, but for a running number, which says nothing."""
        if field.is_number:
            return f"(?:{pattern})"
        number = self._reserve(field.path, root=field.root, field=field, take=reader_of(field))
        if field.otherwise:
            self._absences.setdefault((field.path, field.otherwise), []).append(number)
        return f"({pattern})"

    def _capture(self, pattern: str, path: Path, take: Put) -> str:
        self._reserve(path, take=take)
        return f"({pattern})"

    def _reserve(self, path: Path, *, root: bool = False, field: Field | None = None, take: Put) -> int:
        self._captures.append(Capture(len(self._captures), path, root, field, take))
        return len(self._captures) - 1


def _is_needed(row: AnyRow) -> bool:
    if isinstance(row, Row):
        return row.needed and not row.each
    return isinstance(row, TextRow) and row.least > 0


def _beginning(row: AnyRow) -> str:
    """How a row's segment begins; what has kinds, up to its kind."""
    if isinstance(row, Row):
        return row_pattern(row, lambda _, pattern: f"(?:{pattern})") + END
    kinds = "BIN|URL|SUP"
    if isinstance(row, TextRow):
        kinds = (words(row.kind_field) or r"\d+") if row.kind_field else "|".join(row.kinds)
    return f"FTX{ELEMENT}(?:{kinds}){ELEMENT}"


def _items(row: Row, group: Group) -> Put:
    """What reads a run of one row's segments as a list."""
    one = Row(tag=row.tag, elements=row.elements)
    part = _Builder(group).build("", (one,))

    def take(segments: str, base: Tree, root: Tree) -> None:
        put(base, row.each, [item_of(part, found, root) for found in part.pattern.finditer(segments)])

    return take
