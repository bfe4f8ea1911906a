"""The XML twin of a FHIR JSON resource, written by rule and not by our own writer: a stranger's spelling for tests."""

from typing import Any
from xml.sax.saxutils import quoteattr

ATTRIBUTES = {"id", "url"}


def twin(resource: dict[str, Any]) -> bytes:
    """The resource in FHIR's XML syntax."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + _resource(resource, 'xmlns="http://hl7.org/fhir"')).encode()


def _resource(resource: dict[str, Any], declared: str = "") -> str:
    name = resource["resourceType"]
    inside = "".join(_members({key: value for key, value in resource.items() if key != "resourceType"}, top=True))
    return f"<{name}{' ' if declared else ''}{declared}>{inside}</{name}>"


def _members(holder: dict[str, Any], *, top: bool = False) -> list[str]:
    parts: list[str] = []
    for key, value in holder.items():
        if key.startswith("_"):
            if key[1:] not in holder:
                parts += _repeated(key[1:], [None] * (len(value) if isinstance(value, list) else 1), value)
        elif top or not _is_attribute(key, value, holder):
            parts += _repeated(key, value, holder.get(f"_{key}"))
    return parts


def _is_attribute(key: str, value: Any, holder: dict[str, Any]) -> bool:
    """Ids of elements and addresses of extensions are attributes."""
    if not isinstance(value, str) or key not in ATTRIBUTES:
        return False
    return key == "id" or any(other.startswith("value") or other == "extension" for other in holder)


def _repeated(key: str, value: Any, beside: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    extras = beside if isinstance(beside, list) else [beside] * len(values)
    return [_element(key, one, extra) for one, extra in zip(values, extras, strict=False)]


def _element(key: str, value: Any, extra: Any) -> str:
    if key == "div":
        return value
    if isinstance(value, dict):
        if "resourceType" in value:
            return f"<{key}>{_resource(value)}</{key}>"
        attributes = "".join(
            f" {name}={quoteattr(value[name])}"
            for name in ("id", "url")
            if name in value and _is_attribute(name, value[name], value)
        )
        return f"<{key}{attributes}>{''.join(_members(value))}</{key}>"
    text = "" if value is None else f" value={_quoted(value)}"
    inside = "".join(_members(extra)) if isinstance(extra, dict) else ""
    return f"<{key}{text}>{inside}</{key}>" if inside else f"<{key}{text}/>"


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return '"true"' if value else '"false"'
    return quoteattr(str(value), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
