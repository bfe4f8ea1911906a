"""Correspondence (korrespondancemeddelelse): the newest words first, those carried along below."""

from collections.abc import Iterator
from datetime import UTC, datetime

from samspil.apps.messages.reading.blocks import Block, Entry, Thread
from samspil.apps.messages.reading.words import attached, joined, listed, name_of, spoken
from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.ui.texts import Key

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def render(body: CareMessage) -> Iterator[Block]:
    """The thread, its attachments, and what it concerns."""
    newest, *earlier = sorted(body.segments, key=_sent, reverse=True) or [None]
    if newest is not None:
        yield Thread(entries=(_entry(newest),))
    yield from attached(body.attachments)
    if earlier:
        carried = tuple(_entry(segment, old=True) for segment in earlier if segment is not None)
        yield Thread(title=Key("reading.earlier"), entries=carried)
    yield from listed(
        ("category", name_of(body.category)),
        ("topic", body.topic),
        ("priority", name_of(body.priority)),
        ("activity", name_of(body.activity)),
        ("from", spoken(body.sender_role)),
        ("to", spoken(body.recipient) or body.team),
        ("episode", body.episode),
        title="reading.concerns",
    )


def _sent(segment: Segment) -> datetime:
    return segment.sent_at or _BEGINNING


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
