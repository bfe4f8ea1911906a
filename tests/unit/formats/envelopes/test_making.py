"""Envelopes made, written, read again, and answered."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from samspil.domain.issues import Issue, Verdict
from samspil.formats.envelopes.making import (
    Original,
    answers_which,
    envelope_for,
    is_late,
    owes_receipt,
    receipt_due,
    receipt_for,
)
from samspil.formats.envelopes.markup import read_markup
from samspil.formats.envelopes.sbdh import RECEIPT_SCOPE, Sbdh, read_sbdh
from samspil.formats.envelopes.sbdh_writer import write_sbdh
from samspil.formats.envelopes.signal import SignalFault, SignalReason, read_signal
from samspil.formats.envelopes.writing import Unwritable
from samspil.validation.judge import examine
from tests.unit.formats.envelopes.letters import INSTANCE, NOW, contents, envelope

RECEIPT_ID = "0b2f6c1e-1111-4222-8333-5a6f9b7d1f02"
MESSAGE_ID = "0b2f6c1e-1111-4222-8333-5a6f9b7d1f03"


def read(payload: bytes) -> Sbdh:
    """The document that bytes spell."""
    markup = read_markup(payload)
    assert not isinstance(markup, Issue)
    return read_sbdh(markup)


def receipt(answered: Sbdh, *, fault: SignalFault | None = None, after: timedelta = timedelta(minutes=1)) -> Sbdh:
    """A receipt for an envelope."""
    return receipt_for(answered, instance_id=RECEIPT_ID, message_id=MESSAGE_ID, now=NOW + after, fault=fault)


def test_what_we_write_we_read_back_and_find_no_fault_with() -> None:
    """The payload comes out byte for byte, and the judge has nothing to say on the envelope."""
    written = write_sbdh(envelope())
    back = read(written)
    assert back.content and back.content.payload == contents().payload
    assert write_sbdh(back) == written
    report = examine(written).report
    assert (report.parts[0].issues, report.verdict) == ((), Verdict.ACCEPTED)


def test_the_label_of_an_envelope_is_compared_with_what_lies_in_it() -> None:
    """Each field that says something else than the message is a finding of its own."""
    other = "0b2f6c1e-1111-4222-8333-5a6f9b7d1f04"
    changed = envelope(message_id=other, bundle_id=other, sender_sor="1144561000016002", patient=None)
    found = [(issue.code, dict(issue.facts)["scope"]) for issue in examine(write_sbdh(changed)).report.parts[0].issues]
    assert found == [
        ("envelope.content.id", "MESSAGEIDENTIFIER"),
        ("envelope.content.id", "MESSAGEENVELOPEIDENTIFIER"),
        ("envelope.content.id", "SENDERID"),
    ]


def test_a_message_of_another_kind_than_the_envelope_says_is_refused() -> None:
    """The receiver was looked up for another kind."""
    report = examine(write_sbdh(envelope(standard="homecareobservation-message"))).report
    assert report.parts[0].verdict is Verdict.REJECTED
    assert [issue.code for issue in report.parts[0].issues] == ["envelope.content.other"]


@pytest.mark.parametrize(
    "changes",
    [
        {"instance_id": "0B2F6C1E-1111-4222-8333-5A6F9B7D1F01"},
        {"instance_id": "9a6ff82208de-5a6f-9670-9fa4b9d2f0dh"},
        {"standard": "Care-Communication-Message"},
        {"created": "2026-03-02T09-15-00"},
        {"scopes": ()},
        {"content": None},
    ],
    ids=["capitals", "no uuid", "spelling", "hyphens", "no scopes", "no content"],
)
def test_only_what_the_profile_has_is_written(changes: dict[str, Any]) -> None:
    """Tolerance is for reading."""
    with pytest.raises(Unwritable):
        write_sbdh(replace(envelope(), **changes))


def test_a_receipt_answers_its_envelope() -> None:
    """Parties swap, the request is echoed, no patient and no expected answer; who made it finds what it answers."""
    asked = read(write_sbdh(envelope()))
    written = write_sbdh(receipt(asked))
    back = read(written)
    assert (back.sender, back.receiver) == (asked.receiver, asked.sender)
    assert (back.value("SENDERID"), back.value("RECEIVERID")) == (asked.value("RECEIVERID"), asked.value("SENDERID"))
    assert answers_which(back) == INSTANCE
    correlation = (back.scope(RECEIPT_SCOPE) or back.scopes[0]).correlation
    assert correlation and (correlation.requested_at, correlation.expected_at) == (asked.created, None)
    assert back.value("PATIENTID") == ""
    report = examine(written).report
    assert (report.issues, report.verdict) == ((), Verdict.ACCEPTED)


def test_a_negative_receipt_says_why_in_its_signal() -> None:
    """An ebBP Exception, under a header of type ReceiptException."""
    answer = receipt(envelope(), fault=SignalFault(reason=SignalReason.SYNTAX, text="fhir.header.missing"))
    assert answer.type == "ReceiptException" and answer.content and answer.content.payload
    markup = read_markup(answer.content.payload)
    assert not isinstance(markup, Issue)
    signal = read_signal(markup)
    assert not signal.positive
    assert signal.fault == SignalFault(reason=SignalReason.SYNTAX, text="fhir.header.missing")


@pytest.mark.parametrize("fault", [None, SignalFault(), SignalFault(reason=SignalReason.SEQUENCE, text="again")])
def test_our_signals_are_valid_by_the_signal_schema(fault: SignalFault | None, shared: Path) -> None:
    """Both kinds follow the official schema; what it imports from the network is bound to names that allow anything."""
    text = (shared / "sbdh/xsd/ebbp/ebbp-signals-2.0.4.xsd").read_bytes()
    document: Any = etree.fromstring(text)
    xs = "{http://www.w3.org/2001/XMLSchema}"
    for element in list(document.iter(f"{xs}import")):
        document.remove(element)
    for element in list(document.iter(f"{xs}element", f"{xs}attribute", f"{xs}attributeGroup")):
        if element.get("ref", "").startswith(("ds:", "xlink:")):
            element.getparent().remove(element)
    schema: Any = etree.XMLSchema(document)
    content = receipt(envelope(), fault=fault).content
    assert content and content.payload
    schema.assertValid(etree.fromstring(content.payload))


def test_a_receipt_is_never_answered() -> None:
    """Neither one of ours nor one that merely says Response."""
    answer = receipt(envelope())
    assert not owes_receipt(answer)
    with pytest.raises(ValueError, match="never answered"):
        receipt(answer)


def test_an_acknowledgement_is_answered_and_names_its_original() -> None:
    """A FHIR acknowledgement travels like any message, with four scopes more and no patient."""
    original = Original(message_id=MESSAGE_ID, bundle_id=MESSAGE_ID, standard="care-communication-message")
    made = envelope(standard="acknowledgement-message", answers=original)
    assert owes_receipt(made)
    assert made.value("ORIGINALMESSAGEIDENTIFIER") == MESSAGE_ID
    assert made.value("ORIGINALMESSAGEVERSION") == "unknown"
    assert made.value("PATIENTID") == ""
    assert read(write_sbdh(made)) == replace(
        made, content=read(write_sbdh(made)).content, scopes=read(write_sbdh(made)).scopes
    )


def test_a_message_that_the_profile_does_not_know_is_not_put_in_an_envelope() -> None:
    """Nor is a receipt made this way."""
    for standard in ("prescription", "ehmisbdh-acknowledgement"):
        with pytest.raises(ValueError, match="knows no such message"):
            envelope_for(contents(standard=standard), instance_id=INSTANCE, now=NOW)


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(minutes=30), timedelta(minutes=10)),
        (timedelta(minutes=-5), timedelta(minutes=10)),
    ],
)
def test_a_receipt_is_due_when_the_envelope_says_but_within_ten_minutes(said: timedelta, due: timedelta) -> None:
    """A deadline in the past or too far away is replaced by the profile's."""
    made = envelope()
    scope = made.scopes[-1]
    assert scope.correlation
    scope = replace(scope, correlation=replace(scope.correlation, expected_at=(NOW + said).isoformat()))
    assert receipt_due(replace(made, scopes=(*made.scopes[:-1], scope))) == NOW + due


def test_a_receipt_one_second_after_its_hour_is_late() -> None:
    """At 9:59 and 10:00 it is in time, at 10:01 it is not."""
    due = receipt_due(envelope())
    assert due
    late = [is_late(receipt(envelope(), after=timedelta(seconds=seconds)), due=due) for seconds in (599, 600, 601)]
    assert late == [False, False, True]
