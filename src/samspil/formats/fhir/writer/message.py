"""A message of the canonical model as a FHIR message bundle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson

from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.clinical.home_care_report import HomeCareReport
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.message import Format, Message, Party
from samspil.formats.fhir.acknowledgement import BASE
from samspil.formats.fhir.head import DESTINATION_USE
from samspil.formats.fhir.writer.care_communication import put_care_message
from samspil.formats.fhir.writer.home_care_observation import put_report
from samspil.formats.fhir.writer.hospital_notification import header_extensions, put_stay
from samspil.formats.fhir.writer.people import endpoint_of, put_party, put_patient
from samspil.formats.fhir.writer.provenance import MESSAGING, put_history
from samspil.formats.fhir.writer.sheet import CODES, IG, Reference, Resource, Sheet, narrative
from samspil.formats.fhir.xml_writer import write_xml

_DEFINITIONS = f"{IG}messagedefinitions/MessageDefinition/"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a standard's messages have in common."""

    event: str
    bundle: str
    header: str
    provenance: str = MESSAGING
    definition: str = ""


_SHAPES: Mapping[type, _Shape] = {
    CareMessage: _Shape(
        "care-communication-message",
        "carecommunication/StructureDefinition/medcom-careCommunication-message",
        "carecommunication/StructureDefinition/medcom-careCommunication-messageHeader",
        "carecommunication/StructureDefinition/medcom-careCommunication-provenance",
        f"{_DEFINITIONS}MedComCareCommunicationMessageDefinition|5.0",
    ),
    StayNotification: _Shape(
        "hospital-notification-message",
        "hospitalnotification/StructureDefinition/medcom-hospitalNotification-message",
        "hospitalnotification/StructureDefinition/medcom-hospitalNotification-messageHeader",
    ),
    HomeCareReport: _Shape(
        "homecareobservation-message",
        "homecareobservation/StructureDefinition/medcom-homecareobservation-message",
        "homecareobservation/StructureDefinition/medcom-homecareobservation-messageheader",
        definition=f"{_DEFINITIONS}MedComHomeCareObservationMessageDefinition|1.1",
    ),
}


def write_message(
    message: Message,
    *,
    new_id: Callable[[], UUID],
    syntax: Format = Format.FHIR_JSON,
    base_url: str = BASE,
) -> bytes:
    """The message as bytes.

    Shape:   the head's ids and time become Bundle.id, MessageHeader.id and Bundle.timestamp; the history its
             Provenances, the newest telling of this message.
    Errors:  ValueError for what the standard demands and the model does not hold, or a body it has no standard for.
    """
    shape = _SHAPES.get(type(message.body))
    if shape is None or message.patient is None or message.head.sent_at is None:
        raise ValueError("no FHIR standard carries this message")
    sheet = Sheet(new_id=new_id, base_url=base_url)
    patient = put_patient(sheet, message.patient)
    focus, extensions = _put_body(sheet, message, patient)
    parties = _parties(sheet, message)
    put_history(sheet, message.history, parties, profile=shape.provenance)
    root = sheet.bundle(
        identifier=message.head.envelope_id or sheet.new_id(),
        profile=shape.bundle,
        at=message.head.sent_at,
        header=_header(sheet, message, shape, focus, extensions),
    )
    return write_xml(root) if syntax is Format.FHIR_XML else orjson.dumps(root)


def _put_body(sheet: Sheet, message: Message, patient: Reference) -> tuple[Reference, list[Resource]]:
    """The focus, and what the body adds to the header."""
    match message.body:
        case CareMessage() as body:
            return put_care_message(sheet, message, body, patient), []
        case StayNotification() as body:
            return put_stay(sheet, message, body, patient), header_extensions(sheet, body)
        case HomeCareReport() as body:
            return put_report(sheet, message, body, patient), []
        case _:
            raise ValueError("no FHIR standard carries this message")


def _parties(sheet: Sheet, message: Message) -> dict[str, Reference]:
    """The organisations of the message by name: the two parties, and those who wrote earlier."""
    parties: list[Party] = [message.sender, message.receiver]
    if isinstance(message.body, CareMessage):
        parties += [row.assigner for row in (*message.body.segments, *message.body.attachments) if row.assigner]
    return {party.name: put_party(sheet, party) for party in reversed(parties)}


def _header(sheet: Sheet, message: Message, shape: _Shape, focus: Reference, extensions: list[Resource]) -> Resource:
    sender, receiver = message.sender, message.receiver
    use = {"system": f"{CODES}medcom-messaging-destinationUse", "code": "primary"}
    header: Resource = {
        "resourceType": "MessageHeader",
        "id": message.head.message_id,
        "meta": {"profile": [IG + shape.header]},
        "text": _told(message, shape, extensions),
    }
    if extensions:
        header["extension"] = extensions
    header |= {
        "eventCoding": {"system": f"{CODES}medcom-messaging-eventCodes", "code": shape.event},
        "destination": [
            {
                "extension": [{"url": DESTINATION_USE, "valueCoding": use}],
                "endpoint": endpoint_of(receiver),
                "receiver": put_party(sheet, receiver),
            }
        ],
        "sender": put_party(sheet, sender),
        "source": {"endpoint": endpoint_of(sender)},
        "focus": [focus],
    }
    if shape.definition:
        header["definition"] = shape.definition
    return header


def _told(message: Message, shape: _Shape, extensions: list[Resource]) -> Resource:
    sender, receiver = message.sender, message.receiver
    return narrative(
        [
            ("Hændelse", shape.event),
            ("Fra", f"{sender.name} {sender.gln or ''} {endpoint_of(sender)}"),
            ("Til", f"{receiver.name} {receiver.gln or ''} {endpoint_of(receiver)} (primary)"),
            ("Indlæggelsesrapport ønskes", "ja" if extensions else ""),
            ("Definition", shape.definition),
        ]
    )
