"""A CareCommunication as a letter: DIS91, with BIN01 for the files that it carries.

A letter has one text after another, no thread, no names of people, and a subject in place of category and topic. The
newest text comes first; who wrote each stands in its first lines.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from samspil.catalogue.codes import names
from samspil.catalogue.findings import finding
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.headings import role_text, with_heading, written_moment
from samspil.conversion.bridge.identifiers import bare, letter_id
from samspil.conversion.bridge.letters_out import Draft, dispatch_of, edition_of, write_letters
from samspil.conversion.bridge.parties import letter_patient, letter_receiver, letter_sender
from samspil.conversion.bridge.subjects import subject_of
from samspil.domain.clinical.binary import BinaryLetter
from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.domain.clinical.letter import Approval, LetterStatus
from samspil.domain.clinical.mail import Mail
from samspil.domain.codes import Code
from samspil.domain.message import Attachment, Format, Head, Kind, Message, Professional

TYPE, FILES = "DIS91", "BIN01"
_SUBJECT, _TITLE, _EPISODE, _URL = 70, 70, 35, 350
_PRIORITIES = {"asap": "høj_prioritet", "routine": "rutine"}
_COMMUNICATION = "Communication"
DEAD, NEUTRAL = "doed", "inaktiv"
"""A letter must say where the patient stands; FHIR need not. Without word of it the letter claims no running stay."""


def correspondence_out(crossing: Crossing, message: Message, body: CareMessage, to: Format, wanted: str | None) -> None:
    """Write the letter, and one with the files if there are any."""
    edition = edition_of(TYPE, wanted)
    if edition is None:
        crossing.issues.append(finding("convert.version.unsupported", version=(wanted or "")[:9], target=to.value))
        return
    files = _files(crossing, body)
    at = message.head.sent_at or crossing.now
    segments = _newest_first(message, body)
    phone = segments[0].phone if segments else ""
    letter = Message(
        head=_head(message.head, TYPE),
        sender=letter_sender(crossing, message.sender, phone=phone),
        receiver=letter_receiver(crossing, message.receiver),
        patient=letter_patient(crossing, message.patient),
        body=_mail(crossing, message, body, files),
    )
    _lose_ids(crossing, message, body)
    envelope = letter_id(message.head.envelope_id or message.head.message_id)
    drafts = [Draft(letter, edition)]
    if carried := tuple(file for file in files if file.content):
        binary = edition_of(FILES, None)
        assert binary
        drafts.append(Draft(_file_letter(letter, carried, at), binary))
    write_letters(crossing, drafts, dispatch_of(envelope, at, letter, receipt_wanted=True), to)


def _head(head: Head, standard: str) -> Head:
    return Head(
        standard=standard,
        version=None,
        kind=Kind.MESSAGE,
        message_id=letter_id(head.message_id),
        envelope_id=None,
        sender=None,
        receiver=None,
    )


def _newest_first(message: Message, body: CareMessage) -> tuple[Segment, ...]:
    """The texts of this message before those of earlier ones; each group as it came."""
    own = set(message.history[-1].contents) if message.history else set[str]()
    new = [segment for segment in body.segments if segment.identifier in own]
    old = [segment for segment in body.segments if segment.identifier not in own]
    return (*new, *old) if new else tuple(reversed(body.segments))


def _mail(crossing: Crossing, message: Message, body: CareMessage, files: tuple[Attachment, ...]) -> Mail:
    segments = _newest_first(message, body)
    subject = subject_of(body.category.code, body.topic)
    heading = _thread_rows(crossing, message, body, subject)
    if len(subject) > _SUBJECT:
        subject = crossing.cut(subject, _SUBJECT, f"{_COMMUNICATION}.topic")
    texts = [
        with_heading((*(heading if number == 0 else ()), *_rows(segment)), _lines(segment))
        for number, segment in enumerate(segments)
    ]
    _check_text(crossing, body)
    crossing.lose_if(body.episode_system, "Encounter.episodeOfCare.identifier.system")
    priority = body.priority.code if body.priority else ""
    deceased = message.patient is not None and message.patient.deceased is True
    return Mail(
        kind=body.category.name,
        approval=Approval(at=_written(crossing, message, segments), status=LetterStatus.NEW, statistics=f"X{TYPE}"),
        episode=_episode(crossing, body),
        episode_status=Code(DEAD if deceased else NEUTRAL),
        priority=Code(_PRIORITIES[priority]) if priority in _PRIORITIES else None,
        subject=subject,
        texts=tuple(texts),
        attachments=tuple(_reference(file) for file in files if file.url or file.content),
    )


def _episode(crossing: Crossing, body: CareMessage) -> str:
    """The course of treatment, if its identifier fits whole: a part of it would name another."""
    episode = bare(body.episode)
    crossing.lose_if(len(episode) > _EPISODE, "Encounter.episodeOfCare.identifier")
    return episode if len(episode) <= _EPISODE else ""


def _written(crossing: Crossing, message: Message, segments: tuple[Segment, ...]) -> datetime:
    """When the letter was written, to the minute; its heading has the second."""
    written = next((segment.sent_at for segment in segments[:1]), None) or message.head.sent_at or crossing.now
    return written.replace(second=0, microsecond=0)


def _reference(file: Attachment) -> Attachment:
    """A file as the letter that names it: without its content."""
    return replace(file, content=None, size_bytes=len(file.content) if file.content else None)


def _thread_rows(crossing: Crossing, message: Message, body: CareMessage, subject: str) -> list[tuple[str, str]]:
    """What the first text's heading says of the whole message."""
    step = message.history[-1] if message.history else None
    earlier = step.earlier_message_id if step else ""
    activity = body.activity.code
    crossing.lose_if(len(message.history) > 1, "Provenance[earlier]")
    sender, recipient = body.sender_role, body.recipient
    rows = [
        ("topic", body.topic if len(subject) > _SUBJECT else ""),
        ("reply", earlier if activity == "reply-message" else ""),
        ("forwarded", earlier if activity == "forward-message" else ""),
        *_person_rows(crossing, "sender", sender, f"{_COMMUNICATION}.extension[sender]"),
        *_person_rows(crossing, "recipient", recipient, f"{_COMMUNICATION}.recipient"),
        ("team", body.team),
    ]
    rows += [("earlier_file", file.title) for file in body.attachments if not (file.content or file.url)]
    return rows


def _person_rows(crossing: Crossing, label: str, person: Professional | None, where: str) -> list[tuple[str, str]]:
    if person is None:
        return []
    _lose_person(crossing, person, where)
    return [(f"{label}_name", str(person.name or "")), (f"{label}_role", role_text(person))]


def _lines(segment: Segment) -> str:
    """The text with the only line break that letters know."""
    return str(segment.text).replace("\r\n", "\n").replace("\r", "\n")


def _rows(segment: Segment) -> list[tuple[str, str]]:
    author = segment.author or Professional()
    return [
        ("sent_at", written_moment(segment.sent_at) if segment.sent_at else ""),
        ("name", str(author.name or "")),
        ("role", role_text(author)),
        ("organisation", segment.organisation),
        ("phone", segment.phone),
    ]


def _check_text(crossing: Crossing, body: CareMessage) -> None:
    if not body.segments:
        crossing.missing("ClinicalInformation/Text01")
    for number, segment in enumerate(body.segments, start=1):
        where = f"{_COMMUNICATION}.payload[{number}]"
        if segment.author:
            _lose_person(crossing, segment.author, f"{where}.extension[author]")


def _lose_person(crossing: Crossing, person: Professional, where: str) -> None:
    """Of a professional a letter says name and role, both in its text."""
    crossing.lose_if(person.phones, f"{where}.telecom")
    crossing.lose_if(person.authorisation, f"{where}.identifier")
    name = person.name
    crossing.lose_if(name and (" " in name.family or any(" " in one for one in name.given)), f"{where}.name", "changed")
    crossing.lose_if(name and not name.family, f"{where}.name", "changed")


def _files(crossing: Crossing, body: CareMessage) -> tuple[Attachment, ...]:
    """The files as a letter names them."""
    files: list[Attachment] = []
    for number, file in enumerate(body.attachments, start=1):
        where = f"{_COMMUNICATION}.attachment[{number}]"
        for name, value in (("date", file.sent_at), ("author", file.author), ("contact", file.phone)):
            crossing.lose_if(value, f"{where}.extension[{name}]")
        crossing.lose_if(file.created, f"{where}.creation")
        crossing.lose_if(file.url and file.media_type, f"{where}.contentType")
        if not file.content:
            crossing.lose_if(file.identifier, f"{where}.extension[identifier]", "renamed")
        else:
            crossing.lose(f"{where}.data", "separate")
        files.append(
            replace(
                file,
                title=crossing.cut(file.title, _TITLE, f"{where}.title"),
                url=crossing.cut(file.url, _URL, f"{where}.url"),
                identifier=_object_id(crossing, file),
            )
        )
    return tuple(files)


def _object_id(crossing: Crossing, file: Attachment) -> str:
    """The id of a file in letters: a UUID. One that is none is given another."""
    identifier = bare(file.identifier)
    try:
        return UUID(identifier).hex
    except ValueError:
        return crossing.new_id().hex


def _file_letter(letter: Message, files: tuple[Attachment, ...], at: datetime) -> Message:
    """The letter that brings the files: from the same sender to the same receiver, about the same citizen."""
    patient = letter.patient
    return Message(
        head=replace(letter.head, standard=FILES, message_id=letter_id(f"{letter.head.message_id} {FILES}")),
        sender=letter.sender,
        receiver=replace(letter.receiver, address=None),
        patient=replace(patient, address=None) if patient else None,
        body=BinaryLetter(
            kind=names("activity")["new-message"],
            approval=Approval(at=at.replace(second=0, microsecond=0), status=LetterStatus.NEW, statistics=f"X{FILES}"),
            files=tuple(replace(file, title="", identifier=str(UUID(file.identifier)).upper()) for file in files),
        ),
    )


def _lose_ids(crossing: Crossing, message: Message, body: CareMessage) -> None:
    """Ids that letters spell otherwise or not at all, and what the message said beyond the model."""
    crossing.lose("MessageHeader.id", "renamed")
    crossing.lose("Bundle.id", "renamed")
    crossing.lose_if(body.thread, f"{_COMMUNICATION}.identifier")
    crossing.lose_if(body.segments, f"{_COMMUNICATION}.payload.extension[identifier]", "renamed")
    crossing.lose_if(message.copies, "MessageHeader.destination[cc]")
    at = message.head.sent_at
    crossing.lose_if(at and at.second, "Bundle.timestamp", "minute")
    for one in message.unread:
        crossing.lose(one.path, "absent")
