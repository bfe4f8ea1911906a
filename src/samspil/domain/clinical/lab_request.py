"""A request to a laboratory (rekvisition)."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Party
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAnalysis:
    """One analysis that is asked for."""

    analysis: Code
    priority: Code | None = None
    supplement: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays (betaler)."""

    kind: Code | None = None
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LabRequest:
    """What is asked for, of which sample, taken where and when."""

    kind: Phrase
    approval: Approval
    requested_at: datetime | None = None
    location: Code | None = None
    sampled_at: datetime | None = None
    sampling_time: Code | None = None
    sample: str = ""
    tubes: str = ""
    clinical: Text | None = None
    comments: Text | None = None
    analyses: tuple[WantedAnalysis, ...] = ()
    payer: Payer | None = None
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of request it is."""
        return self.kind
