"""Why a single value does not fit its type: too long, no word of the list, not of the form."""

import re

from samspil.catalogue.legacy.shapes import Leaf

_TEN_DIGITS = re.compile(r"\d{10}")
_SUGGESTED = 5


def leaf_fault(leaf: Leaf | None, name: str, value: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """What is wrong with a value, as a fault's code and facts; None if it only looked so."""
    facts = (("element", name),)
    if leaf is None or (leaf.words is not None and not leaf.words.isdisjoint((value.strip(), f"{value.strip()} "))):
        return None
    if leaf.words is not None:
        return "legacy.value.code", (*facts, ("allowed", nearest(value, leaf.words)))
    if not value and leaf.low > 0:
        return "legacy.value.empty", facts
    if leaf.kind == "string" and len(value) > leaf.high:
        return "legacy.value.length", (*facts, ("length", str(len(value))), ("most", f"{leaf.high:.0f}"))
    if name == "CivilRegistrationNumber" and _TEN_DIGITS.fullmatch(value):
        return "legacy.cpr.implausible", facts
    return "legacy.value.form", (*facts, ("kind", leaf.kind))


def nearest(value: str, words: frozenset[str]) -> str:
    """A few allowed words, the likeliest first."""

    def distance(word: str) -> int:
        return sum(a != b for a, b in zip(word, value, strict=False)) + abs(len(word) - len(value))

    return ", ".join(sorted(words, key=lambda word: (distance(word), word))[:_SUGGESTED])
