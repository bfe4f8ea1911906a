"""A letter as named values: what both spellings say, before it becomes a model.

A tree is a dict by OIOXML's element names: a string, a `Text`, a dict below, or a list of these for elements that
may repeat. Names that begin with a full stop are a codec's own and never leave it. A key with bars
("ResultTextValue|ResultComments") holds pairs of name and value in the order they came.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Tree = dict[str, Any]
Path = tuple[str, ...]
Place = tuple[Path, int, int]
"""A path, in which the first of several has no number, and the span of what it leads to."""


def find(tree: Tree | None, path: Sequence[str]) -> Any:
    """The value at a path, or None."""
    value: Any = tree
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def put(tree: Tree, path: Sequence[str], value: Any) -> None:
    """Set the value at a path; dicts on the way are made."""
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def below(tree: Tree, path: Sequence[str]) -> Tree:
    """The dict at a path, made if need be."""
    for key in path:
        tree = tree.setdefault(key, {})
    return tree


def forked(tree: Tree, path: Sequence[str]) -> Tree:
    """A dict at a path that may be changed: it and its parents are copied in `tree`, which is already ours."""
    for key in path:
        kept = tree.get(key)
        tree[key] = dict(kept) if isinstance(kept, dict) else {}
        tree = tree[key]
    return tree


def named(path: Sequence[str | int]) -> str:
    """A path as a reader writes it: `Diagnose/Other[2]/DiagnoseCode`."""
    text = ""
    for step in path:
        text += f"[{step}]" if str(step).isdecimal() else f"/{step}"
    return text.lstrip("/")


def numbered(name: str, number: int) -> Path:
    """The steps of a path to one of several elements."""
    return (name, str(number)) if number > 1 else (name,)


def nearest(path: Sequence[object], places: Iterable[Place]) -> Place | None:
    """The place of a path, or of what shares most of its steps; None if there is no place at all."""
    wanted = tuple(step for step in map(str, path) if step != "1")
    best, shared = None, -1
    for place in places:
        steps = place[0]
        if steps == wanted:
            return place
        common = 0
        while steps[common : common + 1] == wanted[common : common + 1] != ():
            common += 1
        if common > shared:
            best, shared = place, common
    return best
