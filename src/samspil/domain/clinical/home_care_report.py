"""Measurements made at home by a municipal acute team (kommunale prøvesvar)."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Party, Professional


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One result. `value` is written as the sender wrote it, so that no digit is lost or added."""

    code: Code
    value: str = ""
    comparator: str = ""
    unit: str = ""
    status: Code
    measured_at: datetime | None = None
    interpretation: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareReport:
    """A report with its measurements. `restricted`: the citizen does not want the results shared."""

    activity: Code
    status: str = ""
    issued_at: datetime | None = None
    conclusion: str = ""
    producer: Party | None = None
    performer: Professional | None = None
    measurements: tuple[Measurement, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    restricted: bool = False

    @property
    def headline(self) -> Phrase:
        """How many measurements."""
        count = len(self.measurements)
        return Phrase(f"{count} measurement{'s'[: count != 1]}", da=f"{count} måling{'er' if count != 1 else ''}")
