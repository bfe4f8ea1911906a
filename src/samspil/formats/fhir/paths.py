"""Places inside a resource: a row of element names and list positions, and the path a developer reads.

`("entry", 2, "resource", "category", 0, "coding", 0, "code")` reads
`Bundle.entry[2].resource(Communication).category[0].coding[0].code`. Both spellings name the same place.
"""

import re
from typing import Any

Step = str | int
Steps = tuple[Step, ...]

_SEGMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\([A-Za-z]*\))?|\[(\d{1,9})\]|\.(?:ofType\([A-Za-z]+\)|first\(\))")


def steps_of(path: str) -> Steps:
    """The steps of a written path; the root's type, types in parentheses and what is no place are left out."""
    steps: list[Step] = []
    for found in _SEGMENT.finditer(path):
        if found[2] is not None:
            steps.append(int(found[2]))
        elif found[1]:
            steps.append(found[1])
    if steps and isinstance(steps[0], str) and steps[0][:1].isupper():
        del steps[0]
    return tuple(steps)


def path_of(root: dict[str, Any], steps: Steps) -> str:
    """The path a developer reads: with the type of each resource on the way."""
    parts = [_type_of(root) or "Resource"]
    node: Any = root
    for step in steps:
        if isinstance(step, int):
            node = node[step] if isinstance(node, list) and step < len(node) else None
            parts.append(f"[{step}]")
        else:
            node = node.get(step) if isinstance(node, dict) else None
            parts.append(f".{step}")
        if step == "resource" and (type_name := _type_of(node)):
            parts.append(f"({type_name})")
    return "".join(parts)


def value_at(root: Any, steps: Steps) -> Any:
    """The value at a place, or None where there is none."""
    node = root
    for step in steps:
        if isinstance(step, int):
            node = node[step] if isinstance(node, list) and step < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
    return node


def _type_of(node: object) -> str:
    type_name = node.get("resourceType") if isinstance(node, dict) else None
    return type_name if isinstance(type_name, str) and type_name.isalpha() and len(type_name) < 64 else ""
