"""The published schema's table against the schema itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from samspil.domain.issues import Issue
from samspil.formats.envelopes.markup import read_markup
from samspil.validation.envelopes.published import judge_published

DATES = {"CreationDateAndTime", "RequestingDocumentCreationDateTime", "ExpectedResponseDateTime"}


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, Any]]:
    """The manifest's row for each envelope."""
    return json.loads((shared / "sbdh" / "manifest.json").read_text(encoding="utf-8"))["envelopes"]


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    """The published schema, as libxml2 reads it."""
    return etree.XMLSchema(file=str(shared / "sbdh/xsd/ehmi/ehmiStandardBusinessDocumentHeader.xsd"))


def test_what_is_well_formed_and_valid_is_told_as_the_manifest_has_it(rows: list[dict[str, Any]], shared: Path) -> None:
    """For all twenty files: our table answers as a schema processor that follows XML Schema."""
    assert len(rows) == 20
    for row in rows:
        markup = read_markup((shared / "sbdh" / row["file"]).read_bytes())
        assert row["well_formed"] is not isinstance(markup, Issue), row["file"]
        if not isinstance(markup, Issue) and row.get("xsd_valid") is not None:
            issues = list(judge_published(markup))
            assert row["xsd_valid"] is (not issues), (row["file"], issues)


def test_libxml2_answers_as_the_manifest_has_it(
    rows: list[dict[str, Any]], schema: etree.XMLSchema, shared: Path
) -> None:
    """And where it differs from us, the blanks around dates are why: without them it agrees."""
    for row in rows:
        if row.get("libxml2_valid") is None:
            continue
        tree = parsed(shared / "sbdh" / row["file"])
        assert schema.validate(tree) is row["libxml2_valid"], row["file"]
        for element in tree.iter("{*}*"):
            if etree.QName(element).localname in DATES and element.text:
                element.text = element.text.strip()
        assert schema.validate(tree) is row["xsd_valid"], row["file"]


def parsed(file: Path) -> Any:
    """The file as lxml reads it."""
    return etree.fromstring(file.read_bytes().strip()).getroottree()


def changes() -> Iterator[tuple[str, str]]:
    """Small changes of a valid envelope, each of which the schema refuses or lets through."""
    yield "<HeaderVersion>1.0<", "<HeaderVersion>1.1<"
    yield 'Authority="iso6523-actorid-upis"', 'Authority="GLN"'
    yield 'Authority="iso6523-actorid-upis"', ""
    yield "<Standard>homecareobservation-message<", "<Standard>carecommunication-message<"
    yield "<Type>PROCESSID<", "<Type>PROSESSID<"
    yield "<Type>Bundle</Type>", ""
    yield "<Type>Bundle</Type>", "<Type>Bundle</Type><MultipleType>true</MultipleType>"
    yield "<Type>Bundle</Type>", "<Type>Anything</Type>"
    yield 'Recurrence="0"', 'Recurrence="1"'
    yield 'Recurrence="0"', ""
    yield 'Recurrence="0"', 'Recurrence="0" Colour="red"'
    yield 'encoding="UTF-8">', 'encoding="UTF-16">'
    yield 'mimeType="application/fhir+json"', 'mimeType="text/xml"'
    yield 'mimeType="application/fhir+json"', ""
    yield "<BusinessScope>", "<BusinessScope><Scope/>"
    yield "</BusinessScope>", "</BusinessScope><Manifest/>"
    yield "</Sender>", "<ContactInformation/></Sender>"
    yield "<BusinessServiceName>EHMI-ReceiptAcknowledgement-Request<", "<BusinessServiceName>Request<"
    yield "<CreationDateAndTime>20", "<CreationDateAndTime>On 20"


@pytest.mark.parametrize(("old", "new"), list(changes()))
def test_a_changed_envelope_is_judged_as_the_schema_judges_it(
    old: str, new: str, schema: etree.XMLSchema, shared: Path
) -> None:
    """Table and schema agree on every change."""
    text = (shared / "sbdh/envelopes/TestExampleEmbeddedHCO.md.xml").read_text(encoding="utf-8")
    head, start, rest = text.partition("<HeaderVersion")
    changed = head + (start + rest).replace(old, new, 1)
    assert changed != text
    markup = read_markup(changed.strip().encode())
    assert not isinstance(markup, Issue)
    valid = schema.validate(etree.fromstring(changed.strip().encode()).getroottree())
    assert valid is (not list(judge_published(markup)))
