"""Agreements with one partner, as a function over a report."""

import pytest

from samspil.catalogue.findings import finding
from samspil.domain.issues import Report, Severity, Verdict, report_of
from samspil.validation.leniency import may_be_relaxed, relaxed, relaxed_rules

ENCOUNTER = "samspil#fhir.care.encounter"
PRIORITY = "some-profile#some-invariant"


def report() -> Report:
    """Two faults against one rule, one against another, and a warning."""
    twice = [finding("fhir.care.encounter") for _ in range(2)]
    return report_of([*twice, finding("fhir.invariant.broken", rule=PRIORITY, key="x"), finding("fhir.care.phone")])


def test_errors_against_named_rules_become_warnings_that_are_told() -> None:
    """The message goes through only if nothing else is wrong; a note tells of each rule and how often."""
    partly = relaxed(report(), {ENCOUNTER})
    assert partly.verdict is Verdict.REJECTED
    wholly = relaxed(report(), {ENCOUNTER, PRIORITY})
    assert wholly.verdict is Verdict.ACCEPTED
    assert [issue.severity for issue in wholly.issues] == [Severity.WARNING] * 4 + [Severity.NOTE] * 2
    assert relaxed_rules(wholly) == [ENCOUNTER, PRIORITY]
    assert "broken 2 times" in wholly.issues[4].message


@pytest.mark.parametrize("rules", [set[str](), {"samspil#fhir.care.phone"}, {"other#rule"}])
def test_nothing_changes_without_an_error_against_a_named_rule(rules: set[str]) -> None:
    """Warnings stay what they are, and nothing is noted."""
    assert relaxed(report(), rules) == report()


@pytest.mark.parametrize("code", ["fhir.header.id.missing", "fhir.bundle.id.missing", "json.key.repeated"])
def test_what_carrying_needs_is_no_matter_of_agreement(code: str) -> None:
    """Ids, envelope and syntax keep their severity whatever is written in the register."""
    broken = report_of([finding(code, name="x")])
    assert relaxed(broken, {f"samspil#{code}"}) == broken
    assert not may_be_relaxed(f"samspil#{code}")


def test_an_unreadable_payload_stays_unreadable() -> None:
    """Fatal findings are never errors to be spared."""
    broken = Report(issues=(finding("json.broken"),), readable=False)
    assert relaxed(broken, {"samspil#json.broken"}) == broken


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        (ENCOUNTER, True),
        (PRIORITY, True),
        ("samspil#no.such.code", False),
        ("rule", False),
        ("#x", False),
        ("a#", False),
    ],
)
def test_a_rule_is_named_as_findings_name_it(rule: str, may: bool) -> None:
    """Ours must exist; a profile's is known by its form."""
    assert may_be_relaxed(rule) is may
