"""One walk over a whole tree for what must be known of all of it: how deep it is, its references and its texts."""

from dataclasses import dataclass, field
from typing import Any

from samspil.formats.fhir.paths import Steps

References = list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the walk found.

    `references` holds every element with a text in `reference`, by the entry it stands in. `texts` is how many there
    are, names of members counted: as many as JSON writes in quotation marks, if it writes none twice.
    """

    depth: int
    references: References = field(repr=False)
    texts: int


def survey(root: dict[str, Any]) -> Survey:
    """Walk level by level, without recursion: any depth is safe."""
    references: References = []
    entries = root.get("entry")
    if not isinstance(entries, list):
        depth, texts = _walk(root, 0, references)
        return Survey(depth, references, texts)
    depth, texts = _walk({**root, "entry": None}, -1, references)
    for place, entry in enumerate(entries):
        below, more = _walk(entry, place, references)
        depth, texts = max(depth, 2 + below), texts + more
    return Survey(depth, references, texts)


def _walk(node: object, place: int, references: References) -> tuple[int, int]:
    """The depth of a node, and its texts. Written for speed: it runs over every value of every message."""
    level: list[Any] = [node]
    depth = texts = 0
    while level:
        depth += 1
        below: list[Any] = []
        for container in level:
            if container.__class__ is dict:
                texts += len(container)
                for name, value in container.items():
                    kind = value.__class__
                    if kind is str:
                        texts += 1
                        if name == "reference":
                            references.append((place, container))
                    elif kind is dict or kind is list:
                        below.append(value)
            elif container.__class__ is list:
                for value in container:
                    kind = value.__class__
                    if kind is str:
                        texts += 1
                    elif kind is dict or kind is list:
                        below.append(value)
            elif container.__class__ is str:
                texts += 1
        level = below
    return depth, texts


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
