"""A notice of a hospital stay (advis om sygehusophold): what happened, where and when."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block
from samspil.apps.messages.reading.words import listed, name_of, place
from samspil.domain.clinical.hospital_stay import StayNotification


def render(body: StayNotification) -> Iterator[Block]:
    """The stay's times and place; then what the municipality is asked to send."""
    yield from listed(
        ("provider", place(body.provider)),
        ("started_at", body.started_at),
        ("leave_started_at", body.leave_started_at),
        ("leave_ended_at", body.leave_ended_at),
        ("ended_at", body.ended_at),
        ("kind", body.kind.code),
        ("activity", name_of(body.activity)),
        ("episode", ", ".join(body.episodes)),
    )
    if body.report_wanted:
        recipient = place(body.report_recipient) or place(body.provider) or "–"
        yield from listed(("report_recipient", recipient), title="reading.report_wanted")
