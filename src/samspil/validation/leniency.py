"""An agreement with one partner: faults against named rules are told, and turn none of its messages away.

What a message needs to be carried at all (its characters, its envelope, its ids and parties) is no matter of agreement,
and a message that could not be read has nothing to be lenient about.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from samspil.catalogue.findings import entries, finding
from samspil.domain.issues import Issue, Layer, Report, Severity, Verdict

NEEDED: Final = frozenset({Layer.CHARSET, Layer.ENVELOPE, Layer.MESSAGE, Layer.SYNTAX})
OURS: Final = "samspil#"


def relaxed(report: Report, rules: Collection[str]) -> Report:
    """The report with errors against these rules as warnings, and a note for each rule that this was done for."""
    if not rules or report.verdict is not Verdict.REJECTED:
        return report
    spared = Counter(issue.rule for issue in report.issues if _is_spared(issue, rules))
    issues = [
        replace(issue, severity=Severity.WARNING) if _is_spared(issue, rules) else issue for issue in report.issues
    ]
    issues += (finding("exchange.rule.lenient", which=rule, count=str(count)) for rule, count in spared.items())
    return replace(report, issues=tuple(issues))


def _is_spared(issue: Issue, rules: Collection[str]) -> bool:
    return issue.severity is Severity.ERROR and issue.rule in rules and issue.layer not in NEEDED


def relaxed_rules(report: Report) -> list[str]:
    """The rules that a report was relaxed for."""
    return [dict(issue.facts)["which"] for issue in report.issues if issue.code == "exchange.rule.lenient"]


def may_be_relaxed(rule: str) -> bool:
    """Is this the name of a rule that an agreement may be about? Rules of profiles are known by their form alone."""
    owner, mark, name = rule.partition("#")
    if not (owner and mark and name) or any(sign.isspace() for sign in rule):
        return False
    return not rule.startswith(OURS) or (name in entries() and entries()[name].layer not in NEEDED)
