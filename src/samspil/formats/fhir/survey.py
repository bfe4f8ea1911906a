"""One walk over a whole tree for what must be known of all of it: how deep it is, and which references it holds."""

from dataclasses import dataclass, field
from typing import Any

from samspil.formats.fhir.paths import Steps

References = list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the walk found. `references` holds every element with a text in `reference`, by the entry it stands in."""

    depth: int
    references: References = field(repr=False)


def survey(root: dict[str, Any]) -> Survey:
    """Walk level by level, without recursion: any depth is safe."""
    references: References = []
    entries = root.get("entry")
    if not isinstance(entries, list):
        return Survey(_walk(root, 0, references), references)
    depth = _walk({**root, "entry": None}, -1, references)
    for place, entry in enumerate(entries):
        depth = max(depth, 2 + _walk(entry, place, references))
    return Survey(depth, references)


def _walk(node: object, place: int, references: References) -> int:
    """The depth of a node. Written for speed: it runs over every value of every message."""
    level: list[Any] = [node] if node.__class__ is dict or node.__class__ is list else []
    depth = 0 if level else 1
    while level:
        depth += 1
        below: list[Any] = []
        for container in level:
            if container.__class__ is dict:
                if "reference" in container and container["reference"].__class__ is str:
                    references.append((place, container))
                values = container.values()
            else:
                values = container
            for value in values:
                if value.__class__ is dict or value.__class__ is list:
                    below.append(value)  # noqa: PERF401 - a loop is faster: most containers hold one or none
        level = below
    return depth


def count_texts(root: object) -> int:
    """How many texts a tree holds, names of members counted: as many as JSON writes, if it writes no name twice."""
    trail: list[Any] = [root]
    texts = 0
    while trail:
        value = trail.pop()
        if value.__class__ is dict:
            texts += len(value)
            trail += value.values()
        elif value.__class__ is list:
            trail += value
        elif value.__class__ is str:
            texts += 1
    return texts


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
