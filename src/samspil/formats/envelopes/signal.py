"""The ebBP signal inside an envelope receipt: it was opened and its payload is well built, or why not.

What answers which envelope is told by the receipt's own header; ids in the signal are hints, for senders put
different ones there. Source: OASIS ebBP signals 2.0.4, EHMI SBDH guide 2.0.1.
"""

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from samspil.formats.envelopes.markup import Markup

NAMESPACE = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
_AUTHORITY = "iso6523-actorid-upis"


class SignalReason(StrEnum):
    """What a negative signal may be about: the four kinds of ReceiptException, and the general one."""

    SYNTAX = "Syntax"
    AUTHORIZATION = "Authorization"
    SIGNATURE = "Signature"
    SEQUENCE = "Sequence"
    GENERAL = "GeneralException"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFault:
    """Why a receipt is negative. `text` never holds a person's data: it is for the sender's operator."""

    reason: SignalReason = SignalReason.GENERAL
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An ebBP signal. Moments and parties as texts, as met. With a fault it is an Exception."""

    original_id: str
    document_id: str = ""
    original_at: str = ""
    made_at: str = ""
    sender: str = ""
    receiver: str = ""
    fault: SignalFault | None = None

    @property
    def positive(self) -> bool:
        """Does it say that all is well?"""
        return self.fault is None


def read_signal(markup: Markup) -> Signal:
    """The signal that markup spells. Elements that ebBP does not know are passed over.

    QUIRK: some senders write RequestionField, which is in no edition of ebBP.
    """
    root = markup.root
    return Signal(
        original_id=root.value("OriginalMessageIdentifier"),
        document_id=root.value("OriginalDocumentIdentifier"),
        original_at=root.value("OriginalMessageDateTime"),
        made_at=root.value("ThisMessageDateTime"),
        sender=root.value("FromPartyInfo"),
        receiver=root.value("ToPartyInfo"),
        fault=_fault(markup) if root.name == "Exception" else None,
    )


def _fault(markup: Markup) -> SignalFault:
    kind = markup.root.child("ExceptionType")
    said = kind.value("ReceiptException") if kind else ""
    known = {reason.value: reason for reason in SignalReason}
    text = markup.root.value("ExceptionMessage") or markup.root.value("Reason")
    return SignalFault(reason=known.get(said, SignalReason.GENERAL), text=text)


def write_signal(signal: Signal) -> bytes:
    """The signal as ebBP has it."""
    fault = signal.fault
    rows = [
        ("OriginalMessageIdentifier", signal.original_id),
        ("OriginalDocumentIdentifier", signal.document_id),
        ("OriginalMessageDateTime", signal.original_at),
        ("ThisMessageDateTime", signal.made_at),
    ]
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in rows if text)
    for name, party in (("FromPartyInfo", signal.sender), ("ToPartyInfo", signal.receiver)):
        body += f"<{name} type={quoteattr(_AUTHORITY)}>{escape(party)}</{name}>"
    name = "ReceiptAcknowledgement"
    if fault:
        name, body = "Exception", body + _written_fault(fault)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{NAMESPACE}">{body}</{name}>'.encode()


def _written_fault(fault: SignalFault) -> str:
    if fault.reason is SignalReason.GENERAL:
        kind = "<GeneralException/>"
    else:
        kind = f"<ReceiptException>{fault.reason.value}</ReceiptException>"
    text = escape(fault.text or fault.reason.value)
    return f"<ExceptionType>{kind}</ExceptionType><Reason>{text}</Reason><ExceptionMessage>{text}</ExceptionMessage>"
