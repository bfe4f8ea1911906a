"""A notice that a hospital stay began, changed or ended (advis om sygehusophold)."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class StayNotification:
    """What happened in a stay. `kind` is MedCom's abbreviation: STIN, RE_STIN, AN_SLHJ, MORS …

    `episodes` are the identifiers of the course of treatment, `episode_systems` the registers they are from;
    `report_wanted` asks the municipality for its report of admission (indlæggelsesrapport), to be sent to
    `report_recipient`.
    """

    kind: Code
    activity: Code
    status: str = ""
    stay_class: str = ""
    episodes: tuple[str, ...] = ()
    episode_systems: tuple[str, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    leave_started_at: datetime | None = None
    leave_ended_at: datetime | None = None
    provider: Party | None = None
    report_wanted: bool = False
    report_recipient: Party | None = None

    @property
    def headline(self) -> Phrase:
        """What happened."""
        return self.kind.name
