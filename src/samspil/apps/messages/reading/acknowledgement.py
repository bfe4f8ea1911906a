"""A receiver's answer (kvittering): the verdict, and the reasons given."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Table
from samspil.apps.messages.reading.words import coded, heads, listed, name_of
from samspil.domain.clinical.acknowledgement import Acknowledgement, Complaint
from samspil.ui.texts import Key


def render(body: Acknowledgement) -> Iterator[Block]:
    """What is answered and how, then each reason."""
    yield from listed(("verdict", name_of(body.verdict)), ("answers", body.answer.message_id))
    if body.complaints:
        yield Table(
            title=Key("reading.complaints"),
            heads=heads("severity", "code", "text", "path"),
            rows=tuple(_row(complaint) for complaint in body.complaints),
        )


def _row(complaint: Complaint) -> tuple[Cell, ...]:
    return (
        Cell(value=complaint.severity),
        coded(complaint.code),
        Cell(value=complaint.text),
        Cell(value=complaint.path),
    )
