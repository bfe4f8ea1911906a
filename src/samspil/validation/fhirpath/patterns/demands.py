"""How dear a pattern is for a matcher that tries alternatives one after the other.

A pattern is cheap where the next letter tells which way to go. Each part is looked at with the letters that may
follow it; where those it may begin with are others, there is only one way.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import or_

from samspil.validation.fhirpath.patterns.tree import Choice, Letters, Opaque, Part, Repeat, Row

MAX_QUICK_TEXT = (65_536, 4096, 256)
"""Characters up to which Python's matcher runs on patterns of degree 0, 1 and 2: its work grows with the text's length
to the power of one more, since a search begins anew at each letter."""

_LATIN = [chr(number) for number in range(256)]
_BEYOND = "\u0100\u03b1\u0416\u20ac\u2028\u4e2d\U0001f600"
_ANY_BEYOND = 1 << 256
"""One bit stands for all letters beyond Latin-1."""
_EVERY = (_ANY_BEYOND << 1) - 1


@lru_cache(maxsize=2048)
def _letters(source: str, flags: int) -> int:
    """The letters of a class as a set of bits."""
    matches = re.compile(source, flags).fullmatch
    beyond = not source.isascii() or "\\u" in source or any(matches(letter) for letter in _BEYOND)
    bits = sum(1 << number for number, letter in enumerate(_LATIN) if matches(letter))
    return bits | (_ANY_BEYOND if beyond else 0)


def _first(part: Part, flags: int) -> tuple[int, bool]:
    """The letters a part may begin with, and whether it may match nothing."""
    match part:
        case Letters(source):
            return _letters(source, flags), False
        case Row(parts):
            return _first_of_all(parts, flags)
        case Choice(parts):
            each = [_first(child, flags) for child in parts]
            return reduce(or_, (letters for letters, _ in each)), any(empty for _, empty in each)
        case Repeat(child, least, _):
            letters, empty = _first(child, flags)
            return letters, empty or least == 0
        case _:
            return 0, True


def _first_of_all(parts: Sequence[Part], flags: int) -> tuple[int, bool]:
    found = 0
    for part in parts:
        letters, empty = _first(part, flags)
        found |= letters
        if not empty:
            return found, False
    return found, True


@dataclass(frozen=True, slots=True)
class Demands:
    """What makes a pattern dear for a matcher that tries alternatives one after the other.

    `bits`: the ways through it, as a power of two. `unlimited`: repetitions without end where the next letter does
    not tell whether to go on. `plain`: whether there are others. `nested`: more than one way through something that
    repeats without end. `opaque`: has what only Python knows.
    """

    bits: float = 0.0
    unlimited: int = 0
    plain: bool = False
    nested: bool = False
    opaque: bool = False

    @property
    def degree(self) -> int:
        """Work from one beginning grows with this power of the text's length."""
        return self.unlimited + self.plain

    @property
    def modest(self) -> bool:
        """Python's matcher cannot run away with it on a text of moderate length."""
        return self.bits <= 10 and self.degree < len(MAX_QUICK_TEXT) and not self.nested


def demands_of(part: Part, flags: int, follow: int = 0) -> Demands:
    """What a part demands where these letters may follow it."""
    match part:
        case Opaque(child):
            return replace(demands_of(child, flags, _EVERY), opaque=True)
        case Row(parts):
            each: list[Demands] = []
            for place, child in enumerate(parts):
                letters, empty = _first_of_all(parts[place + 1 :], flags)
                each.append(demands_of(child, flags, letters | follow if empty else letters))
            return _gather(each, sum)
        case Choice(parts):
            gathered = _gather([demands_of(child, flags, follow) for child in parts], max)
            ways = 0.0 if _differ_at_once(parts, flags, follow) else math.log2(len(parts))
            return replace(gathered, bits=gathered.bits + ways)
        case Repeat(child, least, most):
            letters, empty = _first(child, flags)
            inner = demands_of(child, flags, follow if most == 1 else letters | follow)
            return _repeated(inner, least, most, told=not empty and not letters & follow)
        case _:
            return Demands()


def _gather(each: list[Demands], how: Callable[[Iterable[float]], float]) -> Demands:
    """Of parts one after the other (sum), or of alternatives (max)."""
    return Demands(
        bits=how([one.bits for one in each] or [0.0]),
        unlimited=int(how([one.unlimited for one in each] or [0])),
        plain=any(one.plain for one in each),
        nested=any(one.nested for one in each),
        opaque=any(one.opaque for one in each),
    )


def _repeated(child: Demands, least: int, most: int | None, *, told: bool) -> Demands:
    """A repetition. `told`: the next letter tells whether to go on."""
    if most is None:
        nested = child.nested or child.bits > 0 or child.unlimited > 0
        return replace(child, unlimited=child.unlimited + (not told), plain=True, nested=nested)
    ways = 0.0 if told else math.log2(max(1, most - least + 1))
    return replace(child, bits=child.bits * most + ways, unlimited=child.unlimited * most)


def _differ_at_once(parts: Sequence[Part], flags: int, follow: int) -> bool:
    """Do alternatives begin with different letters, so that no text can take two of them?"""
    seen = 0
    for part in parts:
        letters, empty = _first(part, flags)
        if empty:
            letters |= follow
        if letters & seen:
            return False
        seen |= letters
    return True
