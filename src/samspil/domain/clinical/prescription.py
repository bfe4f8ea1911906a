"""A prescription, or home care's wish that one be renewed (recept, receptfornyelse)."""

from dataclasses import dataclass
from datetime import date

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One drug as ordered. Numbers, strengths and doses are text, as the prescriber wrote them."""

    package: str = ""
    name: str = ""
    form: str = ""
    size: str = ""
    strength: str = ""
    packages: str = ""
    dose_code: str = ""
    dose: str = ""
    indication_code: str = ""
    indication: str = ""
    repeats: str = ""
    repeat_interval: str = ""
    repeat_unit: Code | None = None
    substitution: Code | None = None
    reimbursement: Code | None = None
    supplement: str = ""
    dispensed_from: date | None = None
    dispensed_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """Drugs for a person, and how they are to be delivered."""

    kind: Phrase
    approval: Approval
    system: str = ""
    drug_catalogue: str = ""
    copy_status: Code | None = None
    dispensing: Code | None = None
    pharmacy: Party | None = None
    drugs: tuple[Drug, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of prescription it is."""
        return self.kind
