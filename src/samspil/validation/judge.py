"""Identify, read and judge a payload: one call from bytes to findings.

Each format has its judges, functions that take a part and yield issues; they are imported on first use. A part that
could not be read is not judged further: its reader has said why.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

from samspil.domain.issues import Issue, Report, Severity
from samspil.domain.message import Format, Identity
from samspil.formats.part import Part
from samspil.formats.readers import read_payload
from samspil.validation.cascade import told_once


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules from outside, as handles: official FHIR packages and XML schemas. None means our own tables alone."""

    packages: object = None
    schemas: object = None


BUILT_IN = Rules()

Judge = Callable[[Part, Rules], Iterable[Issue]]

FHIR = frozenset({Format.FHIR_JSON, Format.FHIR_XML})
_FHIR = ("samspil.validation.spine:judge", "samspil.validation.profiles.judge:judge")
_LEGACY = ("samspil.validation.legacy.judge:judge",)
_ENVELOPES = ("samspil.validation.envelopes.judge:judge",)
JUDGES: Mapping[Format, tuple[str, ...]] = MappingProxyType(
    {
        Format.FHIR_JSON: _FHIR,
        Format.FHIR_XML: _FHIR,
        Format.EDIFACT: _LEGACY,
        Format.OIOXML: _LEGACY,
        Format.SBDH: _ENVELOPES,
        Format.VANS: _ENVELOPES,
        Format.EBBP: _ENVELOPES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A payload's identity, its parts, and what was found."""

    identity: Identity
    parts: tuple[Part, ...]
    report: Report

    def by_part(self) -> Iterator[tuple[Part, Report]]:
        """Each part with its own report."""
        reports = self.report.parts or (self.report,)
        return zip(self.parts, reports, strict=True)


def examine(payload: bytes, *, packages: object = None, schemas: object = None) -> Examination:
    """Everything that can be said about the bytes. Never raises on bytes."""
    rules = Rules(packages, schemas) if packages or schemas else BUILT_IN
    identity, parts = read_payload(payload)
    reports = tuple(judge_part(part, rules) for part in parts)
    if len(reports) == 1:
        return Examination(identity=identity, parts=parts, report=reports[0])
    issues = tuple(issue for report in reports for issue in report.issues)
    return Examination(identity=identity, parts=parts, report=Report(issues=issues, parts=reports))


def judge_part(part: Part, rules: Rules = BUILT_IN) -> Report:
    """The report on one part: its reader's issues, then its judges'."""
    if part.head is None and _is_fatal(part.issues):
        return Report(issues=part.issues, readable=False)
    issues = list(part.issues)
    for judge in judges_of(part.identity.format):
        issues += judge(part, rules)
    if part.identity.format in FHIR and any(issue.severity.rejects for issue in issues):
        issues = told_once(issues)
    return Report(issues=tuple(issues), readable=part.head is not None or not _is_fatal(issues))


def _is_fatal(issues: Iterable[Issue]) -> bool:
    return any(issue.severity is Severity.FATAL for issue in issues)


@cache
def judges_of(format: Format) -> tuple[Judge, ...]:
    """The judges of a format, in the order they speak."""
    places = (place.partition(":") for place in JUDGES.get(format, ()))
    return tuple(getattr(import_module(home), name) for home, _, name in places)
