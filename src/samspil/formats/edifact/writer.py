"""A letter's tree as EDIFACT segments, by the same rows that read it.

A row becomes a template and the functions that fetch its values; separators are marks until the whole interchange is
written. What a row cannot say is noted as a fault with its path in the letter.
Source: MedCom's descriptions of the EDIFACT letters; ISO 9735 syntax version 3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from samspil.catalogue.legacy.codes import codes
from samspil.catalogue.legacy.layouts import Constant, Field, Group, Layout, Presence, ReferencesRow, Row, TextRow, find_layout
from samspil.domain.text import Text
from samspil.formats.edifact.irregular import Work, before_writing
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, OBJECT, trimmed
from samspil.formats.edifact.text import cut_line, without_looks, write_plain, write_text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Path, Tree, find

Fetch = Callable[[Tree, "_Letter"], str]


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
                self.fault("edifact.write.split", group.base)
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


WriteRow = Callable[[Tree, _Letter], None]


class _GroupWriter(NamedTuple):
    """A group ready to write: its rows, and between them segments that are always the same."""

    group: Group
    rows: tuple[WriteRow | str, ...]


def write_unit(layout: Layout, tree: Tree, work: Work) -> str:
    """The marked text of one letter, from UNH to UNT. Objects and faults are left in `work`."""
    raw = before_writing(layout, tree, work)
    letter = _Letter(raw, work)
    reference = find(tree, ("Letter", "Identifier")) or ""
    syntax = layout.syntax.replace(":", COMPONENT)
    parts = (layout.message, syntax, layout.version)
    letter.out.append(ELEMENT.join(("UNH", reference, COMPONENT.join(parts), layout.type)) + END)
    for writer in _writers(layout.version):
        _write_group(writer, letter)
    body = trimmed("".join(letter.out))
    return f"{body}UNT{ELEMENT}{body.count(END) + 1}{ELEMENT}{reference}{END}"


def _write_group(writer: _GroupWriter, letter: _Letter) -> None:
    group, root, out = writer.group, letter.root, letter.out
    if group.chunked:
        _write_chunks(writer, letter)
        return
    if group.only_with:
        if not any(find(root, path) for path in group.only_with):
            return
        items: Sequence[Any] = (root,)
    elif not group.base:
        items = (root,)
    else:
        found = find(root, group.base)
        if group.many:
            items = found or ()
        elif found is None:
            items = () if group.optional else ({},)
        else:
            items = (found,)
    if len(items) > group.most and group.many:
        letter.fault("edifact.write.many", group.base, most=str(group.most), found=str(len(items)))
    letter.opened = 0
    for item in items:
        letter.open(group)
        base = item if item.__class__ is dict else {"": item}
        for row in writer.rows:
            if row.__class__ is str:
                out.append(row)
            else:
                row(base, letter)
    if len(items) <= group.most < letter.opened:
        letter.fault("edifact.write.many", group.base, most=str(group.most), found=str(letter.opened))


def _write_chunks(writer: _GroupWriter, letter: _Letter) -> None:
    """As many groups as its references need."""
    row = writer.group.rows[0]
    items = find(letter.root, row.path) or ()
    most = row.most if isinstance(row, ReferencesRow) else 1
    for first in range(0, len(items), most):
        letter.open(writer.group)
        for item in items[first : first + most]:
            letter.out.append(_reference(item, letter))


@cache
def _writers(version: str) -> tuple[_GroupWriter, ...]:
    layout = find_layout(version)
    assert layout
    return tuple(_GroupWriter(group, _row_writers(group)) for group in layout.groups)


def _row_writers(group: Group) -> tuple[WriteRow | str, ...]:
    """The writers of a group's rows; neighbouring fixed segments are one."""
    writers: list[WriteRow | str] = []
    for row in group.rows:
        writer = _row_writer(row, group)
        if isinstance(writer, str) and writers and isinstance(last := writers[-1], str):
            writers[-1] = last + writer
        else:
            writers.append(writer)
    return tuple(writers)


def _row_writer(row: Row | TextRow | ReferencesRow, group: Group) -> WriteRow | str:
    if isinstance(row, TextRow):
        return _text_writer(row, group)
    if isinstance(row, ReferencesRow):
        return _references_writer(row)
    segment = _segment_writer(row, group)
    if row.each:
        return _each_writer(row, group, _calling(segment))
    if row.presence:
        return _presence_writer(row.presence, _calling(segment))
    if row.without or row.only_with:
        return _conditional_writer(row, _calling(segment))
    return segment


def _calling(segment: WriteRow | str) -> WriteRow:
    """A fixed segment as a writer."""
    if not isinstance(segment, str):
        return segment
    return lambda _, letter: letter.out.append(segment)


def _presence_writer(presence: Presence, segment: WriteRow) -> WriteRow:
    """A segment that stands for a word."""
    path, words = presence.path, {presence.when, _SPELT.get(presence.when, presence.when)}

    def write(base: Tree, letter: _Letter) -> None:
        if find(base, path) in words:
            segment(base, letter)

    return write


def _conditional_writer(row: Row, segment: WriteRow) -> WriteRow:
    """A segment that is there only with, or only without, something else."""
    paths, wanted = row.only_with or (row.without,), bool(row.only_with)

    def write(base: Tree, letter: _Letter) -> None:
        if any(find(base, path) for path in paths) == wanted:
            segment(base, letter)

    return write


_SPELT = {"true": "1", "false": "0"}


def _each_writer(row: Row, group: Group, segment: WriteRow) -> WriteRow:
    path, most = row.each, row.most

    def write(base: Tree, letter: _Letter) -> None:
        items = find(base, path)
        if not items:
            return
        if len(items) > most:
            letter.fault("edifact.write.many", (*group.base, *path), most=str(most), found=str(len(items)))
        for item in items:
            segment(item, letter)

    return write


# ------------------------------------------------------------------------------------------------------- segments
class _Slot(NamedTuple):
    """One value in a template. `beside` is the slot whose value it needs, or -1."""

    source: "_Source"
    beside: int


_PLAIN, _CODE, _CALL = range(3)


class _Source(NamedTuple):
    """Where a slot's value comes from: a key as it is, a key through a code list, or a call."""

    kind: int
    key: str
    codes: Mapping[str, str]
    absent: str
    fetch: Fetch


def _segment_writer(row: Row, group: Group) -> WriteRow | str:
    """What writes one segment, or the segment itself if it is always the same."""
    slots: list[_Slot] = []
    counted: list[int] = []
    elements = [row.tag]
    for element in row.elements:
        leading = len(slots) + sum(1 for _ in takewhile(_is_constant_beside, element))
        parts: list[str] = []
        for component in element:
            if isinstance(component, Field):
                if not component.is_number:
                    counted.append(len(slots))
                slots.append(_Slot(_source(component, group), leading if component.with_value else -1))
                parts.append("%s")
            elif isinstance(component, Constant) and component.with_value:
                slots.append(_Slot(_Source(_CALL, "", _NO_CODES, "", _constant(component.text)), leading))
                parts.append("%s")
            else:
                parts.append(component.text if isinstance(component, Constant) and not component.tolerated else "")
        elements.append(COMPONENT.join(parts))
    template = ELEMENT.join(elements) + END
    is_text = row.tag == "FTX"
    if not slots and not is_text:
        return template
    optional = bool(counted) and (row.optional or bool(row.each))
    if len(slots) == 1 and optional and not is_text and slots[0].source.kind == _PLAIN:
        return _single_writer(template, slots[0].source.key)
    return _template_writer(template, tuple(slots), tuple(counted) if optional else (), is_text=is_text)


def _single_writer(template: str, key: str) -> WriteRow:
    """An optional segment with one value that is taken as it is."""

    def write(base: Tree, letter: _Letter) -> None:
        if value := base.get(key):
            letter.out.append(template % value)

    return write


def _template_writer(template: str, slots: tuple[_Slot, ...], counted: tuple[int, ...], *, is_text: bool) -> WriteRow:
    """Any segment; with `counted` it is left out when none of these slots has a value."""
    sources = tuple(slot.source for slot in slots)
    beside = tuple(slot.beside for slot in slots)
    conditional = any(place >= 0 for place in beside)

    def write(base: Tree, letter: _Letter) -> None:
        values: list[str] = []
        for kind, key, table, absent, fetch in sources:
            if kind == _PLAIN:
                values.append(base.get(key) or "")
            elif kind == _CODE:
                word = base.get(key)
                code = table.get(word) if word else absent
                values.append(fetch(base, letter) if code is None else code)
            else:
                values.append(fetch(base, letter))
        if counted and not any([values[place] for place in counted]):  # noqa: C419 - a list is quicker for so few
            return
        if conditional:
            values = [value if at < 0 or values[at] else "" for value, at in zip(values, beside, strict=True)]
        if is_text:
            letter.text_segment()
        letter.out.append(template % tuple(values))

    return write


_NO_CODES: Mapping[str, str] = {}


def _source(field: Field, group: Group) -> _Source:
    """The quickest way to a field's value."""
    fetch = _fetch(field, group)
    if len(field.path) == 1 and not (field.root or field.item or field.date or field.filler or field.is_number):
        if field.codes and field.codes.write:
            return _Source(_CODE, field.path[0], dict(field.codes.write), field.codes.absent or "", fetch)
        return _Source(_PLAIN, field.path[0], _NO_CODES, "", fetch)
    return _Source(_CALL, "", _NO_CODES, "", fetch)


def _is_constant_beside(component: object) -> bool:
    return isinstance(component, Constant) and component.with_value


def _constant(text: str) -> Fetch:
    return lambda _, __: text


def _fetch(field: Field, group: Group) -> Fetch:
    """What fetches a field's EDIFACT value."""
    if field.is_number:
        return lambda _, letter: str(letter.number)
    get = _getter(field)
    if field.codes and field.codes.write:
        return _code_fetch(field, group, get)
    if field.date:
        return _date_fetch(field, get)
    if field.filler:
        filler, beside = field.filler, field.filler_with
        return lambda base, letter: get(base, letter) or (filler if not beside or base.get(beside) else "")
    return get


def _getter(field: Field) -> Callable[[Tree, _Letter], Any]:
    """What fetches a field's value from the letter, empty if there is none."""
    path, item = field.path, field.item
    if len(path) == 1 and not field.root and not item:
        key = path[0]
        return lambda base, _: base.get(key) or ""
    from_root = field.root

    def get(base: Tree, letter: _Letter) -> Any:
        value = find(letter.root if from_root else base, path)
        if item and value:
            return value[item - 1] if len(value) >= item else ""
        return value or ""

    return get


def _code_fetch(field: Field, group: Group, get: Callable[[Tree, _Letter], Any]) -> Fetch:
    table = field.codes
    assert table
    write, absent, where = table.write, table.absent or "", (*group.base, *field.path)

    def fetch(base: Tree, letter: _Letter) -> str:
        word = get(base, letter)
        if not word:
            return absent
        code = write.get(word)
        if code is None:
            letter.fault("edifact.write.code", where, table=table.name)
            return absent
        return code

    return fetch


_LENGTHS = {"102": 8, "203": 12, "204": 14}


def _date_fetch(field: Field, get: Callable[[Tree, _Letter], Any]) -> Fetch:
    length = _LENGTHS[field.date]

    def fetch(base: Tree, letter: _Letter) -> str:
        said = get(base, letter)
        if not said:
            return ""
        if said.__class__ is str:
            return said.replace("-", "")
        text = f"{said.get('Date', '')}{said.get('Time') or said.get('TimeWithSec') or ''}"
        return text.replace("-", "").replace(":", "")[:length].ljust(length, "0")

    return fetch


# ---------------------------------------------------------------------------------------------------------- texts
def _text_writer(row: TextRow, group: Group) -> WriteRow:
    """What writes a text, or a list of them."""
    spell = _SPELLERS[row.how]
    path, most, where = row.path or ("",), row.most, (*group.base, *row.path)
    kind_of = _fetch(row.kind_field, group) if row.kind_field else None
    kinds = dict(zip(row.names or ("",), row.kinds or ("",), strict=False))

    def write_one(kind: str, value: Any, letter: _Letter) -> int:
        count = 0
        for code, components in spell(value):
            letter.text_segment()
            letter.out.append(f"FTX{ELEMENT}{kind}{ELEMENT}{code}{ELEMENT}{ELEMENT}{COMPONENT.join(components)}{END}")
            count += 1
        return count

    def write(base: Tree, letter: _Letter) -> None:
        if row.names:
            key = (*row.path[:-1], "|".join(row.names))
            count = sum(write_one(kinds[name], item, letter) for name, item in find(base, key) or ())
        elif row.each:
            count = 0
            for item in find(base, row.each) or ():
                value = find(item, path) if row.path else item
                count += write_one(kind_of(item, letter) if kind_of else row.kinds[0], value or Text(), letter) > 0
        else:
            value = find(base, path)
            if value is None:
                return
            count = write_one(kind_of(base, letter) if kind_of else row.kinds[0], value, letter)
        if count > most and not (group.many and group.texts_each):
            letter.fault("edifact.write.text", where, most=str(most), found=str(count))

    return write


def _formatted(value: Any) -> Any:
    return write_text(value if isinstance(value, Text) else Text.plain(str(value)))


def _breakable(value: Any) -> Any:
    return write_text(without_looks(value) if isinstance(value, Text) else Text.plain(str(value)))


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
