"""Everything a letter's body says, as labelled rows of text: what has no resource of its own is told here."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from samspil.catalogue.bridge import document_labels
from samspil.domain.clinical.form import Item
from samspil.domain.codes import Code
from samspil.domain.text import Text
from samspil.formats.letters.heads import DANISH

Rows = Iterator[tuple[str, str]]


def told(value: Any, label: str = "") -> Rows:
    """The rows of a value; what holds others gives one row a value."""
    if value is None or value in ("", ()):
        return
    if isinstance(value, Item):
        yield from told_item(value, label)
    elif isinstance(value, tuple):
        for one in value:
            yield from told(one, label)
    elif is_dataclass(value) and not isinstance(value, Code | Text):
        for one in fields(value):
            yield from told(getattr(value, one.name), document_labels().get(one.name, one.name))
    else:
        yield label, said(value)


def told_item(item: Item, label: str = "") -> Rows:
    """A letter's own element by its path of names."""
    here = f"{label}/{item.name}".lstrip("/")
    if item.items:
        for one in item.items:
            yield from told_item(one, here)
    else:
        yield here, said(item.value)


def said(value: Any) -> str:
    """One value as a reader sees it."""
    match value:
        case datetime():
            return f"{value.astimezone(DANISH):%d.%m.%Y kl. %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case bool():
            return "ja" if value else "nej"
        case bytes():
            return f"{len(value)} bytes"
        case Code():
            return f"{value.name} ({value.code})" if value.name else value.code
        case _:
            return str(value).strip()
