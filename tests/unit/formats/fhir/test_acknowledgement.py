"""Acknowledgements of FHIR messages."""

from datetime import timedelta
from typing import Any

import pytest

from samspil.catalogue.codes import acknowledgement_codes
from samspil.catalogue.findings import entries, finding
from samspil.domain.issues import Rejected, report_of
from samspil.domain.message import AnswerCode, Format
from samspil.formats.fhir.acknowledgement import repeat_acknowledgement, write_acknowledgement, write_answer
from samspil.formats.fhir.sameness import same_content
from samspil.validation.spine import judge
from tests.unit.formats.fhir.letters import NOW, edited, ids, letter, part_of

IDS: dict[str, Any] = {"envelope_id": "e-1", "message_id": "m-1", "provenance_id": "p-1", "outcome_id": "o-1"}


@pytest.mark.parametrize("syntax", [Format.FHIR_JSON, Format.FHIR_XML])
@pytest.mark.parametrize("code", list(AnswerCode))
def test_what_is_written_is_read_back_without_a_fault(code: AnswerCode, syntax: Format) -> None:
    """The head that the writer states is the head that a reader finds."""
    asked = part_of(letter(syntax))
    issues = [] if code is AnswerCode.OK else [finding("fhir.sender.missing")]
    written = write_answer(asked, report_of(issues), code=code, now=NOW + timedelta(minutes=1), new_id=ids(7))
    assert written and written.format is syntax
    answer = part_of(written.payload)
    assert answer.head == written.head
    assert list(judge(answer, None)) == []
    assert asked.head and answer.head and answer.head.answers
    assert answer.head.answers.message_id == asked.head.message_id
    assert (answer.head.sender, answer.head.receiver) == (asked.head.receiver, asked.head.sender)


def test_two_provenances_tell_of_the_question_and_the_answer() -> None:
    """The latest of the acknowledged message, and the new one linked to it."""
    asked = part_of(letter())
    message = part_of(write_acknowledgement(asked, code=AnswerCode.OK, now=NOW, **IDS)).build()
    assert message and asked.head
    assert [step.activity for step in message.history] == ["new-message", "acknowledgement"]
    assert message.history[1].earlier_message_id == message.history[0].message_id == asked.head.message_id


def test_an_acknowledgement_is_never_older_than_what_it_answers() -> None:
    """A sender whose clock is fast does not break the chain."""
    asked = part_of(letter())
    message = part_of(write_acknowledgement(asked, code=AnswerCode.OK, now=NOW - timedelta(hours=1), **IDS)).build()
    assert message and message.history[1].at == message.history[0].at


def test_a_receipt_is_never_receipted() -> None:
    """An acknowledgement gets no answer."""
    answer = part_of(write_acknowledgement(part_of(letter()), code=AnswerCode.OK, now=NOW, **IDS))
    assert write_answer(answer, report_of([]), code=AnswerCode.OK, now=NOW, new_id=ids(8)) is None


@pytest.mark.parametrize("code", [AnswerCode.FATAL, AnswerCode.TRANSIENT])
def test_anything_but_ok_has_a_reason(code: AnswerCode) -> None:
    """Where no finding is told, a general one is."""
    answer = part_of(write_acknowledgement(part_of(letter()), code=code, now=NOW, **IDS)).head
    assert answer and answer.answers and answer.answers.findings


def _without_sor(root: dict[str, Any]) -> None:
    for entry in root["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "Organization":
            resource["identifier"] = resource["identifier"][:1]
        if resource["resourceType"] == "MessageHeader":
            resource["source"]["endpoint"] = resource["destination"][0]["endpoint"] = "https://x.example"


def test_a_missing_sor_code_is_taken_from_the_directory() -> None:
    """Without it nobody can be addressed, and nothing is invented."""
    asked = part_of(edited(_without_sor))
    with pytest.raises(Rejected, match="unaddressable"):
        write_acknowledgement(asked, code=AnswerCode.OK, now=NOW, **IDS)
    sors = {"5790000000012": "100000000016001", "5790000000029": "200000000016002"}
    answer = part_of(write_acknowledgement(asked, code=AnswerCode.OK, now=NOW, sors=sors, **IDS)).build()
    assert answer and answer.receiver.sor == "100000000016001"


def test_a_repeated_answer_is_the_same_in_a_new_envelope() -> None:
    """Same message id and content; new bundle id and time."""
    first = write_acknowledgement(part_of(letter()), code=AnswerCode.OK, now=NOW, **IDS)
    again = repeat_acknowledgement(first, envelope_id="e-2", now=NOW + timedelta(hours=1))
    one, other = part_of(first).head, part_of(again).head
    assert one and other and same_content(first, again)
    assert (one.message_id, one.envelope_id, other.envelope_id) == (other.message_id, "e-1", "e-2")


def test_every_finding_has_a_code_that_an_acknowledgement_may_give() -> None:
    """The profile binds the codes to a closed set."""
    wrong = {row.code: row.fhir for row in entries().values() if row.fhir and row.fhir not in acknowledgement_codes()}
    assert not wrong
