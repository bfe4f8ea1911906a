"""A letter that is not in canonical order, read segment by segment: everything that can be kept, every fault told.

Groups are found by their triggers and told apart by what is in them, rows by tag and constants, never by position.
A group that is in order is still read whole, by the expression that `matching` made of it.
"""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from samspil.catalogue.legacy.layouts import AnyRow, Constant, Field, Group, ReferencesRow, Row, TextRow
from samspil.formats.edifact.matching import Compiled, Matcher
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END
from samspil.formats.edifact.values import converter, references, texts
from samspil.formats.letters.faults import Fault, Unclean, shown
from samspil.formats.letters.tree import Tree, below, find, put

_TRIGGER = re.compile(r"S\d\d$")
_REFERENCE_KINDS = ("BIN", "URL", "SUP")


class _Segment(NamedTuple):
    """One segment of the letter and where it stands."""

    offset: int
    text: str

    @property
    def tag(self) -> str:
        return self.text[:3]

    @property
    def elements(self) -> list[list[str]]:
        return [element.split(COMPONENT) for element in self.text.split(ELEMENT)]

    @property
    def kind(self) -> str:
        """The first component after the tag."""
        elements = self.elements
        return elements[1][0] if len(elements) > 1 else ""


class LenientReader:
    """Reads one letter into `root` and gathers its faults."""

    def __init__(self, machine: Matcher, root: Tree, text: str) -> None:
        self.faults: list[Fault] = []
        self._groups = machine.groups
        self._root = root
        self._text = text
        self._used = [0] * len(machine.groups)
        self._triggers = {part.group.trigger for part in machine.groups if part.group.trigger}
        self._last_trigger = 0
        self._all: list[_Segment] = []
        self._boundaries: dict[int, int] = {}

    def read(self, start: int, end: int) -> None:
        """Read the segments between UNH and UNT."""
        segments = self._all = list(self._segments(start, end))
        self._boundaries = {segment.offset: number for number, segment in enumerate(segments)}
        self._boundaries[end if not segments else segments[-1].offset + len(segments[-1].text) + 1] = len(segments)
        place = 0
        while place < len(segments):
            place += self._read_group(place)
        missing = segments[-1].offset if segments else start
        for part, used in zip(self._groups, self._used, strict=True):
            group = part.group
            needed = not (group.optional or group.many or group.chunked or group.only_with)
            if needed and not used and any(isinstance(row, Row) and row.needed for row in group.rows):
                self._fault("edifact.group.missing", missing, group=_name(group))

    def _segments(self, start: int, end: int) -> Iterator[_Segment]:
        offset = self._text.find(END, start, end) + 1
        for text in self._text[offset:end].split(END):
            if text and not text.startswith(("UNT", "UNH", "UNZ")):
                yield _Segment(offset, text)
            offset += len(text) + 1

    def _fault(self, code: str, where: int, **facts: str) -> None:
        self.faults.append(Fault(code, where, tuple(facts.items())))

    # ------------------------------------------------------------------------------------------------------ groups
    def _read_group(self, place: int) -> int:
        """Read the group that starts here; how many segments it took."""
        first = self._all[place]
        trigger = first.tag if _is_trigger(first) and first.tag not in self._row_tags else ""
        candidates = [at for at, part in enumerate(self._groups) if part.group.trigger == trigger and self._free(at)]
        if trigger:
            self._check_order(first)
        else:
            candidates = [at for at in candidates if _may_open(self._groups[at], first)] or candidates
        if taken := self._read_whole(candidates, place):
            return taken
        length = self._length(place, candidates)
        chunk = self._all[place : place + length]
        at = self._best(candidates, chunk)
        if at is None:
            known = trigger in self._triggers
            code = "edifact.group.many" if known else "edifact.group.unknown" if trigger else "edifact.segment.unknown"
            self._fault(code, first.offset, group=first.tag, segment=first.tag, most="")
            return length if trigger else 1
        self._used[at] += 1
        self._read_rows(self._groups[at].group, chunk[1:] if trigger else chunk, first)
        return length

    @cached_property
    def _row_tags(self) -> set[str]:
        return {row.tag for part in self._groups for row in part.group.rows}

    def _free(self, at: int) -> bool:
        group = self._groups[at].group
        most = group.most if group.many or group.continues else 99 if group.chunked else 1
        return self._used[at] < most

    def _check_order(self, first: _Segment) -> None:
        number = int(first.tag[1:])
        if number < self._last_trigger:
            self._fault("edifact.group.order", first.offset, group=first.tag)
        self._last_trigger = max(number, self._last_trigger)
        if first.elements[1:] not in ([[first.tag[1:]]], []):
            self._fault("edifact.group.number", first.offset, group=first.tag)

    def _read_whole(self, candidates: Sequence[int], place: int) -> int:
        """Read a group that is in order by its expression; how many segments, or 0."""
        for at in candidates:
            found = self._groups[at].pattern.match(self._text, self._all[place].offset)
            following = self._boundaries.get(found.end()) if found else None
            if not found or following is None:
                continue
            if following < len(self._all) and not self._starts(self._all[following]):
                continue
            try:
                self._groups[at].file(found.groups(), self._root)
            except Unclean:
                continue
            self._used[at] += 1
            return following - place
        return 0

    def _starts(self, segment: _Segment) -> bool:
        """Can a group start at this segment?"""
        if _is_trigger(segment):
            return True
        return any(not part.group.trigger and _may_open(part, segment) for part in self._groups)

    def _length(self, place: int, candidates: Sequence[int]) -> int:
        """Up to where a group reaches: the next trigger, or a segment that opens another and fits none of its rows."""
        tags = {row.tag for at in candidates for row in self._groups[at].group.rows}
        first = self._all[place].tag
        for number in range(place + 1, len(self._all)):
            segment = self._all[number]
            if _is_trigger(segment) and segment.tag not in self._row_tags:
                return number - place
            if self._opens_implied(segment) and (segment.tag not in tags or segment.tag == first):
                return number - place
        return len(self._all) - place

    def _opens_implied(self, segment: _Segment) -> bool:
        return any(not part.group.trigger and _may_open(part, segment) for part in self._groups[1:])

    def _best(self, candidates: Sequence[int], chunk: Sequence[_Segment]) -> int | None:
        """The definition that knows most of the segments; one that knows none is not it."""
        inner = chunk[1:] if chunk[0].tag in self._triggers else chunk
        best, most = None, 0
        for at in candidates:
            rows = self._groups[at].group.rows
            known = sum(any(_fits(row, segment, strict=True) for row in rows) for segment in inner)
            first_fits = bool(inner) and bool(rows) and _fits(rows[0], inner[0], strict=True)
            score = 2 * known + (3 if first_fits else 0)
            if score > most or (best is None and not inner):
                best, most = at, score
        return best

    # -------------------------------------------------------------------------------------------------------- rows
    def _read_rows(self, group: Group, segments: Sequence[_Segment], opening: _Segment) -> None:
        base: Tree = {} if group.many else below(self._root, group.base)
        counts: dict[int, int] = {}
        place = last = 0
        while place < len(segments):
            segment = segments[place]
            number = self._find_row(group.rows, segment, counts, last)
            if number is None:
                self._fault("edifact.segment.unknown", segment.offset, segment=segment.tag, group=_name(group))
                place += 1
                continue
            if number < last:
                self._fault("edifact.segment.order", segment.offset, segment=segment.tag)
            last = max(last, number)
            row = group.rows[number]
            run = _run(row, segments, place)
            taken = self._read_row(row, group, run, base, counts.get(number, 0))
            counts[number] = counts.get(number, 0) + taken
            place += taken
        for number, row in enumerate(group.rows):
            self._check_row(row, counts.get(number, 0), base, opening, group)
        if group.many:
            items = below(self._root, group.base[:-1]).setdefault(group.base[-1], [])
            items.append(base.get("", base))

    def _find_row(self, rows: Sequence[AnyRow], segment: _Segment, counts: dict[int, int], last: int) -> int | None:
        """The row of a segment: by tag and constants, one that is still free, the nearest after the last."""
        for strict in (True, False):
            fitting = [number for number, row in enumerate(rows) if _fits(row, segment, strict=strict)]
            free = [number for number in fitting if not counts.get(number) or _repeats(rows[number])]
            if free:
                return min(free, key=lambda number: (number < last, number))
            if fitting and strict:
                self._fault("edifact.segment.many", segment.offset, segment=segment.tag)
                return fitting[0]
        return None

    def _read_row(self, row: AnyRow, group: Group, segments: Sequence[_Segment], base: Tree, before: int) -> int:
        """Read a row's segment or run of segments; how many."""
        if isinstance(row, Row):
            if row.each:
                item: Tree = {}
                self._read_fields(row, segments[0], item)
                below(base, row.each[:-1]).setdefault(row.each[-1], []).append(item)
                if before >= row.most:
                    self._fault("edifact.segment.many", segments[0].offset, segment=row.tag)
            else:
                self._read_fields(row, segments[0], base)
                if row.presence:
                    put(base, row.presence.path, row.presence.when)
            return 1
        run = len(segments)
        chunk = "".join(f"{segment.text}{END}" for segment in segments)
        take = references(row.path, group) if isinstance(row, ReferencesRow) else texts(row, group)
        if before + run > row.most and not (isinstance(row, TextRow) and row.each):
            self._fault("edifact.text.long", segments[0].offset, most=str(row.most))
        for segment in segments:
            self._check_text(segment)
        try:
            take(chunk, base, self._root)
        except Unclean:
            self._fault(
                "edifact.code.unknown", segments[0].offset, element="FTX", found=shown(segments[0].kind), allowed="…"
            )
        return run

    def _check_text(self, segment: _Segment) -> None:
        elements = segment.elements
        if len(elements) < 5:
            self._fault("edifact.text.empty", segment.offset)
        elif len(elements) > 5 or len(elements[4]) > 5:
            self._fault("edifact.component.unexpected", segment.offset, segment="FTX", position="4.6")

    def _check_row(self, row: AnyRow, count: int, base: Tree, opening: _Segment, group: Group) -> None:
        if isinstance(row, TextRow):
            if count < row.least:
                self._fault(
                    "edifact.segment.missing", opening.offset, segment=f"FTX+{row.kinds[0]}", group=_name(group)
                )
            return
        if isinstance(row, ReferencesRow) or count:
            return
        for field in row.fields:
            if field.otherwise:
                put(base, field.path, field.otherwise)
        if row.presence and row.presence.otherwise:
            put(base, row.presence.path, row.presence.otherwise)
        elif row.soft:
            self._fault("edifact.segment.expected", opening.offset, segment=row.tag, group=_name(group))
        elif row.needed:
            self._fault("edifact.segment.missing", opening.offset, segment=_written(row), group=_name(group))

    # ------------------------------------------------------------------------------------------------------ fields
    def _read_fields(self, row: Row, segment: _Segment, base: Tree) -> None:
        elements = segment.elements
        offset = segment.offset + len(elements[0][0]) + 1
        for number, said in enumerate(elements[1:], start=1):
            self._read_element(row, number, said, offset, base)
            offset += sum(map(len, said)) + len(said)
        for number, element in enumerate(row.elements, start=1):
            said = elements[number] if number < len(elements) else []
            self._check_constants(row, number, said, element, segment)

    def _read_element(self, row: Row, number: int, said: Sequence[str], offset: int, base: Tree) -> None:
        place = 0
        positions = _positions(row.elements[number - 1]) if number <= len(row.elements) else {}
        while place < len(said):
            component, width = positions.get(place, (None, 1))
            value = COMPONENT.join(said[place : place + width])
            if isinstance(component, Field):
                if value.strip(COMPONENT) or (component.codes and value):
                    self._read_field(row, component, value, offset, base)
                elif component.otherwise:
                    put(base, component.path, component.otherwise)
            elif component is None and value:
                self._fault("edifact.component.unexpected", offset, segment=row.tag, position=f"{number}.{place + 1}")
            offset += len(value) + 1
            place += width

    def _read_field(self, row: Row, field: Field, value: str, offset: int, base: Tree) -> None:
        target = self._root if field.root else base
        if field.date and not (value.isdecimal() and len(value) == {"102": 8, "203": 12, "204": 14}[field.date]):
            self._fault("edifact.date.form", offset, segment=row.tag, format=field.date)
            return
        try:
            read = converter(field)(value)
        except Unclean:
            table = field.codes
            found = shown(value.replace(COMPONENT, ":"))
            allowed = table.nearest() if table else ""
            self._fault("edifact.code.unknown", offset, element=field.path[-1], found=found, allowed=allowed)
            return
        if read is None:
            return
        if field.compared:
            if find(target, field.path) != read:
                self._fault("edifact.value.repeated", offset, segment=row.tag, element="/".join(field.path))
        elif field.item:
            put(target, field.path, [*(find(target, field.path) or ()), read])
        else:
            put(target, field.path, read)

    def _check_constants(
        self, row: Row, number: int, said: Sequence[str], element: Sequence[Any], segment: _Segment
    ) -> None:
        has_value = any(said)
        for place, (component, width) in _positions(element).items():
            if not isinstance(component, Constant) or component.tolerated:
                continue
            found = said[place] if place < len(said) else ""
            needed = not component.with_value or (has_value and _leads(element, said))
            if (needed and found != component.text) or (found and found != component.text):
                facts = {"segment": row.tag, "position": f"{number}.{place + 1}", "expected": component.text}
                self._fault("edifact.constant", segment.offset, **facts)
            del width


def _leads(element: Sequence[Any], said: Sequence[str]) -> bool:
    """Has the element's first field a value?"""
    for place, (component, _) in _positions(element).items():
        if isinstance(component, Field):
            return place < len(said) and bool(said[place])
    return False


def _positions(element: Sequence[Any]) -> dict[int, tuple[Any, int]]:
    """Components by their place; a code of two takes two places."""
    found: dict[int, tuple[Any, int]] = {}
    place = 0
    for component in element:
        width = component.width if isinstance(component, Field) else 1
        found[place] = (component, width)
        place += width
    return found


def _is_trigger(segment: _Segment) -> bool:
    return _TRIGGER.match(segment.tag) is not None and len(segment.elements[0][0]) == 3


def _may_open(part: Compiled, segment: _Segment) -> bool:
    """Is this segment one of those a group without a trigger begins with?"""
    for row in part.group.rows:
        if _fits(row, segment, strict=True):
            return True
        if isinstance(row, Row) and row.needed:
            return False
    return False


def _run(row: AnyRow, segments: Sequence[_Segment], place: int) -> Sequence[_Segment]:
    """The segments that a row takes from here on: one, or all FTX of a text."""
    end = place + 1
    while isinstance(row, TextRow) and end < len(segments) and _fits(row, segments[end], strict=True):
        end += 1
    return segments[place:end]


def _repeats(row: AnyRow) -> bool:
    return not isinstance(row, Row) or bool(row.each)


def _fits(row: AnyRow, segment: _Segment, *, strict: bool) -> bool:
    """Is it this row's segment? Strictly: all constants; else those of the first element."""
    if segment.tag != row.tag or segment.text[3:4] not in {"", ELEMENT}:
        return False
    if isinstance(row, Row):
        return _fits_elements(row, segment, strict=strict)
    kinds: Container[str] = _REFERENCE_KINDS
    if isinstance(row, TextRow):
        codes = row.kind_field.codes if row.kind_field else None
        kinds = codes.read if codes else row.kinds
        if row.kind_field and not codes:
            return segment.kind.isdecimal()
    return segment.kind in kinds


def _fits_elements(row: Row, segment: _Segment, *, strict: bool) -> bool:
    elements = segment.elements
    for number, element in enumerate(row.elements if strict else row.elements[:1], start=1):
        said = elements[number] if number < len(elements) else []
        for place, (component, _) in _positions(element).items():
            found = said[place] if place < len(said) else ""
            hard = isinstance(component, Constant) and not (component.with_value or component.tolerated)
            if hard and found != component.text:
                return False
            known = component.codes if isinstance(component, Field) and number == 1 and strict else None
            if known and found and known.read and known.width == 1 and found not in known.read:
                return False
    return True


def _name(group: Group) -> str:
    return group.trigger or next((row.tag for row in group.rows), "")


def _written(row: Row) -> str:
    """A segment as a reader would look for it: tag and qualifier."""
    first = row.elements[0] if row.elements else ()
    text = ":".join(one.text for one in first if isinstance(one, Constant) and not one.with_value)
    return f"{row.tag}+{text}" if text else row.tag
