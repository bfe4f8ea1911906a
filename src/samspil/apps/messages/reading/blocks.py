"""The few shapes in which a page shows what a message says: facts, prose, a thread of entries, files, a table.

A renderer of a body (`reading.py`) chooses among them; one template draws them. Titles and labels are keys of texts, or
phrases.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.domain.text import Text

Value = str | Phrase | date | datetime | int | Text
Name = str | Phrase
"""A text's key, or the words themselves."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value. `code` stands beside the value, small; `outside` marks a result out of its interval."""

    label: Name
    value: Value
    code: str = ""
    outside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values."""

    title: Name = ""
    rows: tuple[Fact, ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Running text under a title."""

    title: Name = ""
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

    title: Name = ""
    entries: tuple[Entry, ...]
    kind: str = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What travels with the message."""

    title: Name = "reading.attachments"
    files: tuple[Attachment, ...]
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

    title: Name = ""
    heads: tuple[Name, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


Block = Facts | Prose | Thread | Files | Table
