"""A letter as named values: what both spellings say, before it becomes a model.

A tree is a dict by OIOXML's element names: a string, a `Text`, a dict below, or a list of these for elements that
may repeat. Names that begin with a full stop are a codec's own and never leave it. A key with bars
("ResultTextValue|ResultComments") holds pairs of name and value in the order they came.
"""

from collections.abc import Sequence
from typing import Any

Tree = dict[str, Any]
Path = tuple[str, ...]


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
        text += f"[{step}]" if isinstance(step, int) else f"/{step}"
    return text.lstrip("/")
