"""Is everything there that a letter's type demands, and is each value what its type may be?

OIOXML is judged by its reader, element by element. An EDIFACT letter is judged by the same shapes: what its twin could
not say is wrong with it too. Writing the twin tells whether all fits; here is found what does not.
"""

from collections.abc import Iterator
from typing import Any

from samspil.catalogue.legacy.shapes import Child, Holds, Shape
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.leaves import leaf_fault
from samspil.formats.letters.tree import Tree

Path = tuple[str, ...]


def check_tree(tree: Tree, shape: Shape, path: Path = ()) -> Iterator[Fault]:
    """The faults of a tree that was not read from OIOXML, each with its path."""
    letters = ""
    done = set[str]()
    for child in shape.children.values():
        if child.key not in tree or child.key in done:
            continue
        done.add(child.key)
        value = tree[child.key]
        if child.interleaved:
            letters += "".join(shape.children[name].letter for name, _ in value)
        else:
            letters += child.letter * (len(value) if child.many else 1)
            yield from _check_child(value, child, path)
    missing = [name for name in shape.required if shape.children[name].key not in tree]
    for name in missing:
        yield Fault("legacy.value.missing", (*path, name), (("element", name),))
    if not missing and not shape.model(letters):
        yield Fault("legacy.value.together", path, (("element", path[-1] if path else "the letter"),))


def _check_child(value: Any, child: Child, path: Path) -> Iterator[Fault]:
    for number, item in enumerate(value if child.many else (value,), start=1):
        here = (*path, child.key, str(number)) if child.many else (*path, child.key)
        if child.holds is Holds.SHAPE and isinstance(item, dict):
            yield from check_tree(item, child.shape, here)
        elif child.leaf and isinstance(item, str) and not child.leaf.fits(item):
            fault = leaf_fault(child.leaf, child.name, item)
            if fault:
                yield Fault(fault[0], here, fault[1])
