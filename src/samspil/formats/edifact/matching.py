"""A layout compiled for reading: one regular expression a group, and what becomes of each value it captures.

A letter in canonical order is read by a dozen matches over its marked text, without cutting it into segments.
Anything else makes `read_clean` give up at once; `lenient` then reads the letter segment by segment and says why.
Both take the same rows; a test holds them together.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from samspil.catalogue.legacy.layouts import AnyRow, Field, Group, Layout, ReferencesRow, Row, TextRow, find_layout
from samspil.formats.edifact.filling import Capture, File, filing
from samspil.formats.edifact.patterns import row_pattern, words
from samspil.formats.edifact.syntax import ELEMENT, END
from samspil.formats.edifact.values import Put, reader_of, references, texts
from samspil.formats.letters.faults import Unclean
from samspil.formats.letters.tree import Path, Tree, numbered, put

_ENDLESS = 1 << 30


class Compiled(NamedTuple):
    """A group ready to match, and what files its values in a letter. It may come `most` times; must it come?"""

    group: Group
    pattern: re.Pattern[str]
    file: File
    captures: tuple[Capture, ...]
    most: int
    needed: bool


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
    position = text.index(END, start) + 1
    try:
        for _, pattern, file, _, most, needed in machine.groups:
            match, times = pattern.match, 0
            while times < most and (found := match(text, position, end)):
                file(found.groups(), root)
                position = found.end()
                times += 1
            if needed and not times:
                return False
    except Unclean:
        return False
    return text.startswith("UNT", position, end)


def trace(part: Compiled, found: re.Match[str], index: int) -> Iterator[tuple[Path, int]]:
    """The paths that a matched group gave values to, and where in the text each value stands."""
    base = (*part.group.base[:-1], *numbered(part.group.base[-1], index)) if part.group.many else part.group.base
    yield base, found.start()
    for capture in part.captures:
        if found[capture.number + 1]:
            yield capture.path if capture.root else (*base, *capture.path), found.start(capture.number + 1)


# ------------------------------------------------------------------------------------------------------ compiling
@cache
def compiled(group: Group) -> Compiled:
    """A group, compiled."""
    opening = f"{group.trigger}{ELEMENT}{group.trigger[1:]}{END}" if group.trigger else ""
    builder = _Builder(group)
    pattern = builder.pattern(opening, group.rows)
    most = group.most if group.many else _ENDLESS if group.chunked else 1
    needed = not (group.optional or group.many or group.chunked)
    file = filing(builder.captures, builder.absences, base=group.base, listed=group.many)
    return Compiled(group, pattern, file, tuple(builder.captures), most, needed)


class _Builder:
    """Writes an expression and numbers its captures."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self.captures: list[Capture] = []
        self.absences: dict[tuple[Path, str], list[int]] = {}
        self._again = f"(?:{group.trigger}{ELEMENT}\\d+{END})?" if group.continues else ""

    def pattern(self, opening: str, rows: Sequence[AnyRow]) -> re.Pattern[str]:
        """The rows' expression."""
        return re.compile(opening + self._ahead(rows) + "".join(self._row(row) for row in rows))

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
        return pattern if row.needed else f"(?:{pattern}|)"

    def _presence(self, row: Row) -> str:
        """A segment that stands for a word by being there."""
        presence = row.presence
        assert presence
        number = self._reserve(presence.path, take=lambda _, base, __: put(base, presence.path, presence.when))
        if presence.otherwise:
            self.absences[presence.path, presence.otherwise] = [number]
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
            self.absences.setdefault((field.path, field.otherwise), []).append(number)
        return f"({pattern})"

    def _capture(self, pattern: str, path: Path, take: Put) -> str:
        self._reserve(path, take=take)
        return f"({pattern})"

    def _reserve(self, path: Path, *, root: bool = False, field: Field | None = None, take: Put) -> int:
        self.captures.append(Capture(len(self.captures), path, root, field, take))
        return len(self.captures) - 1


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
    builder = _Builder(group)
    pattern = builder.pattern("", (Row(tag=row.tag, elements=row.elements),))
    file = filing(builder.captures, builder.absences, base=row.each, listed=True)

    def take(segments: str, base: Tree, _: Tree) -> None:
        for found in pattern.finditer(segments):
            file(found.groups(), base)

    return take
