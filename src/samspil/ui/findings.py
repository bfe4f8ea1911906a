"""Findings as a page shows them: in one language, worst first, numbered, each with its place in the source.

They come from a judge as issues, or from storage as the contract's lines with the Danish sentences beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from samspil.domain.issues import Issue, Language, Location, Severity
from samspil.domain.message import Format
from samspil.ui.source import Excerpt, Mark, Source, excerpt, lay_out

MOST_SHOWN = 200
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding, ready to be shown. `row` is where the source beside it marks the place."""

    severity: Severity
    code: str
    message: str
    remedy: str
    where: Location
    rule: str = ""
    source: str = ""
    number: int = 0
    excerpt: Excerpt | None = None
    row: int | None = None


def of_issues(issues: Iterable[Issue], language: Language) -> list[Finding]:
    """A judge's findings."""
    return [
        Finding(
            severity=issue.severity,
            code=issue.code,
            message=issue.message.in_(language),
            remedy=issue.remedy.in_(language),
            where=issue.where,
            rule=issue.rule,
            source=issue.source,
        )
        for issue in issues
    ]


def of_lines(lines: Iterable[Mapping[str, Any]], language: Language) -> list[Finding]:
    """Stored findings."""
    return [
        Finding(
            severity=Severity(line["severity"]),
            code=line["code"],
            message=line["da"][0] if language == "da" else line["message"],
            remedy=line["da"][1] if language == "da" else line["remedy"],
            where=_place(line),
            rule=line["rule"],
            source=line["source"],
        )
        for line in lines
    ]


def _place(line: Mapping[str, Any]) -> Location:
    start, end = line["span"] or (None, None)
    return Location(path=line["where"], start=start, end=end, line=line["line"], column=line["column"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A list of findings, cut where nobody reads on; `total` counts them all."""

    shown: tuple[Finding, ...]
    total: int
    rejecting: int
    warnings: int
    notes: int


def arrange(findings: Sequence[Finding]) -> Findings:
    """Number the findings, worst first and otherwise as they were found."""
    ordered = sorted(findings, key=lambda finding: _RANK[finding.severity])
    return Findings(
        shown=tuple(replace(finding, number=number) for number, finding in enumerate(ordered[:MOST_SHOWN], 1)),
        total=len(findings),
        rejecting=sum(finding.severity.rejects for finding in findings),
        warnings=sum(finding.severity is Severity.WARNING for finding in findings),
        notes=sum(finding.severity is Severity.NOTE for finding in findings),
    )


def beside_source(findings: Findings, payload: bytes, format_: Format) -> tuple[Findings, Source]:
    """The findings with their excerpts and rows, and the source with their places marked."""
    source = lay_out(payload, format_, [mark for finding in findings.shown if (mark := _mark(finding)) is not None])
    rows = source.marked_rows
    shown = tuple(
        replace(finding, excerpt=excerpt(payload, finding.where), row=rows.get(finding.number))
        for finding in findings.shown
    )
    return replace(findings, shown=shown), source


def _mark(finding: Finding) -> Mark | None:
    start, end = finding.where.start, finding.where.end
    if start is None or end is None:
        return None
    return Mark(start=start, end=max(end, start + 1), severity=finding.severity, number=finding.number)
