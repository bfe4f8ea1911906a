"""Is everything there that a letter's type demands, and is each value what its type may be?

OIOXML is judged by its reader, element by element. An EDIFACT letter is judged here by the same shapes: what its
twin could not say is wrong with it too. Plans are remembered by the names that stand together, as letters are alike.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import Child, Holds, Shape
from samspil.domain.text import Text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.leaves import leaf_fault
from samspil.formats.letters.tree import Tree

Path = tuple[str, ...]
_SHAPE, _LIST, _LEAVES = range(3)


class _Plan(NamedTuple):
    """What to look at in a dict with these keys."""

    leaves: tuple[tuple[str, Callable[[str], object]], ...]
    below: tuple[tuple[str, int, Child], ...]
    counted: tuple[Child, ...]
    fits: bool
    missing: tuple[str, ...]


_PLANS: dict[tuple[int, tuple[str, ...]], _Plan] = {}
_MOST_PLANS = 20_000


def _plan(shape: Shape, keys: tuple[str, ...]) -> _Plan:
    """Work out what to look at; remembered."""
    children = [child for child in shape.children.values() if child.key in keys]
    single = [child for child in children if child.leaf and not child.many]
    many = any(child.many for child in children)
    plan = _Plan(
        leaves=tuple((child.key, child.leaf.fits) for child in single if child.leaf),
        below=tuple((child.key, _kind(child), child) for child in children if _kind(child) >= 0),
        counted=tuple(children) if many else (),
        fits=many or bool(shape.model("".join(child.letter for child in children))),
        missing=tuple(name for name in shape.required if shape.children[name].key not in keys),
    )
    if len(_PLANS) >= _MOST_PLANS:
        _PLANS.clear()
    _PLANS[id(shape), keys] = plan
    return plan


def _kind(child: Child) -> int:
    """How a child's value is looked into: as a dict, a list of dicts, a list of leaves, or not at all."""
    if child.holds is Holds.SHAPE:
        return _LIST if child.many else _SHAPE
    return _LEAVES if child.leaf and child.many and not child.interleaved else -1


def fits(tree: Tree, shape: Shape) -> bool:
    """Is everything in order? The quick question, asked of every letter."""
    keys = tuple(tree)
    plan = _PLANS.get((id(shape), keys)) or _plan(shape, keys)
    if not plan.fits:
        return False
    for key, fit in plan.leaves:
        if not fit(tree[key]):
            return False
    for key, kind, child in plan.below:
        value = tree[key]
        if kind == _SHAPE:
            if not fits(value, child.shape):
                return False
        elif kind == _LIST:
            inner = child.shape
            for item in value:
                if not fits(item, inner):
                    return False
        elif child.leaf and not all(map(child.leaf.fits, value)):
            return False
    return not plan.counted or _counts_fit(tree, shape, plan.counted)


def check_tree(tree: Tree, shape: Shape, path: Path = ()) -> Iterator[Fault]:
    """The faults of a tree that was not read from OIOXML, each with its path; asked where it does not fit."""
    keys = tuple(tree)
    plan = _PLANS.get((id(shape), keys)) or _plan(shape, keys)
    for key, fit in plan.leaves:
        value = tree[key]
        if not fit(value) and (found := leaf_fault(shape.children[key].leaf, key, value)):
            yield Fault(found[0], (*path, key), found[1])
    for key, _, child in plan.below:
        yield from _check_child(tree[key], child, path)
    for name in plan.missing:
        yield Fault("legacy.value.missing", (*path, name), (("element", name),))
    if not plan.missing and not (plan.fits and (not plan.counted or _counts_fit(tree, shape, plan.counted))):
        yield Fault("legacy.value.together", path, (("element", path[-1] if path else "the letter"),))


def _check_child(value: Any, child: Child, path: Path) -> Iterator[Fault]:
    for number, item in enumerate(value if child.many else (value,), start=1):
        here = (*path, child.key, str(number)) if child.many else (*path, child.key)
        if child.holds is Holds.SHAPE:
            if isinstance(item, dict):
                yield from check_tree(item, child.shape, here)
        elif child.leaf and not isinstance(item, Text) and not child.leaf.fits(item):
            if found := leaf_fault(child.leaf, child.name, item):
                yield Fault(found[0], here, found[1])


def _counts_fit(tree: Tree, shape: Shape, children: tuple[Child, ...]) -> bool:
    """Do the children stand often enough and not too often?"""
    letters, done = "", set[str]()
    for child in children:
        value = tree[child.key]
        if child.interleaved:
            if child.key not in done:
                letters += "".join(shape.children[name].letter for name, _ in value)
            done.add(child.key)
        else:
            letters += child.letter * (len(value) if child.many else 1)
    return bool(shape.model(letters))
