"""A shared document: its sections, each with its text and entries; then who made it."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import NOTHING, Block, Cell, Name, Prose, Table
from samspil.apps.messages.reading.words import attached, heads, listed, name_of, place, spoken
from samspil.domain.clinical.shared_document import Entry, Section, SharedDocument
from samspil.domain.issues import Phrase


def render(body: SharedDocument) -> Iterator[Block]:
    """Section by section."""
    for section in body.sections:
        yield from _section(section)
    yield from listed(
        ("title", body.title),
        ("created_at", body.created_at),
        ("institution", place(body.institution)),
        ("author", spoken(body.author)),
        title="reading.concerns",
    )


def _section(section: Section) -> Iterator[Block]:
    title: Name = Phrase(section.title)
    if section.text:
        yield Prose(title=title, text=section.text)
        title = NOTHING
    if section.entries:
        yield Table(
            title=title,
            heads=heads("name", "value", "state", "started_at", "note"),
            rows=tuple(_row(entry) for entry in section.entries),
        )
    yield from attached(file for entry in section.entries for file in entry.attachments)


def _row(entry: Entry) -> tuple[Cell, ...]:
    return (
        Cell(value=entry.name, code=", ".join(code.code for code in entry.codes)),
        Cell(value=entry.value),
        Cell(value=name_of(entry.status) or ""),
        Cell(value=entry.started_at),
        Cell(value="\n".join(entry.notes)),
    )
