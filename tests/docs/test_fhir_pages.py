"""The pages of FHIR profiles and rules are what the tables say, and their examples break what they say they break."""

import orjson
import pytest

from samspil.validation.judge import examine
from tools.fhir_pages.__main__ import stale_pages
from tools.fhir_pages.alone import ALONE
from tools.fhir_pages.breaking import BREAKING, broken
from tools.fhir_pages.reach import Reach
from tools.fhir_pages.rule_page import OWN, RulePages, written_rules

NEVER_ANSWER = {  # cannot fail as published
    "medcom-hospitalnotification-1",
    "medcom-hospitalnotification-3",
    "medcom-messaging-3",
}
TAKES_AN_IHE_DOCUMENT = {"mhd-startswithuuid"}
UNSHOWN = {"fhir.provenance.time.chain"}  # takes a history of three steps, and no example has one


def test_pages_are_current() -> None:
    """A table was changed without `python -m tools.fhir_pages`, or a page by hand."""
    assert not stale_pages(), "run: .venv/bin/python -m tools.fhir_pages"


@pytest.mark.parametrize("rule", ALONE)
def test_a_resource_alone_breaks_its_rule(rule: str) -> None:
    """The resource that a rule's page shows makes that rule answer."""
    assert rule in {issue.rule for issue in examine(orjson.dumps(ALONE[rule])).report.issues}


@pytest.mark.parametrize("rule", BREAKING)
def test_a_changed_example_breaks_its_rule(rule: str) -> None:
    """The change that a rule's page shows makes that rule answer."""
    assert rule in {issue.rule for issue in examine(orjson.dumps(broken(rule))).report.issues}


def test_every_written_rule_has_an_example() -> None:
    """A written rule has no profile to look it up in."""
    shown = {rule.removeprefix(OWN) for rule in BREAKING if rule.startswith(OWN)}
    assert shown | UNSHOWN == set(written_rules())


def test_every_rule_is_explained_and_shown() -> None:
    """Each page tells what is wrong, what puts it right, where the rule stands, and what breaks it."""
    for name, page in RulePages(Reach()).write().items():
        stem = name.removeprefix("rules/").removesuffix(".md")
        if stem in NEVER_ANSWER:
            continue
        assert "| what is wrong |" in page and "| what puts it right |" in page, name
        assert "Source: " in page or "| source |" in page, name
        assert "## An example that breaks it" in page or stem in UNSHOWN | TAKES_AN_IHE_DOCUMENT, name
