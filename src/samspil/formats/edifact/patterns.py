"""A row as a regular expression over marked text, as strict as the layout: only empty ends may be missing."""

import re
from collections.abc import Callable

from samspil.catalogue.legacy.layouts import Component, Constant, Element, Field, Row
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END

Take = Callable[[Field, str], str]
"""What to write for a field whose value looks like that: a capturing group or none."""

ANY = f"[^{END}{ELEMENT}{COMPONENT}]"
_DIGITS = {"102": 8, "203": 12, "204": 14}


def row_pattern(row: Row, take: Take) -> str:
    """A segment without its terminator."""
    parts, needed = list[str](), 0
    for number, element in enumerate(row.elements, start=1):
        pattern, hard = element_pattern(element, take, first=number == 1)
        parts.append(pattern)
        needed = number if hard else needed
    return row.tag + "".join(ELEMENT + part for part in parts[:needed]) + _tail(parts[needed:], ELEMENT)


def element_pattern(element: Element, take: Take, *, first: bool) -> tuple[str, bool]:
    """An element's expression, and whether it must be there."""
    beside_value = any(_beside_value(component) for component in element)
    if not beside_value:
        return _components(element, take, first=first)
    without = tuple(None if _beside_value(component) else component for component in element)
    leading = next(place for place, component in enumerate(element) if isinstance(component, Field))
    bare = (*without[:leading], None, *without[leading + 1 :])
    whole, _ = _components(element, take, first=first, leading=leading)
    return f"(?:{whole}|{_components(bare, take, first=first)[0]})", False


def _beside_value(component: Component) -> bool:
    return isinstance(component, Field | Constant) and component.with_value


def _components(element: Element, take: Take, *, first: bool, leading: int = -1) -> tuple[str, bool]:
    parts, needed = list[str](), 0
    hard = False
    for number, component in enumerate(element):
        pattern, must = _component(component, take, first=first, leading=number == leading)
        parts.append(pattern)
        needed = number + 1 if must else needed
        hard = hard or must
    if not needed:
        return parts[0] + _tail(parts[1:], COMPONENT), False
    return COMPONENT.join(parts[:needed]) + _tail(parts[needed:], COMPONENT), hard


def _component(component: Component, take: Take, *, first: bool, leading: bool) -> tuple[str, bool]:
    """A component's expression, and whether it must be there."""
    if component is None:
        return "", False
    if isinstance(component, Constant):
        text = re.escape(component.text)
        return (f"(?:{text})?", False) if component.tolerated else (text, True)
    if component.date:
        return take(component, rf"\d{{{_DIGITS[component.date]}}}"), True
    if component.is_number:
        return take(component, r"\d+") + "?", False
    value = f"{ANY}+"
    if component.width > 1:
        value = f"{ANY}*{COMPONENT}{ANY}*"
    elif first and (known := words(component)):
        value = known
    return take(component, value) + ("" if leading else "?"), leading


def words(field: Field) -> str:
    """The codes of a field's list as alternatives."""
    known = sorted((code for code in field.codes.read if code), key=len, reverse=True) if field.codes else []
    return "|".join(re.escape(code) for code in known)


def _tail(parts: list[str], mark: str) -> str:
    """Parts that may be cut from the end."""
    pattern = ""
    for part in reversed(parts):
        pattern = f"(?:{mark}{part}{pattern}|)" if part or pattern else ""
    return pattern
