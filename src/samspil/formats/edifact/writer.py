"""A letter's tree as EDIFACT segments, by the same rows that read it.

A row becomes a template and the functions that fetch its values; separators are marks until the whole interchange is
written. What a row cannot say is noted as a fault with its path in the letter.
Source: MedCom's descriptions of the EDIFACT letters; ISO 9735 syntax version 3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from samspil.catalogue.legacy.codes import codes
from samspil.catalogue.legacy.layouts import Field, Group, Layout, Presence, ReferencesRow, Row, TextRow, find_layout
from samspil.domain.text import Text
from samspil.formats.edifact.irregular import Work, before_writing
from samspil.formats.edifact.spelling import WriteRow, rows_writer
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, OBJECT, trimmed
from samspil.formats.edifact.text import cut_line, write_lines, write_plain, write_text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Path, Tree, find


@dataclass(slots=True)
class _Letter:
    """One letter being written."""

    root: Tree
    work: Work
    out: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    number: int = 0
    group: Group | None = None
    texts: int = 0
    opened: int = 0

    def text_segment(self) -> None:
        """Count an FTX; a full group is continued in another."""
        group = self.group
        if group and group.texts_each and self.texts >= group.texts_each:
            self.open(group)
            if group.many:
                self.lose(group.base, "split")
        self.texts += 1

    def open(self, group: Group) -> None:
        """Write a group's trigger and number it."""
        trigger = group.trigger or group.name
        self.group, self.texts = group, 0
        self.number = self.numbers[trigger] = self.numbers.get(trigger, 0) + 1
        self.opened += 1
        if group.trigger:
            self.out.append(f"{group.trigger}{ELEMENT}{group.trigger[1:]}{END}")

    def fault(self, code: str, path: Path, **facts: str) -> None:
        """Note what cannot be written."""
        self.work.faults.append(Fault(code, path, tuple(facts.items())))

    def lose(self, path: Path, why: str) -> None:
        """Note what does not arrive as it is."""
        self.work.losses.append((path, why))


def write_unit(layout: Layout, tree: Tree, work: Work) -> str:
    """The marked text of one letter, from UNH to UNT. Objects and faults are left in `work`."""
    raw = before_writing(layout, tree, work)
    letter = _Letter(raw, work)
    reference = find(tree, ("Letter", "Identifier")) or ""
    syntax = layout.syntax.replace(":", COMPONENT)
    parts = (layout.message, syntax, layout.version)
    letter.out.append(ELEMENT.join(("UNH", reference, COMPONENT.join(parts), layout.type)) + END)
    for write in _writers(layout.version):
        write(letter)
    body = trimmed("".join(letter.out))
    return f"{body}UNT{ELEMENT}{body.count(END) + 1}{ELEMENT}{reference}{END}"


@cache
def _writers(version: str) -> tuple[Callable[[_Letter], None], ...]:
    layout = find_layout(version)
    assert layout
    return tuple(map(_group_writer, layout.groups))


@cache
def _group_writer(group: Group) -> Callable[[_Letter], None]:
    """What writes a group as often as it is there."""
    if group.chunked:
        return _chunks_writer(group)
    rows = rows_writer([_row_writer(row, group) for row in group.rows], group)
    text = _known_by(group)
    if group.many:
        return _list_writer(group, rows)

    def write(letter: _Letter) -> None:
        root = letter.root
        if group.only_with and not any(find(root, path) for path in group.only_with):
            return
        base: Tree | None = root
        for step in group.base:
            base = base.get(step) if base else None
        if base is None and group.optional:
            return
        if text and not find(base, text):
            letter.lose(group.base, "absent")
            return
        letter.opened = 0
        letter.open(group)
        rows(base or {}, letter)
        if letter.opened > group.most:
            letter.fault("edifact.write.many", group.base, most=str(group.most), found=str(letter.opened))

    return write


def _list_writer(group: Group, rows: WriteRow) -> Callable[[_Letter], None]:
    """What writes a group for every element of a list."""

    def write(letter: _Letter) -> None:
        items = find(letter.root, group.base) or ()
        if len(items) > group.most:
            letter.fault("edifact.write.many", group.base, most=str(group.most), found=str(len(items)))
        letter.opened = 0
        for item in items:
            letter.open(group)
            rows(item if item.__class__ is dict else {"": item}, letter)
        if len(items) <= group.most < letter.opened:
            letter.fault("edifact.write.many", group.base, most=str(group.most), found=str(letter.opened))

    return write


def _chunks_writer(group: Group) -> Callable[[_Letter], None]:
    """What writes as many groups as its references need."""
    row = next(row for row in group.rows if isinstance(row, ReferencesRow))

    def write(letter: _Letter) -> None:
        items = find(letter.root, row.path) or ()
        for first in range(0, len(items), row.most):
            letter.open(group)
            letter.out.extend(_reference(item, letter) for item in items[first : first + row.most])

    return write


def _known_by(group: Group) -> Path:
    if group.trigger or not group.optional or group.many:
        return ()
    return next((row.path for row in group.rows if isinstance(row, TextRow) and row.least), ())


def _row_writer(row: Row | TextRow | ReferencesRow, group: Group) -> Row | WriteRow:
    """A row as it is if it is one plain segment, else what writes it."""
    if isinstance(row, TextRow):
        return _text_writer(row, group)
    if isinstance(row, ReferencesRow):
        return _references_writer(row)
    if row.each:
        return _each_writer(row, group)
    if row.presence:
        return _presence_writer(row, row.presence, group)
    if row.without or row.only_with:
        return _conditional_writer(row, group)
    return row


def _presence_writer(row: Row, presence: Presence, group: Group) -> WriteRow:
    """A segment that stands for a word."""
    path, words = presence.path, {presence.when, _SPELT.get(presence.when, presence.when)}
    segment = rows_writer([replace(row, optional=False)], group)

    def write(base: Tree, letter: _Letter) -> None:
        if find(base, path) in words:
            segment(base, letter)

    return write


def _conditional_writer(row: Row, group: Group) -> WriteRow:
    """A segment that is there only with, or only without, something else."""
    paths, wanted = row.only_with or (row.without,), bool(row.only_with)
    segment = rows_writer([row], group)

    def write(base: Tree, letter: _Letter) -> None:
        if any(find(base, path) for path in paths) == wanted:
            segment(base, letter)

    return write


_SPELT = {"true": "1", "false": "0"}


def _each_writer(row: Row, group: Group) -> WriteRow:
    """A segment for every element of a list."""
    path, most = row.each, row.most
    segment = rows_writer([row], group)

    def write(base: Tree, letter: _Letter) -> None:
        items = find(base, path)
        if not items:
            return
        if len(items) > most:
            letter.fault("edifact.write.many", (*group.base, *path), most=str(most), found=str(len(items)))
        for item in items:
            segment(item, letter)

    return write


# ---------------------------------------------------------------------------------------------------------- texts
def _text_writer(row: TextRow, group: Group) -> WriteRow:
    """What writes a text, or a list of them."""
    spell = _SPELLERS[row.how]
    path, most, where = row.path or ("",), row.most, (*group.base, *row.path)
    kind_of = _kind_of(row.kind_field) if row.kind_field else None
    kinds = dict(zip(row.names or ("",), row.kinds or ("",), strict=False))

    def write_one(kind: str, value: Any, letter: _Letter) -> int:
        count = 0
        for code, components in spell(value):
            letter.text_segment()
            letter.out.append(f"FTX{ELEMENT}{kind}{ELEMENT}{code}{ELEMENT}{ELEMENT}{COMPONENT.join(components)}{END}")
            count += 1
        return count

    def write_each(items: Sequence[Any], letter: _Letter) -> int:
        count, last = 0, ""
        for item in items:
            kind = kind_of(item) if kind_of else row.kinds[0]
            value = find(item, path) if row.path else item
            segments = write_one(kind, value or Text(), letter)
            if (kind == last) if kind_of else segments > 1:
                letter.lose((*group.base, *row.each), "split")
            count, last = count + (segments > 0), kind
        return count

    def write(base: Tree, letter: _Letter) -> None:
        if row.names:
            key = (*row.path[:-1], "|".join(row.names))
            counts = [write_one(kinds[name], item, letter) for name, item in find(base, key) or ()]
            count = sum(counts)
            if count > len(counts):
                letter.lose((*group.base, *key), "split")
        elif row.each:
            count = write_each(find(base, row.each) or (), letter)
        else:
            value, kind = find(base, path), kind_of(base) if kind_of else row.kinds[0]
            if value is None:
                if kind_of and find(base, row.kind_field.path if row.kind_field else ()):
                    letter.out.append(f"FTX{ELEMENT}{kind}{ELEMENT}P00{END}")
                return
            count = write_one(kind, value, letter)
        if count > most and not (group.many and group.texts_each):
            letter.fault("edifact.write.text", where, most=str(most), found=str(count))

    return write


def _kind_of(field: Field) -> Callable[[Tree], str]:
    """The kind of an FTX that a value says."""
    table, path = field.codes, field.path

    def kind(base: Tree) -> str:
        word = find(base, path) or ""
        return (table.write.get(word) or table.absent or "") if table else word

    return kind


def _formatted(value: Any) -> Any:
    return write_text(value if isinstance(value, Text) else Text.plain(str(value)))


def _breakable(value: Any) -> Any:
    return write_lines(str(value))


def _plain(value: Any) -> Any:
    return (("P00", components) for components in write_plain(str(value).replace("\n", " ")))


def _note(value: Any) -> Any:
    return (("", components) for components in write_plain(str(value)))


_SPELLERS: dict[str, Callable[[Any], Any]] = {
    "formatted": _formatted,
    "breakable": _breakable,
    "plain": _plain,
    "note": _note,
}


# ----------------------------------------------------------------------------------------------------- references
def _references_writer(row: ReferencesRow) -> WriteRow:
    def write(base: Tree, letter: _Letter) -> None:
        items = find(base, row.path) or ()
        if len(items) > row.most:
            letter.fault("edifact.write.many", row.path, most=str(row.most), found=str(len(items)))
        for item in items:
            letter.text_segment()
            letter.out.append(_reference(item, letter))

    return write


def _reference(reference: Tree, letter: _Letter) -> str:
    """One FTX of a reference."""
    if (said := reference.get("BIN")) is not None:
        kind = "BIN"
        word, ending = said.get("ObjectCode", ""), said.get("ObjectExtensionCode", "")
        code, extension = codes("object_kind").write.get(word), codes("object_extension").write.get(ending)
        if code is None or extension is None:
            letter.fault("edifact.write.code", ("Reference", "BIN"), table="object_kind")
        parts = [said.get("ObjectIdentifier", ""), code or "", extension or "", said.get("OriginalObjectSize", "")]
    elif (url := reference.get("URL")) is not None:
        kind = "URL"
        parts = []
        parts.append(cut_line(url, parts))
    else:
        kind, parts = "SUP", []
    components = COMPONENT.join((reference.get("RefDescription", ""), *parts))
    return f"FTX{ELEMENT}{kind}{ELEMENT}P00{ELEMENT}{ELEMENT}{components}{END}"


def object_marks(text: str) -> str:
    """Marked text with a mark behind every UNO, where the object's raw bytes go."""
    pieces = text.split(f"{END}UNO{ELEMENT}")
    marked = [pieces[0]]
    for piece in pieces[1:]:
        header, rest = piece.split(END, 1)
        marked.append(f"{header}{END}{OBJECT}{rest}")
    return f"{END}UNO{ELEMENT}".join(marked)
