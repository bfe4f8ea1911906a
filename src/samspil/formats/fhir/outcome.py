"""A Report as FHIR says it: an OperationOutcome, for an HTTP answer or inside an Acknowledgement.

Source: HL7 FHIR R4, operationoutcome.html, issue-type and issue-severity value sets.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

from samspil.catalogue.codes import acknowledgement_codes
from samspil.catalogue.findings import entries
from samspil.domain.issues import Issue, Language, Layer, Report, Severity

MOST_ISSUES = 100
"""More than this helps nobody, and an answer should stay smaller than its question."""

_SEVERITIES = {
    Severity.FATAL: "fatal",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "information",
}
_TYPES = {
    Layer.CHARSET: "structure",
    Layer.ENVELOPE: "structure",
    Layer.MESSAGE: "structure",
    Layer.SYNTAX: "structure",
    Layer.STRUCTURE: "structure",
    Layer.CODE: "code-invalid",
    Layer.LENGTH: "too-long",
    Layer.MAPPING: "not-supported",
    Layer.BUSINESS: "business-rule",
    Layer.SCHEMA: "structure",
}
_DEFAULTS = {Layer.CODE: "MSG_VALUESET_VALUE_UNKNOWN", Layer.LENGTH: "MSG_Element_To_Long"}
_OURS = "samspil#"
_OF_TYPE = re.compile(r"\.resource\(([A-Za-z]+)\)")


def write_outcome(report: Report, *, language: Language = "en") -> bytes:
    """A Report as an OperationOutcome in JSON; one that says all is well when there are no findings."""
    issues = outcome_issues(report.issues, language=language) or [{"severity": "information", "code": "informational"}]
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": issues})


def outcome_issues(issues: Iterable[Issue], *, language: Language) -> list[dict[str, Any]]:
    """Findings as OperationOutcome.issue elements, most severe first."""
    rank = list(_SEVERITIES)
    worst_first = sorted(issues, key=lambda issue: rank.index(issue.severity))
    return [_issue(issue, language) for issue in worst_first[:MOST_ISSUES]]


def _issue(issue: Issue, language: Language) -> dict[str, Any]:
    said: dict[str, Any] = {
        "severity": _SEVERITIES[issue.severity],
        "code": _TYPES[issue.layer],
        "details": {"coding": [detail_coding(issue)], "text": issue.message.in_(language)},
        "diagnostics": f"{issue.code}: {diagnostics(issue, language)}",
    }
    if issue.where.path:
        said["expression"] = [fhir_path(issue.where.path)]
    return said


def diagnostics(issue: Issue, language: Language) -> str:
    """What puts a finding right, and which published rule was broken, if one was."""
    rule = "" if issue.rule.startswith(_OURS) or not issue.rule else f" ({issue.rule})"
    return issue.remedy.in_(language) + rule


def detail_coding(issue: Issue) -> dict[str, str]:
    """The code that an Acknowledgement gives for a finding, out of the set it is bound to."""
    entry = entries().get(issue.code)
    code = (entry.fhir if entry else "") or _DEFAULTS.get(issue.layer, "MSG_PARAM_INVALID")
    return {"system": acknowledgement_codes()[code], "code": code}


def unexplained(type: str, code: str) -> dict[str, Any]:
    """An issue that gives a code and no more."""
    coding = {"system": acknowledgement_codes()[code], "code": code}
    return {"severity": "error", "code": type, "details": {"coding": [coding]}}


def fhir_path(path: str) -> str:
    """A reader's path as FHIRPath.

    >>> fhir_path("Bundle.entry[2].resource(Communication).status")
    'Bundle.entry[2].resource.ofType(Communication).status'
    """
    return _OF_TYPE.sub(r".resource.ofType(\1)", path)
