"""Findings and refusals as a FHIR OperationOutcome over HTTP, in the syntax the caller speaks.

The outcome itself is written by `formats/fhir`; here it gets our stable codes and, for a refusal of the edge, the
issue type that its HTTP status means. Source: HL7 FHIR R4, http.html and the value set issue-type.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from samspil.domain.issues import Issue, Language, Layer, Location, Phrase, Severity, report_of
from samspil.formats.fhir.outcome import MOST_ISSUES, diagnostics, outcome_issues
from samspil.formats.fhir.xml_writer import write_xml
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

TYPES_BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid",
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
        503: "transient",
    }
)
"""Of refusals that are not about the message itself; those keep the type that their finding has."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def spoken_by(accept: str, content_type: str, payload: bytes = b"") -> str:
    """The FHIR syntax to answer in: as asked for; where that leaves a choice as sent, else as the payload looks."""
    looks = FHIR_XML if payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else FHIR_JSON
    own = _SPELLINGS.get(content_type.partition(";")[0].strip().lower(), looks)
    asked = media_type(accept, sorted(_SPELLINGS, key=lambda offer: _SPELLINGS[offer] != own))
    return own if asked is None else _SPELLINGS[asked]


def outcome_answer(
    status: int, issues: Iterable[Issue], syntax: str, *, language: Language, headers: tuple[Header, ...] = ()
) -> Answer:
    """An OperationOutcome that holds these findings, or says that all went well when there are none."""
    worst_first = report_of(issues).worst_first[:MOST_ISSUES]
    said = [_issue(issue, language, TYPES_BY_STATUS.get(status)) for issue in worst_first]
    resource = {"resourceType": "OperationOutcome", "issue": said or [_all_well(language)]}
    return fhir_answer(status, resource, syntax, headers=headers)


def fhir_answer(status: int, resource: dict[str, Any], syntax: str, *, headers: tuple[Header, ...] = ()) -> Answer:
    """A resource spelt in one of the two syntaxes."""
    body = orjson.dumps(resource) if syntax == FHIR_JSON else write_xml(resource)
    return Answer(status, body, syntax, headers)


def read_issue(line: Mapping[str, Any]) -> Issue:
    """A finding from the contract's JSON form: of an answer given before, only that was kept."""
    return Issue(
        code=line["code"],
        severity=Severity(line["severity"]),
        layer=Layer(line["layer"]),
        where=Location(line["where"]),
        message=Phrase(line["message"]),
        remedy=Phrase(line["remedy"]),
        rule=line["rule"],
        source=line["source"],
    )


def _issue(issue: Issue, language: Language, type_: str | None) -> dict[str, Any]:
    """An OperationOutcome.issue with our own code, which no value set binds here."""
    (spelt,) = outcome_issues((issue,), language=language)
    if type_ is not None:
        spelt["code"] = type_
    spelt["details"] = {
        "coding": [{"system": FINDINGS, "code": issue.code}],
        "text": _text(issue.message.in_(language)),
    }
    spelt["diagnostics"] = _text(diagnostics(issue, language))
    if "expression" in spelt:
        spelt["expression"] = [_text(path) for path in spelt["expression"]]
    return spelt


_ALL_WELL = Phrase(
    "Accepted and stored. The acknowledgement travels as a message of its own.",
    da="Modtaget og gemt. Kvitteringen kommer som en selvstændig meddelelse.",
)


def _all_well(language: Language) -> dict[str, Any]:
    return {"severity": "information", "code": "informational", "details": {"text": _ALL_WELL.in_(language)}}


def _text(value: str) -> str:
    """A FHIR string: not empty, and only characters that XML can hold."""
    return _UNWRITABLE.sub("\ufffd", value).strip() or "-"
