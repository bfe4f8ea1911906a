"""A notice that somebody came to hospital or left it, and the home's answer (advis, indlæggelsessvar)."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where more can be asked: up to two names, a telephone, and when it is answered."""

    names: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What happened and when. `identifier` is the notice's own, which its answer and its cancellation repeat."""

    kind: Phrase
    approval: Approval
    identifier: str = ""
    status: Code | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    answer_to: Party | None = None
    contacts: tuple[Contact, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of notice it is."""
        return self.kind
