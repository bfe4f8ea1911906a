"""What stands in a collection, and when two such things are equal, equivalent, or one before the other.

A collection is a list. Its items are what the JSON reader gave (text, truth, numbers, dicts) or what expressions
make (Decimal, Temporal, Quantity). A `Node` stands for an element that needs more than its value: a primitive with an
extension beside it, or any element where an expression asks about types.

Texts that both look like dates are compared as dates, since JSON does not tell `2024-05-31` the text from the date;
a literal of the expression is always text. Answers are True, False or None: unknown.
"""

import math
from collections.abc import Iterable
from decimal import Context, Decimal, DecimalException
from typing import Any

from samspil.validation.fhirpath.quantities import UCUM, Quantity, in_common, in_definite_unit
from samspil.validation.fhirpath.temporal import (
    Order,
    Temporal,
    alike,
    comparable,
    in_utc,
    order,
    order_of_texts,
    read_temporal,
)

Item = Any
"""One thing in a collection: a JSON value, a Node, or a value an expression made."""

Json = dict[str, Any]

MAX_INTEGER = 2**31 - 1
DECIMALS = Context(prec=28, Emax=400, Emin=-400)


class Mismatch(Exception):
    """Two values that no operator joins; the compiler turns it into an EvaluationError with its place."""


class Node:
    """An element with what JSON keeps apart from its value.

    `value` is the JSON value, None for a primitive that has only extensions; `element` holds a primitive's `id` and
    `extension` (JSON's `_name`); `type` is the element's type, empty where unknown.
    """

    __slots__ = ("element", "type", "value")

    def __init__(self, value: Item, element: Json | None = None, type: str = "") -> None:
        self.value = value
        self.element = element
        self.type = type

    def __repr__(self) -> str:
        return f"Node({self.value!r}, {self.element!r}, {self.type!r})"


def plain(item: Item) -> Item:
    """The value without its node."""
    return item.value if type(item) is Node else item


def is_number(value: Item) -> bool:
    """Integer or decimal, and not JSON's true or false."""
    return type(value) is int or type(value) is Decimal or type(value) is float


def exact(value: Item) -> int | Decimal:
    """A number as its digits say; JSON readers give decimals as floats. Floats that are no number are a mismatch."""
    if type(value) is float:
        if not math.isfinite(value):
            raise Mismatch("a number out of range")
        return Decimal(repr(value))
    return value


def as_temporal(value: Item) -> Temporal | None:
    """A moment from itself or from its text."""
    if type(value) is Temporal:
        return value
    return read_temporal(value) if type(value) is str else None


def as_quantity(value: Item) -> Quantity | None:
    """An amount from itself, a number, or a FHIR Quantity; None for one with a comparator or without a value."""
    if type(value) is Quantity:
        return value
    if is_number(value):
        return Quantity(Decimal(exact(value)))
    if type(value) is not dict or not is_number(value.get("value")) or value.get("comparator"):
        return None
    system, code, unit = value.get("system"), value.get("code"), value.get("unit")
    if isinstance(code, str) and system in (UCUM, None):
        return Quantity(Decimal(exact(value["value"])), code)
    name = f"{system}|{code}" if code else f"|{unit}" if unit else "1"
    return Quantity(Decimal(exact(value["value"])), name)


# ---- equality


def equal(left: Item, right: Item, *, texts: bool = False) -> bool | None:
    """Are two items the same? None where it cannot be known. `texts`: one side is a literal text, so no dates."""
    left, right = plain(left), plain(right)
    kind = type(left)
    if kind is str and type(right) is str:
        return left == right or (not texts and _equal_moments(left, right))
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        return left == right if kind is type(right) else exact(left) == exact(right)
    if kind is dict and type(right) is dict:
        return left is right or _equal_dicts(left, right)
    return _equal_made(left, right)


def _equal_made(left: Item, right: Item) -> bool | None:
    """Where a side is no JSON text, number or object."""
    kinds = (type(left), type(right))
    if Temporal in kinds:
        return _equal_temporals(left, right)
    if Quantity in kinds:
        return _equal_quantities(left, right)
    return kinds[0] is kinds[1] and (_equal_children(left, right) if kinds[0] is list else left == right)


def _equal_moments(left: str, right: str) -> bool | None:
    """Two different texts: equal as dates, unknown, or simply different."""
    if not (left[:1].isdigit() and right[:1].isdigit()):
        return False
    one, other = read_temporal(left), read_temporal(right)
    if one is None or other is None or not comparable(one, other):
        return False
    found = order(one, other)
    return None if found is None else found == 0


def _equal_temporals(left: Item, right: Item) -> bool | None:
    one, other = as_temporal(left), as_temporal(right)
    if one is None or other is None:
        return str(left) == str(right) if str in (type(left), type(right)) else False
    if not comparable(one, other):
        return False
    found = order(one, other)
    return None if found is None else found == 0


def _equal_quantities(left: Item, right: Item) -> bool | None:
    one, other = as_quantity(left), as_quantity(right)
    if one is None or other is None:
        return False
    pair = in_common(one, other)
    return None if pair is None else pair[0] == pair[1]


def _equal_dicts(left: Json, right: Json) -> bool:
    """Children compared one by one, each as an item: 1 equals 1.0, and one instant equals itself in another zone."""
    if left.keys() != right.keys():
        return False
    return all(_equal_children(left[name], right[name]) for name in left)


def _equal_children(left: Item, right: Item) -> bool:
    if type(left) is list and type(right) is list:
        return len(left) == len(right) and all(map(_equal_children, left, right))
    return left is right or equal(left, right) is True


def equal_lists(left: list[Item], right: list[Item], *, texts: bool = False) -> bool | None:
    """The `=` operator: None if either is empty, else all items equal in order."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    if len(left) == 1:
        return equal(left[0], right[0], texts=texts)
    answer: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(one, other, texts=texts)
        if same is False:
            return False
        if same is None:
            answer = None
    return answer


# ---- equivalence


def equivalent(left: Item, right: Item) -> bool:
    """The `~` operator on two items: text without case and spacing, numbers as precise as the vaguer of the two,
    codings by system and code, concepts by any coding in common."""
    left, right = plain(left), plain(right)
    if type(left) is str and type(right) is str:
        return _folded(left) == _folded(right) or _alike_temporals(left, right)
    if is_number(left) and is_number(right):
        return _alike_numbers(exact(left), exact(right))
    if type(left) is dict and type(right) is dict:
        return _alike_dicts(left, right)
    kinds = (type(left), type(right))
    if Temporal in kinds:
        return _alike_temporals(left, right)
    return _alike_quantities(left, right) if Quantity in kinds else kinds[0] is kinds[1] and left == right


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _alike_temporals(left: Item, right: Item) -> bool:
    one, other = as_temporal(left), as_temporal(right)
    return one is not None and other is not None and alike(one, other)


def _alike_numbers(left: int | Decimal, right: int | Decimal) -> bool:
    one, other = Decimal(left), Decimal(right)
    places = max(_exponent(one), _exponent(other))
    unit = Decimal((0, (1,), places))
    try:
        return one.quantize(unit, context=DECIMALS) == other.quantize(unit, context=DECIMALS)
    except DecimalException:
        return one == other


def _exponent(number: Decimal) -> int:
    exponent = number.normalize(DECIMALS).as_tuple().exponent
    return min(int(exponent), 0) if isinstance(exponent, int) else 0


def _alike_quantities(left: Item, right: Item) -> bool:
    one, other = as_quantity(left), as_quantity(right)
    pair = in_common(in_definite_unit(one), in_definite_unit(other)) if one and other else None
    return pair is not None and _alike_numbers(*pair)


def _alike_dicts(left: Json, right: Json) -> bool:
    if "coding" in left and "coding" in right:
        return _share_a_coding(left["coding"], right["coding"])
    if "code" in left and "code" in right and "value" not in left:
        return left["code"] == right["code"] and left.get("system") == right.get("system")
    names = set(left) | set(right)
    return all(_alike_children(left.get(name), right.get(name)) for name in names if name not in {"id", "_id"})


def _share_a_coding(left: Item, right: Item) -> bool:
    if not (isinstance(left, list) and isinstance(right, list)):
        return False
    return not _codings(left).isdisjoint(_codings(right))


def _codings(concept: list[Item]) -> set[tuple[str, str]]:
    """System and code of each coding that has a code."""
    return {(str(one.get("system")), str(one["code"])) for one in concept if isinstance(one, dict) and "code" in one}


def _alike_children(left: Item, right: Item) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return equivalent_lists(left, right)
    return equivalent(left, right)


def equivalent_lists(left: list[Item], right: list[Item]) -> bool:
    """The `~` operator: the same items in any order; two empty collections are equivalent."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        place = next((place for place, other in enumerate(rest) if equivalent(item, other)), None)
        if place is None:
            return False
        del rest[place]
    return True


# ---- order


def compare(left: Item, right: Item, *, texts: bool = False) -> Order | None:
    """Before (-1), same (0) or after (1); None where unknown. `texts`: one side is a literal text, so no dates.

    Errors:  Mismatch for two things that have no order between them.
    """
    left, right = plain(left), plain(right)
    if left is None or right is None:
        return None
    if type(left) is str and type(right) is str:
        return _compare_texts(left, right, texts=texts)
    if is_number(left) and is_number(right):
        one, other = exact(left), exact(right)
        return 0 if one == other else -1 if one < other else 1
    if type(left) is Temporal or type(right) is Temporal:
        first, second = as_temporal(left), as_temporal(right)
        if first and second and comparable(first, second):
            return order(first, second)
    elif _is_amount(left) and _is_amount(right):
        return _compare_quantities(left, right)
    raise Mismatch(f"{kind_of(left)} and {kind_of(right)} have no order between them")


def _is_amount(value: Item) -> bool:
    """A quantity, or what may be FHIR's element of one; a number counts as one without a unit."""
    return type(value) is Quantity or is_number(value) or (type(value) is dict and "value" in value)


def _compare_texts(left: str, right: str, *, texts: bool) -> Order | None:
    if not texts and left[:1].isdigit() and right[:1].isdigit():
        quick = order_of_texts(left, right)
        if quick is not None:
            return quick
        one, other = read_temporal(left), read_temporal(right)
        if one and other and comparable(one, other):
            return order(one, other)
    return 0 if left == right else -1 if left < right else 1


def _compare_quantities(left: Item, right: Item) -> Order | None:
    one, other = as_quantity(left), as_quantity(right)
    pair = in_common(one, other) if one and other else None
    if pair is None:
        return None
    return 0 if pair[0] == pair[1] else -1 if pair[0] < pair[1] else 1


# ---- sets


def key(item: Item) -> object:
    """A hashable stand-in: two items have the same key exactly where they are equal."""
    value = item.value if type(item) is Node else item
    kind = type(value)
    if kind is str:
        if value[10:11] != "T":
            return value
        moment = read_temporal(value)
        return in_utc(moment) if moment else value
    if kind is dict:
        return frozenset((name, _key_of_child(child)) for name, child in value.items())
    if is_number(value):
        return ("number", exact(value))
    if kind is Temporal:
        return in_utc(value) if value.kind == "dateTime" else str(value)
    return (kind, value) if kind in _HASHABLE else id(value)


_HASHABLE = frozenset({bool, type(None), Quantity})


def _key_of_child(child: Item) -> object:
    return tuple(map(_key_of_child, child)) if type(child) is list else key(child)


def distinct(items: Iterable[Item]) -> list[Item]:
    """Each item once, in order of first appearance."""
    seen: set[object] = set()
    kept: list[Item] = []
    for item in items:
        mark = key(item)
        if mark not in seen:
            seen.add(mark)
            kept.append(item)
    return kept


def are_distinct(items: list[Item]) -> bool:
    """Does no item stand twice?"""
    return len(items) < 2 or len(set(map(key, items))) == len(items)


def contains(items: list[Item], wanted: Item) -> bool:
    """Does a collection hold an item equal to this one?"""
    return any(equal(item, wanted) is True for item in items)


def kind_of(value: Item) -> str:
    """What a value is, for a sentence in an error."""
    value = plain(value)
    return _NAMES.get(type(value), "an element")


_NAMES: dict[type, str] = {
    str: "a text", bool: "a truth value", int: "a number", float: "a number", Decimal: "a number",
    Temporal: "a moment", Quantity: "a quantity", dict: "an element", type(None): "an element without a value",
}  # fmt: skip
