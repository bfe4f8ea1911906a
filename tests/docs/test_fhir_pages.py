"""The pages of FHIR profiles and rules are what the tables say, and their examples break what they say they break."""

import orjson
import pytest

from samspil.validation.judge import examine
from tools.fhir_pages.__main__ import stale_pages
from tools.fhir_pages.breaking import BREAKING, broken
from tools.fhir_pages.rule_page import OWN, written_rules

UNSHOWN = {"fhir.provenance.time.chain"}  # takes a history of three steps, and no example has one


def test_pages_are_current() -> None:
    """A table was changed without `python -m tools.fhir_pages`, or a page by hand."""
    assert not stale_pages(), "run: .venv/bin/python -m tools.fhir_pages"


@pytest.mark.parametrize("rule", BREAKING)
def test_a_changed_example_breaks_its_rule(rule: str) -> None:
    """The change that a rule's page shows makes that rule answer."""
    assert rule in {issue.rule for issue in examine(orjson.dumps(broken(rule))).report.issues}


def test_every_written_rule_has_an_example() -> None:
    """A written rule has no profile to look it up in."""
    shown = {rule.removeprefix(OWN) for rule in BREAKING if rule.startswith(OWN)}
    assert shown | UNSHOWN == set(written_rules())
