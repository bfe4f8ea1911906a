"""The check of a JSON array: how many items, which slice each belongs to, and each item itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault, Faults, joined, stepped
from samspil.validation.profiles.ir import UNBOUNDED, Element
from samspil.validation.profiles.matching import Belongs, Matcher
from samspil.validation.profiles.script import Script, Writable, Written

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

NO_LIMIT: Final = 1 << 60


class Alike(Writable):
    """The check of a list whose items are all alike."""

    __slots__ = ("_element", "_high", "_low", "_one")

    def __init__(self, element: Element, one: "Check") -> None:
        self._element = element
        self._one = one
        self._low, self._high = _limits(element)

    def __call__(self, items: Any, scene: "Scene") -> Faults | None:
        element, one = self._element, self._one
        if items.__class__ is not list:
            return [Fault("fhir.json.list", element.stated_by.get("maximum", ""), name=element.name)]
        faults = None if self._low <= len(items) <= self._high else _miscounted(len(items), element)
        for place, item in enumerate(items):
            found = one(item, scene)
            if found is not None:
                faults = joined(faults, stepped(place, found))
        return faults

    def write(self, script: Script, value: str, place: str) -> None:
        """As the port says."""
        limit = "" if self._high == NO_LIMIT else f" <= {self._high}"
        with script.block(f"if {value}.__class__ is not list or not {self._low} <= len({value}){limit}:"):
            script.ask(self, value, place)
        with script.block("else:"), script.block(f"for at, item in enumerate({value}):"):
            script.write(self._one, "item", f"{place}, at")


def _limits(element: Element) -> tuple[int, int]:
    """How many items at least and at most. An empty list is never right."""
    return max(element.minimum, 1), NO_LIMIT if element.maximum == UNBOUNDED else element.maximum


def _miscounted(count: int, element: Element) -> Faults:
    """The fault of a list of the wrong length."""
    if count == 0:
        return [Fault("fhir.json.empty", "Element#ele-1", name=element.name)]
    if count < element.minimum:
        rule, minimum = element.stated_by.get("minimum", ""), str(element.minimum)
        return [Fault("fhir.element.few", rule, name=element.name, count=str(count), minimum=minimum)]
    rule, maximum = element.stated_by.get("maximum", ""), str(element.maximum)
    return [Fault("fhir.element.excess", rule, name=element.name, count=str(count), maximum=maximum)]


def compile_slices(element: Element, one: "Check", cuts: "Mapping[str, Check]", matcher: Matcher) -> "Check":
    """The check of a list that is cut into slices: each item by its slice's check, and how many there are of each."""
    assign = _assignment(element, matcher)
    ready = Written(cuts)
    low, high = _limits(element)
    rules = element.slicing.rules if element.slicing else "open"
    bits = {name: 1 << place for place, name in enumerate(cuts)}
    needed = sum(bits[name] for name, cut in element.slices.items() if cut.minimum)
    alone = sum(bits[name] for name, cut in element.slices.items() if cut.maximum == 1)
    counted = sum(
        bits[name] for name, cut in element.slices.items() if cut.minimum > 1 or cut.maximum not in (1, UNBOUNDED)
    )

    def check(items: Any, scene: "Scene") -> Faults | None:
        if items.__class__ is not list:
            return [Fault("fhir.json.list", element.stated_by.get("maximum", ""), name=element.name)]
        faults: Faults | None = None
        seen = again = 0
        for place, item in enumerate(items):
            name = assign(item, scene)
            if name is None:
                found = one(item, scene)
                if rules == "closed":
                    found = joined(found, _unmatched(element))
            else:
                bit = bits[name]
                again |= seen & bit
                seen |= bit
                found = ready[name](item, scene)
            if found is not None:
                faults = joined(faults, stepped(place, found))
        if ~seen & needed or again & alone or seen & counted or rules == "openAtEnd" or not low <= len(items) <= high:
            faults = joined(faults, _judge_slices(items, element, [assign(item, scene) for item in items]))
        return faults

    return check


def _unmatched(element: Element) -> Faults:
    """The fault of an item that belongs to no slice where others may not be."""
    rule, allowed = element.stated_by.get("slicing", ""), ", ".join(element.slices)
    return [Fault("fhir.slice.unmatched", rule, name=element.name, allowed=allowed)]


def _judge_slices(items: Sequence[Any], element: Element, names: Sequence[str | None]) -> Faults | None:
    """How many items there are in all and in each slice, and in which order; a missing slice explains a short list."""
    faults: Faults | None = None
    for name, cut in element.slices.items():
        faults = joined(faults, _judge_slice(names.count(name), element, cut))
    low, high = _limits(element)
    if len(items) > high or (len(items) < low and faults is None):
        faults = joined(faults, _miscounted(len(items), element))
    if element.slicing is not None and element.slicing.rules == "openAtEnd":
        faults = joined(faults, _order(names, element))
    return faults


def _judge_slice(count: int, element: Element, cut: Element) -> Faults | None:
    if count < cut.minimum:
        rule = cut.stated_by.get("minimum", "")
        return [Fault("fhir.slice.missing", rule, name=element.name, slice=cut.slice)]
    if count > cut.maximum != UNBOUNDED:
        rule, maximum = cut.stated_by.get("maximum", ""), str(cut.maximum)
        code = "fhir.slice.excess" if cut.maximum else "fhir.slice.forbidden"
        return [Fault(code, rule, name=element.name, slice=cut.slice, count=str(count), maximum=maximum)]
    return None


def _assignment(element: Element, matcher: Matcher) -> "Any":
    """A question which slice an item belongs to."""
    constants = matcher.constants(element)
    if constants is not None:
        member, table = constants
        find = table.get

        def by_text(item: Any, _: "Scene") -> str | None:
            text = item.get(member) if item.__class__ is dict else None
            return find(text) if isinstance(text, str) else None

        return by_text
    questions: list[tuple[str, Belongs]] = [
        (name, matcher.belongs(element, cut)) for name, cut in element.slices.items()
    ]

    def by_question(item: Any, scene: "Scene") -> str | None:
        for name, belongs in questions:
            if belongs(item, scene):
                return name
        return None

    return by_question


def _order(names: Sequence[str | None], element: Element) -> Faults | None:
    """Where items of no slice must come last."""
    first_free = next((place for place, name in enumerate(names) if name is None), len(names))
    if all(name is None for name in names[first_free:]):
        return None
    return [Fault("fhir.slice.order", element.stated_by.get("slicing", ""), name=element.name)]
