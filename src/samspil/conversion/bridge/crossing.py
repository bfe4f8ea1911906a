"""One conversion under way: what it may ask, and what it finds missing, unsound or lost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from samspil.catalogue.findings import finding
from samspil.conversion.bridge.directory import Directory
from samspil.conversion.losses import Loss, Output, lost
from samspil.domain.clinical.form import Item
from samspil.domain.issues import Issue, Location


@dataclass(slots=True)
class Crossing:
    """The arguments of a conversion and its outcome so far."""

    directory: Directory
    now: datetime
    new_id: Callable[[], UUID]
    losses: list[Loss] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Has something been found that forbids to write?"""
        return any(issue.severity.rejects for issue in self.issues)

    def lose(self, path: str, why: str) -> None:
        """The target has no place for the value at this path."""
        self.losses.append(lost(path, why))

    def lose_if(self, present: object, path: str, why: str = "absent") -> None:
        """The same, if there is a value."""
        if present:
            self.lose(path, why)

    def lose_items(self, items: Iterable[Item], path: str = "") -> None:
        """What a letter says beyond the model: every value by its path."""
        for item in items:
            here = f"{path}/{item.name}".lstrip("/")
            if item.items:
                self.lose_items(item.items, here)
            else:
                self.lose(here, "absent")

    def missing(self, path: str) -> None:
        """The target demands a value that nobody says."""
        self._issue(finding("convert.missing", Location(path=path), path=path))

    def unsound(self, path: str, kind: str) -> None:
        """The target demands a sound value, and this one is none."""
        self._issue(finding("convert.value.unsound", Location(path=path), path=path, kind=kind))

    def unsayable(self, event: str, target: str) -> None:
        """The target has no word for what happened."""
        self._issue(finding("convert.event.unsayable", event=event, target=target))

    def demand(self, value: str | None, path: str) -> str:
        """The value, told missing if there is none."""
        if not value:
            self.missing(path)
        return value or ""

    def fresh(self) -> str:
        """A fresh UUID as an identifier."""
        return f"urn:uuid:{self.new_id()}"

    def cut(self, text: str, most: int, path: str) -> str:
        """A text as long as the target lets it be; told if it was longer."""
        if len(text) <= most:
            return text
        self.lose(path, "cut")
        return text[:most].rstrip()

    def to_minute(self, at: datetime, path: str) -> datetime:
        """A moment to the minute, which is all that letters say; told if it said more."""
        if at.second or at.microsecond:
            self.lose(path, "minute")
        return at.replace(second=0, microsecond=0)

    def _issue(self, issue: Issue) -> None:
        if issue not in self.issues:
            self.issues.append(issue)
