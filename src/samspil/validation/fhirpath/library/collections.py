"""Functions of whole collections: whether there is anything, which of it, parts of it, several put together."""

from collections.abc import Callable

from samspil.validation.fhirpath.code import StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame, as_focus
from samspil.validation.fhirpath.library.calls import Builder, CallSite
from samspil.validation.fhirpath.navigation import NONE, Items
from samspil.validation.fhirpath.values import Item, are_distinct, distinct, key, plain

# ---- existence


def empty(call: CallSite) -> StepCode:
    """Nothing there."""
    return step_from_truth(lambda items, this, frame: not items)


def exists(call: CallSite) -> StepCode:
    """Anything there, or anything that keeps a condition."""
    if not call.count:
        return step_from_truth(lambda items, this, frame: bool(items))
    holds, walk = call.code(0).truth, call.walk(0)
    return step_from_truth(lambda items, this, frame: any(holds(item, frame) is True for item in walk(items, frame)))


def every(call: CallSite) -> StepCode:
    """All keep a condition; true where there is nothing."""
    holds, walk = call.code(0).truth, call.walk(0)
    return step_from_truth(lambda items, this, frame: all(holds(item, frame) is True for item in walk(items, frame)))


def denial(call: CallSite) -> StepCode:
    """The opposite of one truth value."""
    to_truth = call.site.truth

    def opposite(items: Items, this: Item, frame: Frame) -> bool | None:
        value = to_truth(items)
        return None if value is None else not value

    return step_from_truth(opposite)


def truths(summary: Callable[[list[bool]], bool], wanted: bool) -> Builder:
    """Whether all or any of several truth values are true, or false."""

    def build(call: CallSite) -> StepCode:
        def summarise(items: Items, this: Item, frame: Frame) -> bool:
            values = [call.site.of_type(plain(item), bool, "truth values only") for item in items]
            return summary([value is wanted for value in values])

        return step_from_truth(summarise)

    return build


def count(call: CallSite) -> StepCode:
    """How many."""
    return StepCode(lambda items, this, frame: [len(items)])


def is_distinct(call: CallSite) -> StepCode:
    """No item twice."""
    return step_from_truth(lambda items, this, frame: are_distinct(items))


def without_repeats(call: CallSite) -> StepCode:
    """Each item once."""
    return StepCode(lambda items, this, frame: distinct(items) if len(items) > 1 else items)


def subset_of(call: CallSite) -> StepCode:
    """All of these among those."""
    others = call.code(0).items
    return step_from_truth(lambda items, this, frame: _keys(items, frame) <= _keys(others(this, frame), frame))


def superset_of(call: CallSite) -> StepCode:
    """All of those among these."""
    others = call.code(0).items
    return step_from_truth(lambda items, this, frame: _keys(items, frame) >= _keys(others(this, frame), frame))


def _keys(items: Items, frame: Frame) -> set[object]:
    frame.spend(len(items))
    return {key(item) for item in items}


# ---- choosing and making


def where(call: CallSite) -> StepCode:
    """Those that keep a condition."""
    holds, walk = call.code(0).truth, call.walk(0)
    return StepCode(lambda items, this, frame: [item for item in walk(items, frame) if holds(item, frame) is True])


def select(call: CallSite) -> StepCode:
    """What an expression gives for each, put together."""
    give, walk = call.code(0).items, call.walk(0)

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found: Items = []
        for item in walk(items, frame):
            made = give(item, frame)
            frame.spend(len(made))
            found += made
        return found

    return StepCode(step, text=call.code(0).text)


def repeat(call: CallSite) -> StepCode:
    """What an expression gives for each, and again for what it gave, each item once."""
    give, walk = call.code(0).items, call.walk(0)

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found: Items = []
        seen: set[object] = set()
        level = items
        while level:
            following: Items = []
            for item in walk(level, frame):
                for made in give(item, frame):
                    mark = key(made)
                    if mark not in seen:
                        seen.add(mark)
                        following.append(made)
            found += following
            level = following
        return found

    return StepCode(step)


def aggregate(call: CallSite) -> StepCode:
    """One value gathered over all items, in `$total`."""
    gather, walk = call.code(0).items, call.walk(0)
    start = call.code(1).items if call.count > 1 else None

    def step(items: Items, this: Item, frame: Frame) -> Items:
        before = frame.total
        frame.total = start(this, frame) if start else NONE
        for item in walk(items, frame):
            frame.total = gather(item, frame)
            frame.spend(len(frame.total))
        frame.total, total = before, frame.total
        return total

    return StepCode(step)


def iif(call: CallSite) -> StepCode:
    """One of two expressions, by a condition; both are asked about the whole collection."""
    holds, then = call.code(0).truth, call.code(1).items
    otherwise = call.code(2).items if call.count > 2 else None

    def step(items: Items, this: Item, frame: Frame) -> Items:
        focus = as_focus(items)
        if holds(focus, frame) is True:
            return then(focus, frame)
        return otherwise(focus, frame) if otherwise else NONE

    return StepCode(step, text=call.code(1).text and (otherwise is None or call.code(2).text))


def trace(call: CallSite) -> StepCode:
    """The same items, shown to whoever follows the evaluation."""
    name = call.text(0)
    shown = call.code(1).items if call.count > 1 else None

    def step(items: Items, this: Item, frame: Frame) -> Items:
        tell = frame.environment.trace
        if tell is not None:
            tell(str(name(this, frame)), [made for item in items for made in shown(item, frame)] if shown else items)
        return items

    return StepCode(step)


# ---- parts


def single(call: CallSite) -> StepCode:
    """The only one."""

    def step(items: Items, this: Item, frame: Frame) -> Items:
        if len(items) > 1:
            raise call.site.error(f"single() found {len(items)} items")
        return items

    return StepCode(step)


def part(cut: Callable[[Items], Items]) -> Builder:
    """A part of the collection that needs no argument."""
    return lambda call: StepCode(lambda items, this, frame: cut(items))


def part_by_number(cut: Callable[[Items, int], Items]) -> Builder:
    """A part of the collection by a number; without the number, nothing."""

    def build(call: CallSite) -> StepCode:
        number = call.integer(0)

        def step(items: Items, this: Item, frame: Frame) -> Items:
            value = number(this, frame)
            return NONE if value is None else cut(items, max(value, 0))

        return StepCode(step)

    return build


# ---- several collections


def union(call: CallSite) -> StepCode:
    """Both, each item once."""
    others = call.code(0).items

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found = [*items, *others(this, frame)]
        frame.spend(len(found))
        return distinct(found)

    return StepCode(step)


def combine(call: CallSite) -> StepCode:
    """Both, repeats kept."""
    others = call.code(0).items

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found = [*items, *others(this, frame)]
        frame.spend(len(found))
        return found

    return StepCode(step)


def intersect(call: CallSite) -> StepCode:
    """Those that are in both, each once."""
    others = call.code(0).items

    def step(items: Items, this: Item, frame: Frame) -> Items:
        among = _keys(others(this, frame), frame) if items else set[object]()
        return distinct(item for item in items if key(item) in among)

    return StepCode(step)


def exclude(call: CallSite) -> StepCode:
    """Those that are not in the other, repeats and order kept."""
    others = call.code(0).items

    def step(items: Items, this: Item, frame: Frame) -> Items:
        among = _keys(others(this, frame), frame) if items else set[object]()
        return [item for item in items if key(item) not in among]

    return StepCode(step)


# ---- the tree


def children(call: CallSite) -> StepCode:
    """All children of all items."""
    go = call.navigation.children

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found = go(items, frame)
        frame.spend(len(found))
        return found

    return StepCode(step)


def descendants(call: CallSite) -> StepCode:
    """All children, their children, and so on: level by level, equal ones kept apart."""
    go = call.navigation.children

    def step(items: Items, this: Item, frame: Frame) -> Items:
        found: Items = []
        level = go(items, frame)
        while level:
            frame.spend(len(level))
            found += level
            level = go(level, frame)
        return found

    return StepCode(step)
