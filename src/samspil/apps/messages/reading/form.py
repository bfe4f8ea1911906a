"""A message of names and values (skema): shown as it stands."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block
from samspil.apps.messages.reading.words import remainder
from samspil.domain.clinical.form import Form


def render(body: Form) -> Iterator[Block]:
    """Every name with its value."""
    yield from remainder(body.items)
