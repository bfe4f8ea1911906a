"""The shape of FHIR R4 types: which elements they have, in which order, repeated or not, and of what type.

The table is `r4.txt`. It tells an XML reader what JSON would say by brackets and bare words, and a writer the order
that XML wants. Source: HL7 FHIR R4 4.0.1, structure definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_NOTHING: Mapping[str, "Element"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type: the type of its values, and whether it is a list."""

    type: str
    repeats: bool


def shape_of(type: str) -> Mapping[str, Element]:
    """The elements of a type by name, in order, a choice written out; nothing for a type not in the table."""
    return shapes().get(type, _NOTHING)


@cache
def shapes() -> Mapping[str, Mapping[str, Element]]:
    """All types."""
    rows = _rows(files("samspil.catalogue.shapes").joinpath("r4.txt").read_text(encoding="utf-8"))
    types = {name: row for name, row in rows.items() if name != "any"}
    return MappingProxyType({name: MappingProxyType(dict(_elements(row, rows))) for name, row in types.items()})


def _rows(text: str) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    words: list[str] = []
    for line in text.splitlines():
        if line.startswith(" "):
            words += line.split()
        elif line and not line.startswith("#"):
            words = rows[line] = []
    return rows


def _elements(words: list[str], rows: dict[str, list[str]]) -> list[tuple[str, Element]]:
    elements: list[tuple[str, Element]] = []
    for word in words:
        name, colon, type = word.partition(":")
        if not colon:
            elements += _elements(rows[word], rows) if word in rows else []
        elif name.endswith("[x]"):
            stem = name.removesuffix("[x]")
            types = rows["any"] if type == "any" else type.split(",")
            elements += [(stem + choice[0].upper() + choice[1:], Element(choice, repeats=False)) for choice in types]
        else:
            elements.append((name.removesuffix("*"), Element(type, repeats=name.endswith("*"))))
    return elements
