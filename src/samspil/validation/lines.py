"""The contract's JSON form of identities, verdicts and findings: one object for each part of a payload.

The command line prints these as lines, HTTP answers with an array of them. Codes never change; texts are in the
language asked for. A standard has its form here too, for the same two.
"""

from samspil.catalogue.standards import Standard
from samspil.domain.issues import Issue, Language, Report
from samspil.domain.message import Identity

Line = dict[str, object]


def identity_line(identity: Identity, *, file: str, part: str = "1") -> Line:
    """What a part is. Unknown values are None."""
    return {
        "file": file,
        "part": part,
        "format": identity.format,
        "kind": identity.kind,
        "standard": identity.standard,
        "version": identity.version,
    }


def verdict_line(identity: Identity, report: Report, *, file: str, language: Language, part: str = "1") -> Line:
    """What a part is, what it is worth, and every finding."""
    return {
        **identity_line(identity, file=file, part=part),
        "verdict": report.verdict,
        "issues": [issue_line(issue, language=language) for issue in report.issues],
    }


def issue_line(issue: Issue, *, language: Language) -> Line:
    """One finding, whole."""
    where = issue.where
    return {
        "code": issue.code,
        "severity": issue.severity,
        "rule": issue.rule,
        "layer": issue.layer,
        "where": where.path,
        "span": None if where.start is None else [where.start, where.end],
        "line": where.line,
        "column": where.column,
        "message": issue.message.in_(language),
        "remedy": issue.remedy.in_(language),
        "source": issue.source,
    }


def standard_line(standard: Standard) -> Line:
    """One standard as JSON. Names in both languages, because they are names."""
    return {
        "id": standard.id,
        "family": standard.family,
        "kind": standard.kind,
        "name": {"da": standard.name.in_("da"), "en": standard.name.in_("en")},
        "flow": {"da": standard.flow.in_("da"), "en": standard.flow.in_("en")},
        "receipt": standard.receipt,
        "successor": standard.successor or None,
        "versions": [
            {"syntax": version.syntax, "version": version.code, "registered": version.registered}
            for version in standard.versions
        ],
    }
