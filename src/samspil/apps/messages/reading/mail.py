"""Correspondence in letters (korrespondancebrev): the texts, then what they concern."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Prose
from samspil.apps.messages.reading.words import approval, attached, listed, name_of, remainder, trimmed
from samspil.domain.clinical.mail import Mail


def render(body: Mail) -> Iterator[Block]:
    """The texts as written."""
    yield from (Prose(text=trimmed(text)) for text in body.texts)
    yield from attached(body.attachments)
    yield from listed(
        ("priority", name_of(body.priority)),
        *approval(body.approval),
        ("episode", body.episode),
        title="reading.concerns",
    )
    yield from remainder(body.more)
