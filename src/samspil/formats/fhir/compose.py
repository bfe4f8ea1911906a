"""New FHIR messages from what a sender knows: for the demo, the examples and the benchmarks.

Each function makes a message of the canonical model and writes it. Replies, forwards and later notifications are
made from the message they follow, as it was read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from samspil.catalogue.codes import names
from samspil.catalogue.identifier_systems import PRODUCER
from samspil.catalogue.standards import Syntax, find_standard
from samspil.domain.clinical.care_message import CareMessage, Segment
from samspil.domain.clinical.home_care_report import HomeCareReport, Measurement
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import (
    Attachment,
    Body,
    Format,
    Head,
    HistoryStep,
    IdentifierKind,
    Kind,
    Message,
    Party,
    PartyIdentifier,
    Person,
    Professional,
)
from samspil.domain.text import Text
from samspil.formats.fhir.hospital_notification import kind_of
from samspil.formats.fhir.writer.message import write_message
from samspil.formats.fhir.writer.people import SOR_ADDRESS
from samspil.formats.subject import hidden_subject

_NPU = "urn:oid:1.2.208.176.2.1"
_MEDCOM_OBSERVATIONS = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-observation-codes"


@dataclass(frozen=True, slots=True)
class Pen:
    """What every composition needs from outside: the time, fresh ids, and the syntax to write."""

    now: datetime
    new_id: Callable[[], UUID]
    syntax: Format = Format.FHIR_JSON

    def fresh(self) -> str:
        """A fresh UUID."""
        return str(self.new_id())


def party(
    name: str, *, gln: str, sor: str, yder: str = "", producer: str = "", contact: Professional | None = None
) -> Party:
    """An organisation with the identifiers that FHIR messages want."""
    identifiers = [PartyIdentifier(IdentifierKind.GLN, gln), PartyIdentifier(IdentifierKind.SOR, sor)]
    if yder:
        identifiers.append(PartyIdentifier(IdentifierKind.YDER, yder))
    if producer:
        identifiers.append(PartyIdentifier(IdentifierKind.OTHER, producer, PRODUCER))
    return Party(name=name, identifiers=tuple(identifiers), endpoint=SOR_ADDRESS + sor, professional=contact)


def compose_care_communication(
    pen: Pen,
    *,
    sender: Party,
    receiver: Party,
    patient: Person,
    author: Professional,
    phone: str,
    text: str,
    category: str = "other",
    topic: str = "",
    priority: str = "",
    episode: str = "",
    attachments: Sequence[Attachment] = (),
    recipient: Professional | None = None,
    team: str = "",
    replying_to: Message | None = None,
    forwarding: Message | None = None,
) -> bytes:
    """A CareCommunication 5.0: new, a reply in a thread, or a thread forwarded to somebody else.

    A reply keeps the thread's id and episode and carries all earlier texts and history; of earlier files it keeps
    title and identifier. A forward starts a new thread and carries everything, files included.
    """
    segment = Segment(
        text=Text.plain(text),
        sent_at=pen.now,
        author=author,
        phone=phone,
        identifier=f"urn:uuid:{pen.fresh()}",
        organisation=sender.name,
        assigner=sender,
    )
    files = tuple(
        replace(file, identifier=f"urn:uuid:{pen.fresh()}", sent_at=pen.now, assigner=sender) for file in attachments
    )
    activity = "reply-message" if replying_to else "forward-message" if forwarding else "new-message"
    before = replying_to or forwarding
    earlier = before.body if before and isinstance(before.body, CareMessage) else None
    old_files = earlier.attachments if earlier else ()
    if replying_to:
        old_files = tuple(replace(file, content=None, url="", media_type="") for file in old_files)
    body = CareMessage(
        thread=earlier.thread if earlier and replying_to else f"urn:uuid:{pen.fresh()}",
        category=_known(category, "category"),
        activity=_known(activity, "activity"),
        topic=topic or (earlier.topic if earlier else ""),
        priority=_known(priority, "priority") if priority else None,
        episode=episode or (earlier.episode if earlier else ""),
        episode_system=sender.endpoint if episode else earlier.episode_system if earlier else "",
        segments=(*(earlier.segments if earlier else ()), segment),
        attachments=(*old_files, *files),
        recipient=recipient or (earlier.sender_role if earlier and replying_to else None),
        team=team,
    )
    contents = (segment.identifier, *(file.identifier for file in files))
    return _write(
        pen,
        "CareCommunication",
        sender=sender,
        receiver=receiver,
        patient=patient,
        body=body,
        activity=activity,
        before=before,
        contents=contents,
    )


def compose_hospital_notification(
    pen: Pen,
    *,
    activity: str,
    sender: Party,
    receiver: Party,
    patient: Person,
    episode: str,
    started_at: datetime,
    ended_at: datetime | None = None,
    leave_started_at: datetime | None = None,
    leave_ended_at: datetime | None = None,
    report_wanted: bool = False,
    provider: Party | None = None,
    following: Message | None = None,
) -> bytes:
    """A HospitalNotification 3.0. `activity` is MedCom's code (admit-inpatient, cancel-admit-inpatient …).

    Status and class follow from it. `following` is the message before it in the same stay.
    """
    status, stay_class = _state(activity)
    body = StayNotification(
        kind=kind_of(activity, deceased=patient.deceased is True),
        activity=_known(activity, "activity"),
        status="finished" if patient.deceased else status,
        stay_class=stay_class,
        episodes=(episode,),
        episode_systems=(sender.endpoint,),
        started_at=started_at,
        ended_at=ended_at,
        leave_started_at=leave_started_at,
        leave_ended_at=leave_ended_at,
        provider=provider or sender,
        report_wanted=report_wanted,
        report_recipient=sender if report_wanted else None,
    )
    return _write(
        pen,
        "HospitalNotification",
        sender=sender,
        receiver=receiver,
        patient=patient,
        body=body,
        activity=activity,
        before=following,
    )


def compose_home_care_report(
    pen: Pen,
    *,
    sender: Party,
    receiver: Party,
    patient: Person,
    performer: Professional,
    measurements: Sequence[Measurement],
    conclusion: str = "",
    attachments: Sequence[Attachment] = (),
    restricted: bool = False,
    correcting: Message | None = None,
) -> bytes:
    """A HomeCareObservation 1.2. The sender needs a producer id, the receiver a ydernummer and a contact."""
    activity = "modified-message" if correcting else "new-message"
    body = HomeCareReport(
        activity=_known(activity, "activity"),
        status="final",
        issued_at=pen.now,
        conclusion=conclusion,
        producer=sender,
        performer=performer,
        measurements=tuple(measurements),
        attachments=tuple(replace(file, identifier=f"urn:uuid:{pen.fresh()}", assigner=sender) for file in attachments),
        restricted=restricted,
    )
    return _write(
        pen,
        "HomeCareObservation",
        sender=sender,
        receiver=receiver,
        patient=patient,
        body=body,
        activity=activity,
        before=correcting,
    )


def measurement(code: str, name: str, value: str, unit: str, at: datetime, *, note: str = "") -> Measurement:
    """A final result under an NPU code, or under a MedCom code (MCS…)."""
    system = _MEDCOM_OBSERVATIONS if code.startswith("MCS") else _NPU
    return Measurement(
        code=Code(code, system, Phrase(name)),
        value=value,
        unit=unit,
        status=_known("final", "result_status"),
        measured_at=at,
        notes=(note,) if note else (),
    )


def _write(
    pen: Pen,
    standard: str,
    *,
    sender: Party,
    receiver: Party,
    patient: Person,
    body: Body,
    activity: str,
    before: Message | None = None,
    contents: tuple[str, ...] = (),
) -> bytes:
    """Head and history around a body, and the whole as bytes."""
    message_id = pen.fresh()
    step = HistoryStep(
        activity=activity,
        at=pen.now,
        by=sender.name,
        message_id=message_id,
        earlier_message_id=before.head.message_id if before else "",
        contents=contents,
    )
    known = find_standard(standard)
    head = Head(
        standard=standard,
        version=known.newest(Syntax.FHIR) if known else None,
        kind=Kind.MESSAGE,
        message_id=message_id,
        envelope_id=pen.fresh(),
        sender=sender.gln,
        receiver=receiver.gln,
        subject=hidden_subject("cpr", patient.number.reveal()) if patient.number else "",
        sent_at=pen.now,
    )
    message = Message(
        head=head,
        sender=sender,
        receiver=receiver,
        patient=patient,
        body=body,
        history=(*(before.history if before else ()), step),
    )
    return write_message(message, new_id=pen.new_id, syntax=pen.syntax)


def _known(code: str, table: str) -> Code:
    return Code(code, name=names(table)[code])


_STATES = {
    "admit-emergency": ("in-progress", "EMER"),
    "admit-inpatient": ("in-progress", "IMP"),
    "start-leave-inpatient": ("onleave", "IMP"),
    "end-leave-inpatient": ("in-progress", "IMP"),
    "discharge-emergency-home": ("finished", "EMER"),
    "discharge-inpatient-home": ("finished", "IMP"),
    "cancel-admit-emergency": ("entered-in-error", "EMER"),
    "cancel-admit-inpatient": ("entered-in-error", "IMP"),
    "cancel-start-leave-inpatient": ("in-progress", "IMP"),
    "cancel-end-leave-inpatient": ("onleave", "IMP"),
    "cancel-discharge-emergency-home": ("in-progress", "EMER"),
    "cancel-discharge-inpatient-home": ("in-progress", "IMP"),
}
"""Status and class of the stay after each event. Source: MedCom HospitalNotification 3.0, overview of codes."""


def _state(activity: str) -> tuple[str, str]:
    """A correction leaves the stay in the state that what it corrects had."""
    return _STATES[activity.removeprefix("revise-")]
