"""What tests of access act on: a register on a real database, a clock that stands still, and odd constants."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from samspil.access.callers import Caller
from samspil.access.directory import Organisation, OrganisationKind
from samspil.access.keys import SiteKey
from samspil.access.organisations import add_organisation
from samspil.access.passwords import Passwords
from samspil.access.sessions import Sessions
from samspil.storage.database import Database

HOSPITAL, CLINIC, PHARMACY = "5790000121526", "5790001382445", "5790000173624"
PASSWORD = "otte blå vandheste"


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)


@dataclass(frozen=True)
class Desk:
    """What an act on the register needs."""

    database: Database
    key: SiteKey
    passwords: Passwords
    clock: Clock
    by: Caller

    @property
    def sessions(self) -> Sessions:
        """Sessions whose time is the clock's."""
        return Sessions(self.database, self.passwords, self.key, clock=self.clock)

    async def organisation(self, name: str = "Sygehus Vest", gln: str = HOSPITAL) -> Organisation:
        """Add an organisation."""
        return await add_organisation(self.database, by=self.by, name=name, kind=OrganisationKind.HOSPITAL, glns=[gln])

    async def audit(self) -> list[tuple[str, str, str]]:
        """Act, outcome and caller's name of every entry, oldest first."""
        return [tuple(row) for row in await self.database.rows("select act, outcome, name from audit order by id")]
