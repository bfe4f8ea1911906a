"""Findings and refusals as a FHIR OperationOutcome, in the syntax the caller speaks.

Takes findings in the contract's JSON form, since a repeated answer is known in that form only.
Source: HL7 FHIR R4, OperationOutcome, and the value sets issue-severity and issue-type.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from samspil.domain.issues import Layer
from samspil.transports.http.answers import Answer, Header
from samspil.transports.http.negotiation import media_type

FHIR_JSON = "application/fhir+json"
FHIR_XML = "application/fhir+xml"
FINDINGS = "urn:samspil:finding"
"""The code system of our own stable codes."""

_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        FHIR_JSON: FHIR_JSON,
        "application/json": FHIR_JSON,
        "application/json+fhir": FHIR_JSON,
        "text/json": FHIR_JSON,
        FHIR_XML: FHIR_XML,
        "application/xml": FHIR_XML,
        "application/xml+fhir": FHIR_XML,
        "text/xml": FHIR_XML,
    }
)

SEVERITIES: Mapping[str, str] = MappingProxyType(
    {"fatal": "fatal", "error": "error", "warning": "warning", "note": "information"}
)
TYPES: Mapping[str, str] = MappingProxyType(
    {
        Layer.CHARSET: "structure",
        Layer.ENVELOPE: "processing",
        Layer.MESSAGE: "processing",
        Layer.SYNTAX: "structure",
        Layer.STRUCTURE: "structure",
        Layer.CODE: "code-invalid",
        Layer.LENGTH: "too-long",
        Layer.MAPPING: "processing",
        Layer.BUSINESS: "business-rule",
        Layer.SCHEMA: "invalid",
    }
)
TYPES_BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        401: "login",
        403: "forbidden",
        404: "not-found",
        405: "not-supported",
        408: "timeout",
        409: "conflict",
        413: "too-long",
        415: "not-supported",
        429: "throttled",
        500: "exception",
        501: "not-supported",
        503: "transient",
    }
)

_PATH = re.compile(r"[A-Z][A-Za-z]*(\.[A-Za-z]+(\([^()]*\))?|\[[0-9]+\])*")
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def spoken_by(accept: str, content_type: str, payload: bytes = b"") -> str:
    """The FHIR syntax to answer in: as asked for; where that leaves a choice as sent, else as the payload looks."""
    looks = FHIR_XML if payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else FHIR_JSON
    own = _SPELLINGS.get(content_type.partition(";")[0].strip().lower(), looks)
    asked = media_type(accept, sorted(_SPELLINGS, key=lambda offer: _SPELLINGS[offer] != own))
    return own if asked is None else _SPELLINGS[asked]


def outcome_answer(
    status: int, lines: Sequence[Mapping[str, Any]], syntax: str, *, headers: tuple[Header, ...] = ()
) -> Answer:
    """An OperationOutcome that holds these findings, or says that all went well when there are none."""
    issues = [outcome_issue(line, status) for line in lines] or [_ALL_WELL]
    return fhir_answer(status, {"resourceType": "OperationOutcome", "issue": issues}, syntax, headers=headers)


def outcome_issue(line: Mapping[str, Any], status: int) -> dict[str, Any]:
    """One finding as an OperationOutcome.issue."""
    where = line["where"]
    issue: dict[str, Any] = {
        "severity": SEVERITIES[line["severity"]],
        "code": TYPES_BY_STATUS.get(status) or TYPES[line["layer"]],
        "details": {"coding": [{"system": FINDINGS, "code": line["code"]}], "text": _text(line["message"])},
        "diagnostics": _text(line["remedy"]),
    }
    if where and _PATH.fullmatch(where):
        issue["expression"] = [where]
    elif where:
        issue["location"] = [_text(where)]
    return issue


_ALL_WELL: dict[str, Any] = {
    "severity": "information",
    "code": "informational",
    "details": {"text": "Accepted and stored. The acknowledgement travels as a message of its own."},
}


def fhir_answer(status: int, resource: Mapping[str, Any], syntax: str, *, headers: tuple[Header, ...] = ()) -> Answer:
    """A resource whose members stand in FHIR's order, spelt in one of the two syntaxes."""
    if syntax == FHIR_JSON:
        return Answer(status, orjson.dumps(resource), FHIR_JSON, headers)
    root, *_ = resource.values()
    members = _elements({name: value for name, value in resource.items() if name != "resourceType"})
    return Answer(status, f'<{root} xmlns="http://hl7.org/fhir">{members}</{root}>'.encode(), FHIR_XML, headers)


def _text(value: str) -> str:
    """A FHIR string: not empty, and only characters that XML can hold."""
    return _UNWRITABLE.sub("\ufffd", value).strip() or "-"


def _elements(values: Mapping[str, Any]) -> str:
    """A FHIR object's members as elements, in the order they stand."""
    return "".join(_element(name, item) for name, value in values.items() for item in _each(value))


def _each(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{_elements(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name} value={quoteattr(text, {chr(10): '&#10;', chr(13): '&#13;', chr(9): '&#9;'})}/>"
