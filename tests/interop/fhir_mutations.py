"""Breaks every element rule of every profile once: mutations of the official examples, made from the official packages.

For each rule that an example keeps (the element is there, or is forbidden and could be added) one edit breaks it. The
rule is named as a finding names it: `<profile id>#<element id>`.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from samspil.formats.fhir.bundle import Bundle, Entry
from samspil.validation.profiles.completion import complete
from samspil.validation.profiles.ir import R4, UNBOUNDED, Element, TypeRule, json_name
from samspil.validation.profiles.matching import Matcher
from samspil.validation.profiles.primitives import FITS
from samspil.validation.profiles.rulebook import Rulebook
from samspil.validation.profiles.scene import Scene
from samspil.validation.profiles.selection import Shelf

Json = dict[str, Any]
Steps = tuple[str | int, ...]
Edit = Callable[[Any, Any], None]

WRONG: dict[str, Any] = {"boolean": "maybe", "integer": 1.5, "unsignedInt": -1, "positiveInt": 0, "decimal": "much"}
NO_VALUE = "no  value \x01"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit, what it breaks, and the message that results.

    `leaves_slice`: the edit changes what tells which slice an item belongs to, so another rule may be broken instead,
    or none where others may stand beside the slices.
    """

    rule: str
    kind: str
    steps: Steps
    root: Json
    leaves_slice: bool = False


class Mutator:
    """Makes the mutations of one message."""

    def __init__(self, root: Json, shelf: Shelf) -> None:
        choice = shelf.choose(root)
        self._root = root
        self._book: Rulebook = choice.rulebook
        self._scene = Scene(root, Bundle(root), self._book)
        self._matcher = Matcher(self._book)
        self._telling: set[Steps] = set()

    def mutations(self) -> Iterator[Mutation]:
        """Every mutation, resource by resource."""
        yield from self._resource(Entry(-1, "", "", "", self._root), ())
        for entry in self._scene.bundle.entries:
            yield from self._resource(entry, ("entry", entry.place, "resource"))

    def _resource(self, entry: Entry, steps: Steps) -> Iterator[Mutation]:
        self._scene.stand_in(entry)
        for rules in self._book.claimed(entry.resource).rules:
            yield from self._inside(rules.profile.root, entry.resource, steps)

    def _inside(self, element: Element, holder: Json, steps: Steps) -> Iterator[Mutation]:
        for child in element.children.values():
            if child.is_choice:
                yield from self._choice(child, holder, steps)
            else:
                yield from self._member(child, child.name, holder, steps, _only(child))

    def _choice(self, child: Element, holder: Json, steps: Steps) -> Iterator[Mutation]:
        for of_type in child.types:
            name = json_name(child.name, of_type.code)
            if name not in holder:
                continue
            cut = next((cut for cut in child.slices.values() if of_type.code in {row.code for row in cut.types}), None)
            effective = complete(cut, child) if cut else child
            kind = next((row for row in effective.types if row.code == of_type.code), of_type)
            if child.minimum:
                yield self._made(child.stated_by.get("minimum"), "missing", (*steps, name), _remove)
            unused = "valueSampledData" if of_type.code != "SampledData" else "valueAge"
            if child.name == "value[x]" and len(child.types) < 8:
                yield self._made(child.stated_by.get("types"), "other type", (*steps, name), _rename(unused))
            yield from self._value(effective, kind, holder[name], (*steps, name))

    def _member(
        self, child: Element, name: str, holder: Json, steps: Steps, kind: TypeRule | None
    ) -> Iterator[Mutation]:
        place = (*steps, name)
        if name not in holder:
            if child.maximum == 0 and kind is not None:
                yield self._made(child.stated_by.get("maximum"), "forbidden", place, _add(child, kind))
            return
        if child.minimum:
            yield self._made(child.stated_by.get("minimum"), "missing", place, _remove)
        value = holder[name]
        if not child.repeats:
            yield from self._value(child, kind, value, place)
            return
        if child.maximum != UNBOUNDED:
            yield self._made(child.stated_by.get("maximum"), "too many", place, _repeat(child.maximum + 1 - len(value)))
        if child.minimum > 1:
            yield self._made(child.stated_by.get("minimum"), "too few", (*place, 0), _remove)
        yield from self._items(child, value, place)

    def _items(self, child: Element, items: list[Any], place: Steps) -> Iterator[Mutation]:
        assigned = [self._slice_of(child, item) for item in items]
        if child.slicing is not None and child.slicing.rules == "closed" and items:
            yield self._made(child.stated_by.get("slicing"), "no slice", place, _append(_stranger(child, items[0])))
        for name, cut in child.slices.items():
            mine = [at for at, one in enumerate(assigned) if one == name]
            if cut.minimum and len(mine) == cut.minimum:
                yield self._made(cut.stated_by.get("minimum"), "slice missing", (*place, mine[0]), _remove)
            if cut.maximum not in (UNBOUNDED, 0) and mine:
                yield self._made(cut.stated_by.get("maximum"), "slice too many", place, _append(items[mine[0]]))
        seen: set[str | None] = set()
        for at, item in enumerate(items):
            if assigned[at] in seen and child.slices:
                continue
            seen.add(assigned[at])
            name = assigned[at]
            effective = complete(child.slices[name], child) if name else child
            if name:
                self._tell(child, (*place, at))
            yield from self._value(effective, _only(effective), item, (*place, at))

    def _tell(self, child: Element, place: Steps) -> None:
        """Note the places inside an item that tell its slice."""
        for row in child.slicing.discriminators if child.slicing else ():
            words = [word for word in row.path.replace("$this", "").partition("extension(")[0].split(".") if word]
            self._telling.add((*place, *(words or ("extension",))))

    def _slice_of(self, child: Element, item: Any) -> str | None:
        for name, cut in child.slices.items():
            if self._matcher.belongs(child, cut)(item, self._scene):
                return name
        return None

    def _value(self, element: Element, kind: TypeRule | None, value: Any, place: Steps) -> Iterator[Mutation]:
        stated = element.stated_by
        if element.value is not None:
            yield self._made(stated.get("value"), "other value", place, _set(_other(element.value.json)))
        codes = self._book.terminology.codes(element.binding) if element.binding else None
        if codes is not None and kind is not None and codes.alone and not codes.open_systems:
            yield self._made(stated.get("binding"), "code outside", *_recode(kind.code, place))
        if element.max_length:
            long = 1234567.1234567 if isinstance(value, int | float) else "x" * (element.max_length + 1)
            yield self._made(stated.get("max_length"), "too long", place, _set(long))
        if kind is not None and kind.code in FITS:
            yield self._made(stated.get("types"), "wrong value", place, _set(WRONG.get(kind.code, NO_VALUE)))
        elif isinstance(value, dict) and "resourceType" not in value:
            if kind is not None and kind.code == "Reference":
                yield from self._reference(element, kind, value, place)
            yield from self._deeper(element, kind, value, place)

    def _reference(self, element: Element, kind: TypeRule, value: Json, place: Steps) -> Iterator[Mutation]:
        rule = element.stated_by.get("types")
        text = value.get("reference")
        if not isinstance(text, str):
            return
        if "bundled" in kind.aggregation:
            yield self._made(rule, "not bundled", (*place, "reference"), _set(text.rpartition("/")[0] + "/nowhere"))
        types = {self._book.type_of(canonical) for canonical in kind.targets}
        other = next((entry for entry in self._scene.bundle.entries if entry.type not in types), None)
        if types and "Resource" not in types and None not in types and other is not None:
            target = other.full_url or f"{other.type}/{other.id}"
            yield self._made(rule, "wrong target", (*place, "reference"), _set(target))

    def _deeper(self, element: Element, kind: TypeRule | None, value: Json, place: Steps) -> Iterator[Mutation]:
        if element.children:
            yield from self._inside(element, value, place)
        for canonical in (kind.profiles or (R4 + kind.code,)) if kind else ():
            profile = self._book.view.profile(canonical)
            if profile is not None and not element.children:
                yield from self._inside(profile.root, value, place)

    def _made(self, rule: str | None, kind: str, steps: Steps, edit: Edit) -> Mutation:
        root = copy.deepcopy(self._root)
        holder: Any = root
        for step in steps[:-1]:
            holder = holder[step]
        edit(holder, steps[-1])
        named = tuple(step for step in steps if isinstance(step, str))
        leaves = any(
            steps[: len(place) - 1] == place[: len(place) - 1][: len(steps)] and _is_inside(named, place)
            for place in self._telling
        )
        return Mutation(rule or "", kind, steps, root, leaves)


def _is_inside(named: tuple[str, ...], telling: Steps) -> bool:
    """Is a place at or below one that tells slices apart? Positions in lists do not count."""
    words = tuple(step for step in telling if isinstance(step, str))
    return named[: len(words)] == words


def _only(element: Element) -> TypeRule | None:
    return element.types[0] if len(element.types) == 1 else None


def _remove(holder: Any, step: Any) -> None:
    del holder[step]


def _rename(name: str) -> Edit:
    def edit(holder: Any, step: Any) -> None:
        del holder[step]
        holder[name] = {"value": 1}

    return edit


def _set(value: Any) -> Edit:
    def edit(holder: Any, step: Any) -> None:
        holder[step] = value

    return edit


def _repeat(times: int) -> Edit:
    def edit(holder: Any, step: Any) -> None:
        holder[step] = holder[step] + [copy.deepcopy(holder[step][-1]) for _ in range(times)]

    return edit


def _append(item: Any) -> Edit:
    def edit(holder: Any, step: Any) -> None:
        holder[step] = [*holder[step], copy.deepcopy(item)]

    return edit


def _add(element: Element, kind: TypeRule) -> Edit:
    """Add something of a forbidden element, sound but for being there."""
    value: Any = {"display": "x"} if kind.code == "Reference" else {"text": "x"}
    if kind.code in FITS:
        value = {"boolean": True, "decimal": 1.5}.get(kind.code, "x")
    elif kind.code == "Extension":
        value = {"url": "http://example.org/x", "valueBoolean": True}

    def edit(holder: Any, step: Any) -> None:
        holder[step] = [value] if element.repeats else value

    return edit


def _other(value: Any) -> Any:
    """A value of the same shape that differs."""
    if isinstance(value, dict):
        return {key: _other(part) if key in {"code", "coding"} else part for key, part in value.items()}
    if isinstance(value, list):
        return [_other(part) for part in value]
    return "other" if isinstance(value, str) else not value


def _recode(type_code: str, place: Steps) -> tuple[Steps, Edit]:
    if type_code == "CodeableConcept":
        return place, _set({"coding": [{"system": "http://example.org/codes", "code": "unheard-of"}]})
    if type_code in {"Coding", "Quantity"}:
        return (*place, "code"), _set("unheard-of")
    return place, _set("unheard-of")


def _stranger(child: Element, item: Any) -> Any:
    """A copy of an item without what tells which slice it belongs to."""
    copied = copy.deepcopy(item)
    for row in child.slicing.discriminators if child.slicing else ():
        name = row.path.removeprefix("$this.").partition(".")[0].partition("(")[0]
        if name == "role":
            copied["role"] = "quotation"
        elif name in copied:
            del copied[name]
        elif "reference" in copied:
            copied["reference"] = "Device/unknown"
    return copied
