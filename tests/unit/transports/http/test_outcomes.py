"""An OperationOutcome says the same in JSON and in XML, and answers in the syntax that was spoken."""

from dataclasses import replace
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.domain.issues import Issue, Layer, Location, Phrase, Severity
from samspil.transports.http.outcomes import (
    FHIR_JSON,
    FHIR_XML,
    TYPES_BY_STATUS,
    outcome_answer,
    read_issue,
    spoken_by,
)
from samspil.transports.http.problems import STATUS
from samspil.validation.lines import issue_line

ISSUE = Issue(
    code="fhir.header.missing",
    severity=Severity.ERROR,
    layer=Layer.STRUCTURE,
    where=Location("Bundle.entry[0].resource"),
    message=Phrase('Not a "MessageHeader" & <something> else.', da="Ikke en MessageHeader."),
    remedy=Phrase("Put it first.", da="Sæt den først."),
)
F = "{http://hl7.org/fhir}"


def value(element: ElementTree.Element, path: str) -> str:
    """What the element at a path holds."""
    found = element.find(path)
    assert found is not None
    return found.attrib["value"]


@pytest.mark.parametrize(
    ("accept", "content_type", "payload", "expected"),
    [
        ("", "", b"", FHIR_JSON),
        ("", "", b"\xef\xbb\xbf \n<Bundle/>", FHIR_XML),
        ("", "application/fhir+xml; charset=utf-8", b"{}", FHIR_XML),
        ("*/*", "application/fhir+xml", b"", FHIR_XML),
        ("application/fhir+xml", "application/fhir+json", b"{}", FHIR_XML),
        ("application/fhir+xml, */*;q=0.1", "application/fhir+json", b"{}", FHIR_XML),
        ("text/xml", "", b"{}", FHIR_XML),
        ("application/json", "application/fhir+xml", b"<", FHIR_JSON),
        ("text/html", "application/fhir+xml", b"", FHIR_XML),
    ],
)
def test_the_answer_speaks_as_asked(accept: str, content_type: str, payload: bytes, expected: str) -> None:
    """Accept decides, then what was sent, then how it looks."""
    assert spoken_by(accept, content_type, payload) == expected


def told(*issues: Issue, syntax: str = FHIR_JSON, status: int = 422) -> bytes:
    """The body of an outcome in English."""
    return outcome_answer(status, issues, syntax, language="en").body


def test_both_syntaxes_say_the_same() -> None:
    """Every member of the JSON is an element of the XML."""
    (issue,) = orjson.loads(told(ISSUE))["issue"]
    root = ElementTree.fromstring(told(ISSUE, syntax=FHIR_XML))
    assert root.tag == f"{F}OperationOutcome"
    (element,) = root
    assert {child.tag.removeprefix(F) for child in element} == set(issue)
    assert value(element, f"{F}details/{F}text") == issue["details"]["text"] == str(ISSUE.message)
    assert value(element, f"{F}details/{F}coding/{F}code") == "fhir.header.missing"
    assert value(element, f"{F}expression") == "Bundle.entry[0].resource"


@pytest.mark.parametrize("layer", Layer)
@pytest.mark.parametrize("severity", Severity)
def test_every_kind_of_finding_has_its_words(layer: Layer, severity: Severity) -> None:
    """No layer or severity lacks a code of FHIR's value sets."""
    (issue,) = orjson.loads(told(replace(ISSUE, layer=layer, severity=severity)))["issue"]
    assert issue["severity"] in {"fatal", "error", "warning", "information"}
    assert issue["code"]


@pytest.mark.parametrize(("status", "type_"), TYPES_BY_STATUS.items())
def test_a_refusal_has_the_type_of_its_status(status: int, type_: str) -> None:
    """What the edge refuses is told by what happened, not by what the message holds."""
    (issue,) = orjson.loads(told(ISSUE, status=status))["issue"]
    assert issue["code"] == type_


def test_every_refusal_has_a_type() -> None:
    """No status of the edge lacks its issue type."""
    assert set(STATUS.values()) - {431} <= set(TYPES_BY_STATUS)  # 431 never reaches a route


def test_no_findings_is_good_news() -> None:
    """An OperationOutcome cannot be empty: it says that all went well."""
    (issue,) = orjson.loads(told(status=202))["issue"]
    assert (issue["severity"], issue["code"]) == ("information", "informational")


def test_a_finding_survives_its_json_form() -> None:
    """What an earlier answer said is told again from what was kept of it."""
    assert told(read_issue(issue_line(ISSUE, language="en"))) == told(ISSUE)


@given(st.text(), st.text())
def test_any_text_can_be_spelt(message: str, where: str) -> None:
    """Characters that XML cannot hold are replaced; the document always parses."""
    issue = replace(ISSUE, message=Phrase(message), where=Location(where))
    root = ElementTree.fromstring(told(issue, syntax=FHIR_XML))
    assert value(root, f"{F}issue/{F}details/{F}text")
    assert orjson.loads(told(issue))
