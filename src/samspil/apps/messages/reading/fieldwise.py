"""A body that no renderer knows, shown field by field: plain, but whole."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from samspil.apps.messages.reading.blocks import Block, Fact, Facts, Prose, Value
from samspil.apps.messages.reading.words import attached
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.domain.text import Text


def render_fields(body: object) -> Iterator[Block]:
    """Simple fields as one list of facts, texts and lists each as a block of their own."""
    simple: list[Fact] = []
    larger: list[Block] = []
    for name, value in _filled(body):
        label = Phrase(name.replace("_", " ").capitalize())
        plain = _plain(value)
        if plain is not None:
            simple.append(Fact(label, plain))
        else:
            larger += _larger(label, value)
    if simple:
        yield Facts(rows=tuple(simple))
    yield from larger


def _filled(value: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(value):
        for field in fields(value):
            content = getattr(value, field.name)
            if content not in (None, "", ()) and not field.name.startswith("_"):
                yield field.name, content


def _plain(value: object) -> Value | None:
    match value:
        case Enum():
            return str(value.value)
        case str() | date() | int():
            return value
        case _:
            return None


def _larger(label: Phrase, value: object) -> Iterator[Block]:
    match value:
        case Text():
            yield Prose(title=label, text=value)
        case tuple() if value and all(isinstance(item, Attachment) for item in value):
            yield from attached(item for item in value if isinstance(item, Attachment))
        case tuple() if all(_plain(item) is not None for item in value):
            yield Facts(rows=(Fact(label, ", ".join(str(item) for item in value)),))
        case tuple():
            for item in value:
                yield from _larger(label, item)
        case _ if is_dataclass(value):
            rows = tuple(_flat(value))
            if rows:
                yield Facts(title=label, rows=rows)
        case _:
            yield Facts(rows=(Fact(label, str(value)),))


def _flat(value: object, before: str = "") -> Iterable[Fact]:
    """All plain values inside a value, under the names that lead to them."""
    for name, content in _filled(value):
        label = f"{before}{name.replace('_', ' ')}"
        plain = _plain(content)
        if plain is not None:
            yield Fact(Phrase(label.capitalize()), plain)
        elif is_dataclass(content):
            yield from _flat(content, f"{label} · ")
        elif isinstance(content, tuple):
            for item in content:
                inner = _plain(item)
                yield from (
                    [Fact(Phrase(label.capitalize()), inner)] if inner is not None else _flat(item, f"{label} · ")
                )
        else:
            yield Fact(Phrase(label.capitalize()), str(content))
