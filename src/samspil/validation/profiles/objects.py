"""The check of a JSON object: walk the members that are there, then see by bits which are missing.

An object with the same members in the same order as good ones before it is checked by a script written for that shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault, Faults, joined, kind_of, shown, stepped
from samspil.validation.profiles.ir import Element, json_name
from samspil.validation.profiles.script import SELF, Script, Writable

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

Member = tuple["Check", int]
ELE_1: Final = "Element#ele-1"
TYPE: Final = 1 << 61
STRANGER: Final = 1 << 400
MOST_SHAPES: Final = 100
"""How many shapes of an object have a script of their own, and how many wait to be met again."""

Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A choice element: its bits, of which one may be set, and the types that must be there."""

    element: Element
    bits: int
    needed: Sequence[tuple[int, Element]]


def compile_object(
    rule: str,
    members: Mapping[str, Member],
    needed: Sequence[tuple[int, Element]],
    groups: Sequence[Group],
    *,
    is_resource: bool,
    stems: Mapping[str, Element],
    stated: Mapping[str, str],
    also: "Sequence[Check]" = (),
) -> "Check":
    """The check of an object with these members. Each has a bit; `needed` names those that must be there.

    `stated` is the rule that states each member's type; `also` are checks of the object as a whole, such as invariants.
    """
    thorough = _compile_thorough(
        rule, members, needed, groups, is_resource=is_resource, stems=stems, stated=stated, also=also
    )
    return Shaped(thorough, {name: check for name, (check, _) in members.items()}, stated, also)


class Shaped(Writable):
    """The check of an object: by the script for its shape, else thoroughly. A shape met good twice gets a script."""

    __slots__ = ("_also", "_members", "_met", "_scripts", "_stated", "_thorough")

    def __init__(
        self, thorough: "Check", members: "Mapping[str, Check]", stated: Mapping[str, str], also: "Sequence[Check]"
    ) -> None:
        self._thorough = thorough
        self._members = members
        self._stated = stated
        self._also = also
        self._scripts: dict[Shape, Check] = {}
        self._met: set[Shape] = set()

    def __call__(self, value: Any, scene: "Scene") -> Faults | None:
        if value.__class__ is not dict:
            return self._thorough(value, scene)
        return self._scripts.get(tuple(value), self.meet)(value, scene)

    def write(self, script: Script, value: str, place: str) -> None:
        """As the port says."""
        scripts, meet = script.know(self._scripts), script.know(self.meet)
        script.line(
            f"found = ({scripts}.get(tuple({value}), {meet}) if {value}.__class__ is dict else {meet})({value}, scene)"
        )
        script.keep(place)

    def meet(self, value: Any, scene: "Scene") -> Faults | None:
        """Check an object of a shape that has no script."""
        faults = self._thorough(value, scene)
        if faults is None and len(self._scripts) < MOST_SHAPES:
            shape = tuple(value)
            if shape in self._met:
                self._scripts[shape] = self.script(shape).function()
                self._met.discard(shape)
            else:
                if len(self._met) >= MOST_SHAPES:
                    self._met.clear()
                self._met.add(shape)
        return faults

    def script(self, shape: Shape) -> Script:
        """The script for a shape that a good object has."""
        stated = self._stated

        def gather(faults: Faults | None, more: Faults, name: str = "", place: int | None = None) -> Faults | None:
            if place is not None:
                stepped(place, more)
            return joined(faults, _stepped_out(name, more, stated) if name else more)

        script = Script(shape, gather)
        for name, variable in zip(shape, script.variables, strict=True):
            if name in self._members:
                script.write(self._members[name], variable, repr(name))
        for check in self._also:
            script.write(check, SELF)
        tidy = script.know(_without_companions)
        script.line(f"if faults is not None: faults = {tidy}(value, faults)")
        return script


def _compile_thorough(
    rule: str,
    members: Mapping[str, Member],
    needed: Sequence[tuple[int, Element]],
    groups: Sequence[Group],
    *,
    is_resource: bool,
    stems: Mapping[str, Element],
    stated: Mapping[str, str],
    also: "Sequence[Check]",
) -> "Check":
    """The check that looks at any object, whatever its members."""
    table: dict[str, Member] = dict(members)
    if is_resource:
        table["resourceType"] = (_no_fault, TYPE)
    need = sum(bit for bit, _ in needed)
    content = ~members["id"][1] if "id" in members and not is_resource else -1
    several = tuple(
        (group.bits, bool(group.element.minimum), sum(bit for bit, _ in group.needed), group) for group in groups
    )

    def check(value: Any, scene: "Scene") -> Faults | None:
        if value.__class__ is not dict:
            return misshapen(value, rule, "{…}")
        faults: Faults | None = None
        seen = 0
        for name, item in value.items():
            try:
                judge, bit = table[name]
            except KeyError:
                judge, bit = _stranger(name, rule, stems), STRANGER
            seen |= bit
            found = judge(item, scene)
            if found is not None:
                faults = joined(faults, _stepped_out(name, found, stated))
        if ~seen & need:
            faults = joined(faults, _missing(seen, needed))
        for bits, must, musts, group in several:
            hits = seen & bits
            if hits & (hits - 1) or ~hits & musts or (must and not hits):
                faults = joined(faults, _judge_group(hits, group))
        if not seen & content:
            faults = joined(faults, [Fault("fhir.element.empty", ELE_1)])
        for judge in also:
            found = judge(value, scene)
            if found is not None:
                faults = found if faults is None else faults + found
        return faults if faults is None else _without_companions(value, faults)

    return check


def misshapen(value: Any, rule: str, wanted: str) -> Faults:
    """The fault of a value that JSON writes in another shape."""
    if value.__class__ is list:
        fault = Fault("fhir.json.single", rule)
    elif value is None:
        fault = Fault("fhir.json.null", rule)
    else:
        fault = Fault("fhir.type.wrong", rule, type=wanted, found=kind_of(value))
    fault.shapeless = True
    return [fault]


def _stepped_out(name: str, faults: Faults, stated: Mapping[str, str]) -> Faults:
    """A member's faults, seen from the object."""
    for fault in faults:
        fault.steps.append(name)
        if fault.shapeless:
            fault.rule, fault.shapeless = stated.get(name) or fault.rule, False
    return faults


def _no_fault(_: Any, __: "Scene") -> Faults | None:
    return None


def _stranger(name: str, rule: str, stems: Mapping[str, Element]) -> "Check":
    """What to say of a member that the object does not have: unknown, or a choice of a type that is not allowed."""
    fault = Fault("fhir.element.unknown", rule, name=shown(name))
    bare = name.removeprefix("_")
    for stem, element in stems.items():
        if bare.startswith(stem) and bare[len(stem) : len(stem) + 1].isupper():
            allowed = ", ".join(json_name(element.name, kind.code) for kind in element.types[:6])
            stated = element.stated_by.get("types") or rule
            fault = Fault("fhir.type.choice", stated, found=shown(bare), allowed=allowed)
    return lambda _, __: [fault]


def _missing(seen: int, needed: Sequence[tuple[int, Element]]) -> Faults:
    faults: Faults = []
    for bit, element in needed:
        if not seen & bit:
            faults += absent(element)
    return faults


def absent(element: Element) -> Faults:
    """The faults of an element that is not there: its own rule, else those of the slices it must have."""
    if element.minimum:
        return [
            Fault("fhir.element.missing", element.stated_by.get("minimum", ""), _name(element), name=_name(element))
        ]
    return [
        Fault("fhir.slice.missing", cut.stated_by.get("minimum", ""), element.name, name=element.name, slice=cut.slice)
        for cut in element.slices.values()
        if cut.minimum
    ]


def _name(element: Element) -> str:
    """A missing element's name as JSON would write it, if only one spelling is possible."""
    if element.is_choice and len(element.types) == 1:
        return json_name(element.name, element.types[0].code)
    return element.name


def _judge_group(hits: int, group: Group) -> Faults | None:
    element = group.element
    if not hits:
        return absent(element) or None
    if hits & (hits - 1):
        return [Fault("fhir.choice.several", element.stated_by.get("maximum", ""), name=element.name)]
    faults = [
        Fault("fhir.slice.missing", cut.stated_by.get("minimum", ""), name=element.name, slice=cut.slice)
        for bit, cut in group.needed
        if not hits & bit
    ]
    return faults or None


def _without_companions(value: Mapping[str, Any], faults: Faults) -> Faults | None:
    """Leave out nulls in lists of primitives that stand for an item whose extensions are written beside it."""
    kept = [fault for fault in faults if fault.code != "fhir.json.null" or not _has_companion(value, fault)]
    return kept or None


def _has_companion(value: Mapping[str, Any], fault: Fault) -> bool:
    place, name = fault.steps[0] if fault.steps else "", fault.steps[-1] if fault.steps else ""
    beside = value.get(f"_{name}")
    if len(fault.steps) != 2 or not isinstance(place, int) or not isinstance(beside, list):
        return False
    return place < len(beside) and isinstance(beside[place], dict)
