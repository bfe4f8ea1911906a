"""Amounts with a unit, and the arithmetic of units as far as messages need it.

Units are UCUM codes built from a prefix, an atom and an exponent, joined by `.` and `/`: `mg/dL`, `10*9/L`, `mmol/L`.
Each reads as a factor and a set of dimensions; two amounts compare where the dimensions agree. A unit we cannot
read compares with itself only. Calendar durations (`3 days`) are exact up to weeks; years and months are not.

Source:  FHIRPath N1, Quantity; UCUM, sections on metric units and prefixes.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from samspil.validation.fhirpath.temporal import CALENDAR_UNITS

UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount. `unit` is a UCUM code, a calendar word (`day`), "1" for none, or another system's `system|code`."""

    value: Decimal
    unit: str = "1"

    def __str__(self) -> str:
        """As an expression writes it."""
        unit = self.unit if self.unit in CALENDAR_UNITS else f"'{self.unit}'"
        return f"{self.value:f} {unit}"


_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2,
    "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
# atom: (factor, dimensions); dimensions count gram, metre, second, mole, kelvin, ampere, candela, arbitrary unit
_ATOMS: dict[str, tuple[str, str]] = {
    "g": ("1", "g"), "m": ("1", "m"), "s": ("1", "s"), "mol": ("1", "n"), "K": ("1", "K"), "A": ("1", "A"),
    "cd": ("1", "c"), "[iU]": ("1", "U"), "[IU]": ("1", "U"), "U": ("1", "E"), "kat": ("6e7", "E"),
    "l": ("0.001", "mmm"), "L": ("0.001", "mmm"), "t": ("1e6", "g"), "eq": ("1", "n"), "Cel": ("1", "C"),
    "min": ("60", "s"), "h": ("3600", "s"), "d": ("86400", "s"), "wk": ("604800", "s"), "osm": ("1", "n"),
    "a": ("31557600", "s"), "mo": ("2629800", "s"), "%": ("0.01", ""), "10*": ("10", ""), "10^": ("10", ""),
    "[in_i]": ("0.0254", "m"), "[ft_i]": ("0.3048", "m"), "[lb_av]": ("453.59237", "g"), "[degF]": ("1", "F"),
}  # fmt: skip
_COMPOUND: dict[str, tuple[str, str, str]] = {  # factor, dimensions above and below the line
    "N": ("1000", "gm", "ss"), "Pa": ("1000", "g", "mss"), "J": ("1000", "gmm", "ss"), "W": ("1000", "gmm", "sss"),
    "Hz": ("1", "", "s"), "bar": ("1e8", "g", "mss"), "mm[Hg]": ("133322", "g", "mss"), "cal": ("4184", "gmm", "ss"),
}  # fmt: skip
_UNPREFIXED = frozenset({"min", "h", "d", "wk", "a", "mo", "%", "10*", "10^", "mm[Hg]", "[in_i]", "[ft_i]", "[lb_av]"})
_TERM = re.compile(r"(?P<atom>10[*^]|mm\[Hg\]|[A-Za-z%]*(?:\[[A-Za-z_]+\])?)(?P<power>[+-]?\d+)?", re.ASCII)
_ANNOTATION = re.compile(r"\{[^{}]*\}")

# A calendar duration and the UCUM unit of the same exact length. Years and months have no exact length.
_EXACT = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
_CALENDAR = {"a": "year", "mo": "month", **{ucum: word for word, ucum in _EXACT.items()}}
_DEFINITE = {word: ucum for ucum, word in _CALENDAR.items()}

Dimensions = tuple[tuple[str, int], ...]


def in_common(left: Quantity, right: Quantity) -> tuple[Decimal, Decimal] | None:
    """Both values in one unit, or None where the units measure different things or are unknown."""
    if left.unit == right.unit:
        return left.value, right.value
    one, other = _read_unit(left.unit), _read_unit(right.unit)
    if one is None or other is None or one[1] != other[1]:
        return None
    with localcontext(prec=40):
        return left.value * one[0], right.value * other[0]


def in_definite_unit(quantity: Quantity) -> Quantity:
    """With a calendar word replaced by UCUM's unit of about that length, for equivalence: a year is some 365 days."""
    return Quantity(quantity.value, _DEFINITE.get(quantity.unit, quantity.unit))


def calendar_unit(unit: str) -> str | None:
    """The calendar word for a unit of time (`d` is a day), or None for any other unit."""
    return unit if unit in CALENDAR_UNITS else _CALENDAR.get(unit)


@lru_cache(maxsize=512)
def _read_unit(unit: str) -> tuple[Decimal, Dimensions] | None:
    """Factor and dimensions of a unit, or None where it cannot be read."""
    if len(unit) > 60 or "|" in unit or unit in {"year", "month"}:
        return None
    text = _ANNOTATION.sub("", _EXACT.get(unit, unit))
    factor, counts = Decimal(1), dict[str, int]()
    sign = 1
    for part in re.split(r"([./])", text):
        if part in {".", "/"}:
            sign = 1 if part == "." else -1
            continue
        term = _read_term(part)
        if term is None:
            return None
        scale, dimensions = term
        with localcontext(prec=40):
            factor = factor * scale if sign > 0 else factor / scale
        for dimension, power in dimensions:
            counts[dimension] = counts.get(dimension, 0) + sign * power
    return factor, tuple(sorted(item for item in counts.items() if item[1]))


def _read_term(part: str) -> tuple[Decimal, Dimensions] | None:
    if part in {"", "1"}:
        return Decimal(1), ()
    match = _TERM.fullmatch(part)
    if match is None:
        return None
    power = int(match["power"] or 1)
    scaled = _read_atom(match["atom"])
    if scaled is None or not 0 < abs(power) <= 30:
        return None
    factor, dimensions = scaled
    with localcontext(prec=40):
        return factor**power, tuple((name, count * power) for name, count in dimensions)


def _read_atom(atom: str) -> tuple[Decimal, Dimensions] | None:
    for length in (0, 1, 2):
        prefix, rest = atom[:length], atom[length:]
        exponent = _PREFIXES.get(prefix) if length else 0
        if exponent is None or (length and rest in _UNPREFIXED):
            continue
        if rest in _ATOMS:
            factor, above = _ATOMS[rest]
            return Decimal(factor).scaleb(exponent), _count(above, "")
        if rest in _COMPOUND:
            factor, above, below = _COMPOUND[rest]
            return Decimal(factor).scaleb(exponent), _count(above, below)
    return None


def _count(above: str, below: str) -> Dimensions:
    names = set(above) | set(below)
    return tuple(sorted((name, above.count(name) - below.count(name)) for name in names))
