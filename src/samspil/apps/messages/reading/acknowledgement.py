"""A receiver's answer (kvittering): the verdict, and the reasons given."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Facts, Table
from samspil.apps.messages.reading.words import coded, facts, name_of
from samspil.domain.clinical.acknowledgement import Acknowledgement, Complaint


def render(body: Acknowledgement) -> Iterator[Block]:
    """What is answered and how, then each reason."""
    yield Facts(rows=facts(("verdict", name_of(body.verdict)), ("answers", body.answer.message_id)))
    if body.complaints:
        yield Table(
            title="reading.complaints",
            heads=tuple(f"reading.label.{name}" for name in ("severity", "code", "text", "path")),
            rows=tuple(_row(complaint) for complaint in body.complaints),
        )


def _row(complaint: Complaint) -> tuple[Cell, ...]:
    return (
        Cell(value=complaint.severity),
        coded(complaint.code),
        Cell(value=complaint.text),
        Cell(value=complaint.path),
    )
