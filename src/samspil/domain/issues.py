"""Findings about somebody's message: what is wrong, where, and what would put it right.

A reader or a judge gathers `Issue` values; together they make one `Report`. When a finding forbids going on,
the whole report travels in the single exception `Rejected`. Failures of the work itself are other exceptions:

    Exception
    ├── Rejected        the message is at fault; carries its Report
    └── Failure         the work is at fault
        ├── Unreachable     somebody or something does not answer: try again
        └── Fault           ours: tell a person
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

Language = Literal["da", "en"]


class Phrase(str):
    """A sentence in both languages: the English text itself, with the Danish beside it.

    >>> greeting = Phrase("Good morning", da="Godmorgen")
    >>> greeting.upper(), greeting.in_("da")
    ('GOOD MORNING', 'Godmorgen')
    """

    __slots__ = ("_da",)
    _da: str

    def __new__(cls, en: str, *, da: str = "") -> Self:
        """Make a phrase; without `da` both languages read the same."""
        phrase = super().__new__(cls, en)
        phrase._da = da or en
        return phrase

    def in_(self, language: Language) -> str:
        """The text in one language."""
        return self._da if language == "da" else str(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Both languages survive pickling and copying."""
        return _phrase, (str(self), self._da)


def _phrase(en: str, da: str) -> Phrase:
    return Phrase(en, da=da)


class Severity(StrEnum):
    """How bad a finding is. Fatal and error reject; warning and note do not. Declared worst first."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rejects(self) -> bool:
        """Does a finding of this severity turn the message away?"""
        return self in _REJECTING


_REJECTING = frozenset({Severity.FATAL, Severity.ERROR})


class Layer(StrEnum):
    """Where in the message's make-up a finding lies, from the bytes upwards."""

    CHARSET = "charset"
    ENVELOPE = "envelope"
    MESSAGE = "message"
    SYNTAX = "syntax"
    STRUCTURE = "structure"
    CODE = "code"
    LENGTH = "length"
    MAPPING = "mapping"
    BUSINESS = "business"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a payload: the path its reader knows, and where known the bytes.

    Units: `start` and `end` are a half-open byte range; `line` and `column` count from 1, `column` in characters.
    """

    path: str = ""
    start: int | None = None
    end: int | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.path


NOWHERE = Location()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding. Made by `samspil.catalogue.findings.finding`, which knows every code's texts.

    `message` and `remedy` are one sentence each and never hold a person's data. `rule` names the rule that was
    broken as its owner names it (`<profile id>#<element or invariant id>`, or `samspil#…` for ours).
    `facts` are the values the sentences were made from.
    """

    code: str
    severity: Severity
    layer: Layer
    where: Location = NOWHERE
    message: Phrase
    remedy: Phrase
    rule: str = ""
    source: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=(), compare=False)


class Verdict(StrEnum):
    """What a payload is worth. Declared best first, so that the worst of several is the largest in this order."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings about one payload, and the verdict they lead to.

    `readable` is false when no message could be built at all. For a payload with several letters `parts` holds
    one report each, `issues` those of the whole payload (its envelope) first and then every part's.
    """

    issues: tuple[Issue, ...] = ()
    readable: bool = True
    parts: "tuple[Report, ...]" = ()

    @property
    def verdict(self) -> Verdict:
        """Unreadable without a message; rejected with any error; else accepted; the worst of several parts."""
        if not self.readable:
            own = Verdict.UNREADABLE
        elif any(issue.severity in _REJECTING for issue in self.issues):
            own = Verdict.REJECTED
        else:
            own = Verdict.ACCEPTED
        return max((own, *(part.verdict for part in self.parts)), key=_RANK.__getitem__)

    @property
    def worst_first(self) -> tuple[Issue, ...]:
        """The issues, most severe first, otherwise in the order they were found."""
        return tuple(sorted(self.issues, key=lambda issue: _SEVERITY_RANK[issue.severity]))

    def raise_if_rejected(self) -> None:
        """Raise `Rejected` unless the verdict is accepted."""
        if self.verdict is not Verdict.ACCEPTED:
            raise Rejected(self)


def report_of(issues: Iterable[Issue], *, readable: bool = True) -> Report:
    """Gather findings into a report."""
    return Report(issues=tuple(issues), readable=readable)


class Rejected(Exception):
    """A message cannot go on; the report says why. The only exception that findings travel in."""

    def __init__(self, report: Report) -> None:
        super().__init__(", ".join(issue.code for issue in report.issues) or "rejected")
        self.report = report


class Failure(Exception):
    """The work failed, not the message. `code` is stable; the text holds no person's data."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code


class Unreachable(Failure):
    """Somebody or something does not answer: trying again may help."""


class Fault(Failure):
    """Ours: a person must look."""
