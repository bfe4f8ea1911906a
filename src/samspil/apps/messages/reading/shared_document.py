"""A shared document: its sections, each with its text and entries; then who made it."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Facts, Files, Prose, Table
from samspil.apps.messages.reading.words import facts, name_of, place, spoken
from samspil.domain.clinical.shared_document import Entry, Section, SharedDocument
from samspil.domain.issues import Phrase


def render(body: SharedDocument) -> Iterator[Block]:
    """Section by section."""
    for section in body.sections:
        yield from _section(section)
    yield Facts(
        title="reading.concerns",
        rows=facts(
            ("created_at", body.created_at),
            ("institution", place(body.institution)),
            ("author", spoken(body.author)),
        ),
    )


def _section(section: Section) -> Iterator[Block]:
    title = Phrase(section.title)
    if section.text:
        yield Prose(title=title, text=section.text)
        title = Phrase("")
    if section.entries:
        yield Table(
            title=title,
            heads=tuple(f"reading.label.{name}" for name in ("name", "value", "state", "started_at", "note")),
            rows=tuple(_row(entry) for entry in section.entries),
        )
    files = tuple(file for entry in section.entries for file in entry.attachments)
    if files:
        yield Files(files=files)


def _row(entry: Entry) -> tuple[Cell, ...]:
    return (
        Cell(value=entry.name, code=", ".join(code.code for code in entry.codes)),
        Cell(value=entry.value),
        Cell(value=name_of(entry.status) or ""),
        Cell(value=entry.started_at),
        Cell(value=" ".join(entry.notes)),
    )
