"""A referral to hospital, specialist or municipality (henvisning)."""

from dataclasses import dataclass

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval, Diagnosis, Relative
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Party
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """What the receiver's sorting of referrals added (visitation)."""

    kind: Code | None = None
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Why the patient is sent on, and what the receiver should know."""

    kind: Phrase
    approval: Approval
    episode: str = ""
    priority: Code | None = None
    status: Code | None = None
    transport: Code | None = None
    supplementary: Text | None = None
    reason: Text | None = None
    diagnosis: Diagnosis | None = None
    additional: tuple[Diagnosis, ...] = ()
    warnings: Text | None = None
    history: Text | None = None
    examination: Text | None = None
    last_period: Text | None = None
    medicine: Text | None = None
    relative: Relative | None = None
    copy_of_answer: Party | None = None
    attachments: tuple[Attachment, ...] = ()
    sorting: tuple[Sorting, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of referral it is."""
        return self.kind
