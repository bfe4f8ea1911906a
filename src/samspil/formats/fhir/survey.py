"""One walk over a whole tree for what must be known of all of it: depth, number of members, references."""

from dataclasses import dataclass, field
from typing import Any

from samspil.formats.fhir.paths import Steps


@dataclass(frozen=True, slots=True)
class Survey:
    """What the walk found. `references` holds every element with a text in `reference`, by the entry it stands in."""

    depth: int
    members: int
    references: tuple[tuple[int, dict[str, Any]], ...] = field(repr=False)


def survey(root: dict[str, Any]) -> Survey:
    """Walk level by level, without recursion: any depth is safe."""
    references: list[tuple[int, dict[str, Any]]] = []
    entries = root.get("entry")
    if not isinstance(entries, list):
        depth, members = _walk(root, 0, references)
        return Survey(depth, members, tuple(references))
    head = {name: value for name, value in root.items() if name != "entry"}
    depth, members = _walk(head, -1, references)
    members += 1
    for place, entry in enumerate(entries):
        entry_depth, entry_members = _walk(entry, place, references)
        depth = max(depth, entry_depth + 2)
        members += entry_members
    return Survey(depth, members, tuple(references))


def _walk(node: object, place: int, references: list[tuple[int, dict[str, Any]]]) -> tuple[int, int]:
    level: list[Any] = [node] if node.__class__ is dict or node.__class__ is list else []
    depth = members = 0
    while level:
        depth += 1
        below: list[Any] = []
        for container in level:
            if container.__class__ is dict:
                members += len(container)
                if container.get("reference").__class__ is str:
                    references.append((place, container))
                values = container.values()
            else:
                values = container
            below += [value for value in values if value.__class__ is dict or value.__class__ is list]
        level = below
    return depth, members


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
