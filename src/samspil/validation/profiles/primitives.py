"""Is a bare value a value of its FHIR type? One question a type, answered without building anything.

Source: HL7 FHIR R4, datatypes.html (primitive types: regular expressions and value domains).
"""

import binascii
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Faults
from samspil.validation.profiles.script import Told

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

Fits = Callable[[Any], bool]
Match = Callable[[str], object]

_YEAR: Final = r"(?:[0-9](?:[0-9](?:[0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

_DATE = re.compile(f"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?").fullmatch
_DATE_TIME = re.compile(f"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_TIME}{_ZONE})?)?)?").fullmatch
_INSTANT = re.compile(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}").fullmatch
_CLOCK = re.compile(_TIME).fullmatch
_CODE = re.compile(r"[^\s]++(?:\s[^\s]++)*+", re.ASCII).fullmatch
_URI = re.compile(r"\S+", re.ASCII).fullmatch
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*+))++").fullmatch
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_CONTROLS: Final = bytes(sign for sign in range(32) if sign not in b"\t\n\r")
_BASE64_REST = re.compile(r"[^0-9A-Za-z+/=\s]", re.ASCII).search

LONGEST_STRING: Final = 1024 * 1024
LARGEST_INTEGER: Final = 2**31 - 1


def is_string(value: Any) -> bool:
    """Text that is not empty, not above a million characters, and holds no control characters."""
    return value.__class__ is str and value != "" and len(value) <= LONGEST_STRING and not has_controls(value)


def has_controls(text: str) -> bool:
    """Does a text hold characters that XML has no place for? Its bytes are looked through faster than its letters."""
    encoded = text.encode("utf-8", "replace")
    return len(encoded.translate(None, _CONTROLS)) != len(encoded)


def is_base64(value: Any) -> bool:
    """Base64 in whole groups of four; line breaks may stand between."""
    if value.__class__ is not str or value == "":
        return False
    try:
        binascii.a2b_base64(value, strict_mode=True)
    except (binascii.Error, ValueError):
        return _is_broken_into_lines(value)
    return True


def _is_broken_into_lines(value: str) -> bool:
    groups = "".join(value.split())
    if not groups or _BASE64_REST(value) is not None:
        return False
    try:
        binascii.a2b_base64(groups, strict_mode=True)
    except (binascii.Error, ValueError):
        return False
    return True


def is_real_day(value: str) -> bool:
    """Does a date of the right shape stand in the calendar?"""
    if len(value) < 10 or value[8:10] <= "28":
        return True
    try:
        date(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def _integer(low: int) -> Fits:
    def fits(value: Any) -> bool:
        return value.__class__ is int and low <= value <= LARGEST_INTEGER

    return fits


def _shaped(match: Match) -> Fits:
    def fits(value: Any) -> bool:
        return value.__class__ is str and match(value) is not None

    return fits


def _dated(match: Match) -> Fits:
    def fits(value: Any) -> bool:
        return value.__class__ is str and match(value) is not None and is_real_day(value)

    return fits


def _is_boolean(value: Any) -> bool:
    return value is True or value is False


def _is_decimal(value: Any) -> bool:
    return value.__class__ is float or value.__class__ is int


FITS: Final[Mapping[str, Fits]] = {
    "boolean": _is_boolean,
    "integer": _integer(-LARGEST_INTEGER - 1),
    "unsignedInt": _integer(0),
    "positiveInt": _integer(1),
    "decimal": _is_decimal,
    "base64Binary": is_base64,
    "instant": _dated(_INSTANT),
    "date": _dated(_DATE),
    "dateTime": _dated(_DATE_TIME),
    "time": _shaped(_CLOCK),
    "code": _shaped(_CODE),
    "uri": _shaped(_URI),
    "url": _shaped(_URI),
    "canonical": _shaped(_URI),
    "oid": _shaped(_OID),
    "uuid": _shaped(_UUID),
    "id": _shaped(_ID),
    "string": is_string,
    "markdown": is_string,
}
"""For each primitive type: is this a value of it? `xhtml` is judged by `narrative`."""

_SHAPES: Final[Mapping[str, Match]] = {"oid": _OID, "uuid": _UUID, "id": _ID, "time": _CLOCK}


_EXPRESSIONS: Final[Mapping[str, str]] = {
    "boolean": "{x} is True or {x} is False",
    "decimal": "{x}.__class__ is float or {x}.__class__ is int",
    **dict.fromkeys(("string", "markdown"), "{x}.__class__ is str and scene.is_clean and 0 < len({x}) <= 1048576"),
    **dict.fromkeys(("code", "uri", "url", "canonical"), "{x}.__class__ is str and {x}.split() == [{x}]"),
    **dict.fromkeys(("id", "oid", "uuid", "time"), "{x}.__class__ is str and {k}({x}) is not None"),
}
"""Expressions that are true of good values only; a good value of which one is not is asked about once more."""


def compile_primitive(code: str, blame: "Check") -> "Check":
    """A check that a value is of a primitive type; `blame` tells why one is not."""
    fits = FITS[code]

    def check(value: Any, scene: "Scene") -> Faults | None:
        return None if fits(value) else blame(value, scene)

    return Told(_EXPRESSIONS[code], check, _SHAPES.get(code)) if code in _EXPRESSIONS else check


JSON_CLASSES: Final[Mapping[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "unsignedInt": (int,),
    "positiveInt": (int,),
    "decimal": (int, float),
}
"""What JSON writes each type as; the others are text."""

LOOKS: Final[Mapping[str, str]] = {
    "integer": "-2147483648 … 2147483647",
    "unsignedInt": "0 … 2147483647",
    "positiveInt": "1 … 2147483647",
    "base64Binary": "SGVq",
    "instant": "2024-05-07T18:00:00+02:00",
    "date": "2024-05-07",
    "dateTime": "2024-05-07T18:00:00+02:00",
    "time": "18:00:00",
    "code": "final",
    "uri": "urn:oid:1.2.208.176.1.2",
    "url": "https://example.org/a",
    "canonical": "http://example.org/a|1.0",
    "oid": "urn:oid:1.2.208.176.1.2",
    "uuid": "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
    "id": "A-Z a-z 0-9 - . (1 … 64)",
    "string": "abc",
    "markdown": "abc",
}
"""An example, or the range, of each type, for the sentence about a value that is none."""
