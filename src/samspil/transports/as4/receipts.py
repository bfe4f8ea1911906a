"""Receipts and errors: what we owe a sender, and whether what a receiver gave us proves anything.

A receipt is a promise: it is made only once the message is on stable storage. It is proof only for exactly the parts
that were signed, from exactly the party that they were sent to.
Source: OASIS AS4 1.0, 5.1.8; ebMS 3.0 Core, 6.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from samspil.transports.as4.messages import ErrorReport, SignalMessage, Signed
from samspil.transports.as4.receiving import Received, ReceivedSignal
from samspil.transports.as4.refusal import Ebms, Refused, meaning_of
from samspil.transports.as4.sending import Outgoing


def receipt_for(received: Received, *, message_id: str, now: datetime) -> SignalMessage:
    """The receipt for a message that is safely stored: every part that was signed, word for word."""
    return SignalMessage(
        message_id=message_id, timestamp=now, ref_to=received.message.message_id, receipt=received.signed
    )


def error_for(code: Ebms, *, answered: str, message_id: str, now: datetime) -> SignalMessage:
    """The error signal for a message that is refused. It tells the code and nothing of why."""
    meaning = meaning_of(code)
    report = ErrorReport(
        code=code.value, severity=meaning.severity, name=meaning.name, category=meaning.category, ref_to=answered
    )
    return SignalMessage(message_id=message_id, timestamp=now, ref_to=answered, errors=(report,))


class Settled(StrEnum):
    """How a sending stands once its answer was read."""

    RECEIPTED = "receipted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The answer to one sending: receipted, or refused with the worst of the codes given."""

    how: Settled
    code: str = ""


def settle(answer: ReceivedSignal, sent: Outgoing, *, receiver: x509.Certificate) -> Settlement:
    """What an answer means for what was sent. Errors: Refused, EBMS:0302, for a receipt that proves nothing.

    `receiver` is the certificate that the message was encrypted for: only it may sign the receipt. An error is taken
    from anybody, for at worst it makes us ask again; it is never taken for another message than ours.
    """
    signal = answer.signal
    if signal.receipt is None:
        return _refusal(signal, sent)
    if answer.signer != receiver:
        raise _invalid("signed by somebody else than the receiver")
    if signal.ref_to != sent.message_id:
        raise _invalid("for another message")
    if _proof(signal.receipt) != _proof(sent.signed):
        raise _invalid("other parts or digests than those that were signed")
    return Settlement(Settled.RECEIPTED)


def _refusal(signal: SignalMessage, sent: Outgoing) -> Settlement:
    named = {signal.ref_to, *(error.ref_to for error in signal.errors)} - {""}
    if named and named != {sent.message_id}:
        raise _invalid("an error for another message")
    failures = [error.code for error in signal.errors if error.severity != "warning"]
    if not failures:
        raise _invalid("a warning is no receipt")
    return Settlement(Settled.REFUSED, min(failures, key=lambda code: meaning_of(code).again))


def _proof(parts: Iterable[Signed]) -> Counter[tuple[str, str, str]]:
    return Counter((part.uri, part.method, part.digest) for part in parts)


def _invalid(reason: str) -> Refused:
    return Refused(Ebms.INVALID_RECEIPT, reason)
