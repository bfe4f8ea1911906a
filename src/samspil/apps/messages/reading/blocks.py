"""The few shapes in which a page shows what a message says: facts, prose, a thread of entries, files, a table.

A renderer of a body (`reading.py`) chooses among them; one template draws them. Titles and labels are keys of texts, or
phrases.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from samspil.domain.issues import Phrase
from samspil.domain.text import Text
from samspil.ui.texts import Key

Value = str | Key | Phrase | date | datetime | int | Text
Name = Key | Phrase
"""A text's key, or the words themselves."""
NOTHING = Key("")
ATTACHMENTS = Key("reading.attachments")


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value. `code` and the moment `at` stand beside the value, small."""

    label: Name
    value: Value
    code: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values."""

    title: Name = NOTHING
    rows: tuple[Fact, ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Running text under a title."""

    title: Name = NOTHING
    text: Text
    kind: str = "prose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One contribution to a conversation. `old` ones were carried along from earlier messages."""

    author: str = ""
    role: Phrase = Phrase("")  # noqa: RUF009 - a Phrase never changes
    at: datetime | date | None = None
    text: Text = field(default_factory=Text)
    phone: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Contributions, newest first."""

    title: Name = NOTHING
    entries: tuple[Entry, ...]
    kind: str = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that travels along, or a link to one; `about` is who made it and how they are reached."""

    title: str
    media_type: str
    url: str
    size_bytes: int | None
    at: datetime | None
    about: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What travels with the message."""

    title: Name = ATTACHMENTS
    files: tuple[File, ...]
    kind: str = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table. `outside` says in which direction a result lies out of its interval."""

    value: Value
    outside: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under heads."""

    title: Name = NOTHING
    heads: tuple[Name, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


Block = Facts | Prose | Thread | Files | Table
