"""A HospitalNotification as DIS20 or DIS17, and back: the table of events decides, both ways.

What letters cannot say (emergency stays, leave, a cancelled death) and what FHIR cannot (moves between hospitals) is
refused, never said as something else: a municipality acts on it without asking.
"""

from dataclasses import replace
from datetime import datetime

from samspil.catalogue.bridge import StayEvent, stay_events
from samspil.catalogue.codes import names
from samspil.catalogue.findings import finding
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.directory import Stay
from samspil.conversion.bridge.identifiers import bare, joined, letter_id, urn_of
from samspil.conversion.bridge.letters_out import Draft, dispatch_of, edition_of, write_letters
from samspil.conversion.bridge.parties import fhir_party, letter_patient, letter_receiver, letter_sender
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.clinical.letter import Approval, LetterStatus
from samspil.domain.clinical.notification import Notification
from samspil.domain.codes import Code
from samspil.domain.message import Format, Head, HistoryStep, IdentifierKind, Kind, Message, Party, PartyIdentifier
from samspil.formats.fhir.hospital_notification import kind_of

_STATUSES = {
    "nytbrev": LetterStatus.NEW,
    "rettetbrev": LetterStatus.CORRECTED,
    "annulleretbrev": LetterStatus.CANCELLED,
}
_ADMITTED, _DISCHARGED, _DEAD = "DIS20", "DIS17", "doed"
_IDENTIFIER = 35


# ------------------------------------------------------------------------------------------------- FHIR to letter
def stay_out(crossing: Crossing, message: Message, body: StayNotification, to: Format, wanted: str | None) -> None:
    """Write the notification's letter."""
    event = _event_of(body)
    if event is None:
        crossing.unsayable(f"{body.kind.code} ({body.activity.code})", to.value.upper())
        return
    edition = edition_of(event.letter, wanted)
    if edition is None:
        crossing.issues.append(finding("convert.version.unsupported", version=(wanted or "")[:9], target=to.value))
        return
    at = message.head.sent_at or crossing.now
    sender = letter_sender(crossing, message.sender)
    patient = letter_patient(crossing, message.patient)
    if patient:
        crossing.lose_if(patient.name, "Patient.name")
        crossing.lose_if(patient.address, "Patient.address")
        patient = replace(patient, name=None, address=None)
    letter = Message(
        head=Head(
            standard=event.letter,
            version=None,
            kind=Kind.MESSAGE,
            message_id=letter_id(message.head.message_id),
            envelope_id=None,
            sender=None,
            receiver=None,
        ),
        sender=sender,
        receiver=letter_receiver(crossing, message.receiver),
        patient=patient,
        body=_notification(crossing, message, body, event, at),
    )
    _lose(crossing, message, body, event)
    envelope = letter_id(message.head.envelope_id or message.head.message_id)
    write_letters(crossing, [Draft(letter, edition)], dispatch_of(envelope, at, letter, receipt_wanted=True), to)


def _event_of(body: StayNotification) -> StayEvent | None:
    """The event in letters; a death on arrival is an admission's."""
    on_arrival = body.started_at is not None and body.started_at == body.ended_at
    for event in stay_events():
        if (event.kind, event.activity, event.stay_class) == (body.kind.code, body.activity.code, body.stay_class):
            if event.stay_status == _DEAD and on_arrival is not (event.letter == _ADMITTED):
                continue
            return event
    return None


def _notification(
    crossing: Crossing, message: Message, body: StayNotification, event: StayEvent, at: datetime
) -> Notification:
    episode = bare(body.episodes[0]) if body.episodes else ""
    if len(episode) > _IDENTIFIER:
        crossing.unsound("Encounter.episodeOfCare.identifier", "NotificationIdentifier")
    recipient = body.report_recipient or message.sender
    admitted, discharged = None, None
    if event.letter == _ADMITTED:
        admitted = _moment(crossing, body.started_at, "Encounter.period.start")
    else:
        discharged = _moment(crossing, body.ended_at, "Encounter.period.end")
        crossing.lose("Encounter.period.start", "absent")
    gln = recipient.identifier(IdentifierKind.GLN)
    answered = event.letter == _ADMITTED or body.report_recipient is not None
    return Notification(
        kind=body.kind.name,
        approval=Approval(at=at, status=_STATUSES[event.letter_status], statistics=f"X{event.letter}"),
        identifier=crossing.demand(episode, "Encounter.episodeOfCare.identifier"),
        status=Code(event.stay_status),
        admitted_at=admitted,
        discharged_at=discharged,
        answer_to=Party(identifiers=(PartyIdentifier(IdentifierKind.GLN, gln),)) if gln and answered else None,
    )


def _moment(crossing: Crossing, at: datetime | None, path: str) -> datetime | None:
    if at is None:
        crossing.missing(path)
        return None
    return crossing.to_minute(at, path)


def _lose(crossing: Crossing, message: Message, body: StayNotification, event: StayEvent) -> None:
    crossing.lose("MessageHeader.id", "renamed")
    crossing.lose("Bundle.id", "renamed")
    at = message.head.sent_at
    crossing.lose_if(at and at.second, "Bundle.timestamp", "minute")
    crossing.lose_if(len(body.episodes) > 1, "Encounter.episodeOfCare[2]")
    crossing.lose_if(body.episode_systems and body.episode_systems[0], "Encounter.episodeOfCare.identifier.system")
    provider = body.provider
    crossing.lose_if(provider and provider.gln != message.sender.gln, "Encounter.serviceProvider")
    crossing.lose_if(len(message.history) > 1, "Provenance[earlier]")
    earlier = message.history[-1].earlier_message_id if message.history else ""
    crossing.lose_if(earlier, "Provenance.entity.what")
    flag = "MessageHeader.extension[reportOfAdmissionFlag]"
    crossing.lose_if(event.letter == _ADMITTED and not body.report_wanted, flag, "changed")
    crossing.lose_if(event.letter == _DISCHARGED and body.report_wanted and not body.report_recipient, flag)
    crossing.lose_if(body.leave_started_at or body.leave_ended_at, "Encounter.extension[leavePeriod]")
    for one in message.unread:
        crossing.lose(one.path, "absent")


# ------------------------------------------------------------------------------------------------- letter to FHIR
def stay_in(
    crossing: Crossing, letter: Message, body: Notification, type: str, sender: Party
) -> tuple[StayNotification, HistoryStep] | None:
    """The body and the step of its history; None if FHIR has no such event."""
    event = _event_in(body, type)
    if event is None:
        status = body.status.code if body.status else "uoplyst"
        said = body.approval.status.value if body.approval.status else ""
        crossing.unsayable(f"{type} {status} ({said})", "HospitalNotification")
        return None
    stay = crossing.directory.find_stay(body.identifier)
    started, ended = _period(crossing, body, event, stay)
    sent = body.approval.at or crossing.now
    recipient = _recipient(crossing, body, sender)
    notification = StayNotification(
        kind=kind_of(event.activity, deceased=event.stay_status == _DEAD),
        activity=Code(event.activity, name=names("activity")[event.activity]),
        status=event.status,
        stay_class=event.stay_class,
        episodes=(urn_of(crossing.demand(body.identifier, "Letter/NotificationIdentifier")),),
        episode_systems=(sender.endpoint,),
        started_at=started,
        ended_at=ended,
        provider=sender,
        report_wanted=recipient is not None,
        report_recipient=recipient,
    )
    _lose_letter(crossing, letter, body)
    earlier = _earlier(letter, body, event, stay)
    step = HistoryStep(activity=event.activity, at=sent, by=sender.name, earlier_message_id=earlier)
    return notification, step


def _event_in(body: Notification, type: str) -> StayEvent | None:
    status = body.status.code if body.status else "indlagt" if type == _ADMITTED else ""
    for event in stay_events():
        letter_status = _STATUSES[event.letter_status]
        if (event.letter, event.stay_status, letter_status) == (type, status, body.approval.status):
            return event
    return None


def _period(
    crossing: Crossing, body: Notification, event: StayEvent, stay: Stay | None
) -> tuple[datetime | None, datetime | None]:
    """When the stay began and ended. A discharge does not say when it began: the log may know."""
    if event.letter == _ADMITTED:
        started = body.admitted_at
        return started, started if event.stay_status == _DEAD else None
    if stay is None:
        crossing.missing("Encounter.period.start")
    ended = body.discharged_at if event.status == "finished" else None
    crossing.lose_if(body.discharged_at and ended is None, "Discharge")
    return stay.started_at if stay else None, ended


def _recipient(crossing: Crossing, body: Notification, sender: Party) -> Party | None:
    """Whom the receiver answers: a wish for a report of admission."""
    answer_to = body.answer_to
    if answer_to is None or not answer_to.identifiers:
        return None
    if answer_to.gln == sender.gln:
        return sender
    return fhir_party(crossing, answer_to, "Sender/AnswerTo")


def _earlier(letter: Message, body: Notification, event: StayEvent, stay: Stay | None) -> str:
    """The message before this one in the stay: of the log, else the notification by its own name."""
    if stay and stay.last_message:
        return stay.last_message
    if event.letter_status == "nytbrev":
        return ""
    return joined(letter.sender.identifier(IdentifierKind.GLN) or "", body.identifier)


def _lose_letter(crossing: Crossing, letter: Message, body: Notification) -> None:
    crossing.lose_if(letter.sender.phones, "Sender/TelephoneSubscriberIdentifier", "registered")
    for number, contact in enumerate(body.contacts, start=1):
        crossing.lose_if(contact, f"Sender/ContactInformation[{number}]")
    crossing.lose_items(body.more)
