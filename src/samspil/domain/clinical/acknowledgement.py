"""The receiver's answer to a message (kvittering)."""

from dataclasses import dataclass

from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One reason in an answer: how bad, the code, and the sender's own words."""

    severity: str
    code: Code
    text: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The verdict on a message, and the reasons given."""

    answer: Answer
    verdict: Code
    complaints: tuple[Complaint, ...] = ()

    @property
    def headline(self) -> Phrase:
        """The verdict."""
        return self.verdict.name
