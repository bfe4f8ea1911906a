"""Acknowledgement and CTL, field by field in both directions: whom they answer, and why they refuse."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from samspil.catalogue.bridge import acknowledgement_of_refusal, refusal_of_acknowledgement
from samspil.catalogue.findings import finding
from samspil.conversion.bridge.directory import Book
from samspil.domain.clinical.acknowledgement import Acknowledgement
from samspil.domain.issues import Issue
from samspil.domain.message import AnswerCode, Message
from samspil.formats.fhir.acknowledgement import write_acknowledgement
from samspil.formats.letters.tree import find
from samspil.validation.judge import examine
from tests.unit.conversion.bridge.cast import (
    BOOK,
    CLINIC_GLN,
    HOSPITAL_GLN,
    NOW,
    SENT,
    care,
    codes,
    crossed,
    ids,
    letter,
    lost,
    message_in,
    missing,
    receipt_tree,
    tree_in,
)

VERSIONS = {"CTL01": "C0130Q", "CTL02": "C0230Q", "CTL03": "C0330Q"}
ANSWERED = care()
MESSAGE_ID = message_in(ANSWERED).head.message_id
LOG = Book(sent=[(HOSPITAL_GLN, replace(SENT, message_id=MESSAGE_ID))])
LOG.find_listing = BOOK.find_listing


def acknowledgement(code: AnswerCode = AnswerCode.OK, *issues: Issue) -> bytes:
    """The clinic's answer to the hospital's message."""
    fresh = ids(3)
    return write_acknowledgement(
        examine(ANSWERED).parts[0],
        code=code,
        issues=issues,
        envelope_id=str(fresh()),
        message_id=str(fresh()),
        provenance_id=str(fresh()),
        outcome_id=str(fresh()),
        now=NOW,
    )


OUT: dict[str, Any] = {
    "Sender/EANIdentifier": CLINIC_GLN,
    "Receiver/EANIdentifier": HOSPITAL_GLN,
    "OriginalEmessage/OriginalEnvelopeIdentifier": SENT.envelope,
    "OriginalEmessage/OriginalSender/EANIdentifier": HOSPITAL_GLN,
    "OriginalEmessage/OriginalReceiver/EANIdentifier": CLINIC_GLN,
    "OriginalEmessage/OriginalLetter": [{"OriginalLetterIdentifier": SENT.letter, "OriginalVersionCode": SENT.version}],
    "Letter/StatisticalCode": "XCTL03",
}


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("path", OUT)
def test_a_field_goes_out(path: str, wire: str) -> None:
    """Each field of an ok stands in its element of a CTL03, under the names that the letter had."""
    conversion = crossed(acknowledgement(), wire, directory=LOG)
    assert [output.standard for output in conversion.outputs] == ["CTL03"]
    assert conversion.payload
    assert find(tree_in(conversion.payload), path.split("/")) == OUT[path]


def test_a_refusal_goes_out() -> None:
    """A fatal error is a CTL02, with the letter's word for the first reason and the sender's own words."""
    conversion = crossed(acknowledgement(AnswerCode.FATAL, finding("payload.empty")), "oioxml", directory=LOG)
    assert [output.standard for output in conversion.outputs] == ["CTL02"]
    assert conversion.payload
    (answered,) = tree_in(conversion.payload)["OriginalEmessage"]["OriginalLetter"]
    assert answered["RefuseCode"] == "syntaksfejl"
    assert str(answered["RefuseText"]).strip() == "Indholdet er tomt."


@pytest.mark.parametrize("word", acknowledgement_of_refusal())
def test_a_reason_keeps_its_meaning(word: str) -> None:
    """What a letter's word becomes is a code that becomes the same word again."""
    code, _ = acknowledgement_of_refusal()[word]
    assert refusal_of_acknowledgement().get(code, "ikke_specificeret") == word


def test_a_passing_trouble_is_no_letters_word() -> None:
    """A transient error is refused: the sender goes on waiting, as the receiver asks."""
    conversion = crossed(acknowledgement(AnswerCode.TRANSIENT), "oioxml", directory=LOG)
    assert conversion.outputs == ()
    assert codes(conversion) == {"convert.event.unsayable"}


def test_without_a_log_the_names_are_missing() -> None:
    """Only the log knows the letter that the answered message came from or went to."""
    assert missing(crossed(acknowledgement(), "oioxml", directory=None)) == {
        "OriginalEmessage/OriginalEnvelopeIdentifier",
        "OriginalEmessage/OriginalLetter/OriginalLetterIdentifier",
        "OriginalEmessage/OriginalLetter/OriginalVersionCode",
    }
    assert missing(crossed(letter("C0330Q", receipt_tree()), "fhir", directory=None)) == {
        "MessageHeader.response.identifier",
        "Provenance[acknowledged]",
        "Sender: Organization.identifier[SOR-ID]",
        "Receiver: Organization.identifier[SOR-ID]",
    }


def test_a_receipt_for_several_letters_is_an_acknowledgement_of_each() -> None:
    """An Acknowledgement answers one message; a receipt that speaks of two becomes two, with ids of their own."""
    tree = receipt_tree()
    (one,) = tree["OriginalEmessage"]["OriginalLetter"]
    tree["OriginalEmessage"]["OriginalLetter"] = [one, {**one, "OriginalLetterIdentifier": "BREV2"}]
    second = replace(SENT, letter="BREV2", message_id="5e9d7b2e-6a0d-4c55-8a4e-3f5c9d1e7b02")
    log = Book(sent=[(HOSPITAL_GLN, SENT), (HOSPITAL_GLN, second)])
    log.find_listing = BOOK.find_listing
    conversion = crossed(letter("C0330Q", tree), "fhir", directory=log)
    heads = [message_in(output.payload).head for output in conversion.outputs]
    assert [head.answers and head.answers.message_id for head in heads] == [SENT.message_id, second.message_id]
    assert len({head.message_id for head in heads} | {head.envelope_id for head in heads}) == 4


IN: dict[str, tuple[Callable[[Message, Acknowledgement], Any], Any]] = {
    "answered message": (lambda _, body: body.answer.message_id, SENT.message_id),
    "verdict": (lambda _, body: body.answer.code, AnswerCode.OK),
    "sender": (lambda message, _: (message.sender.gln, message.sender.sor), (CLINIC_GLN, "330461000016004")),
    "receiver": (lambda message, _: (message.receiver.gln, message.receiver.sor), (HOSPITAL_GLN, "441211000016002")),
    "its own step": (
        lambda message, _: (message.history[-1].activity, message.history[-1].earlier_message_id),
        ("acknowledgement", SENT.message_id),
    ),
    "the answered step": (
        lambda message, _: (message.history[0].activity, message.history[0].at, message.history[0].message_id),
        ("new-message", SENT.sent_at, SENT.message_id),
    ),
}


@pytest.mark.parametrize("name", IN)
def test_a_field_comes_in(name: str) -> None:
    """Each field of a CTL03, or what the log has for it, stands in its place in the Acknowledgement."""
    get, expected = IN[name]
    conversion = crossed(letter("C0330Q", receipt_tree()), "fhir")
    assert conversion.payload, [(issue.code, issue.facts) for issue in conversion.report.issues]
    message = message_in(conversion.payload)
    assert isinstance(message.body, Acknowledgement)
    assert get(message, message.body) == expected


@pytest.mark.parametrize("word", acknowledgement_of_refusal())
def test_a_refusal_comes_in(word: str) -> None:
    """Each word of a CTL02 is a code that an Acknowledgement may give, and the text travels with it."""
    tree = receipt_tree("CTL02")
    tree["OriginalEmessage"]["OriginalLetter"][0]["RefuseCode"] = word
    conversion = crossed(letter("C0230Q", tree), "fhir")
    assert conversion.payload, [(issue.code, issue.facts) for issue in conversion.report.issues]
    body = message_in(conversion.payload).body
    assert isinstance(body, Acknowledgement)
    assert body.answer.code is AnswerCode.FATAL
    said = [(one.code.code, one.text) for one in body.complaints]
    assert said == [(acknowledgement_of_refusal()[word][0], "Versionen modtages ikke.")]


def test_a_refusal_of_the_network_comes_in() -> None:
    """A CTL01, with its reason at the envelope, is a fatal error too."""
    tree = receipt_tree()
    tree["OriginalEmessage"] |= {"RefuseCode": "ukendt_lokationsnummer", "RefuseText": "Ukendt modtager."}
    conversion = crossed(letter("C0130Q", tree), "fhir")
    assert conversion.payload, [(issue.code, issue.facts) for issue in conversion.report.issues]
    body = message_in(conversion.payload).body
    assert isinstance(body, Acknowledgement)
    assert [one.code.code for one in body.complaints] == ["MSG_Receiver_Identifier_UNKNOWN"]


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
def test_there_and_back(wire: str) -> None:
    """An ok that goes out as a CTL03 and comes back says the same of the same message; losses are exactly these."""
    before = acknowledgement()
    out = crossed(before, wire, directory=LOG)
    assert lost(out) == {
        "MessageHeader.id",
        "Bundle.id",
        "Bundle.timestamp",
        "MessageHeader.sender.name",
        "MessageHeader.sender.identifier[SOR-ID]",
        "MessageHeader.destination.receiver.name",
        "MessageHeader.destination.receiver.identifier[SOR-ID]",
    }
    assert out.payload
    back = crossed(out.payload, "fhir", directory=LOG)
    assert back.payload
    first, second = message_in(before), message_in(back.payload)
    assert isinstance(first.body, Acknowledgement) and isinstance(second.body, Acknowledgement)
    assert second.body == replace(first.body, answer=second.body.answer)
    assert second.body.answer.message_id == first.body.answer.message_id
    assert (second.sender.gln, second.receiver.gln) == (first.sender.gln, first.receiver.gln)
