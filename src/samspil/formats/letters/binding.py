"""How a letter's tree and the model's records correspond: tables of path, attribute and converter, read both ways.

Reading takes from a tree what it understands and leaves the rest, which the caller keeps as items. Writing gives a
tree in which a key with bars is one of several names: `fitted` then takes the one that the edition's shape has.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import Child, Holds, Shape
from samspil.domain.clinical.form import Item
from samspil.domain.codes import Code
from samspil.domain.text import Text
from samspil.formats.letters.heads import DANISH
from samspil.formats.letters.tree import Tree, find, put

UNLESS_SAID = "?"
"""Before a key: the value holds only where nothing else is said there."""


class Converter(NamedTuple):
    """Both directions of a value. `read` raises ValueError for what it does not understand, which then stays."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


class Row(NamedTuple):
    """One correspondence. A path may name alternatives: `Admission|ExaminationStart`."""

    path: str
    attribute: str
    convert: Converter


# ---------------------------------------------------------------------------------------------------------- values
def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


STRING = Converter(_string, lambda value: value or None)
TEXT = Converter(
    lambda value: value if isinstance(value, Text) else Text.plain(_string(value)), lambda value: value or None
)


def code(system: str) -> Converter:
    """A word of a list."""
    return Converter(lambda value: Code(_string(value), system), lambda value: value.code if value else None)


def words(pairs: dict[str, Any]) -> Converter:
    """A word that the model has another one for."""
    back = {one: word for word, one in pairs.items()}

    def read(value: Any) -> Any:
        if value not in pairs:
            raise ValueError("another word")
        return pairs[value]

    return Converter(read, back.get)


def _read_moment(value: Any) -> datetime:
    if not isinstance(value, dict) or not (set(value) <= {"Date", "Time", "TimeWithSec"} and len(value) == 2):
        raise ValueError("no moment")
    said = f"{value['Date']}T{value.get('Time') or value.get('TimeWithSec')}"
    return datetime.fromisoformat(said).replace(tzinfo=DANISH)


def _write_moment(value: datetime | None) -> Tree | None:
    if value is None:
        return None
    local = value.astimezone(DANISH)
    return {"Date": f"{local:%Y-%m-%d}", "Time|TimeWithSec": f"{local:%H:%M:%S}"}


MOMENT = Converter(_read_moment, _write_moment)
DAY = Converter(lambda value: date.fromisoformat(_string(value)), lambda value: value.isoformat() if value else None)
FLAG = Converter(lambda value: _string(value) in {"true", "1"}, lambda value: "true" if value else None)


# --------------------------------------------------------------------------------------------------------- records
def record(kind: type, rows: Sequence[Row], **fixed: Any) -> Converter:
    """A dict as one of the model's records. What no row takes is left in the dict."""

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("no record")
        return kind(**fixed, **taken(value, rows))

    return Converter(read, lambda value: given(value, rows) if value is not None else None)


def many(convert: Converter) -> Converter:
    """A list of values, or one where the shape allows only one."""

    def read(value: Any) -> tuple[Any, ...]:
        return tuple(convert.read(item) for item in (value if isinstance(value, list) else [value]))

    return Converter(read, lambda value: [convert.write(item) for item in value] or None)


def taken(tree: Tree, rows: Sequence[Row]) -> dict[str, Any]:
    """What the rows understand of a tree, taken out of it."""
    values: dict[str, Any] = {}
    for row in rows:
        path = _present(tree, row.path.split("/"))
        if path is None:
            continue
        value = find(tree, path)
        try:
            values[row.attribute] = row.convert.read(value)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if not _has_rest(value):
            _remove(tree, path)
    return values


def _present(tree: Tree, path: Sequence[str]) -> list[str] | None:
    """A path with its alternatives decided by what is there."""
    found: list[str] = []
    value: Any = tree
    for step in path:
        names = [step, *step.split("|")]
        name = next((name for name in names if isinstance(value, dict) and name in value), None)
        if name is None:
            return None
        found.append(name)
        value = value[name]
    return found


def _has_rest(value: Any) -> bool:
    """Is anything left in what was read? Only records are taken from bit by bit."""
    if isinstance(value, list):
        return any(isinstance(item, dict) and item for item in value) and not all(
            isinstance(item, dict) and set(item) <= {"Date", "Time", "TimeWithSec"} for item in value
        )
    return isinstance(value, dict) and bool(value) and not set(value) <= {"Date", "Time", "TimeWithSec"}


def _remove(tree: Tree, path: Sequence[str]) -> None:
    *before, last = path
    parent = find(tree, before) if before else tree
    del parent[last]
    if before and not parent:
        _remove(tree, before)


def given(value: Any, rows: Sequence[Row]) -> Tree:
    """A record as a tree."""
    tree: Tree = {}
    for row in rows:
        said = row.convert.write(getattr(value, row.attribute))
        if said is not None:
            put(tree, row.path.split("/"), said)
    return tree


# ------------------------------------------------------------------------------------------------------------ items
def items_of(tree: Tree) -> tuple[Item, ...]:
    """What is left of a tree, as names and values."""
    items: list[Item] = []
    for name, value in tree.items():
        if "|" in name and isinstance(value, list):
            items.extend(_item(one, said) for one, said in value)
        else:
            items.extend(_item(name, said) for said in (value if isinstance(value, list) else [value]))
    return tuple(items)


def _item(name: str, value: Any) -> Item:
    return Item(name, items=items_of(value)) if isinstance(value, dict) else Item(name, value)


def tree_of(items: Sequence[Item], shape: Shape | None) -> Tree:
    """Items as a tree; the shape says which names may repeat."""
    tree: Tree = {}
    for item in items:
        child = shape.children.get(item.name) if shape else None
        inner = child.shape if child and child.holds is Holds.SHAPE else None
        value = tree_of(item.items, inner) if item.items or (inner and not item.value) else item.value
        if child and child.interleaved:
            tree.setdefault(child.key, []).append((item.name, value))
        elif (child and child.many) or item.name in tree:
            kept = tree.get(item.name, [])
            tree[item.name] = [*(kept if isinstance(kept, list) else [kept]), value]
        else:
            tree[item.name] = value
    return tree


def merged(rest: Any, said: Any) -> Any:
    """What was left and what the model says, in one tree; the model wins."""
    if isinstance(rest, dict) and isinstance(said, dict):
        return {**rest, **{key: merged(rest[key], value) if key in rest else value for key, value in said.items()}}
    if isinstance(rest, list) and isinstance(said, list):
        longest = max(len(rest), len(said))
        pairs = [(rest[n : n + 1], said[n : n + 1]) for n in range(longest)]
        return [merged(old[0], new[0]) if old and new else (new or old)[0] for old, new in pairs]
    return said


# ---------------------------------------------------------------------------------------------------------- fitting
def fitted(tree: Tree, shape: Shape | None) -> Tree:
    """The tree with alternatives decided, lists and texts as the shape has them."""
    fit: Tree = {}
    children = shape.children if shape else {}
    for key, value in tree.items():
        name = key
        if key not in fit and "|" in key and not any(child.key == key for child in children.values()):
            name = next((one for one in key.split("|") if one in children), key.split("|")[0])
        child = next((child for child in children.values() if child.key == name), None)
        fitting = _fitted_value(value, child)
        fit[name] = merged(fit[name], fitting) if name in fit else fitting
    return fit


def _fitted_value(value: Any, child: Child | None) -> Any:
    if isinstance(value, list) and not (child and child.interleaved):
        items = [_fitted_one(item, child) for item in value]
        return items if child is None or child.many else items[0]
    if child and child.many and not isinstance(value, list):
        return [_fitted_one(value, child)]
    return _fitted_one(value, child)


def _fitted_one(value: Any, child: Child | None) -> Any:
    if isinstance(value, dict):
        return fitted(value, child.shape if child and child.holds is Holds.SHAPE else None)
    if child is None:
        return value
    if isinstance(value, Text) and child.holds is Holds.LEAF:
        return str(value).rstrip("\n")
    if isinstance(value, str) and child.name == "Time":
        return value[:5]
    return value
