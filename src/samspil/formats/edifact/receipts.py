"""Receipts as CONTRL: CTL01, CTL02 and CTL03, each in an interchange of its own."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from samspil.catalogue.legacy.layouts import find_layout
from samspil.domain.issues import Report
from samspil.domain.message import AnswerCode, Format
from samspil.formats.answers import Written
from samspil.formats.edifact.envelope import write_interchange
from samspil.formats.edifact.irregular import Work
from samspil.formats.edifact.writer import write_unit
from samspil.formats.letters.receipts import Receipt, receipt_of
from samspil.formats.part import Part


def write_answer(
    part: Part, report: Report, *, code: AnswerCode, now: datetime, new_id: Callable[[], UUID]
) -> Written | None:
    """The receipt for an EDIFACT letter, or None where none is due."""
    receipt = receipt_of(part, report, code=code, now=now, new_id=new_id)
    return receipt and Written(format=Format.EDIFACT, head=receipt.head, payload=write_receipt(receipt))


def write_receipt(receipt: Receipt) -> bytes:
    """The interchange of a receipt."""
    layout = find_layout(receipt.version)
    assert layout
    return write_interchange(receipt.dispatch, [write_unit(layout, receipt.tree, Work())], receipts=True)
