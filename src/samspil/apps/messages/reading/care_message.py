"""Correspondence (korrespondancemeddelelse): the newest words first, those carried along below."""

from collections.abc import Iterator
from datetime import UTC, datetime

from samspil.apps.messages.reading.blocks import Block, Entry, Facts, Files, Thread
from samspil.apps.messages.reading.words import facts, joined, name_of, spoken
from samspil.domain.clinical.care_message import CareMessage, Segment

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def render(body: CareMessage) -> Iterator[Block]:
    """The thread, its attachments, and what it concerns."""
    segments = sorted(body.segments, key=lambda segment: segment.sent_at or _BEGINNING, reverse=True)
    if segments:
        yield Thread(entries=(_entry(segments[0]),))
    if body.attachments:
        yield Files(files=body.attachments)
    if len(segments) > 1:
        yield Thread(title="reading.earlier", entries=tuple(_entry(segment, old=True) for segment in segments[1:]))
    yield Facts(
        title="reading.concerns",
        rows=facts(
            ("category", name_of(body.category)),
            ("topic", body.topic),
            ("priority", name_of(body.priority)),
            ("activity", name_of(body.activity)),
            ("from", spoken(body.sender_role)),
            ("to", spoken(body.recipient) or body.team),
            ("episode", body.episode),
        ),
    )


def _entry(segment: Segment, *, old: bool = False) -> Entry:
    author = segment.author
    return Entry(
        author=str(author.name or "") if author else segment.organisation,
        role=joined(author.role if author else "", segment.organisation),
        at=segment.sent_at,
        text=segment.text,
        phone=segment.phone,
        old=old,
    )
