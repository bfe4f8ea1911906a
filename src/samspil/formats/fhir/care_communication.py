"""The body of a CareCommunication: a thread's segments, its files, and what it is about.

Source: MedCom CareCommunication 4.0 and 5.0.
"""

from dataclasses import replace

from samspil.catalogue.codes import names
from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, Professional
from samspil.domain.text import Text
from samspil.formats.fhir.attachments import attachment_of
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import coding_of, extension_of, first_of, moment, part_of, parts_of, text_of
from samspil.formats.fhir.people import party_of, professional_of

CORE = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-"
DATETIME, IDENTIFIER = f"{CORE}datetime-extension", f"{CORE}identifier-extension"
AUTHOR, CONTACT, SENDER = f"{CORE}practitioner-extension", f"{CORE}contact-extension", f"{CORE}sender-extension"


def read_care_message(bundle: Bundle, focus: Entry, activity: Code) -> CareMessage:
    """The Communication that the MessageHeader points to."""
    resource = focus.resource
    recipient = bundle.find(first_of(resource, "recipient"), focus)
    payloads = parts_of(resource, "payload")
    episode = _episode(bundle, focus)
    sender = part_of(extension_of(resource, SENDER), "valueReference")
    return CareMessage(
        thread=text_of(first_of(resource, "identifier"), "value"),
        category=known_code(coding_of(first_of(resource, "category")), "category"),
        activity=activity,
        topic=text_of(part_of(resource, "topic"), "text"),
        priority=_priority(text_of(resource, "priority")),
        episode=text_of(episode, "value"),
        episode_system=text_of(episode, "system"),
        segments=tuple(_segment(bundle, focus, row) for row in payloads if "contentString" in row),
        attachments=tuple(_attachment(bundle, focus, row) for row in payloads if "contentAttachment" in row),
        sender_role=professional_of(bundle, bundle.find(sender, focus)),
        recipient=professional_of(bundle, recipient),
        team=text_of(recipient.resource, "name") if recipient and recipient.type == "CareTeam" else "",
    )


def known_code(coding: Resource, table: str) -> Code:
    """A coding with the name we know for its code, else the name it brings."""
    code = text_of(coding, "code")
    name = names(table).get(code) or Phrase(text_of(coding, "display") or code)
    return Code(code, text_of(coding, "system"), name)


def _priority(code: str) -> Code | None:
    return Code(code, name=names("priority").get(code, Phrase(code))) if code else None


def _episode(bundle: Bundle, focus: Entry) -> Resource:
    """The identifier of the course of treatment."""
    encounter = bundle.find(focus.resource.get("encounter"), focus)
    return part_of(first_of(encounter.resource, "episodeOfCare"), "identifier") if encounter else {}


def _segment(bundle: Bundle, focus: Entry, payload: Resource) -> Segment:
    identifier = part_of(extension_of(payload, IDENTIFIER), "valueIdentifier")
    assigner = bundle.find(identifier.get("assigner"), focus)
    return Segment(
        text=Text.plain(text_of(payload, "contentString")),
        sent_at=moment(extension_of(payload, DATETIME).get("valueDateTime")),
        author=_author(bundle, focus, payload),
        phone=text_of(part_of(extension_of(payload, CONTACT), "valueContactPoint"), "value"),
        identifier=text_of(identifier, "value"),
        organisation=text_of(assigner.resource, "name") if assigner else "",
        assigner=party_of(assigner) if assigner else None,
    )


def _attachment(bundle: Bundle, focus: Entry, payload: Resource) -> Attachment:
    identifier = part_of(extension_of(payload, IDENTIFIER), "valueIdentifier")
    assigner = bundle.find(identifier.get("assigner"), focus)
    return replace(
        attachment_of(part_of(payload, "contentAttachment")),
        identifier=text_of(identifier, "value"),
        author=_author(bundle, focus, payload),
        sent_at=moment(extension_of(payload, DATETIME).get("valueDateTime")),
        phone=text_of(part_of(extension_of(payload, CONTACT), "valueContactPoint"), "value"),
        assigner=party_of(assigner) if assigner else None,
    )


def _author(bundle: Bundle, focus: Entry, payload: Resource) -> Professional | None:
    reference = part_of(extension_of(payload, AUTHOR), "valueReference")
    return professional_of(bundle, bundle.find(reference, focus))
