"""A document to be shared with those who may look: a title, who made it, and sections of entries."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Party, Professional
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing a section says: a condition, a note, a recording."""

    name: str
    codes: tuple[Code, ...] = ()
    status: Code | None = None
    started_at: str = ""
    recorded_at: str = ""
    value: str = ""
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document."""

    title: str = ""
    text: Text | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDocument:
    """A document. Dates are kept as written: a day, a month or a year can be all that is known."""

    kind: Code
    title: str = ""
    status: str = ""
    language: str = ""
    confidentiality: str = ""
    created_at: datetime | None = None
    institution: Party | None = None
    author: Professional | None = None
    sections: tuple[Section, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of document it is; not its title, which often holds the citizen's number."""
        return self.kind.name
