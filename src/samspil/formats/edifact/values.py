"""One value, from the characters of a segment to the letter's tree.

Each function here is made once from a row and then takes a captured string; what it cannot take makes it raise
`Unclean`, and the lenient reader finds out why.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from samspil.catalogue.legacy.codes import codes
from samspil.catalogue.legacy.layouts import Field, Group, TextRow
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END
from samspil.formats.edifact.text import lines_of, read_lines, read_text
from samspil.formats.letters.faults import Unclean
from samspil.formats.letters.tree import Tree, find, put

Put = Callable[[str, Tree, Tree], None]

_KIND = slice(4, None)
_OBJECT_PARTS = 5
_WITH_TEXT = 4  # separators of elements in an FTX that has text


def reader_of(field: Field) -> Put:
    """What puts a captured value where the field says."""
    convert = converter(field)
    path = field.path

    def take(value: str, base: Tree, root: Tree) -> None:
        target = root if field.root else base
        read = convert(value)
        if read is None:
            return
        if field.compared:
            if find(target, path) != read:
                raise Unclean
        elif field.item:
            items = find(target, path)
            put(target, path, [*items, read] if items else [read])
        else:
            put(target, path, read)

    return take


def converter(field: Field) -> Callable[[str], Any]:
    """What makes the letter's value of an EDIFACT one; None is put nowhere. Raises `Unclean` for an unknown code."""
    if field.is_number:
        return lambda _: None
    if field.codes and field.codes.read:
        return _word_of(field)
    if field.date:
        return {"102": day, "203": minute, "204": second}[field.date]
    if field.drops_filler:
        return lambda value: None if value == "_" else value
    return lambda value: value


def _word_of(field: Field) -> Callable[[str], str]:
    assert field.codes
    read = field.codes.read

    def word(value: str) -> str:
        found = read.get(value)
        if found is None:
            found = read.get(value.partition(COMPONENT)[0])
            if found is None:
                raise Unclean
        return found

    return word


def day(value: str) -> str:
    """YYYYMMDD as a date."""
    return f"{value[:4]}-{value[4:6]}-{value[6:8]}"


def minute(value: str) -> Tree:
    """YYYYMMDDHHMM as a date and a time."""
    return {"Date": day(value), "Time": f"{value[8:10]}:{value[10:12]}"}


def second(value: str) -> Tree:
    """YYYYMMDDHHMMSS as a date and a time."""
    return {"Date": day(value), "TimeWithSec": f"{value[8:10]}:{value[10:12]}:{value[12:14]}"}


# ---------------------------------------------------------------------------------------------------------- texts
def texts(row: TextRow, group: Group) -> Put:
    """What puts the text of captured FTX segments where the row says."""
    cut = _without_triggers(group)
    convert = _spelt(row.how)
    if row.names:
        return _named_texts(row, convert)
    if row.each:
        return _listed_texts(row, convert)
    path, kind_field = row.path or ("",), row.kind_field
    word = converter(kind_field) if kind_field else None

    def take(segments: str, base: Tree, _: Tree) -> None:
        if kind_field and word:
            put(base, kind_field.path, word(segments[_KIND].partition(ELEMENT)[0]))
            if segments.count(ELEMENT) < _WITH_TEXT:
                return
        put(base, path, convert(cut(segments)))

    return take


def _spelt(how: str) -> Callable[[str], Any]:
    if how == "formatted":
        return read_text
    if how == "breakable":
        return read_lines
    return lambda segments: "".join(
        lines_of(segment.split(ELEMENT, 5)[4]) for segment in segments.split(END)[:-1] if segment.count(ELEMENT) > 3
    ).replace("\n", "")


def _without_triggers(group: Group) -> Callable[[str], str]:
    if not group.continues:
        return lambda segments: segments
    trigger = re.compile(f"{group.trigger}{ELEMENT}\\d+{END}")
    return lambda segments: trigger.sub("", segments)


def _named_texts(row: TextRow, convert: Callable[[str], Any]) -> Put:
    """Each FTX is an item under the name of its kind; one whose last line is not ended goes on in the next."""
    names = dict(zip(row.kinds, row.names, strict=True))
    path = (*row.path[:-1], "|".join(row.names))

    def take(segments: str, base: Tree, _: Tree) -> None:
        put(base, path, [(names[kind], convert(chunk)) for kind, chunk in _chunks(segments, runs=False)])

    return take


def _listed_texts(row: TextRow, convert: Callable[[str], Any]) -> Put:
    """Items of a list: one a run of FTX of one kind where the kind says something, else one an FTX."""
    kind_field, path = row.kind_field, row.path
    word = converter(kind_field) if kind_field else None

    def take(segments: str, base: Tree, _: Tree) -> None:
        items: list[Any] = []
        for kind, chunk in _chunks(segments, runs=kind_field is not None):
            if kind_field and word:
                item: Tree = {kind_field.path[0]: word(kind)}
                put(item, path, convert(chunk))
                items.append(item)
            else:
                items.append(convert(chunk))
        if len(items) > row.most:
            raise Unclean
        put(base, row.each, items)

    return take


def _chunks(segments: str, *, runs: bool) -> Iterator[tuple[str, str]]:
    """FTX segments with their kind: `runs` of one kind, else one by one; a last backslash takes the next along."""
    gathered, last = "", ""
    for segment in segments.split(END)[:-1]:
        kind = segment[_KIND].partition(ELEMENT)[0]
        if gathered and (kind != last or not (runs or gathered.endswith(f"\\{END}"))):
            yield last, gathered
            gathered = ""
        gathered, last = f"{gathered}{segment}{END}", kind
    if gathered:
        yield last, gathered


# ----------------------------------------------------------------------------------------------------- references
def references(path: tuple[str, ...], group: Group) -> Put:
    """What appends the references in captured FTX segments to the letter's list."""
    cut = _without_triggers(group)

    def take(segments: str, base: Tree, _: Tree) -> None:
        items = find(base, path) or []
        put(base, path, [*items, *(_reference(segment) for segment in cut(segments).split(END)[:-1])])

    return take


def _reference(segment: str) -> Tree:
    """One reference: what it says, then an object's description, an address, or that it comes by other means."""
    elements = segment.split(ELEMENT)
    said = elements[4].split(COMPONENT) if len(elements) > 4 else [""]
    reference: Tree = {"RefDescription": said[0]} if said[0] else {}
    kind = elements[1]
    if kind == "SUP":
        reference["SUP"] = "true"
    elif kind == "URL":
        reference["URL"] = "".join(piece.removesuffix("\\") for piece in said[1:])
    else:
        reference["BIN"] = _object(said)
    return reference


def _object(said: list[str]) -> Tree:
    if len(said) > _OBJECT_PARTS:
        raise Unclean
    _, identifier, kind, extension, size = (*said, *[""] * _OBJECT_PARTS)[:_OBJECT_PARTS]
    word, ending = codes("object_kind").read.get(kind), codes("object_extension").read.get(extension)
    if word is None or ending is None:
        raise Unclean
    parts = {
        "ObjectIdentifier": identifier,
        "ObjectCode": word,
        "ObjectExtensionCode": ending,
        "OriginalObjectSize": size,
    }
    return {name: value for name, value in parts.items() if value}
