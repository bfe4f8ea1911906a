"""Official letters in both spellings: reproduced both ways, judged, refused where they should be, and valid."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from samspil.catalogue.findings import entries
from samspil.conversion.api import convert
from samspil.domain.issues import Layer, Verdict
from samspil.domain.message import AnswerCode
from samspil.formats.answers import write_answer
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.model import message_of, tree_from
from samspil.formats.letters.reading import read_letters
from samspil.validation.judge import examine
from samspil.validation.legacy.judge import load_schemas
from tests.conftest import SHARED

FOLDER = SHARED / "data" / "edifact"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_bytes()) if FOLDER.is_dir() else {}
PAIRS: list[dict[str, Any]] = MANIFEST.get("pairs", [])
ERRORS: list[dict[str, Any]] = MANIFEST.get("errors", [])
CONTROLS: list[dict[str, Any]] = MANIFEST.get("controls", [])
pytestmark = pytest.mark.skipif(not PAIRS, reason="no official data: ../shared/data is not there")

LAYERS = {
    "charset": Layer.CHARSET,
    "envelope": Layer.ENVELOPE,
    "envelope trailer": Layer.ENVELOPE,
    "message header": Layer.MESSAGE,
    "message trailer": Layer.MESSAGE,
    "code list": Layer.CODE,
}
SEGMENTS = {"ENC0": "", "XSL1": "PAS"}
"""The segment that a finding must name, where the error's id does not."""


def read(name: str) -> bytes:
    """An official file."""
    return (FOLDER / name).read_bytes()


def canonical(payload: bytes) -> bytes:
    """XML as it is compared: no white space between elements, base64 in one line."""
    root = etree.fromstring(payload, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for element in root.iter("{*}Object_Base64Encoded"):
        element.text = "".join((element.text or "").split())
    return etree.tostring(root, method="c14n")


def named(row: dict[str, Any]) -> str:
    """A row's name for the test's."""
    return str(row.get("id") or Path(row["file"]).stem)


@pytest.mark.parametrize("row", PAIRS, ids=named)
def test_edifact_becomes_its_oioxml_twin(row: dict[str, Any]) -> None:
    """An official EDIFACT letter converts to its official OIOXML twin, and nothing is lost."""
    conversion = convert(read(row["edifact"]), to="oioxml")
    assert conversion.payload is not None
    assert canonical(conversion.payload) == canonical(read(row["xml"]))
    assert conversion.losses == ()


@pytest.mark.parametrize("row", PAIRS, ids=named)
def test_oioxml_becomes_its_edifact_twin(row: dict[str, Any]) -> None:
    """An official OIOXML letter converts to its official EDIFACT twin byte for byte, line breaks aside."""
    conversion = convert(read(row["xml"]), to="edifact")
    wanted = read(row["edifact"])
    if row["message"] != "MEDBIN":
        wanted = wanted.replace(b"\r", b"").replace(b"\n", b"")
    assert conversion.payload == wanted
    assert conversion.losses == ()


@pytest.mark.parametrize("row", PAIRS, ids=named)
@pytest.mark.parametrize("side", ["edifact", "xml"])
def test_pair_is_accepted_and_modelled(row: dict[str, Any], side: str) -> None:
    """An official letter is accepted, names its envelope and parties, and its model says all that it says."""
    examination = examine(read(row[side]))
    assert examination.report.verdict is Verdict.ACCEPTED
    part = examination.parts[0]
    letter = part.tree
    assert isinstance(letter, Letter)
    assert letter.edition
    assert part.head
    assert all((part.head.envelope_id, part.head.message_id, part.head.sender, part.head.receiver))
    message = message_of(letter.tree, part.head, letter.type)
    again = tree_from(message, letter.edition)
    assert message_of(again, part.head, letter.type) == message
    for file in (*again.get("BinaryObject", ()), *letter.tree.get("BinaryObject", ())):
        file["Object_Base64Encoded"] = "".join(file["Object_Base64Encoded"].split())
    assert again == letter.tree


@pytest.mark.parametrize("row", CONTROLS, ids=named)
def test_control_is_accepted(row: dict[str, Any]) -> None:
    """A control has no error, and comes back equal after a round through the other spelling."""
    payload = read(row["file"])
    first = examine(payload)
    assert first.report.verdict is Verdict.ACCEPTED
    target, back = ("oioxml", "edifact") if first.identity.format.value == "edifact" else ("edifact", "oioxml")
    there = convert(payload, to=target)
    assert there.payload is not None
    home = convert(there.payload, to=back)
    assert home.payload is not None
    assert trees(home.payload) == trees(payload)


def trees(payload: bytes) -> list[Any]:
    """What the letters of a payload say, but for `_`, which EDIFACT writes where a name is missing."""
    return [unfilled(part.tree.tree) for part in read_letters(payload) or () if isinstance(part.tree, Letter)]


def unfilled(value: Any) -> Any:
    """A tree without the filler of names."""
    if isinstance(value, dict):
        return {key: unfilled(item) for key, item in value.items() if item != "_"}
    return [unfilled(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("row", ERRORS, ids=named)
def test_error_is_refused_in_its_layer_and_place(row: dict[str, Any]) -> None:
    """A damaged letter is refused in the layer and at the segment that was damaged, with the code of its receipt."""
    examination = examine(read(row["file"]))
    assert examination.report.verdict is not Verdict.ACCEPTED
    refusing = [issue for issue in examination.report.issues if issue.severity.rejects]
    assert LAYERS[row["layer"]] in {issue.layer for issue in refusing}
    segment = SEGMENTS.get(row["id"]) if row["id"] in SEGMENTS else str(row["id"])[:3]
    assert segment is not None
    assert any(segment in str(issue.where) and issue.where.line for issue in refusing)
    assert all(entries()[issue.code].legacy for issue in refusing)


@pytest.mark.parametrize("row", ERRORS, ids=named)
def test_refusal_is_told_in_a_receipt_that_is_itself_right(row: dict[str, Any]) -> None:
    """A refused letter gets a CTL02 with code and text, unless it does not say what its envelope is called."""
    part, report = next(iter(examine(read(row["file"])).by_part()))
    numbers = iter(range(1, 9))
    answer = write_answer(
        part,
        report,
        code=AnswerCode.FATAL,
        now=datetime(2026, 7, 1, 12, tzinfo=UTC),
        new_id=lambda: UUID(int=next(numbers)),
    )
    if row["id"] == "UNB0":
        assert answer is None
        return
    assert answer
    receipt = examine(answer.payload)
    assert receipt.report.verdict is Verdict.ACCEPTED
    assert receipt.parts[0].head == answer.head
    assert answer.head.answers
    assert answer.head.answers.code is AnswerCode.FATAL
    assert answer.head.answers.findings


@pytest.mark.parametrize("edition", ["schemas", "schemas-later"])
def test_what_we_write_is_valid(shared: Path, edition: str) -> None:
    """Every OIOXML that official letters convert to is valid by MedCom's schemas, older and later ones."""
    schemas = load_schemas(shared / "oioxml" / edition)
    for row in PAIRS:
        conversion = convert(read(row["edifact"]), to="oioxml")
        assert conversion.payload is not None
        report = examine(conversion.payload, schemas=schemas).report
        assert [issue for issue in report.issues if issue.layer is Layer.SCHEMA] == [], row["id"]
