"""From elements to their children, in two ways of going: plain, and with types.

Plain steps give JSON values as they are; only a primitive with an extension beside it becomes a `Node`. That is quick,
and enough for every expression that does not ask what type a thing is. Typed steps make each element a `Node` that
knows its type. The compiler chooses; both are built from the same reading of JSON.

A step is `step(items, this, frame) -> items`. Lists that a step returns may be the message's own: nobody changes them.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Protocol

from samspil.validation.fhirpath.environment import Collection, Frame
from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.types import CHOICE_KEYS, CHOICES, DATATYPES, is_kind_of
from samspil.validation.fhirpath.values import Item, Json, Node

Items = list[Item]
Step = Callable[[Items, Item, Frame], Items]
FromOne = Callable[[Item, Frame], Items]

NONE: Items = []
"""The empty collection; never changed."""

_EXTENSIONS = frozenset({"extension", "modifierExtension"})
_NOT_ELEMENTS = frozenset({"resourceType", "fhir_comments"})
_SCALARS = frozenset({str, int, float, bool, Decimal})


class Navigation(Protocol):
    """How a compiled expression goes from element to element."""

    def member(self, name: str) -> FromOne:
        """From one item to its children of a name."""
        ...

    def members(self, name: str) -> Step:
        """From all items to their children of a name."""
        ...

    def children(self, items: Items, frame: Frame) -> Items:
        """From all items to all their children."""
        ...

    def enter(self, item: Item) -> Item:
        """Something from outside (focus, variable, resolved resource) as an item."""
        ...


def keys_of(name: str, types: "Callable[[str], bool] | None" = None) -> dict[str, str]:
    """The JSON keys under which a choice element may stand, with and without the underscore, to the plain key."""
    keys = [key for key, kind in CHOICES.get(name, {}).items() if types is None or types(kind)]
    return {spelling: key for key in keys for spelling in (key, f"_{key}")}


def values_with_elements(value: Item, element: Item) -> Iterator[tuple[Item, Json | None]]:
    """Each value of a key with the object beside it (`_name`): lists run in step, either may be missing or null."""
    if type(value) is not list and type(element) is not list:
        if value is not None or type(element) is dict:
            yield value, element if type(element) is dict else None
        return
    values = value if type(value) is list else [] if value is None else [value]
    elements = element if type(element) is list else [] if element is None else [element]
    for place in range(max(len(values), len(elements))):
        one = values[place] if place < len(values) else None
        beside = elements[place] if place < len(elements) else None
        if one is not None or type(beside) is dict:
            yield one, beside if type(beside) is dict else None


def fields(parent: Json) -> Iterator[tuple[str, Item, Json | None]]:
    """Every child of a JSON object: key, value, and the object beside a primitive."""
    for key, value in parent.items():
        if key in _NOT_ELEMENTS:
            continue
        if key[:1] != "_":
            pairs = values_with_elements(value, parent.get(f"_{key}"))
        elif key[1:] in parent:
            continue
        else:
            pairs = values_with_elements(None, value)
        name = key.removeprefix("_")
        for one, element in pairs:
            yield name, one, element


def own_member(item: Item, name: str) -> Items:
    """Children of what is no JSON object: `value` of a primitive is itself; quantities have two."""
    if type(item) is Quantity:
        return [item.value] if name == "value" else [item.unit] if name == "unit" else NONE
    return [item] if name == "value" and type(item) in _SCALARS else NONE


def is_of_type_name(item: Item, name: str) -> bool:
    """May a path that begins with a type's name begin at this item?"""
    value = item
    if type(item) is Node:
        value = item.value
        if item.type:
            return is_kind_of(item.type, name)
    if type(value) is not dict:
        return False
    kind = value.get("resourceType")
    return is_kind_of(kind, name) if type(kind) is str else name in DATATYPES


class PlainNavigation:
    """JSON values as they are."""

    def member(self, name: str) -> FromOne:
        """From one item to its children of a name."""
        beside = f"_{name}"
        keys = keys_of(name)

        def from_one(item: Item, frame: Frame) -> Items:
            if type(item) is not dict:
                return from_other(item, frame)
            value: Item = item.get(name)
            kind = type(value)
            if kind is dict:
                return [value]
            if beside in item:
                return _plain_items(value, item[beside])
            if kind is list:
                return value if None not in value else [one for one in value if one is not None]
            if value is not None:
                return [value]
            return from_choice(item) if keys else NONE

        def from_choice(item: Json) -> Items:
            for key in item:
                chosen = keys.get(key)
                if chosen is not None:
                    return _plain_items(item.get(chosen), item.get(f"_{chosen}"))
            return NONE

        def from_other(item: Item, frame: Frame) -> Items:
            if type(item) is Node:
                if type(item.value) is dict:
                    return from_one(item.value, frame)
                if item.element is not None and name != "value":
                    return from_one(item.element, frame)
                return own_member(item.value, name)
            if type(item) is Collection:
                return [child for one in item.items for child in from_one(one, frame)]
            return own_member(item, name)

        return from_one

    def members(self, name: str) -> Step:
        """From all items to their children of a name."""
        from_one, keys, beside = self.member(name), keys_of(name), f"_{name}"

        def step(items: Items, this: Item, frame: Frame) -> Items:
            if len(items) == 1:
                return from_one(items[0], frame)
            found: Items = []
            for item in items:
                if type(item) is dict:
                    value = item.get(name)
                    if type(value) is dict:
                        found.append(value)
                        continue
                    if value is None and not keys and beside not in item:
                        continue
                found += from_one(item, frame)
            return found

        return step

    def children(self, items: Items, frame: Frame) -> Items:
        """From all items to all their children."""
        found: Items = []
        for item in items:
            parent = item if type(item) is dict else _inside(item)
            if parent is not None:
                found += [Node(value, beside) if beside else value for _, value, beside in fields(parent)]
        return found

    def enter(self, item: Item) -> Item:
        """Something from outside as an item: as it is."""
        return item


def _plain_items(value: Item, element: Item) -> Items:
    if element is None and type(value) is not list:
        return NONE if value is None else [value]
    return [Node(one, beside) if beside else one for one, beside in values_with_elements(value, element)]


def _inside(item: Item) -> Json | None:
    """The JSON object whose keys are an item's children, if it has any."""
    if type(item) is not Node:
        return None
    return item.value if type(item.value) is dict else item.element


class TypedNavigation:
    """Every element a Node with its type, from the environment, the choice's key or the resource itself."""

    def member(self, name: str) -> FromOne:
        """From one item to its children of a name. What an expression made itself, such as type(), has no types."""
        keys, from_made = keys_of(name), PLAIN.member(name)

        def from_one(item: Item, frame: Frame) -> Items:
            if type(item) is Collection:
                return [child for one in item.items for child in from_one(one, frame)]
            if type(item) is not Node:
                return from_made(item, frame) if type(item) is dict else own_member(item, name)
            parent = _inside(item)
            if name == "value" and type(item.value) is not dict:
                return [item] if item.value is not None else NONE
            if parent is None:
                return NONE
            if name in parent or f"_{name}" in parent:
                return _typed_items(item, name, parent, frame)
            chosen = next((keys[key] for key in parent if key in keys), None)
            return _typed_items(item, chosen, parent, frame) if chosen else NONE

        return from_one

    def members(self, name: str) -> Step:
        """From all items to their children of a name."""
        from_one = self.member(name)
        return lambda items, this, frame: [child for item in items for child in from_one(item, frame)]

    def children(self, items: Items, frame: Frame) -> Items:
        """From all items to all their children."""
        found: Items = []
        for item in items:
            parent = _inside(item)
            if parent is not None:
                found += [
                    Node(value, beside, _child_type(item, key, value, frame)) for key, value, beside in fields(parent)
                ]
        return found

    def enter(self, item: Item) -> Item:
        """Something from outside as an item: a Node of the resource's type, where it is a resource."""
        if type(item) is Collection:
            return Collection([self.enter(one) for one in item.items])
        if type(item) is dict or type(item) in _SCALARS:
            return Node(item, None, _resource_type(item))
        return item


def _typed_items(item: Node, key: str, parent: Json, frame: Frame) -> Items:
    pairs = values_with_elements(parent.get(key), parent.get(f"_{key}"))
    return [Node(value, beside, _child_type(item, key, value, frame)) for value, beside in pairs]


def _child_type(parent: Node, key: str, value: Item, frame: Frame) -> str:
    own = _resource_type(value)
    if own:
        return own
    if key in _EXTENSIONS:
        return "Extension"
    ask = frame.environment.type_of
    known = ask(parent.type, key) if ask is not None and parent.type and type(parent.value) is dict else None
    return known or CHOICE_KEYS.get(key, "")


def _resource_type(value: Item) -> str:
    kind = value.get("resourceType") if type(value) is dict else None
    return kind if type(kind) is str else ""


PLAIN: Navigation = PlainNavigation()
TYPED: Navigation = TypedNavigation()
