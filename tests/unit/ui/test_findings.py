"""Findings on a page: worst first, numbered, counted, and the same from a judge as from storage."""

import pytest

from samspil.domain.issues import Issue, Language, Layer, Location, Phrase, Severity
from samspil.domain.message import Format
from samspil.ui.findings import MOST_SHOWN, arrange, beside_source, of_issues, of_lines
from samspil.validation.lines import issue_line


def issue(severity: Severity, *, start: int | None = None, end: int | None = None) -> Issue:
    """A finding of ours."""
    return Issue(
        code="test.71903",
        severity=severity,
        layer=Layer.CODE,
        where=Location(path="A > B", start=start, end=end, line=1, column=2),
        message=Phrase("Wrong.", da="Forkert."),
        remedy=Phrase("Right it.", da="Ret det."),
        rule="samspil#test.71903",
    )


def test_the_worst_come_first_and_are_numbered() -> None:
    """Severity orders them; findings of one severity keep their order."""
    mixed = [
        issue(Severity.NOTE),
        issue(Severity.ERROR, start=1),
        issue(Severity.FATAL),
        issue(Severity.ERROR, start=2),
    ]
    findings = arrange(of_issues(mixed, "da"))
    assert [finding.severity.value for finding in findings.shown] == ["fatal", "error", "error", "note"]
    assert [finding.number for finding in findings.shown] == [1, 2, 3, 4]
    assert [finding.where.start for finding in findings.shown][1:3] == [1, 2]
    assert (findings.rejecting, findings.warnings, findings.notes) == (3, 0, 1)


def test_a_flood_is_cut_and_counted() -> None:
    """Nobody reads ten thousand findings; the number of all is told."""
    findings = arrange(of_issues([issue(Severity.ERROR)] * 10_000, "da"))
    assert len(findings.shown) == MOST_SHOWN
    assert (findings.total, findings.rejecting) == (10_000, 10_000)


@pytest.mark.parametrize("language", ["da", "en"])
def test_storage_gives_back_what_the_judge_said(language: Language) -> None:
    """A finding kept as a line reads as the issue it was, in both languages."""
    kept = issue(Severity.WARNING, start=3, end=5)
    line = {**issue_line(kept, language="en"), "da": [kept.message.in_("da"), kept.remedy.in_("da")]}
    assert of_lines([line], language) == of_issues([kept], language)


def test_each_finding_knows_its_row_and_excerpt() -> None:
    """Beside the source, a finding with a place leads to it; one without stands alone."""
    payload = b"UNA:+.? 'UNB+UNOC:3'UNH+1'" + b"FTX+x'" * 60
    findings = arrange(of_issues([issue(Severity.ERROR, start=20, end=26), issue(Severity.NOTE)], "da"))
    placed, source = beside_source(findings, payload, Format.EDIFACT)
    first, second = placed.shown
    assert first.row == 3
    assert first.excerpt is not None
    assert first.excerpt.marked == "UNH+1'"
    assert (second.row, second.excerpt) == (None, None)
    assert source.rows[2].spans[0].begins[0].number == 1
