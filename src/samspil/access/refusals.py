"""What access says no to: an act without its right, and an act on the register that cannot be as asked for."""

from uuid import UUID

from samspil.access.callers import Caller
from samspil.access.rights import Right
from samspil.catalogue.findings import finding
from samspil.domain.issues import NOWHERE


class Refusal(Exception):
    """No. The issue says why, and what to do instead, in both languages; nothing was changed."""

    def __init__(self, code: str, *, retry_after_seconds: int = 0, **facts: str) -> None:
        self.issue = finding(code, NOWHERE, severity=None, **facts)
        super().__init__(f"{code}: {self.issue.message}")
        self.retry_after_seconds = retry_after_seconds

    @property
    def code(self) -> str:
        """The stable code."""
        return self.issue.code


def require(by: Caller, right: Right) -> None:
    """Errors: Refusal unless the caller has the right."""
    if not by.may(right):
        raise Refusal("access.right.missing", right=right.value)


def require_whole_site(by: Caller) -> None:
    """Errors: Refusal for a caller who is of one organisation only."""
    if by.organisation is not None:
        raise Refusal("access.site.only")


def reaches(by: Caller, organisation: UUID | None) -> bool:
    """Does the caller's authority cover this organisation (None: the whole site)?"""
    return by.organisation is None or by.organisation == organisation
