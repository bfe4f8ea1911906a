"""Who is asking, as every other part of samspil sees them: a client, a person, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from samspil.access.rights import Right

CallerKind = Literal["client", "person", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody whose credentials were right. `glns` None means the whole site, not one organisation."""

    id: UUID
    kind: CallerKind
    name: str
    organisation: UUID | None = None
    glns: frozenset[str] | None = None
    rights: frozenset[Right] = field(default=frozenset(), repr=False)
    origin: str = field(default="", compare=False)  # the address the request came from, for the audit

    def may(self, right: Right) -> bool:
        """Has the caller this right?"""
        return right in self.rights

    def sees(self, *glns: str | None) -> bool:
        """Is one of these parties the caller's own? For a caller of the whole site every one is."""
        return self.glns is None or not self.glns.isdisjoint(glns)

    def speaks_for(self, gln: str) -> bool:
        """May the caller hand over a message that this party sends?"""
        if Right.RELAY in self.rights:
            return True
        return Right.SEND in self.rights and self.sees(gln)


SYSTEM = Caller(id=UUID(int=0), kind="system", name="samspil", rights=frozenset(Right))
"""The site itself: what workers do on nobody's behalf."""


def local_caller(user: str) -> Caller:
    """Whoever runs `samspil admin` on the home's own machine: may do everything, and is audited by the user's name."""
    return Caller(id=UUID(int=0), kind="system", name=f"local:{user}", rights=frozenset(Right))


def demo_caller(rights: Iterable[Right]) -> Caller:
    """Anyone who calls the synthetic demonstration from its own machine without credentials."""
    return Caller(id=UUID(int=1), kind="system", name="demo", rights=frozenset(rights))
