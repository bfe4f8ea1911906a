"""A letter's tree as another edition's shape holds it: what one edition calls text may be a record in the next."""

from typing import Any

from samspil.catalogue.legacy.shapes import Child, Holds, Shape
from samspil.domain.text import Text
from samspil.formats.letters.tree import Path, Tree

Misfits = list[tuple[Path, str]]


def reshaped(tree: Tree, shape: Shape, misfits: Misfits, path: Path = ()) -> Tree:
    """The tree without what the shape holds otherwise; that is noted. Names that the shape does not know stay."""
    children = {child.key: child for child in shape.children.values()}
    fit: Tree = {}
    for key, value in tree.items():
        child = children.get(key)
        kept = value if child is None or child.interleaved else _value(value, child, misfits, (*path, key))
        if kept is not None:
            fit[key] = kept
    return fit


def _value(value: Any, child: Child, misfits: Misfits, path: Path) -> Any:
    items = value if isinstance(value, list) else [value]
    if not child.many and len(items) > 1:
        misfits.append((path, "absent"))
        items = items[:1]
    kept = [item for item in (_item(one, child, misfits, path) for one in items) if item is not None]
    return kept if child.many else kept[0] if kept else None


def _item(item: Any, child: Child, misfits: Misfits, path: Path) -> Any:
    if child.holds is Holds.SHAPE and isinstance(item, dict):
        return reshaped(item, child.shape, misfits, path)
    if child.holds is not Holds.SHAPE and not isinstance(item, dict):
        if child.holds is Holds.LEAF:
            return str(item).rstrip("\n")
        return item if isinstance(item, Text) else Text.plain(str(item))
    misfits.append((path, "absent"))
    return None
