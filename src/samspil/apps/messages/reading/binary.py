"""Files that follow a letter (binær dokumenttransport)."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block
from samspil.apps.messages.reading.words import approval, attached, listed, remainder
from samspil.domain.clinical.binary import BinaryLetter


def render(body: BinaryLetter) -> Iterator[Block]:
    """The files, then what they belong to."""
    yield from attached(body.files)
    yield from listed(("contents", body.contents), *approval(body.approval), title="reading.concerns")
    yield from remainder(body.more)
