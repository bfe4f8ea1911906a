"""A receipt for letters (kvittering): taken or refused, and why."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Table
from samspil.apps.messages.reading.words import heads, listed, name_of, remainder
from samspil.domain.clinical.receipt import AnsweredLetter, LetterReceipt
from samspil.ui.texts import Key


def render(body: LetterReceipt) -> Iterator[Block]:
    """The verdict on the envelope, then on each letter in it."""
    yield from listed(
        ("verdict", Key("reading.taken" if body.taken else "reading.refused")),
        ("refusal", name_of(body.refusal)),
        ("text", body.text),
        ("envelope", body.envelope),
        ("from", body.sender),
        ("to", body.receiver),
    )
    if body.letters:
        yield Table(
            heads=heads("letter", "version", "refusal", "text"), rows=tuple(_row(letter) for letter in body.letters)
        )
    yield from remainder(body.more)


def _row(letter: AnsweredLetter) -> tuple[Cell, ...]:
    return (
        Cell(value=letter.identifier),
        Cell(value=letter.version),
        Cell(value=name_of(letter.refusal) or ""),
        Cell(value=letter.text or ""),
    )
