"""A mistake that several judges see is one finding, under the rule of whoever published one."""

from collections.abc import Callable
from typing import Any

import pytest

from samspil.catalogue.findings import entries, finding
from samspil.domain.issues import Issue, Location, Severity
from samspil.validation.cascade import MOST_COMPARED, TWINS, told_once
from samspil.validation.judge import examine
from tests.unit.formats.fhir.letters import edited

Change = Callable[[dict[str, Any]], object]
HEADER = "medcom-messaging-messageHeader#MessageHeader."


def header(root: dict[str, Any]) -> dict[str, Any]:
    """A letter's header."""
    return next(row["resource"] for row in root["entry"] if row["resource"]["resourceType"] == "MessageHeader")


def errors(change: Change) -> list[tuple[str, str]]:
    """Code and rule of what turns a changed letter away."""
    return [(issue.code, issue.rule) for issue in examine(edited(change)).report.issues if issue.severity.rejects]


@pytest.mark.parametrize(
    ("change", "code", "rule"),
    [
        (lambda root: root.pop("id"), "fhir.bundle.id.missing", "medcom-messaging-message#Bundle.id"),
        (
            lambda root: root.pop("timestamp"),
            "fhir.bundle.timestamp.missing",
            "medcom-messaging-message#Bundle.timestamp",
        ),
        (
            lambda root: root.update(timestamp="2026-01-01"),
            "fhir.bundle.timestamp.malformed",
            "Bundle#Bundle.timestamp",
        ),
        (lambda root: root.update(type="collection"), "fhir.bundle.type", "medcom-messaging-message#Bundle.type"),
        (lambda root: root["entry"].append(root["entry"].pop(0)), "fhir.header.not_first", "Bundle#bdl-12"),
        (lambda root: header(root).pop("sender"), "fhir.sender.missing", HEADER + "sender"),
        (lambda root: header(root).pop("destination"), "fhir.receiver.missing", HEADER + "destination"),
        (
            lambda root: header(root)["sender"].update(reference="Organization/nobody"),
            "fhir.sender.missing",
            HEADER + "sender",
        ),
    ],
)
def test_what_two_judges_say_is_told_once(change: Change, code: str, rule: str) -> None:
    """In the words of the spine, which say what to do, and under the profile's rule, which can be looked up."""
    assert errors(change) == [(code, rule)]


def test_a_second_rule_of_a_profile_keeps_its_own_finding() -> None:
    """Two published rules are two, even where one change mends both."""
    found = errors(lambda root: header(root)["eventCoding"].update(code="carrier-pigeon"))
    assert [code for code, _ in found] == ["fhir.event.unknown", "fhir.code.outside"]


def issue(code: str, place: str, **facts: Any) -> Issue:
    """A finding somewhere."""
    return finding(code, Location(path=place), rule="p#r", **facts)


def test_places_are_kin_only_along_the_path() -> None:
    """`Bundle.identifier` is not inside `Bundle.id`."""
    ours = finding("fhir.bundle.id.missing", Location(path="Bundle.id"))
    assert len(told_once([ours, issue("fhir.element.missing", "Bundle.identifier", name="identifier")])) == 2
    assert len(told_once([ours, issue("fhir.element.missing", "Bundle.id", name="id")])) == 1


def test_the_worst_come_first_and_a_resource_stays_together() -> None:
    """Weight goes before place, and place before the order of finding."""
    here, there = "Bundle.entry[1].resource(Patient)", "Bundle.entry[2].resource(Communication)"
    found = [
        issue("fhir.narrative.incomplete", f"{here}.text", names="x"),
        issue("fhir.element.missing", f"{here}.id", name="id"),
        issue("fhir.element.missing", f"{there}.id", name="id"),
        issue("fhir.element.missing", f"{here}.name", name="name"),
    ]
    told = [(one.severity, str(one.where)) for one in told_once(found)]
    assert told == [
        (Severity.ERROR, f"{here}.id"),
        (Severity.ERROR, f"{here}.name"),
        (Severity.ERROR, f"{there}.id"),
        (Severity.WARNING, f"{here}.text"),
    ]


def test_too_many_findings_are_put_in_order_and_not_compared() -> None:
    """Nobody reads so many, and nobody waits for them."""
    many = [finding("fhir.reference.unresolved", Location(path="Bundle"), reference="x")] * (MOST_COMPARED + 1)
    assert len(told_once(many)) == len(many)


def test_the_table_names_findings_that_there_are() -> None:
    """A code that was renamed would merge nothing any more."""
    for code, beginnings in TWINS.items():
        assert code in entries()
        for beginning in beginnings:
            assert any(known.startswith(beginning) for known in entries()), beginning
