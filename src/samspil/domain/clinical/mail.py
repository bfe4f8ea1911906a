"""Correspondence about a patient, in letters (korrespondancebrev)."""

from dataclasses import dataclass

from samspil.domain.clinical.form import Item
from samspil.domain.clinical.letter import Approval
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A subject, texts and references."""

    kind: Phrase
    approval: Approval
    episode: str = ""
    episode_status: Code | None = None
    priority: Code | None = None
    subject: str = ""
    texts: tuple[Text, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    more: tuple[Item, ...] = ()

    @property
    def headline(self) -> Phrase:
        """The subject, else the kind."""
        return Phrase(self.subject) if self.subject else self.kind
