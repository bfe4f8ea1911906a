"""A slice with everything that holds for it: what it says itself, and what the sliced element says of every item.

Snapshots leave out of a slice what the element says already. With it put back, an item that belongs to a slice is
judged once, by the slice alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from samspil.validation.profiles.ir import NOTHING, UNBOUNDED, Element, Invariant


def complete(cut: Element, base: Element) -> Element:
    """The slice, with what its element says where the slice is silent and the narrower of both where it is not."""
    changes: dict[str, Any] = {
        "types": cut.types or base.types,
        "value": cut.value or base.value,
        "binding": cut.binding or base.binding,
        "max_length": min((length for length in (cut.max_length, base.max_length) if length), default=0),
        "content_of": cut.content_of or base.content_of,
        "invariants": _both(cut.invariants, base.invariants),
        "children": _children(cut.children, base.children),
        "stated_by": {**base.stated_by, **cut.stated_by},
    }
    return replace(cut, **changes)


def _both(own: tuple[Invariant, ...], more: tuple[Invariant, ...]) -> tuple[Invariant, ...]:
    keys = {row.key for row in own}
    return (*own, *(row for row in more if row.key not in keys))


def _children(own: Mapping[str, Element], base: Mapping[str, Element]) -> Mapping[str, Element]:
    if not own or not base:
        return own or base or NOTHING
    return {name: _narrower(own[name], base[name]) if name in own else base[name] for name in (*base, *own)} | {
        name: child for name, child in own.items() if name not in base
    }


def _narrower(own: Element, base: Element) -> Element:
    """A child of the slice with its element's child's rules, cardinality included."""
    merged = complete(own, base)
    stated = dict(merged.stated_by)
    minimum, maximum = own.minimum, own.maximum
    if base.minimum > minimum:
        minimum, stated["minimum"] = base.minimum, base.stated_by.get("minimum", "")
    if maximum == UNBOUNDED or UNBOUNDED < base.maximum < maximum:
        maximum, stated["maximum"] = base.maximum, base.stated_by.get("maximum", stated.get("maximum", ""))
    return replace(
        merged,
        minimum=minimum,
        maximum=maximum,
        slicing=own.slicing or base.slicing,
        slices=own.slices or base.slices,
        stated_by=stated,
    )
