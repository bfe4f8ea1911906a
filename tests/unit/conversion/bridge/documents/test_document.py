"""Letters as FHIR documents for reading: coded where there is a code, told where there is none, nothing left out."""

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from samspil.benchmarks.legacy_letters import interchanges
from samspil.catalogue.legacy.shapes import Edition, editions
from samspil.conversion.api import convert
from samspil.conversion.bridge.documents.laboratory import NPU, decimal
from samspil.conversion.bridge.documents.told import told
from samspil.domain.clinical.form import Item
from samspil.domain.clinical.lab_report import Interval
from samspil.domain.issues import Verdict
from samspil.domain.text import Text
from samspil.formats.letters.letter import Dispatch
from samspil.formats.letters.tree import Tree
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.validation.api import read, validate
from tests.letter_trees import random_letter
from tests.unit.conversion.bridge.cast import codes, crossed, letter, lost, mail_tree, receipt_tree, tree_in

DISPATCH = Dispatch(
    identifier="KUVERT01", day="2026-03-01", time="12:00", sender="5790000121526", receiver="5790000120116"
)


def resources(payload: bytes, type_name: str) -> list[dict[str, Any]]:
    """The resources of a kind, numbers as the digits that were written."""
    bundle = json.loads(payload, parse_float=str, parse_int=str)
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == type_name]


@pytest.mark.parametrize("kind", interchanges())
def test_every_kind_of_letter_is_a_document(kind: str) -> None:
    """Each of our letters is a document that R4's own rules accept, its Composition first."""
    conversion = convert(interchanges()[kind], to="fhir", version="document")
    assert conversion.payload, codes(conversion)
    assert validate(conversion.payload).verdict is Verdict.ACCEPTED
    first = json.loads(conversion.payload)["entry"][0]["resource"]
    assert first["resourceType"] == "Composition"
    assert first["section"]


@pytest.mark.parametrize("kind", interchanges())
def test_nothing_is_left_out(kind: str) -> None:
    """Every value that the letter's own words say stands in the document, as text or in an element."""
    payload = interchanges()[kind]
    document = convert(payload, to="fhir", version="document").payload
    assert document
    whole = " ".join(strings(json.loads(document)))
    body = read(payload).messages[0].body
    for _, said in told(getattr(body, "more", ())):
        assert " ".join(said.split())[:40].replace("&", "&amp;").replace("<", "&lt;") in " ".join(whole.split())


@pytest.mark.parametrize("edition", editions().values(), ids=lambda one: f"{one.version} {one.namespace[-11:-1]}")
def test_any_letter_that_is_accepted_is_a_document(edition: Edition) -> None:
    """Whatever a shape allows to say becomes a document that is accepted, or is refused as the letter itself is."""
    tree = random_letter(edition, Random(edition.version))
    payload = write_emessage(DISPATCH, edition.namespace, [write_twin(edition, tree)])
    conversion = convert(payload, to="fhir", version="document")
    assert bool(conversion.outputs) is (validate(payload).verdict is Verdict.ACCEPTED)
    assert "convert.output.refused" not in codes(conversion)


def strings(value: Any) -> list[str]:
    """All the texts of a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]  # pyright: ignore[reportUnknownVariableType] - any JSON
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]  # pyright: ignore[reportUnknownVariableType] - any JSON
    return [str(value)]


def report(**result: Any) -> bytes:
    """A laboratory report with one result."""
    payload = convert(interchanges()["RPT01"], to="oioxml").payload
    assert payload
    tree: Tree = deepcopy(tree_in(payload))
    said = {**tree["LaboratoryResults"]["Result"][0], **result}
    tree["LaboratoryResults"]["Result"] = [{name: value for name, value in said.items() if value != ""}]
    tree["Letter"]["Authorisation"] = {"Date": "2026-03-02", "Time": "10:00"}
    tree["LaboratoryResults"]["GeneralResultInformation"]["ResultsDateTime"] = {"Date": "2026-03-02", "Time": "09:00"}
    return letter("R0130K", tree, newest=True)


def observation(**result: Any) -> dict[str, Any]:
    """What becomes of one result."""
    conversion = crossed(report(**result), "fhir")
    assert conversion.payload, [(issue.code, issue.facts, str(issue.where)) for issue in conversion.report.issues]
    (found,) = resources(conversion.payload, "Observation")
    return found


SKS = "urn:oid:1.2.208.176.2.4.12"
ANALYSIS = {
    "AnalysisCode": "NPU01807",
    "AnalysisCodeType": "iupac",
    "AnalysisCodeResponsible": "SST",
    "AnalysisShortName": "Creatinin;P",
    "AnalysisCompleteName": Text.plain("P-Creatinin, stofk."),
}
NUMBER: dict[str, Any] = {"Analysis": ANALYSIS, "Value": "4,10", "Unit": "mmol/l", "ResultType": "numerisk"}
LIMITS = {"TypeOfInterval": "uspecificeret", "LowerLimit": "3,5", "UpperLimit": "5,0"}
ROWS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "value": (NUMBER, "valueQuantity/value", "4.10"),
    "unit": (NUMBER, "valueQuantity/unit", "mmol/l"),
    "less than": ({**NUMBER, "Operator": "mindre_end"}, "valueQuantity/comparator", "<"),
    "more than": ({**NUMBER, "Operator": "stoerre_end"}, "valueQuantity/comparator", ">"),
    "text": ({**NUMBER, "Value": "Positiv", "Unit": "", "ResultType": "alfanumerisk"}, "valueString", "Positiv"),
    "number that is a text": ({**NUMBER, "Value": "2", "ResultType": "alfanumerisk"}, "valueString", "2 mmol/l"),
    "lower limit": ({**NUMBER, "ReferenceInterval": LIMITS}, "referenceRange/0/low/value", "3.5"),
    "upper limit": ({**NUMBER, "ReferenceInterval": LIMITS}, "referenceRange/0/high/value", "5.0"),
    "unit of a limit": ({**NUMBER, "ReferenceInterval": LIMITS}, "referenceRange/0/low/unit", "mmol/l"),
    "limit that is no number": (
        {**NUMBER, "ReferenceInterval": {**LIMITS, "UpperLimit": "<5"}},
        "referenceRange/0/text",
        "3,5 - <5",
    ),
    "too high": ({**NUMBER, "ResultValidation": "for_hoej"}, "interpretation/0/coding/0/code", "H"),
    "too low": ({**NUMBER, "ResultValidation": "for_lav"}, "interpretation/0/coding/0/code", "L"),
    "NPU code": (NUMBER, "code/coding/0/code", "NPU01807"),
    "system of the code": (NUMBER, "code/coding/0/system", NPU),
    "short name": (NUMBER, "code/coding/0/display", "Creatinin;P"),
    "final": ({**NUMBER, "ResultStatusCode": "svar_endeligt"}, "status", "final"),
    "preliminary": ({**NUMBER, "ResultStatusCode": "svar_midlertidigt"}, "status", "preliminary"),
    "corrected": ({**NUMBER, "ResultStatusCode": "svar_rettet"}, "status", "corrected"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_result_is_an_observation(name: str) -> None:
    """Each field of a result stands in its element, digit for digit."""
    said, path, expected = ROWS[name]
    found: Any = observation(**said)
    for step in path.split("/"):
        found = found[int(step)] if step.isdecimal() else found.get(step)
    assert found == expected


@pytest.mark.parametrize(
    ("sent", "written"), [("0,50", "0.50"), ("007", "7"), ("-1,2", "-1.2"), ("1e3", None), ("1/2", None)]
)
def test_a_number_keeps_its_digits(sent: str, written: str | None) -> None:
    """A plain number keeps every digit that counts; anything else is no number."""
    assert decimal(sent) == written


def test_diagnoses_are_conditions() -> None:
    """Diagnoses stand with their SKS codes and the register that these are from."""
    discharge = convert(interchanges()["DIS01"], to="fhir").payload
    assert discharge
    codings = [one["code"]["coding"][0] for one in resources(discharge, "Condition")]
    assert {"DJ189", "DI109", "DE119"} <= {one["code"] for one in codings}
    assert {one.get("system", SKS) for one in codings} == {SKS}
    assert any("system" in one for one in codings)


def test_a_letter_that_a_message_replaces_is_a_document_when_asked() -> None:
    """`version="document"` asks for reading; another version is refused by name."""
    mail = letter("D9134L", mail_tree())
    document = crossed(mail, "fhir", version="document", directory=None).payload
    assert document
    assert json.loads(document)["type"] == "document"
    assert codes(crossed(mail, "fhir", version="4.0")) == {"convert.version.unsupported"}
    assert crossed(letter("C0330Q", receipt_tree()), "fhir", version="document").payload


def test_what_has_no_element_is_told_and_listed() -> None:
    """Losses name the values that only the text has."""
    conversion = convert(interchanges()["REF01"], to="fhir")
    assert conversion.payload
    assert "reason" in lost(conversion)
    assert all(loss.reason.in_("da") for loss in conversion.losses)
    assert conversion.losses


def test_told_gives_a_row_a_value() -> None:
    """Empty values give no row; nested ones one each, by their labels and paths."""
    assert list(told(Interval(lower="3", upper=""), "Interval")) == [("Nedre grænse", "3")]
    assert list(told((Item("A", items=(Item("B", "1"),)),))) == [("A/B", "1")]
