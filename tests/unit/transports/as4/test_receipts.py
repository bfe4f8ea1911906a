"""Receipts and errors: made, signed, opened by the sender, and believed only for what was sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from samspil.transports.as4.messages import ErrorReport, SignalMessage
from samspil.transports.as4.receipts import Settled, error_for, receipt_for, settle
from samspil.transports.as4.receiving import ReceivedSignal, open_message, open_signal
from samspil.transports.as4.refusal import MEANINGS, Ebms, Refused
from samspil.transports.as4.sending import Outgoing, pack_signal
from tests.unit.transports.as4.partners import MESSAGE, NOW, keyring, own_key, sent

LATER = NOW + timedelta(seconds=3)
SIGNAL_ID = "0b2f6c1e-2222-4222-8333-5a6f9b7d1f02@samspil.example"


def receipt() -> SignalMessage:
    """B's receipt for A's message."""
    outgoing = sent()
    received = open_message(outgoing.content_type, outgoing.body, keyring=keyring("AP-B"), now=NOW)
    return receipt_for(received, message_id=SIGNAL_ID, now=LATER)


def answered(signal: SignalMessage, *, by: str = "AP-B") -> ReceivedSignal:
    """What A makes of a signal that somebody signed."""
    outgoing = pack_signal(signal, own=own_key(by))
    return open_signal(outgoing.content_type, outgoing.body, keyring=keyring("AP-A"), now=LATER)


def test_a_receipt_from_the_receiver_settles_the_message() -> None:
    """It names exactly the parts and digests that were signed."""
    answer = answered(receipt())
    assert answer.signal.ref_to == MESSAGE.message_id
    assert answer.signal.receipt == sent().signed
    assert settle(answer, sent(), receiver=own_key("AP-B").certificate).how is Settled.RECEIPTED


def without_last(signal: SignalMessage) -> SignalMessage:
    """A receipt for less than was sent."""
    return replace(signal, receipt=(signal.receipt or ())[:-1])


def with_other_digest(signal: SignalMessage) -> SignalMessage:
    """A receipt for something else."""
    parts = signal.receipt or ()
    return replace(signal, receipt=(*(replace(part, digest="AAAA", copy="") for part in parts[:1]), *parts[1:]))


def twice(signal: SignalMessage) -> SignalMessage:
    """A receipt that names each part twice."""
    return replace(signal, receipt=(signal.receipt or ()) * 2)


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (without_last, "AP-B"),
        (with_other_digest, "AP-B"),
        (twice, "AP-B"),
        (lambda signal: replace(signal, receipt=()), "AP-B"),
        (lambda signal: replace(signal, ref_to="another@samspil.example"), "AP-B"),
        (lambda signal: signal, "AP-C"),
    ],
    ids=["a part missing", "another digest", "parts twice", "no proof", "another message", "another signer"],
)
def test_a_receipt_that_proves_nothing_is_no_receipt(change: Callable[[SignalMessage], SignalMessage], by: str) -> None:
    """EBMS:0302, which is ours alone: the message is sent again."""
    with pytest.raises(Refused) as refused:
        settle(answered(change(receipt()), by=by), sent(), receiver=own_key("AP-B").certificate)
    assert refused.value.code is Ebms.INVALID_RECEIPT


def test_an_unsigned_receipt_is_refused() -> None:
    """An unsigned error is read: it can do no more than make us ask again."""
    for signal, readable in ((receipt(), False), (error(Ebms.OTHER), True)):
        outgoing = pack_signal(signal, own=own_key("AP-B"))
        start, end = outgoing.body.index(b"<wsse:Security"), outgoing.body.index(b"</S12:Header>")
        bare = outgoing.body[:start] + outgoing.body[end:]
        if readable:
            answer = open_signal(outgoing.content_type, bare, keyring=keyring("AP-A"), now=LATER)
            assert settle(answer, sent(), receiver=own_key("AP-B").certificate).code == Ebms.OTHER
        else:
            with pytest.raises(Refused) as refused:
                open_signal(outgoing.content_type, bare, keyring=keyring("AP-A"), now=LATER)
            assert refused.value.code is Ebms.POLICY_NONCOMPLIANCE


def error(code: Ebms) -> SignalMessage:
    """B's error for A's message."""
    return error_for(code, answered=MESSAGE.message_id, message_id=SIGNAL_ID, now=LATER)


@pytest.mark.parametrize("code", list(Ebms))
def test_every_error_is_told_and_read(code: Ebms) -> None:
    """By its code and short name, and not a word more."""
    answer = answered(error(code))
    meaning = MEANINGS[code]
    assert answer.signal.errors == (
        ErrorReport(
            code=code,
            severity=meaning.severity,
            name=meaning.name,
            category=meaning.category,
            ref_to=MESSAGE.message_id,
        ),
    )
    if meaning.severity == "warning":
        with pytest.raises(Refused, match="warning"):
            settle(answer, sent(), receiver=own_key("AP-B").certificate)
    else:
        assert settle(answer, sent(), receiver=own_key("AP-B").certificate).code == code


def test_an_error_for_another_message_is_not_ours() -> None:
    """Nobody can stop a message by refusing another."""
    other = error_for(Ebms.OTHER, answered="another@samspil.example", message_id=SIGNAL_ID, now=LATER)
    with pytest.raises(Refused):
        settle(answered(other), sent(), receiver=own_key("AP-B").certificate)


def test_of_several_errors_the_one_that_ends_it_counts() -> None:
    """And a code that no table has is a failure."""
    rows = tuple(ErrorReport(code=code) for code in (Ebms.OTHER, "EBMS:4001"))
    signal = replace(error(Ebms.OTHER), errors=rows)
    assert settle(answered(signal), sent(), receiver=own_key("AP-B").certificate).code == "EBMS:4001"


def test_a_signal_where_a_message_must_be_is_refused_and_the_reverse() -> None:
    """Whoever signed it."""
    outgoing: Outgoing = pack_signal(receipt(), own=own_key("AP-A"))
    with pytest.raises(Refused) as refused:
        open_message(outgoing.content_type, outgoing.body, keyring=keyring("AP-B"), now=NOW)
    assert refused.value.code is Ebms.INVALID_HEADER
    with pytest.raises(Refused):
        open_signal(sent().content_type, sent().body, keyring=keyring("AP-B"), now=NOW)
