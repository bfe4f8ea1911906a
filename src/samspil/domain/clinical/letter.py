"""A letter from one who treated the patient to one who goes on (epikrise, notat, bookingsvar)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from samspil.domain.clinical.form import Item
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Person
from samspil.domain.text import Text


class LetterStatus(StrEnum):
    """Is the letter new, or does it put right or take back an earlier one?"""

    NEW = "new"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """When a letter was approved, and what it is counted as (godkendelse, statistikkode)."""

    at: datetime | None = None
    status: LetterStatus | None = None
    statistics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A diagnosis, examination or treatment by its code (diagnose)."""

    code: str = ""
    system: str = ""
    text: str = ""
    role: Code | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Someone close to the patient (pårørende)."""

    relation: Code | None = None
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text in a letter, and when it was signed."""

    text: Text
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredReferral:
    """The referral that a letter answers (henvisning)."""

    identifier: str = ""
    received_at: datetime | None = None
    diagnosis: Diagnosis | None = None
    additional: tuple[Diagnosis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalLetter:
    """What was found and done, and what is asked of the one who goes on."""

    kind: Phrase
    approval: Approval
    episode: str = ""
    episode_status: Code | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    relatives: tuple[Relative, ...] = ()
    referral: AnsweredReferral | None = None
    main_diagnosis: Diagnosis | None = None
    main_additional: tuple[Diagnosis, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of letter it is."""
        return self.kind
