"""An OperationOutcome says the same in JSON and in XML, and answers in the syntax that was spoken."""

from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.domain.issues import Layer, Severity
from samspil.transports.http.outcomes import FHIR_JSON, FHIR_XML, outcome_answer, spoken_by

LINE: dict[str, Any] = {
    "code": "fhir.header.missing",
    "severity": "error",
    "layer": "structure",
    "where": "Bundle.entry[0].resource",
    "message": 'Ikke "MessageHeader" & <noget> andet.',
    "remedy": "Put it first.",
}
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


def test_both_syntaxes_say_the_same() -> None:
    """Every member of the JSON is an element of the XML, in FHIR's order."""
    (issue,) = orjson.loads(outcome_answer(422, [LINE], FHIR_JSON).body)["issue"]
    root = ElementTree.fromstring(outcome_answer(422, [LINE], FHIR_XML).body)
    assert root.tag == f"{F}OperationOutcome"
    (element,) = root
    assert [child.tag.removeprefix(F) for child in element] == list(issue)
    assert value(element, f"{F}details/{F}text") == issue["details"]["text"] == LINE["message"]
    assert value(element, f"{F}details/{F}coding/{F}code") == "fhir.header.missing"
    assert value(element, f"{F}expression") == "Bundle.entry[0].resource"


@pytest.mark.parametrize("where", ["UNH 1 > NAD 2 > 3035", "line 3", "Bundle.", "bundle"])
def test_a_place_that_is_no_fhirpath_is_a_location(where: str) -> None:
    """`expression` is promised to be FHIRPath, so other readers' paths stand elsewhere."""
    (issue,) = orjson.loads(outcome_answer(422, [{**LINE, "where": where}], FHIR_JSON).body)["issue"]
    assert issue["location"] == [where]
    assert "expression" not in issue


@pytest.mark.parametrize("layer", Layer)
@pytest.mark.parametrize("severity", Severity)
def test_every_kind_of_finding_has_its_words(layer: Layer, severity: Severity) -> None:
    """No layer or severity lacks a code of FHIR's value sets."""
    line = {**LINE, "layer": layer, "severity": severity}
    (issue,) = orjson.loads(outcome_answer(422, [line], FHIR_JSON).body)["issue"]
    assert issue["severity"] in {"fatal", "error", "warning", "information"}
    assert issue["code"]


def test_no_findings_is_good_news() -> None:
    """An OperationOutcome cannot be empty: it says that all went well."""
    (issue,) = orjson.loads(outcome_answer(202, [], FHIR_JSON).body)["issue"]
    assert (issue["severity"], issue["code"]) == ("information", "informational")


@given(st.text(), st.text())
def test_any_text_can_be_spelt(message: str, where: str) -> None:
    """Characters that XML cannot hold are replaced; the document always parses."""
    line = {**LINE, "message": message, "where": where}
    root = ElementTree.fromstring(outcome_answer(422, [line], FHIR_XML).body)
    assert value(root, f"{F}issue/{F}details/{F}text")
    assert orjson.loads(outcome_answer(422, [line], FHIR_JSON).body)
