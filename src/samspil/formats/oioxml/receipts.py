"""Receipts as OIOXML: NegativeVansReceipt, NegativeReceipt and PositiveReceipt, each in an Emessage of its own."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from samspil.catalogue.legacy.shapes import by_version
from samspil.domain.issues import Report
from samspil.domain.message import AnswerCode, Format
from samspil.formats.answers import Written
from samspil.formats.letters.receipts import Receipt, receipt_of
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.formats.part import Part


def write_answer(
    part: Part, report: Report, *, code: AnswerCode, now: datetime, new_id: Callable[[], UUID]
) -> Written | None:
    """The receipt for an OIOXML letter, or None where none is due."""
    receipt = receipt_of(part, report, code=code, now=now, new_id=new_id)
    return receipt and Written(format=Format.OIOXML, head=receipt.head, payload=write_receipt(receipt))


def write_receipt(receipt: Receipt) -> bytes:
    """The Emessage of a receipt, in the first namespace that had them: the later one's schema allows none at all."""
    edition = by_version()[receipt.version][0]
    return write_emessage(receipt.dispatch, edition.namespace, [write_twin(edition, receipt.tree)])
