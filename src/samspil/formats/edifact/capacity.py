"""What of a letter its EDIFACT layout cannot carry: told by path, so that nothing is dropped unseen.

Most layouts carry a value or do not, which the rows tell. Where a function may change what is said, the written
letter is read back and compared.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.legacy.layouts import Field, Layout, ReferencesRow, Row, TextRow, find_layout
from samspil.domain.text import Text
from samspil.formats.edifact.irregular import Work, after_reading, functions_of
from samspil.formats.edifact.matching import matcher, read_clean
from samspil.formats.edifact.syntax import END
from samspil.formats.letters.tree import Path, Tree, find, named, put

_ALWAYS = (
    "Letter/Identifier",
    "Letter/VersionCode",
    "Letter/TypeCode",
    "Letter/StatisticalCode",
    "Sender/EANIdentifier",
    "Receiver/EANIdentifier",
)


class Lack(NamedTuple):
    """Something that does not arrive: where, and what happens to it."""

    path: str
    what: str  # "absent", "changed" or "formatting"


def lacks(layout: Layout, tree: Tree, unit: str, objects: Sequence[bytes]) -> Iterator[Lack]:
    """What of `tree` is not in the written `unit`."""
    statistical = find(tree, ("Letter", "StatisticalCode"))
    if statistical and statistical != layout.statistical:
        yield Lack("Letter/StatisticalCode", "changed")
    for path, word in layout.constants:
        said = find(tree, path)
        if said and said != word:
            yield Lack(named(path), "changed")
    carried = _carried(layout.version)
    if carried is None:
        yield from _compared(tree, _read_back(layout, tree, unit, objects), ())
        return
    if not _carries(carried.names, tree):
        yield from _uncarried(carried.names, tree, ())
    for path, words in carried.presences:
        said = find(tree, path)
        if said is not None and said not in words:
            yield Lack(named(path), "changed")
    for function, words in functions_of(layout):
        if function.loses:
            yield from (Lack(*lost) for lost in function.loses(tree, words))


# --------------------------------------------------------------------------------------------------- told by the rows
class _Carried(NamedTuple):
    """What a layout carries: a tree of names, in which an empty dict carries all below it and `_BESIDE` keeps what
    is carried only beside another value; and the words that a segment's being there, or not, can say."""

    names: dict[str, Any]
    presences: tuple[tuple[Path, frozenset[str]], ...]


@cache
def _carried(version: str) -> _Carried | None:
    """What a layout carries. None: its functions do not say, so that it must be read back."""
    layout = find_layout(version)
    assert layout
    names: dict[str, Any] = {}
    presences: list[tuple[Path, frozenset[str]]] = []
    for path in (*_ALWAYS, *("/".join(path) for path, _ in layout.constants)):
        _add(names, tuple(path.split("/")))
    for group in layout.groups:
        for row in group.rows:
            for path in _paths(row):
                _add(names, path if path[:1] == ("/",) else (*group.base, *path))
            if isinstance(row, Row):
                _add_beside(names, (*group.base, *row.each), row)
            if isinstance(row, Row) and row.presence:
                presence, path = row.presence, (*group.base, *row.presence.path)
                said = {presence.when, presence.otherwise} - {""}
                presences.append((path, frozenset(said | {_SPELT.get(word, word) for word in said})))
                _add(names, path)
    for function, words in functions_of(layout):
        if function.carries is None:
            return None
        for path in function.carries:
            for base in words.replace(">", "/").split("|"):
                _add(names, tuple(path.replace("*", base).split("/")))
    return _Carried(names, tuple(presences))


_SPELT = {"true": "1", "false": "0"}
_BESIDE = ""


def _add_beside(names: dict[str, Any], base: Path, row: Row) -> None:
    """Fields that are written only where the first of their element has a value."""
    for element in row.elements:
        fields = [one for one in element if isinstance(one, Field) and not one.root]
        for one in fields[1:]:
            if one.with_value and one.path[:-1] == fields[0].path[:-1]:
                node = _add(names, (*base, *one.path[:-1]))
                node.setdefault(_BESIDE, []).append((fields[0].path[-1], one.path[-1], one.otherwise))


def _paths(row: Row | TextRow | ReferencesRow) -> Iterator[Path]:
    if isinstance(row, Row):
        for field in row.fields:
            if not (field.is_number or field.compared):
                yield ("/", *field.path) if field.root else (*row.each, *field.path)
    elif isinstance(row, TextRow):
        yield (*row.path[:-1], "|".join(row.names)) if row.names else (*row.each, *row.path)
        if row.kind_field:
            yield (*row.each, *row.kind_field.path)
    else:
        yield row.path


def _add(names: dict[str, Any], path: Path) -> dict[str, Any]:
    for step in path:
        if step != "/":
            names = names.setdefault(step, {})
    return names


def _carries(names: dict[str, Any], tree: Tree) -> bool:
    """Does a layout carry everything here? A quick look, as it nearly always does."""
    for lead, key, word in names.get(_BESIDE, ()):
        if key in tree and lead not in tree and tree[key] != word:
            return False
    for key, value in tree.items():
        below = names.get(key)
        if below:
            if value.__class__ is dict:
                if not _carries(below, value):
                    return False
            elif value.__class__ is list and not all(_carries(below, one) for one in value if one.__class__ is dict):
                return False
        elif below is None:
            return False
    return True


def _uncarried(names: dict[str, Any], tree: Tree, path: tuple[str | int, ...]) -> Iterator[Lack]:
    """What a layout does not carry."""
    for lead, key, word in names.get(_BESIDE, ()):
        if key in tree and lead not in tree and tree[key] != word:
            yield Lack(named((*path, key)), "changed")
    for key, value in tree.items():
        if key not in names:
            if value not in ("", {}, []):
                yield Lack(named((*path, key)), "absent")
        elif names[key]:
            items = enumerate(value, start=1) if isinstance(value, list) else [(0, value)]
            for number, item in items:
                if isinstance(item, dict):
                    yield from _uncarried(names[key], item, (*path, key, number) if number else (*path, key))


# --------------------------------------------------------------------------------------------------------- read back
def _read_back(layout: Layout, said: Tree, unit: str, objects: Sequence[bytes]) -> Tree:
    machine = matcher(layout.version)
    assert machine
    tree: Tree = {"Letter": {"Identifier": find(said, ("Letter", "Identifier"))}}
    for party in ("Sender", "Receiver"):
        tree[party] = {"EANIdentifier": find(said, (party, "EANIdentifier"))}
    for path, word in layout.constants:
        put(tree, path, word)
    text = END + unit
    read_clean(machine, tree, text, 1, len(text))
    after_reading(layout, tree, Work(objects=list(objects)))
    return tree


_FROM_ENVELOPE = {("Letter", "VersionCode"), ("Letter", "TypeCode"), ("Letter", "StatisticalCode")}


def _compared(said: Any, arrived: Any, path: tuple[str | int, ...]) -> Iterator[Lack]:
    """Everything in `said` that `arrived` does not say."""
    if path in _FROM_ENVELOPE or path[-1:] == ("EANIdentifier",):
        return
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _compared(value, arrived.get(key) if isinstance(arrived, dict) else None, (*path, key))
    elif isinstance(said, list):
        items = arrived if isinstance(arrived, list) else []
        for number, item in enumerate(said):
            yield from _compared(item, items[number] if number < len(items) else None, (*path, number + 1))
    elif isinstance(said, Text):
        yield from _compared_texts(said, arrived, path)
    elif said and (arrived is None or said != arrived):
        yield Lack(named(path), "absent" if arrived is None else "changed")


def _compared_texts(said: Text, arrived: Any, path: tuple[str | int, ...]) -> Iterator[Lack]:
    text = str(said).rstrip("\n")
    if not isinstance(arrived, Text):
        if text:
            yield Lack(named(path), "absent")
    elif text != str(arrived).rstrip("\n"):
        yield Lack(named(path), "changed")
    elif [run.style for run in said.runs] != [run.style for run in arrived.runs]:
        yield Lack(named(path), "formatting")
