"""Reports as OperationOutcome."""

import json

from samspil.catalogue.findings import finding
from samspil.domain.issues import Location, report_of
from samspil.formats.fhir.outcome import MOST_ISSUES, write_outcome

WHERE = Location("Bundle.entry[2].resource(Communication).status")


def test_a_finding_gives_code_sentence_remedy_and_a_fhirpath() -> None:
    """The reader's path is written as FHIR writes it, and the sentence in the language asked for."""
    report = report_of([finding("fhir.sender.missing", WHERE)])
    (issue,) = json.loads(write_outcome(report, language="da"))["issue"]
    assert issue["severity"] == "error"
    assert issue["expression"] == ["Bundle.entry[2].resource.ofType(Communication).status"]
    assert issue["details"]["text"] == report.issues[0].message.in_("da")
    assert issue["diagnostics"].startswith("fhir.sender.missing: ")


def test_a_published_rule_is_named() -> None:
    """Whoever mends it can look it up; our own rule's name says nothing that the code does not."""
    published = finding("fhir.element.missing", WHERE, rule="medcom-core-patient#Patient.id", name="id")
    told = [row["diagnostics"] for row in json.loads(write_outcome(report_of([published])))["issue"]]
    assert told == [f"fhir.element.missing: {published.remedy} (medcom-core-patient#Patient.id)"]


def test_the_worst_comes_first() -> None:
    """A sender reads from the top."""
    report = report_of([finding("fhir.charset.mark"), finding("fhir.event.missing"), finding("fhir.header.missing")])
    severities = [issue["severity"] for issue in json.loads(write_outcome(report))["issue"]]
    assert severities == ["fatal", "error", "information"]


def test_no_findings_say_that_all_is_well() -> None:
    """An OperationOutcome has at least one issue."""
    assert json.loads(write_outcome(report_of([])))["issue"][0]["severity"] == "information"


def test_an_answer_is_never_endless() -> None:
    """A thousand findings help nobody."""
    report = report_of([finding("fhir.sender.missing")] * (MOST_ISSUES + 50))
    assert len(json.loads(write_outcome(report))["issue"]) == MOST_ISSUES
