"""A CareMessage as the resources of CareCommunication 5.0."""

from base64 import b64encode
from datetime import datetime

from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.domain.message import Attachment, Message, Party, Professional
from samspil.formats.fhir.care_communication import AUTHOR, CONTACT, DATETIME, IDENTIFIER, SENDER
from samspil.formats.fhir.writer.people import put_party, put_professional
from samspil.formats.fhir.writer.sheet import CODES, Reference, Resource, Sheet, coded, narrative, written_time

CATEGORIES = f"{CODES}medcom-careCommunication-categoryCodes"


def put_care_message(sheet: Sheet, message: Message, body: CareMessage, patient: Reference) -> Reference:
    """The Communication and all it names but the patient."""
    members: Resource = {}
    if body.sender_role:
        sender = put_professional(sheet, body.sender_role, organisation=put_party(sheet, message.sender))
        members["extension"] = [{"url": SENDER, "valueReference": sender}]
    members["identifier"] = [{"value": body.thread}]
    members["status"] = "unknown"
    members["category"] = [coded(CATEGORIES, body.category.code)]
    if body.priority:
        members["priority"] = body.priority.code
    members["subject"] = patient
    if body.topic:
        members["topic"] = {"text": body.topic}
    if body.episode:
        members["encounter"] = _encounter(sheet, body, patient)
    if recipient := _recipient(sheet, message, body):
        members["recipient"] = [recipient]
    members["payload"] = [
        *(_segment(sheet, message, row) for row in body.segments),
        *(_attachment(sheet, message, row) for row in body.attachments),
    ]
    return sheet.put(
        "Communication",
        "carecommunication/StructureDefinition/medcom-careCommunication-communication",
        members,
        text=_told(body),
    )


def _encounter(sheet: Sheet, body: CareMessage, patient: Reference) -> Reference:
    """The course of treatment. Whether there is a visit, and of which kind, is not known to the model."""
    identifier = {"system": body.episode_system, "value": body.episode}
    members: Resource = {
        "status": "unknown",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": patient,
        "episodeOfCare": [{"identifier": identifier}],
    }
    text = narrative(
        [("Forløb", body.episode), ("System", body.episode_system), ("Status", "unknown"), ("Type", "AMB")]
    )
    return sheet.put("Encounter", "core/StructureDefinition/medcom-core-encounter", members, text=text)


def _recipient(sheet: Sheet, message: Message, body: CareMessage) -> Reference | None:
    organisation = put_party(sheet, message.receiver)
    if body.recipient:
        return put_professional(sheet, body.recipient, organisation=organisation)
    if not body.team:
        return None
    members: Resource = {"name": body.team, "managingOrganization": [organisation]}
    text = narrative([("Team", body.team), ("Organisation", message.receiver.name)])
    return sheet.put("CareTeam", "core/StructureDefinition/medcom-core-careteam", members, text=text)


def _segment(sheet: Sheet, message: Message, segment: Segment) -> Resource:
    author, at = segment.author, segment.sent_at
    if author is None or at is None or not segment.phone:
        raise ValueError("a text needs an author, a time and a telephone number")
    extension = [
        _at(at),
        _identifier(sheet, segment.identifier, segment.assigner or message.sender),
        _author(sheet, author),
        _phone(segment.phone),
    ]
    return {"extension": extension, "contentString": str(segment.text)}


def _attachment(sheet: Sheet, message: Message, attachment: Attachment) -> Resource:
    if attachment.sent_at is None:
        raise ValueError("a file needs the time it was sent")
    extension = [
        _at(attachment.sent_at),
        _identifier(sheet, attachment.identifier, attachment.assigner or message.sender),
    ]
    if attachment.author:
        extension.append(_author(sheet, attachment.author))
    if attachment.phone:
        extension.append(_phone(attachment.phone))
    return {"extension": extension, "contentAttachment": written_file(attachment)}


def written_file(attachment: Attachment) -> Resource:
    """An Attachment element."""
    rows = (
        ("contentType", attachment.media_type),
        ("data", b64encode(attachment.content).decode() if attachment.content else ""),
        ("url", attachment.url),
        ("title", attachment.title),
        ("creation", written_time(attachment.created) if attachment.created else ""),
    )
    return {name: value for name, value in rows if value}


def _at(moment: datetime) -> Resource:
    return {"url": DATETIME, "valueDateTime": written_time(moment)}


def _identifier(sheet: Sheet, identifier: str, assigner: Party) -> Resource:
    return {"url": IDENTIFIER, "valueIdentifier": {"value": identifier, "assigner": put_party(sheet, assigner)}}


def _author(sheet: Sheet, author: Professional) -> Resource:
    return {"url": AUTHOR, "valueReference": put_professional(sheet, author)}


def _phone(number: str) -> Resource:
    return {"url": CONTACT, "valueContactPoint": {"system": "phone", "value": number}}


def _told(body: CareMessage) -> Resource:
    """The thread as a page shows it."""
    rows = [
        ("Kategori", f"{body.category.name.in_('da')} ({body.category.code})"),
        ("Emne", body.topic),
        ("Prioritet", f"{body.priority.name.in_('da')} ({body.priority.code})" if body.priority else ""),
        ("Forløb", body.episode),
        ("Tråd", body.thread),
        ("Status", "unknown"),
    ]
    for segment in body.segments:
        author = segment.author or Professional()
        at = written_time(segment.sent_at) if segment.sent_at else ""
        said = ", ".join(
            filter(None, (at, str(author.name or ""), str(author.role), segment.phone, segment.identifier))
        )
        rows += [("Tekst", str(segment.text)), ("Skrevet", said)]
    for file in body.attachments:
        at = written_time(file.sent_at) if file.sent_at else ""
        said = ", ".join(filter(None, (file.title, file.media_type, file.url, at, file.phone, file.identifier)))
        rows.append(("Bilag", said))
    return narrative(rows)
