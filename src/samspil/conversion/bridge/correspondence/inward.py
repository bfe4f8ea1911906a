"""A letter of correspondence as a CareCommunication: DIS91, with the files of a BIN01 in the same envelope.

What the letter's first lines say, where they are a heading of ours, goes back to its place. Who wrote, in what role,
and how to reach them is the letter's or the directory's; else it is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from samspil.catalogue.codes import names
from samspil.conversion.bridge.correspondence.outward import DEAD, FILES, NEUTRAL
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.headings import Values, person_of, read_moment, without_heading
from samspil.conversion.bridge.identifiers import bare, joined, letter_reference, urn_of
from samspil.conversion.bridge.parties import listing_of
from samspil.conversion.bridge.subjects import OTHER, category_of
from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.domain.clinical.letter import LetterStatus
from samspil.domain.clinical.mail import Mail
from samspil.domain.codes import Code
from samspil.domain.message import Attachment, HistoryStep, IdentifierKind, Message, Party, Professional
from samspil.domain.text import Style, Text

_URGENT, _ROUTINE = "høj_prioritet", "rutine"
_REFERRAL = "regarding-referral"
_CORRECTED = "Rettelse af et tidligere sendt brev."
_FILE_TYPES = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/tiff", "image/bmp"})
_ENDS = (" ", "\n")


def correspondence_in(
    crossing: Crossing, letter: Message, mail: Mail, parties: tuple[Party, Party], files: Sequence[Attachment]
) -> tuple[CareMessage, HistoryStep]:
    """The body, and the step of its history. `parties` are the letter's sender and receiver as FHIR names them."""
    parts = _parts(mail)
    return _Reading(
        crossing=crossing,
        letter=letter,
        mail=mail,
        sender=parties[0],
        receiver=parties[1],
        written=mail.approval.at or crossing.now,
        parts=parts,
        whole=parts[0][0] if parts else {},
    ).body(files)


def _parts(mail: Mail) -> list[tuple[Values, str]]:
    """The texts with what their headings say. One without a heading goes on where the one before it ended."""
    parts: list[tuple[Values, str]] = []
    for text in mail.texts:
        values, said = without_heading(str(text))
        if parts and not values:
            values, before = parts.pop()
            said = f"{before}{said}" if before.endswith(_ENDS) else f"{before}\n{said}"
        parts.append((values, said))
    return [(values, said.rstrip("\n")) for values, said in parts]


def _one(values: Values, label: str) -> str:
    return "".join(values.get(label, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The letter being read: its parts, and what its first heading says of the whole."""

    crossing: Crossing
    letter: Message
    mail: Mail
    sender: Party
    receiver: Party
    written: datetime
    parts: list[tuple[Values, str]]
    whole: Values

    def body(self, files: Sequence[Attachment]) -> tuple[CareMessage, HistoryStep]:
        mail = self.mail
        segments = self._segments()
        category, topic = self._category()
        attachments = self._attachments(files)
        activity, earlier = self._activity()
        body = CareMessage(
            thread=self.crossing.fresh(),
            category=Code(category, name=names("category")[category]),
            activity=Code(activity, name=names("activity")[activity]),
            topic=topic,
            priority=self._priority(category),
            episode=urn_of(mail.episode),
            episode_system=self.sender.endpoint if mail.episode else "",
            segments=tuple(reversed(segments)),
            attachments=attachments,
            sender_role=self._person("sender"),
            recipient=self._person("recipient"),
            team=_one(self.whole, "team"),
        )
        self._lose()
        contents = tuple(row.identifier for row in (*segments, *attachments))
        step = HistoryStep(
            activity=activity, at=self.written, by=self.sender.name, earlier_message_id=earlier, contents=contents
        )
        return body, step

    def _segments(self) -> tuple[Segment, ...]:
        """The texts, as they stand; a correction says so, as FHIR has no word for it."""
        segments = tuple(self._segment(number, *part) for number, part in enumerate(self.parts, start=1))
        if not segments:
            self.crossing.missing("ClinicalInformation/Text01")
        elif self.mail.approval.status is LetterStatus.CORRECTED:
            self.crossing.lose("Letter/StatusCode", "text")
            first = Text.plain(f"{_CORRECTED}\n\n{segments[0].text}")
            return replace(segments[0], text=first), *segments[1:]
        return segments

    def _segment(self, number: int, values: Values, text: str) -> Segment:
        """One text: its heading's author, else who speaks for the sender."""
        where = f"ClinicalInformation[{number}]"
        demand = self.crossing.demand
        listing = listing_of(self.crossing, self.letter.sender)
        said = person_of(_one(values, "name"), _one(values, "role"))
        author = said or self.letter.sender.professional or listing.professional or Professional()
        demand(str(author.name or ""), f"{where}: Practitioner.name")
        demand(author.role or author.role_code, f"{where}: PractitionerRole.code")
        phone = _one(values, "phone") or "".join(self.letter.sender.phones[:1]) or listing.phone
        assigner = self._assigner(_one(values, "organisation"), where)
        return Segment(
            text=Text.plain(text),
            sent_at=read_moment(_one(values, "sent_at")) or self.written,
            author=author,
            phone=demand(phone, f"{where}: Communication.payload.extension[contact]"),
            identifier=self.crossing.fresh(),
            organisation=assigner.name,
            assigner=assigner,
        )

    def _assigner(self, organisation: str, where: str) -> Party:
        """Who wrote a text: one of the parties; of a third, only the text itself may tell."""
        if organisation == self.receiver.name:
            return self.receiver
        self.crossing.lose_if(organisation and organisation != self.sender.name, f"{where}: Organisation", "changed")
        return self.sender

    def _category(self) -> tuple[str, str]:
        category, topic = category_of(self.mail.subject)
        topic = _one(self.whole, "topic") or topic
        if category == OTHER and not topic:
            self.crossing.missing("AdditionalInformation/Subject")
        return category, topic

    def _priority(self, category: str) -> Code | None:
        """FHIR allows a priority for one category only; routine needs no word elsewhere."""
        said = self.mail.priority.code if self.mail.priority else ""
        if category == _REFERRAL and said in {_URGENT, _ROUTINE}:
            code = "asap" if said == _URGENT else "routine"
            return Code(code, name=names("priority")[code])
        self.crossing.lose_if(said == _URGENT, "AdditionalInformation/Priority")
        return None

    def _activity(self) -> tuple[str, str]:
        """What the message is in its thread, and which it follows. One who is answered is the receiver.

        What it follows is not in the letter: it is named by identifier, as FHIR names older letters.
        """
        for label, activity in (("reply", "reply-message"), ("forwarded", "forward-message")):
            if earlier := _one(self.whole, label):
                gln = self.letter.receiver.identifier(IdentifierKind.GLN) or ""
                return activity, joined(*(letter_reference(earlier) or (gln, earlier)))
        return "new-message", ""

    def _person(self, label: str) -> Professional | None:
        return person_of(_one(self.whole, f"{label}_name"), _one(self.whole, f"{label}_role"))

    def _attachments(self, files: Sequence[Attachment]) -> tuple[Attachment, ...]:
        contents = {bare(file.identifier).lower(): file.content for file in files}
        found: list[Attachment] = []
        for number, file in enumerate(self.mail.attachments, start=1):
            where = f"Reference[{number}]"
            content = contents.get(bare(file.identifier).lower()) if file.identifier else None
            if not (file.media_type or file.url):
                self.crossing.lose(f"{where}/SUP", "absent")
                continue
            if file.media_type and content is None:
                self.crossing.missing(f"{where}/BIN: {FILES}")
            if file.media_type and file.media_type not in _FILE_TYPES:
                self.crossing.unsayable(file.media_type, "CareCommunication")
            if any(map(str.isspace, file.url)):
                self.crossing.unsound(f"{where}/URL", "URL")
            title = self.crossing.demand(file.title, f"{where}/RefDescription")
            found.append(replace(file, title=title, content=content, size_bytes=None))
        found += [Attachment(title=title) for title in self.whole.get("earlier_file", ())]
        return tuple(
            replace(
                file,
                identifier=urn_of(file.identifier) or self.crossing.fresh(),
                sent_at=self.written,
                assigner=self.sender,
            )
            for file in found
        )

    def _lose(self) -> None:
        status = self.mail.episode_status
        lose_if = self.crossing.lose_if
        lose_if(status and status.code not in {DEAD, NEUTRAL}, "Patient/EpisodeOfCareStatusCode")
        for number, text in enumerate(self.mail.texts, start=1):
            headed = bool(without_heading(str(text))[0])
            styled = any(run.style is not Style.PLAIN or run.fixed for run in text.runs[int(headed) :])
            lose_if(styled, f"ClinicalInformation[{number}]/Text01", "formatting")
        self.crossing.lose_items(self.mail.more)
