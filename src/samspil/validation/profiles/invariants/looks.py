"""Small looks into elements for tests: presence, texts and numbers, whatever the element turns out to be."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def has(holder: Any, name: str) -> bool:
    """Is a member there, with a value or with extensions only?"""
    return holder.__class__ is dict and (name in holder or f"_{name}" in holder)


def has_choice(holder: Any, stem: str) -> bool:
    """Is a choice element there, of any type?"""
    if holder.__class__ is not dict:
        return False
    length = len(stem)
    return any(name.lstrip("_").startswith(stem) and name.lstrip("_")[length : length + 1].isupper() for name in holder)


def items(holder: Any, name: str) -> list[Any]:
    """A member's items; a lone value counts as one item."""
    if holder.__class__ is not dict:
        return []
    value = holder.get(name)
    if value.__class__ is list:
        return value
    return [] if value is None else [value]


def objects(holder: Any, name: str) -> list[Json]:
    """A member's objects; a lone one counts as a list of one."""
    if holder.__class__ is not dict:
        return []
    value = holder.get(name)
    if value.__class__ is list:
        return [item for item in value if item.__class__ is dict]
    return [value] if value.__class__ is dict else []


def text(holder: Any, name: str) -> str:
    """A member's text; empty if it has none."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def codes(holder: Any, name: str) -> list[Any]:
    """The codes of the codings of a member's concepts."""
    return [
        coding["code"] for concept in objects(holder, name) for coding in objects(concept, "coding") if "code" in coding
    ]


def extension(holder: Any, url: str) -> Iterator[Json]:
    """The extensions at an address."""
    return (row for row in objects(holder, "extension") if row.get("url") == url)


def number(holder: Any, name: str) -> float | None:
    """A member's number."""
    value = holder.get(name) if holder.__class__ is dict else None
    return value if value.__class__ is int or value.__class__ is float else None
