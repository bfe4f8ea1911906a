"""A laboratory's answer (laboratoriesvar): single results, or pathology's coded samples and titled texts."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """What values are usual (referenceinterval), as the laboratory wrote it."""

    kind: Code | None = None
    lower: str = ""
    upper: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One analysis and its value, digit for digit as sent. `comparator` is `<` or `>`."""

    status: Code | None = None
    analysis: Code
    full_name: Text | None = None
    value: str = ""
    comparator: str = ""
    unit: str = ""
    value_type: Code | None = None
    assessment: Code | None = None
    interval: Interval | None = None
    remarks: tuple[tuple[str, Text], ...] = ()
    producer: str = ""
    producer_code: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A coded finding of pathology (SNOMED)."""

    code: str
    text: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedSample:
    """A sample and what was found in it; the first finding is the topography."""

    identifier: str = ""
    requester_identifier: str = ""
    material: str = ""
    headline: str = ""
    topography: Finding | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TitledText:
    """A text under a headline: macroscopy, microscopy, conclusion …; `part` says which."""

    part: str
    headline: str = ""
    text: Text | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabReport:
    """What the laboratory answers. `status` and `completeness` are of the whole report."""

    kind: Phrase
    approval: Approval
    identifier: str = ""
    status: Code | None = None
    completeness: Code | None = None
    answered_at: datetime | None = None
    sampled_at: datetime | None = None
    received_at: datetime | None = None
    sample: str = ""
    requester_sample: str = ""
    clinical: Text | None = None
    comments: Text | None = None
    results: tuple[Result, ...] = ()
    table_headline: str = ""
    table_result: str = ""
    samples: tuple[CodedSample, ...] = ()
    texts: tuple[TitledText, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """What kind of report it is."""
        return self.kind
