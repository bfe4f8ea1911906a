"""One legacy letter as read, in either spelling: what judges, converters and the model work on.

EDIFACT and OIOXML each make their own kind of `Letter`; beyond that nobody asks which it was.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from samspil.catalogue.findings import entries, finding
from samspil.catalogue.legacy.shapes import Edition
from samspil.catalogue.standards import by_version_code, find_standard
from samspil.domain.issues import NOWHERE, Issue, Location, Severity
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Tree

MOST_ISSUES = 300


class Dispatch(NamedTuple):
    """What the envelope says (kuvert). `day` and `time` as OIOXML writes them; `receipt_wanted` None if unsaid."""

    identifier: str = ""
    day: str = ""
    time: str = ""
    sender: str = ""
    receiver: str = ""
    receipt_wanted: bool | None = None


class Letter(ABC):
    """A letter with its envelope, its tree and the faults of reading it."""

    wire: Format
    part: int
    version: str
    """MedCom's version code without OIOXML's X."""
    type: str
    edition: Edition | None
    dispatch: Dispatch
    payload: bytes
    """Everything that arrived with it. Places count in this."""
    alone: bytes
    """The letter without others that came in the same envelope: what is carried on."""

    @property
    @abstractmethod
    def tree(self) -> Tree:
        """What the letter says."""

    @property
    @abstractmethod
    def faults(self) -> Sequence[Fault]:
        """What was wrong with the letter itself, once its tree is read."""

    @property
    @abstractmethod
    def byte_faults(self) -> Sequence[Fault]:
        """What was wrong with the bytes and the envelope."""

    @abstractmethod
    def place(self, where: object) -> Location:
        """The place of a fault in the payload: `where` is an own coordinate or a path in the tree."""

    @abstractmethod
    def places(self) -> Iterator[tuple[str, Location]]:
        """Every value's path in the tree and its place in the payload."""

    def issue(self, fault: Fault, severity: Severity | None = None) -> Issue:
        """A fault as a finding."""
        said = _said(fault.code, severity, fault.facts)
        return Issue(
            code=said.code,
            severity=said.severity,
            layer=said.layer,
            where=self.place(fault.where),
            message=said.message,
            remedy=said.remedy,
            rule=said.rule,
            source=said.source,
            facts=said.facts,
        )

    def issues(self, faults: Sequence[Fault]) -> list[Issue]:
        """Faults as findings: as many as anybody will read, and how many more there are."""
        issues = [self.issue(fault) for fault in faults[:MOST_ISSUES]]
        if more := faults[MOST_ISSUES:]:
            rejects = any(entries()[fault.code].severity.rejects for fault in more)
            severity = Severity.ERROR if rejects else Severity.NOTE
            issues.append(finding("legacy.findings.more", severity=severity, count=str(len(more))))
        return issues

    @property
    def identity(self) -> Identity:
        """What the letter is."""
        return identity_of(self.wire, self.version, self.type)

    @property
    def is_receipt(self) -> bool:
        """Is it one of the CTL?"""
        return self.type.startswith("CTL")


@lru_cache(maxsize=4096)
def _said(code: str, severity: Severity | None, facts: tuple[tuple[str, str], ...]) -> Issue:
    """A finding without its place. Remembered: the same sentences come again and again."""
    return finding(code, NOWHERE, severity=severity, **dict(facts))


@cache
def identity_of(wire: Format, version: str, type: str) -> Identity:
    """The identity of one letter. Remembered: there are some hundred of them."""
    standard = by_version_code().get(version) or by_version_code().get(f"X{version}") or find_standard(type)
    written = f"X{version}" if wire is Format.OIOXML and version else version
    return Identity(
        format=wire,
        kind=standard.kind if standard else Kind.MESSAGE,
        standard=standard.id if standard else type or None,
        version=written or None,
    )
