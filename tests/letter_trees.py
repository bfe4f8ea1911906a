"""Random letters, valid by the tables of shapes: every element at some time present, absent and repeated."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from samspil.catalogue.legacy.shapes import Child, Edition, Holds, Leaf, Shape
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.tree import Tree

Spell = Callable[[Random], str]

WORDS = ("Blodtryk", "målt", "i hvile", "Æblegrød", "ønske", "37,5", "3 x dgl", "p.n.", "høj/lav", "(akut)", "x-ray?")
STYLES = (Style.PLAIN, Style.PLAIN, Style.BOLD, Style.ITALIC, Style.UNDERLINE)
MOST = 2
"""How many more than the fewest allowed a repeated element gets."""


def random_letter(edition: Edition, chance: Random) -> Tree:
    """A letter that the edition's shape allows."""
    return _shape(edition.shape, chance)


def _shape(shape: Shape, chance: Random) -> Tree:
    names = {child.letter: child for child in shape.children.values()}
    tree: Tree = {}
    for letter in speller(shape.order)(chance):
        child = names[letter]
        value = _value(child, chance)
        if child.interleaved:
            tree.setdefault(child.key, []).append((child.name, value))
        elif child.many:
            tree.setdefault(child.key, []).append(value)
        else:
            tree[child.key] = value
    return tree


def _value(child: Child, chance: Random) -> Any:
    if child.holds is Holds.SHAPE:
        return _shape(child.shape, chance)
    if child.holds is Holds.LEAF:
        assert child.leaf
        return _leaf(child.name, child.leaf, chance)
    return _text(chance, plain=child.holds is Holds.BREAKABLE)


def _text(chance: Random, *, plain: bool) -> Text:
    """Lines as letters have them: each ended, in one look or several."""
    looks = [(Style.PLAIN, False)] if plain else [(chance.choice(STYLES), chance.random() < 0.3) for _ in range(3)]
    runs = []
    for look in dict.fromkeys(looks[: chance.randint(1, len(looks))]):
        lines = (" ".join(chance.choices(WORDS, k=chance.randint(1, 18))) for _ in range(chance.randint(1, 3)))
        runs.append(Run("".join(f"{line}\n" for line in lines), *look))
    return Text(tuple(runs))


def _leaf(name: str, leaf: Leaf, chance: Random) -> str:
    """A value that the leaf's type allows."""
    if leaf.words is not None:
        return chance.choice(sorted(leaf.words))
    for _ in range(200):
        text = _attempt(name, leaf, chance)
        if leaf.fits(text):
            return text
    raise AssertionError(f"no value found for {name}: {leaf}")


def _attempt(name: str, leaf: Leaf, chance: Random) -> str:
    if leaf.kind == "date":
        return f"{date(1994, 1, 1) + timedelta(days=chance.randrange(15_000)):%Y-%m-%d}"
    if leaf.kind == "boolean":
        return "1" if leaf.pattern else "true"
    if leaf.kind == "dateTime":
        return "2026-03-01T12:30:00"
    if leaf.kind == "decimal" and leaf.high < float("inf"):
        return f"{chance.uniform(max(leaf.low, 0), leaf.high):.{chance.randint(0, 3)}f}"
    if leaf.kind in {"int", "decimal"} and not leaf.pattern:
        low = int(max(leaf.low, 0))
        return str(chance.randint(low, int(min(leaf.high, low + 99))))
    if name == "Object_Base64Encoded":
        return b64encode(chance.randbytes(chance.randint(1, 90))).decode("ascii")
    if name == "CivilRegistrationNumber":
        return "2509479989"
    if name == "EANIdentifier" and not leaf.pattern:
        return "5790000121526"
    if name in {"Time", "TimeWithSec"} or leaf.pattern:
        return speller(leaf.pattern or r"(0\d|1\d|2[0-3]):[0-5]\d")(chance)
    high = int(min(leaf.high, 30))
    text = " ".join(chance.choices(WORDS, k=3))[: max(high, 1)].strip()
    return text if len(text) >= leaf.low else (text + "x" * int(leaf.low))[: int(leaf.low)]


# ------------------------------------------------------------------------------------------------- regular expressions
@cache
def speller(pattern: str) -> Spell:
    """What spells texts of a regular expression, of as much of that language as the tables use."""
    rest = list(pattern)
    spell = _choice(rest)
    assert not rest, pattern
    return spell


def _choice(rest: list[str]) -> Spell:
    options = [_row(rest)]
    while rest and rest[0] == "|":
        rest.pop(0)
        options.append(_row(rest))
    return lambda chance: chance.choice(options)(chance)


def _row(rest: list[str]) -> Spell:
    pieces: list[Spell] = []
    while rest and rest[0] not in "|)":
        pieces.append(_repeated(_atom(rest), *_times(rest)))
    return lambda chance: "".join(piece(chance) for piece in pieces)


def _repeated(atom: Spell, low: int, high: int) -> Spell:
    return lambda chance: "".join(atom(chance) for _ in range(chance.randint(low, high)))


def _times(rest: list[str]) -> tuple[int, int]:
    mark = rest[0] if rest else ""
    if mark in {"?", "*", "+"}:
        rest.pop(0)
        return {"?": (0, 1), "*": (0, MOST), "+": (1, 1 + MOST)}[mark]
    if mark != "{":
        return 1, 1
    said = "".join(rest[1 : rest.index("}")])
    del rest[: rest.index("}") + 1]
    low, _, high = said.partition(",")
    least = int(low or 0)
    return least, least if high == "" and "," not in said else min(int(high or 99), least + MOST)


def _atom(rest: list[str]) -> Spell:
    character = rest.pop(0)
    if character == "(":
        if rest[:2] == ["?", ":"]:
            del rest[:2]
        inner = _choice(rest)
        assert rest.pop(0) == ")"
        return inner
    if character == "[":
        allowed = "".join(_class(rest))
        return lambda chance: chance.choice(allowed)
    if character == "\\":
        escaped = rest.pop(0)
        return (lambda chance: str(chance.randint(0, 9))) if escaped == "d" else (lambda _: escaped)
    return lambda _: character


def _class(rest: list[str]) -> Iterator[str]:
    refused = rest[0] == "^"
    characters: list[str] = []
    while (character := rest.pop(0)) != "]":
        if character == "-" and characters and rest[0] != "]":
            characters += map(chr, range(ord(characters[-1]) + 1, ord(rest.pop(0)) + 1))
        else:
            characters.append(character)
    return iter([one for one in "abcdefghij" if one not in characters] if refused else characters)
