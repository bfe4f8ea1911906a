"""A FHIR tree as XML: elements in R4's order, values as JSON spells them.

The inverse of `xml_reader`. What R4 does not know comes last, in its own order, so that nothing is lost on the way.
Source: HL7 FHIR R4, xml.html.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from samspil.catalogue.shapes import Element, shape_of

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOTHING = Element("", repeats=False)
_BREAKS = {"\n": "&#xA;", "\r": "&#xD;", "\t": "&#x9;"}
_IN_TAG = frozenset({"id", "url"})


def write_xml(root: dict[str, Any]) -> bytes:
    """The resource as an XML document in UTF-8."""
    body = "".join(_resource(root, ' xmlns="http://hl7.org/fhir"'))
    return (_DECLARATION + body).encode("utf-8", "replace")


def _resource(resource: dict[str, Any], namespace: str = "") -> Iterator[str]:
    name = resource.get("resourceType", "")
    yield f"<{name}{namespace}>"
    yield from _members(resource, name if shape_of(name) else "DomainResource", frozenset({"resourceType"}))
    yield f"</{name}>"


def _members(holder: dict[str, Any], type_name: str, in_tag: frozenset[str]) -> Iterator[str]:
    """The members in R4's order, then those it does not know."""
    shape, order = shape_of(type_name), _order(type_name)
    names = dict.fromkeys(name.removeprefix("_") for name in holder if name not in in_tag)
    for name in sorted(names, key=lambda name: order.get(name, len(order))):
        element = shape.get(name, _NOTHING)
        for value, about in _pairs(holder.get(name), holder.get(f"_{name}")):
            yield from _element(name, element, value, about)


@cache
def _order(type_name: str) -> dict[str, int]:
    return {name: place for place, name in enumerate(shape_of(type_name))}


def _pairs(value: object, about: object) -> Iterator[tuple[object, object]]:
    """A value with its id and extensions; of lists, pair by pair."""
    if not isinstance(value, list) and not isinstance(about, list):
        yield value, about
        return
    values = value if isinstance(value, list) else []
    abouts = about if isinstance(about, list) else []
    for place in range(max(len(values), len(abouts))):
        yield (values[place] if place < len(values) else None), (abouts[place] if place < len(abouts) else None)


def _element(name: str, element: Element, value: object, about: object) -> Iterator[str]:
    if element.type == "Resource" and isinstance(value, dict):
        yield f"<{name}>"
        yield from _resource(value)
        yield f"</{name}>"
    elif element.type == "xhtml" and isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _complex(name, element, value)
    else:
        yield from _primitive(name, value, about if isinstance(about, dict) else {})


def _complex(name: str, element: Element, value: dict[str, Any]) -> Iterator[str]:
    in_tag = frozenset(key for key in _IN_TAG if isinstance(value.get(key), str) and _belongs_in_tag(key, element))
    attributes = "".join(f" {key}={quoted(value[key])}" for key in ("id", "url") if key in in_tag)
    yield f"<{name}{attributes}>"
    yield from _members(value, element.type, in_tag)
    yield f"</{name}>"


def _belongs_in_tag(key: str, element: Element) -> bool:
    return key == "id" or element.type == "Extension"


def _primitive(name: str, value: object, about: dict[str, Any]) -> Iterator[str]:
    identifier = f" id={quoted(str(about['id']))}" if "id" in about else ""
    written = "" if value is None else f" value={quoted(_text(value))}"
    inner = "".join(_members(about, "Element", frozenset({"id"})))
    yield f"<{name}{identifier}{written}>{inner}</{name}>" if inner else f"<{name}{identifier}{written}/>"


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def quoted(text: str) -> str:
    """A text as the literal of an attribute, line breaks kept."""
    return quoteattr(text, _BREAKS)
