"""The operators, each as a way to join compiled operands.

Source:  FHIRPath N1, Operations: equality, comparison, types, collections, boolean logic (three-valued), math.
"""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DecimalException

from samspil.validation.fhirpath.code import Code, Site, Truth, from_items, from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.navigation import NONE, Items
from samspil.validation.fhirpath.quantities import Quantity, calendar_unit, in_common
from samspil.validation.fhirpath.temporal import Temporal, later
from samspil.validation.fhirpath.values import (
    DECIMALS,
    MAX_INTEGER,
    Item,
    Mismatch,
    as_quantity,
    as_temporal,
    compare,
    contains,
    distinct,
    equal_lists,
    equivalent_lists,
    exact,
    is_number,
    kind_of,
)

MAX_TEXT = 1_000_000
"""Characters a text may grow to."""

Build = Callable[[list[Code], Site], Code]
Number = int | Decimal


# ---- boolean logic


def _and(operands: list[Code], site: Site) -> Code:
    truths = [operand.truth for operand in operands]
    if len(truths) == 2:
        first, second = truths

        def both(this: Item, frame: Frame) -> bool | None:
            one = first(this, frame)
            if one is False:
                return False
            other = second(this, frame)
            return other if one is True or other is False else None

        return from_truth(both)

    def every(this: Item, frame: Frame) -> bool | None:
        answer: bool | None = True
        for truth in truths:
            one = truth(this, frame)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    return from_truth(every)


def _or(operands: list[Code], site: Site) -> Code:
    truths = [operand.truth for operand in operands]
    if len(truths) == 2:
        first, second = truths

        def either(this: Item, frame: Frame) -> bool | None:
            one = first(this, frame)
            if one is True:
                return True
            other = second(this, frame)
            return other if one is False or other is True else None

        return from_truth(either)

    def some(this: Item, frame: Frame) -> bool | None:
        answer: bool | None = False
        for truth in truths:
            one = truth(this, frame)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer

    return from_truth(some)


def _xor(operands: list[Code], site: Site) -> Code:
    first, second = (operand.truth for operand in operands)

    def one_of_two(this: Item, frame: Frame) -> bool | None:
        one, other = first(this, frame), second(this, frame)
        return None if one is None or other is None else one is not other

    return from_truth(one_of_two)


def _implies(operands: list[Code], site: Site) -> Code:
    first, second = (operand.truth for operand in operands)

    def implied(this: Item, frame: Frame) -> bool | None:
        one = first(this, frame)
        if one is False:
            return True
        other = second(this, frame)
        return other if one is True or other is True else None

    return from_truth(implied)


# ---- equality


def _equality(operands: list[Code], site: Site, *, wanted: bool) -> Code:
    left, right = operands
    for one, other in ((left, right), (right, left)):
        if type(other.constant) is str:
            return from_truth(_equals_text(one, other.constant, wanted=wanted))
    lefts, rights = left.items, right.items
    texts = left.text or right.text

    def equals(this: Item, frame: Frame) -> bool | None:
        one = lefts(this, frame)
        if not one:
            return None
        answer = equal_lists(one, rights(this, frame), texts=texts)
        return None if answer is None else answer is wanted

    return from_truth(equals)


def _equals_text(code: Code, text: str, *, wanted: bool) -> Truth:
    """Against a literal text, the commonest of all comparisons."""
    items = code.items
    unwanted = not wanted

    def equals(this: Item, frame: Frame) -> bool | None:
        found = items(this, frame)
        if not found:
            return None
        if len(found) != 1:
            return unwanted
        item = found[0]
        if type(item) is str:
            return wanted if item == text else unwanted
        answer = equal_lists(found, [text], texts=True)
        return None if answer is None else answer is wanted

    return equals


def _equivalence(operands: list[Code], site: Site, *, wanted: bool) -> Code:
    lefts, rights = (operand.items for operand in operands)
    return from_truth(lambda this, frame: equivalent_lists(lefts(this, frame), rights(this, frame)) is wanted)


# ---- order


def _ordering(operands: list[Code], site: Site, *, wanted: frozenset[int]) -> Code:
    lefts, rights = (operand.items for operand in operands)
    texts = any(operand.text for operand in operands)

    def ordered(this: Item, frame: Frame) -> bool | None:
        left, right = site.single(lefts(this, frame)), site.single(rights(this, frame))
        if left is None or right is None:
            return None
        try:
            found = compare(left, right, texts=texts)
        except Mismatch as mismatch:
            raise site.error(str(mismatch)) from None
        return None if found is None else found in wanted

    return from_truth(ordered)


# ---- collections


def _union(operands: list[Code], site: Site) -> Code:
    each = [operand.items for operand in operands]
    if all(type(operand.constant) is str for operand in operands):
        known: Items = distinct(operand.constant for operand in operands)
        return Code(lambda this, frame: known, lambda this, frame: site.truth(known), text=True, texts=frozenset(known))

    def union(this: Item, frame: Frame) -> Items:
        gathered: Items = []
        for items in each:
            gathered += items(this, frame)
        frame.spend(len(gathered))
        return distinct(gathered) if len(gathered) > 1 else gathered

    return from_items(union, site, text=all(operand.text for operand in operands))


def _membership(operands: list[Code], site: Site) -> Code:
    wanted, among = operands
    texts = among.texts
    one_items, many_items = wanted.items, among.items

    def is_in(this: Item, frame: Frame) -> bool | None:
        item = site.single(one_items(this, frame))
        if item is None:
            return None
        if texts is not None and type(item) is str:
            return item in texts
        many = many_items(this, frame)
        frame.spend(len(many))
        return contains(many, item)

    return from_truth(is_in)


def _containment(operands: list[Code], site: Site) -> Code:
    among, wanted = operands
    return _membership([wanted, among], site)


# ---- texts and numbers


def _concatenation(operands: list[Code], site: Site) -> Code:
    lefts, rights = (operand.items for operand in operands)

    def text_of(found: Items) -> str:
        text = site.single(found)
        return "" if text is None else site.of_type(text, str, "a text")

    def joined(this: Item, frame: Frame) -> Items:
        return [_join_texts(text_of(lefts(this, frame)), text_of(rights(this, frame)))]

    return from_items(joined, site, text=True)


def _join_texts(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_TEXT:
        raise Mismatch(f"a text would grow beyond {MAX_TEXT} characters")
    return left + right


def _arithmetic(operands: list[Code], site: Site, *, compute: Callable[[Item, Item], Item | None]) -> Code:
    lefts, rights = (operand.items for operand in operands)

    def computed(this: Item, frame: Frame) -> Items:
        left, right = site.single(lefts(this, frame)), site.single(rights(this, frame))
        if left is None or right is None:
            return NONE
        try:
            found = compute(left, right)
        except Mismatch as mismatch:
            raise site.error(str(mismatch)) from None
        except (DecimalException, ZeroDivisionError):
            return NONE
        return NONE if found is None else [found]

    return from_items(computed, site, text=operands[0].text and operands[1].text)


def in_range(number: Number) -> Number | None:
    """A number that FHIRPath can hold; None on overflow."""
    if type(number) is int:
        return number if -MAX_INTEGER - 1 <= number <= MAX_INTEGER else None
    return DECIMALS.plus(Decimal(number)) if Decimal(number).is_finite() else None


def _add(left: Item, right: Item) -> Item | None:
    if type(left) is str and type(right) is str:
        return _join_texts(left, right)
    if is_number(left) and is_number(right):
        return _in_numbers(left, right, int.__add__, DECIMALS.add)
    if type(right) is Quantity and _is_moment(left):
        return _move(left, right, 1)
    return _sum(left, right, 1)


def _subtract(left: Item, right: Item) -> Item | None:
    if is_number(left) and is_number(right):
        return _in_numbers(left, right, int.__sub__, DECIMALS.subtract)
    if type(right) is Quantity and _is_moment(left):
        return _move(left, right, -1)
    return _sum(left, right, -1)


def _is_moment(value: Item) -> bool:
    return type(value) is Temporal or (type(value) is str and as_temporal(value) is not None)


def _move(left: Item, amount: Quantity, sign: int) -> Temporal | None:
    moment, unit = as_temporal(left), calendar_unit(amount.unit)
    if moment is None or unit is None:
        raise Mismatch(f"'{amount.unit}' is no unit of time")
    return later(moment, sign * amount.value, unit)


def _sum(left: Item, right: Item, sign: int) -> Quantity | None:
    one, other = _quantities(left, right, "+" if sign > 0 else "-")
    if one.unit == other.unit:
        return Quantity(DECIMALS.add(one.value, sign * other.value), one.unit)
    pair = in_common(one, other)
    if pair is None or not one.value:
        return None
    ratio = DECIMALS.divide(pair[1], pair[0])
    return Quantity(DECIMALS.add(one.value, sign * one.value * ratio), one.unit)


def _quantities(left: Item, right: Item, operator: str) -> tuple[Quantity, Quantity]:
    one, other = as_quantity(left), as_quantity(right)
    if one is None or other is None:
        raise Mismatch(f"'{operator}' does not join {kind_of(left)} and {kind_of(right)}")
    return one, other


def _in_numbers(
    left: Item, right: Item, whole: Callable[[int, int], int], precise: Callable[[Decimal, Decimal], Decimal]
) -> Number | None:
    one, other = exact(left), exact(right)
    if type(one) is int and type(other) is int:
        return in_range(whole(one, other))
    return in_range(precise(Decimal(one), Decimal(other)))


def _multiply(left: Item, right: Item) -> Item | None:
    if is_number(left) and is_number(right):
        return _in_numbers(left, right, int.__mul__, DECIMALS.multiply)
    one, other = _quantities(left, right, "*")
    if "1" not in (one.unit, other.unit):
        raise Mismatch("two quantities with units cannot be multiplied here")
    return Quantity(DECIMALS.multiply(one.value, other.value), one.unit if other.unit == "1" else other.unit)


def _divide(left: Item, right: Item) -> Item | None:
    if is_number(left) and is_number(right):
        divisor = Decimal(exact(right))
        return in_range(DECIMALS.divide(Decimal(exact(left)), divisor)) if divisor else None
    one, other = _quantities(left, right, "/")
    if not other.value:
        return None
    if other.unit == "1":
        return Quantity(DECIMALS.divide(one.value, other.value), one.unit)
    pair = in_common(one, other)
    if pair is None:
        raise Mismatch("quantities of different kinds cannot be divided here")
    return Quantity(DECIMALS.divide(*pair))


def _whole_division(left: Item, right: Item) -> Number | None:
    one, other = _numbers(left, right, "div")
    if not other:
        return None
    return in_range(int(DECIMALS.divide(one, other).to_integral_value(ROUND_DOWN)))


def _remainder(left: Item, right: Item) -> Number | None:
    one, other = _numbers(left, right, "mod")
    if not other:
        return None
    rest = DECIMALS.remainder(one, other)
    return int(rest) if type(left) is int and type(right) is int else rest


def _numbers(left: Item, right: Item, operator: str) -> tuple[Decimal, Decimal]:
    if not (is_number(left) and is_number(right)):
        raise Mismatch(f"'{operator}' does not join {kind_of(left)} and {kind_of(right)}")
    return Decimal(exact(left)), Decimal(exact(right))


def signed(operator: str, operand: Code, site: Site) -> Code:
    """`+` or `-` before a number or quantity."""
    items = operand.items

    def run(this: Item, frame: Frame) -> Items:
        value = site.single(items(this, frame))
        if value is None:
            return NONE
        if type(value) is Quantity:
            return [value if operator == "+" else Quantity(-value.value, value.unit)]
        if not is_number(value):
            raise site.error(f"'{operator}' stands before numbers, not before {kind_of(value)}")
        number = exact(value)
        return [number if operator == "+" else -number]

    constant = operand.constant
    if is_number(constant):
        folded: Item = constant if operator == "+" else -constant
        return from_items(lambda this, frame: [folded], site, constant=folded)
    return from_items(run, site)


def _with(build: Callable[..., Code], **fixed: object) -> Build:
    return lambda operands, site: build(operands, site, **fixed)


OPERATORS: dict[str, Build] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
    "=": _with(_equality, wanted=True),
    "!=": _with(_equality, wanted=False),
    "~": _with(_equivalence, wanted=True),
    "!~": _with(_equivalence, wanted=False),
    "<": _with(_ordering, wanted=frozenset({-1})),
    "<=": _with(_ordering, wanted=frozenset({-1, 0})),
    ">": _with(_ordering, wanted=frozenset({1})),
    ">=": _with(_ordering, wanted=frozenset({0, 1})),
    "in": _membership,
    "contains": _containment,
    "|": _union,
    "&": _concatenation,
    "+": _with(_arithmetic, compute=_add),
    "-": _with(_arithmetic, compute=_subtract),
    "*": _with(_arithmetic, compute=_multiply),
    "/": _with(_arithmetic, compute=_divide),
    "div": _with(_arithmetic, compute=_whole_division),
    "mod": _with(_arithmetic, compute=_remainder),
}
"""Every operator that joins operands, and what compiles it."""
