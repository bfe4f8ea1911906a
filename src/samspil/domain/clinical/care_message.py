"""Correspondence between professionals about one citizen (korrespondancemeddelelse), with its thread."""

from dataclasses import dataclass
from datetime import datetime

from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Party, Professional
from samspil.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One text in a thread (meddelelsessegment): who wrote what, when, and how they can be reached.

    `assigner` is the organisation that gave the segment its identifier; `organisation` its name.
    """

    text: Text
    sent_at: datetime | None = None
    author: Professional | None = None
    phone: str = ""
    identifier: str = ""
    organisation: str = ""
    assigner: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareMessage:
    """A message in a thread. Earlier segments travel along with an answer; the newest is what was just written.

    `episode` is the identifier of the course of treatment that the message belongs to, as stated, and
    `episode_system` the register it is from.
    `team` is the name of the recipient where it is a team and not a person's role.
    """

    thread: str
    category: Code
    activity: Code
    topic: str = ""
    priority: Code | None = None
    episode: str = ""
    episode_system: str = ""
    segments: tuple[Segment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sender_role: Professional | None = None
    recipient: Professional | None = None
    team: str = ""

    @property
    def headline(self) -> Phrase:
        """The category, and the topic if one is given."""
        if not self.topic:
            return self.category.name
        name = self.category.name
        return Phrase(f"{name}: {self.topic}", da=f"{name.in_('da')}: {self.topic}")
