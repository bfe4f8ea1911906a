"""Small looks into resources that may be anything: each gives a value of the type asked for, or nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from samspil.formats.fhir.bundle import Resource, list_of

NONE: Resource = {}


def text_of(holder: Resource, name: str) -> str:
    """A member's text; empty if it has none."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def part_of(holder: Resource, name: str) -> Resource:
    """A member's element; an empty one if it has none."""
    value = holder.get(name)
    return value if isinstance(value, dict) else NONE


def parts_of(holder: Resource, name: str) -> list[Resource]:
    """A member's elements; a lone one counts as a list of one."""
    value = holder.get(name)
    if isinstance(value, dict):
        return [value]
    return [item for item in list_of(value) if isinstance(item, dict)]


def texts_of(holder: Resource, name: str) -> list[str]:
    """A member's texts."""
    return [item for item in list_of(holder.get(name)) if isinstance(item, str)]


def first_of(holder: Resource, name: str) -> Resource:
    """A member's first element; an empty one if it has none."""
    return next(iter(parts_of(holder, name)), NONE)


def coding_of(concept: Resource) -> Resource:
    """A concept's first coding."""
    return first_of(concept, "coding")


def code_of(concept: Resource) -> str:
    """The code of a concept's first coding."""
    return text_of(coding_of(concept), "code")


def concept_text(concept: Resource) -> str:
    """What a concept is called: its own text, else its first coding's display, else the code."""
    coding = coding_of(concept)
    return text_of(concept, "text") or text_of(coding, "display") or text_of(coding, "code")


def extensions_of(holder: Resource, url: str) -> Iterator[Resource]:
    """The extensions of that URL."""
    return (extension for extension in parts_of(holder, "extension") if extension.get("url") == url)


def extension_of(holder: Resource, url: str) -> Resource:
    """The first extension of that URL; an empty one if there is none."""
    return next(extensions_of(holder, url), NONE)


def moment(value: Any) -> datetime | None:
    """A FHIR instant or dateTime with a time zone as a moment; None for anything else.

    >>> moment("2024-05-07T18:00:00+02:00").isoformat()
    '2024-05-07T18:00:00+02:00'
    """
    if not isinstance(value, str) or len(value) < 17 or len(value) > 40:
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return when if when.tzinfo else None
