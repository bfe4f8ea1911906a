"""What type a thing is: `is`, `as`, `ofType()`, `type()`.

A value the expression made has a System type; an element has a FHIR type. Resources say theirs. Other elements know
it where the compiler chose typed navigation; where even that does not say, a primitive is judged by its form
and a complex element counts as unknown.
"""

from collections.abc import Callable
from decimal import Decimal

from samspil.validation.fhirpath.code import Site, StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.errors import suggestion
from samspil.validation.fhirpath.library.calls import CallSite
from samspil.validation.fhirpath.navigation import NONE, FromOne, Items, Step, keys_of
from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.syntax import TypeName
from samspil.validation.fhirpath.temporal import Temporal, read_moment, read_time
from samspil.validation.fhirpath.types import (
    DATATYPES,
    PRIMITIVES,
    RESOURCES,
    SYSTEM,
    is_kind_of,
    is_sure_choice,
    known_names,
)
from samspil.validation.fhirpath.values import Item, Json, Node

IsKind = Callable[[Item], bool | None]


def check_type(name: TypeName, site: Site) -> None:
    """Refuse a type nobody knows."""
    if name.namespace not in ("", "FHIR", "System"):
        raise site.refusal(f"'{name.namespace}' is no namespace of types; FHIR and System are")
    fhir = name.name in RESOURCES or name.name in DATATYPES
    system = name.name in SYSTEM
    known = {"": fhir or system, "FHIR": fhir, "System": system}[name.namespace]
    if not known:
        raise site.refusal(f"no type is called '{name.name}'{suggestion(name.name, known_names())}")


def is_resource_type(name: TypeName) -> bool:
    """Can a resource alone tell whether it is this?"""
    return name.namespace != "System" and name.name in RESOURCES


def is_choice_of(member: str, name: TypeName) -> bool:
    """Is a member one that may hold several types, of which this is one, and JSON's key says which it holds?"""
    return name.namespace != "System" and name.name in DATATYPES and is_sure_choice(member, name.name)


def kind_test(name: TypeName) -> IsKind:
    """Is an item of a type? None where nobody can know."""
    wanted = name.name
    if is_resource_type(name):
        return lambda item: (type(item) is dict and item.get("resourceType") == wanted) or _is_resource(item, wanted)
    fhir = name.namespace != "System" and wanted in DATATYPES
    system = name.namespace != "FHIR" and wanted in SYSTEM

    def is_kind(item: Item) -> bool | None:
        if type(item) is not Node:
            return system and _system_type(item) == wanted
        return _is_element(item, wanted) if fhir else False

    return is_kind


def _is_resource(item: Item, wanted: str) -> bool:
    value = item.value if type(item) is Node else item
    kind = value.get("resourceType") if type(value) is dict else None
    return kind == wanted or (type(kind) is str and is_kind_of(kind, wanted))


def _is_element(item: Node, wanted: str) -> bool | None:
    return is_kind_of(item.type, wanted) if item.type else _looks_like(item.value, wanted)


def _looks_like(value: Item, wanted: str) -> bool | None:
    """Could a primitive of unknown type be of this one? Unknown for anything else."""
    if value is None or type(value) is dict or type(value) is list:
        return None
    if wanted in _FORMS:
        return _FORMS[wanted](value)
    return wanted in PRIMITIVES and type(value) is str


def _is_instant(value: Item) -> bool:
    moment = read_moment(value) if type(value) is str else None
    return moment is not None and len(moment.fields) == 6 and moment.offset is not None


def _is_date(value: Item) -> bool:
    moment = read_moment(value) if type(value) is str else None
    return moment is not None and moment.kind == "date"


_FORMS: dict[str, Callable[[Item], bool]] = {
    "boolean": lambda value: type(value) is bool,
    "integer": lambda value: type(value) is int,
    "positiveInt": lambda value: type(value) is int and value > 0,
    "unsignedInt": lambda value: type(value) is int and value >= 0,
    "decimal": lambda value: type(value) in (int, float, Decimal),
    "date": _is_date,
    "dateTime": lambda value: type(value) is str and read_moment(value) is not None,
    "instant": _is_instant,
    "time": lambda value: type(value) is str and read_time(value) is not None,
}

_SYSTEM_TYPES: dict[type, str] = {
    bool: "Boolean", str: "String", int: "Integer", Decimal: "Decimal", float: "Decimal", Quantity: "Quantity",
}  # fmt: skip
_MOMENT_TYPES = {"date": "Date", "dateTime": "DateTime", "time": "Time"}


def _system_type(item: Item) -> str:
    return _MOMENT_TYPES[item.kind] if type(item) is Temporal else _SYSTEM_TYPES.get(type(item), "")


# ---- as steps


def filter_step(name: TypeName) -> Step:
    """Those of a type."""
    wanted, is_kind = name.name, kind_test(name)
    if not is_resource_type(name) or wanted in ("Resource", "DomainResource"):
        return lambda items, this, frame: [item for item in items if is_kind(item) is True]

    def of_resource_type(items: Items, this: Item, frame: Frame) -> Items:
        return [
            item
            for item in items
            if (item.get("resourceType") == wanted if type(item) is dict else is_kind(item) is True)
        ]

    return of_resource_type


def test_step(name: TypeName, site: Site) -> StepCode:
    """Whether the only item is of a type."""
    is_kind = kind_test(name)

    def truth(items: Items, this: Item, frame: Frame) -> bool | None:
        if len(items) > 1:
            raise site.error(f"one item must stand here, not {len(items)}")
        return is_kind(items[0]) if items else None

    return step_from_truth(truth)


def chosen_member(member: str, name: TypeName) -> FromOne:
    """From one item to its children of a name, where they are of a type: `value.ofType(Quantity)` in one go.

    JSON's key says the type. An element of that name that is no choice is judged by its form.
    """
    wanted = name.name
    keys = [key for key in keys_of(member, lambda kind: is_kind_of(kind, wanted)) if key[0] != "_"]

    def from_one(item: Item, frame: Frame) -> Items:
        parent: Item = item if type(item) is dict else item.value if type(item) is Node else None
        if type(parent) is not dict:
            return NONE
        for key in keys:
            if key in parent or f"_{key}" in parent:
                return _items_of(parent, key)
        if member in parent and _looks_like(parent[member], wanted) is True:
            return _items_of(parent, member)
        return NONE

    return from_one


def _items_of(parent: Json, key: str) -> Items:
    value, beside = parent.get(key), parent.get(f"_{key}")
    if type(beside) is dict:
        return [Node(value, beside)]
    return value if type(value) is list else [] if value is None else [value]


def of_type(call: CallSite) -> StepCode:
    """Those of a type; `as` filters too, since R4's own rules use it on several items."""
    assert call.type is not None
    return StepCode(filter_step(call.type))


def is_type(call: CallSite) -> StepCode:
    """Whether the only item is of a type."""
    assert call.type is not None
    return test_step(call.type, call.site)


def type_of(call: CallSite) -> StepCode:
    """What each item is, as namespace and name."""
    return StepCode(lambda items, this, frame: [_describe(item) for item in items])


def _describe(item: Item) -> Json:
    if type(item) is not Node:
        return {"namespace": "System", "name": _system_type(item) or "Any"}
    name = item.type or next((name for name in ("boolean", "integer", "decimal") if _FORMS[name](item.value)), "")
    return {"namespace": "FHIR", "name": name or ("string" if type(item.value) is str else "Element")}
