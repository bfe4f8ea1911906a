"""One walk over a whole tree for what must be known of all of it: how deep it is, and which references it holds."""

from dataclasses import dataclass, field
from typing import Any

from samspil.formats.fhir.paths import Steps


@dataclass(frozen=True, slots=True)
class Survey:
    """What the walk found. `references` holds every element with a text in `reference`, by the entry it stands in."""

    depth: int
    references: tuple[tuple[int, dict[str, Any]], ...] = field(repr=False)


def survey(root: dict[str, Any]) -> Survey:
    """Walk level by level, without recursion: any depth is safe."""
    references: list[tuple[int, dict[str, Any]]] = []
    entries = root.get("entry")
    if not isinstance(entries, list):
        return Survey(_walk(root, 0, references), tuple(references))
    depth = _walk({name: value for name, value in root.items() if name != "entry"}, -1, references)
    for place, entry in enumerate(entries):
        depth = max(depth, 2 + _walk(entry, place, references))
    return Survey(depth, tuple(references))


def _walk(node: object, place: int, references: list[tuple[int, dict[str, Any]]]) -> int:
    """The depth of a node. Written for speed: it runs over every value of every message."""
    level: list[Any] = [node]
    depth = 0
    while level:
        depth += 1
        below: list[Any] = []
        add = below.append
        for container in level:
            if type(container) is dict:
                for name, value in container.items():
                    if type(value) is dict or type(value) is list:
                        add(value)
                    elif name == "reference" and type(value) is str:
                        references.append((place, container))
            elif type(container) is list:
                for value in container:
                    if type(value) is dict or type(value) is list:
                        add(value)
        level = below
    return depth


def steps_to(root: object, wanted: object) -> Steps:
    """The steps to an object of the tree, by identity; empty if it is not there. For findings only: it searches."""
    trail: list[tuple[object, Steps]] = [(root, ())]
    while trail:
        node, steps = trail.pop()
        if node is wanted:
            return steps
        if isinstance(node, dict):
            trail += [(value, (*steps, name)) for name, value in node.items() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            trail += [(value, (*steps, place)) for place, value in enumerate(node) if isinstance(value, dict | list)]
    return ()
