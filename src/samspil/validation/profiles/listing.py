"""The check of a JSON array: how many items, which slice each belongs to, and each item itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault, Faults, joined, stepped
from samspil.validation.profiles.ir import UNBOUNDED, Element
from samspil.validation.profiles.matching import Belongs, Matcher

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

NO_LIMIT: Final = 1 << 60


def compile_list(element: Element, one: "Check") -> "Check":
    """The check of a list whose items are all alike."""
    low, high = _limits(element)

    def check(items: Any, scene: "Scene") -> Faults | None:
        if items.__class__ is not list:
            return [Fault("fhir.json.list", element.stated_by.get("maximum", ""), name=element.name)]
        faults = None if low <= len(items) <= high else _miscounted(len(items), element)
        for place, item in enumerate(items):
            found = one(item, scene)
            if found is not None:
                faults = joined(faults, stepped(place, found))
        return faults

    return check


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
    low, high = _limits(element)
    judged = _slice_counts(element)
    rules = element.slicing.rules if element.slicing else "open"

    def check(items: Any, scene: "Scene") -> Faults | None:
        if items.__class__ is not list:
            return [Fault("fhir.json.list", element.stated_by.get("maximum", ""), name=element.name)]
        faults: Faults | None = None
        names: list[str | None] = []
        for place, item in enumerate(items):
            name = assign(item, scene)
            names.append(name)
            found = one(item, scene) if name is None else cuts[name](item, scene)
            if name is None and rules == "closed":
                found = joined(
                    found,
                    [
                        Fault(
                            "fhir.slice.unmatched",
                            element.stated_by.get("slicing", ""),
                            name=element.name,
                            allowed=", ".join(cuts),
                        )
                    ],
                )
            if found is not None:
                faults = joined(faults, stepped(place, found))
        missing = judged(names)
        if len(items) > high or (len(items) < low and missing is None):
            missing = joined(missing, _miscounted(len(items), element))
        if rules == "openAtEnd":
            missing = joined(missing, _order(names, element))
        return joined(faults, missing)

    return check


def _assignment(element: Element, matcher: Matcher) -> "Any":
    """A question which slice an item belongs to."""
    constants = matcher.constants(element)
    if constants is not None:
        member, table = constants
        find = table.get

        def by_text(item: Any, _: "Scene") -> str | None:
            text = item.get(member) if isinstance(item, dict) else None
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


def _slice_counts(element: Element) -> "Any":
    """A question whether every slice has the right number of items."""
    limits = [
        (name, cut.minimum, NO_LIMIT if cut.maximum == UNBOUNDED else cut.maximum, cut)
        for name, cut in element.slices.items()
        if cut.minimum or cut.maximum != UNBOUNDED
    ]

    def judged(names: Sequence[str | None]) -> Faults | None:
        faults: Faults | None = None
        for name, low, high, cut in limits:
            count = names.count(name)
            if count < low:
                rule = cut.stated_by.get("minimum", "")
                faults = joined(faults, [Fault("fhir.slice.missing", rule, name=element.name, slice=name)])
            elif count > high:
                rule = cut.stated_by.get("maximum", "")
                code = "fhir.slice.excess" if high else "fhir.slice.forbidden"
                fault = Fault(code, rule, name=element.name, slice=name, count=str(count), maximum=str(high))
                faults = joined(faults, [fault])
        return faults

    return judged


def _order(names: Sequence[str | None], element: Element) -> Faults | None:
    """Where items of no slice must come last."""
    first_free = next((place for place, name in enumerate(names) if name is None), len(names))
    if all(name is None for name in names[first_free:]):
        return None
    return [Fault("fhir.slice.order", element.stated_by.get("slicing", ""), name=element.name)]
