"""HospitalNotification and DIS20 or DIS17: every event, field by field in both directions, and there and back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from samspil.catalogue.bridge import stay_events
from samspil.conversion.bridge.directory import Book, Stay
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.message import Message, Person, PersonName
from samspil.formats.fhir.compose import party
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.reading import letters_in
from samspil.formats.letters.tree import find
from tests.unit.conversion.bridge.cast import (
    BOOK,
    CLINIC_GLN,
    EPISODE,
    HOSPITAL_GLN,
    NOW,
    PATIENT,
    WINTER,
    codes,
    crossed,
    letter,
    lost,
    message_in,
    missing,
    notice_tree,
    stay,
)

VERSIONS = {"DIS20": "D2030C", "DIS17": "D1730C"}
BEGAN = datetime(2026, 2, 27, 10, 15, tzinfo=WINTER)
ENDED = datetime(2026, 3, 2, 9, 30, tzinfo=WINTER)
BARE = EPISODE.removeprefix("urn:uuid:").replace("-", "")
LIVING = Person(number=PATIENT.number, name=PersonName(family="Elmer"))
DEAD = replace(LIVING, deceased=True)


def following(activity: str) -> Message:
    """The notification that another one follows."""
    ended = ENDED if "discharge" in activity else None
    return message_in(stay(activity, seed=5, at=NOW - timedelta(hours=1), ended_at=ended))


ADMITTED = following("admit-inpatient")
DISCHARGED = following("discharge-inpatient-home")
SAYABLE: dict[str, tuple[Callable[[], bytes], str, str, str]] = {
    "STIN": (stay, "DIS20", "nytbrev", "indlagt"),
    "RE_STIN": (lambda: stay("revise-admit-inpatient", following=ADMITTED), "DIS20", "rettetbrev", "indlagt"),
    "AN_STIN": (lambda: stay("cancel-admit-inpatient", following=ADMITTED), "DIS20", "annulleretbrev", "indlagt"),
    "SLHJ": (
        lambda: stay("discharge-inpatient-home", ended_at=ENDED, following=ADMITTED),
        "DIS17",
        "nytbrev",
        "udskrevet_til_hjemmet",
    ),
    "RE_SLHJ": (
        lambda: stay("revise-discharge-inpatient-home", ended_at=ENDED, following=DISCHARGED),
        "DIS17",
        "rettetbrev",
        "udskrevet_til_hjemmet",
    ),
    "MORS": (lambda: stay(ended_at=ENDED, patient=DEAD), "DIS17", "nytbrev", "doed"),
    "MORS on arrival": (lambda: stay(ended_at=BEGAN, patient=DEAD), "DIS20", "nytbrev", "doed"),
    "RE_MORS": (
        lambda: stay("revise-admit-inpatient", ended_at=ENDED, patient=DEAD, following=ADMITTED),
        "DIS17",
        "rettetbrev",
        "doed",
    ),
}
UNSAYABLE: dict[str, Callable[[], bytes]] = {
    "STAA": lambda: stay("admit-emergency"),
    "STOR": lambda: stay("start-leave-inpatient", leave_started_at=ENDED, following=ADMITTED),
    "SLOR": lambda: stay("end-leave-inpatient", leave_started_at=BEGAN, leave_ended_at=ENDED, following=ADMITTED),
    "SLHJ of an emergency": lambda: stay("discharge-emergency-home", ended_at=ENDED, following=ADMITTED),
    "AN_STAA": lambda: stay("cancel-admit-emergency", following=ADMITTED),
    "AN_STOR": lambda: stay("cancel-start-leave-inpatient", following=ADMITTED),
    "AN_SLOR": lambda: stay("cancel-end-leave-inpatient", leave_started_at=BEGAN, following=ADMITTED),
    "RE_STAA": lambda: stay("revise-admit-emergency", following=ADMITTED),
}


def the_letter(payload: bytes) -> Letter:
    """The one letter of a payload."""
    letters = letters_in(payload)
    assert letters and len(letters) == 1
    return letters[0]


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("event", SAYABLE)
def test_an_event_goes_out(event: str, wire: str) -> None:
    """Each event that letters know is the letter, the status and the stay's status that the table says."""
    make, type, letter_status, stay_status = SAYABLE[event]
    conversion = crossed(make(), wire)
    assert conversion.payload, [(issue.code, issue.facts) for issue in conversion.report.issues]
    written = the_letter(conversion.payload)
    said = find(written.tree, ("Letter", "StatusCode")), find(written.tree, ("Patient", "EpisodeOfCareStatusCode"))
    assert (written.type, *said) == (type, letter_status, stay_status)


@pytest.mark.parametrize("event", UNSAYABLE)
def test_an_event_that_letters_do_not_know_is_refused(event: str) -> None:
    """Emergency stays and leave are no letter's word: nothing is written that says something else."""
    conversion = crossed(UNSAYABLE[event](), "oioxml")
    assert conversion.outputs == ()
    assert codes(conversion) & {"convert.event.unsayable"}


@pytest.mark.parametrize("row", stay_events(), ids=lambda row: f"{row.letter} {row.letter_status} {row.stay_status}")
def test_an_event_comes_in(row: Any) -> None:
    """Each row of the table, read from its letter, is the notification's kind, activity, status and class."""
    tree = notice_tree(row.letter)
    tree["Letter"]["StatusCode"] = row.letter_status
    tree["Patient"]["EpisodeOfCareStatusCode"] = row.stay_status
    conversion = crossed(letter(VERSIONS[row.letter], tree), "fhir")
    assert conversion.payload, [(issue.code, issue.facts) for issue in conversion.report.issues]
    body = message_in(conversion.payload).body
    assert isinstance(body, StayNotification)
    assert (body.kind.code, body.activity.code, body.status, body.stay_class) == (
        row.kind,
        row.activity,
        row.status,
        row.stay_class,
    )


@pytest.mark.parametrize("status", ["udskrevet_til_andet", "flyttet_til_sygehus", "flyttet_til_sygehusafd", "uoplyst"])
def test_a_move_is_no_discharge(status: str) -> None:
    """A letter of a move, or one that does not say where to, is not told as a discharge to the home."""
    tree = notice_tree("DIS17")
    tree["Patient"]["EpisodeOfCareStatusCode"] = status
    conversion = crossed(letter(VERSIONS["DIS17"], tree), "fhir")
    assert conversion.outputs == ()
    assert codes(conversion) & {"convert.event.unsayable"}


@dataclass(frozen=True)
class Row:
    """One field: its element in DIS20, its place in the message."""

    name: str
    path: str
    spelt: Any
    get: Callable[[Message, StayNotification], Any]
    expected: Any
    said: dict[str, Any] = field(default_factory=dict[str, Any])


FIELDS = [
    Row("episode", "Letter/NotificationIdentifier", BARE, lambda _, body: body.episodes, (EPISODE,)),
    Row(
        "start",
        "Admission",
        {"Date": "2026-02-27", "Time": "10:15"},
        lambda _, body: body.started_at,
        BEGAN,
    ),
    Row(
        "report to",
        "Sender/AnswerTo/EANIdentifier",
        HOSPITAL_GLN,
        lambda _, body: (body.report_wanted, body.report_recipient and body.report_recipient.gln),
        (True, HOSPITAL_GLN),
    ),
    Row("sender", "Sender/EANIdentifier", HOSPITAL_GLN, lambda message, _: message.sender.gln, HOSPITAL_GLN),
    Row("SOR", "Sender/Identifier", "441211000016002", lambda message, _: message.sender.sor, "441211000016002"),
    Row(
        "name", "Sender/OrganisationName", "Fjordby Sygehus", lambda message, _: message.sender.name, "Fjordby Sygehus"
    ),
    Row("receiver", "Receiver/EANIdentifier", CLINIC_GLN, lambda message, _: message.receiver.gln, CLINIC_GLN),
    Row(
        "citizen",
        "Patient/CivilRegistrationNumber",
        "2509479989",
        lambda message, _: message.patient and message.patient.number,
        PATIENT.number,
    ),
    Row(
        "told at",
        "Letter/Authorisation",
        {"Date": "2026-03-02", "TimeWithSec": "10:15:20"},
        lambda message, _: message.history[-1].at,
        NOW,
    ),
    Row(
        "provider",
        "Sender/EANIdentifier",
        HOSPITAL_GLN,
        lambda _, body: body.provider and body.provider.gln,
        HOSPITAL_GLN,
    ),
]


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row.name)
def test_a_field_goes_out_and_comes_in(row: Row) -> None:
    """Each field stands in its element of the letter, and from there in its place of the message."""
    out = crossed(stay(), "oioxml")
    assert out.payload
    written = the_letter(out.payload)
    assert find(written.tree, row.path.split("/")) == row.spelt
    back = crossed(out.payload, "fhir")
    assert back.payload
    message = message_in(back.payload)
    assert isinstance(message.body, StayNotification)
    assert row.get(message, message.body) == row.expected


def test_a_discharge_needs_the_stay_it_ends() -> None:
    """A DIS17 does not say when the stay began; without a log that knows it, the field is named as missing."""
    payload = letter(VERSIONS["DIS17"], notice_tree("DIS17"))
    assert crossed(payload, "fhir").payload
    alone = Book()
    alone.find_listing = BOOK.find_listing
    assert missing(crossed(payload, "fhir", directory=alone)) == {"Encounter.period.start"}


def test_a_cancellation_names_what_it_takes_back() -> None:
    """The log's last message about the stay, else the notification by the sender's number and its own name."""
    tree = notice_tree()
    tree["Letter"]["StatusCode"] = "annulleretbrev"
    payload = letter(VERSIONS["DIS20"], tree)
    conversion = crossed(payload, "fhir")
    assert conversion.payload
    step = message_in(conversion.payload).history[-1]
    assert (step.activity, step.earlier_message_id) == ("cancel-admit-inpatient", f"{HOSPITAL_GLN}#{BARE}")


def test_a_wish_for_a_report_that_was_not_made_is_told() -> None:
    """A DIS20 always names whom to answer: that the notification asked for nothing is lost, and told."""
    conversion = crossed(stay(report_wanted=False), "oioxml")
    assert conversion.payload
    assert "MessageHeader.extension[reportOfAdmissionFlag]" in lost(conversion)
    assert find(the_letter(conversion.payload).tree, ("Sender", "AnswerTo", "EANIdentifier")) == HOSPITAL_GLN


LOST_OUT: dict[str, tuple[Callable[[], bytes], str]] = {
    "seconds": (lambda: stay(started_at=BEGAN.replace(second=7)), "Encounter.period.start"),
    "name of the citizen": (stay, "Patient.name"),
    "system of the episode": (stay, "Encounter.episodeOfCare.identifier.system"),
    "unit": (
        lambda: stay(provider=party("M4", gln="5790000120116", sor="441211000016003")),
        "Encounter.serviceProvider",
    ),
    "start of a stay that ends": (SAYABLE["SLHJ"][0], "Encounter.period.start"),
    "earlier history": (SAYABLE["AN_STIN"][0], "Provenance[earlier]"),
}


@pytest.mark.parametrize("what", LOST_OUT)
def test_what_a_letter_cannot_say_is_told(what: str) -> None:
    """A value without an element is a loss with its path, and no error."""
    make, path = LOST_OUT[what]
    conversion = crossed(make(), "oioxml")
    assert conversion.outputs
    assert path in lost(conversion)


def mapped(message: Message) -> dict[str, Any]:
    """Every field that the two generations have in common."""
    body = message.body
    assert isinstance(body, StayNotification)
    return {
        "event": (body.kind.code, body.activity.code, body.status, body.stay_class),
        "period": (body.started_at, body.ended_at),
        "episodes": body.episodes,
        "sender": (message.sender.gln, message.sender.sor, message.sender.name),
        "receiver": (message.receiver.gln, message.receiver.sor, message.receiver.name),
        "patient": (message.patient and message.patient.number, message.patient and bool(message.patient.deceased)),
        "told": message.history[-1].at,
        "report": (body.report_wanted, body.report_recipient and body.report_recipient.gln),
    }


KNOWN = Book()
KNOWN.find_listing = BOOK.find_listing
KNOWN.find_stay = lambda identifier: Stay(started_at=BEGAN)  # the log has the first notification
ALWAYS = {
    "MessageHeader.id",
    "Bundle.id",
    "Bundle.timestamp",
    "Patient.name",
    "Encounter.episodeOfCare.identifier.system",
}
MORE = {
    "RE_STIN": {"Provenance[earlier]", "Provenance.entity.what"},
    "AN_STIN": {"Provenance[earlier]", "Provenance.entity.what"},
    "SLHJ": {"Provenance[earlier]", "Provenance.entity.what", "Encounter.period.start"},
    "RE_SLHJ": {"Provenance[earlier]", "Provenance.entity.what", "Encounter.period.start"},
    "MORS": {"Encounter.period.start"},
    "RE_MORS": {"Provenance[earlier]", "Provenance.entity.what", "Encounter.period.start"},
}


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("event", SAYABLE)
def test_there_and_back(event: str, wire: str) -> None:
    """A notification that goes out as a letter and comes back is equal in every mapped field; losses are these."""
    before = SAYABLE[event][0]()
    out = crossed(before, wire)
    assert lost(out) == ALWAYS | MORE.get(event, set())
    assert out.payload
    back = crossed(out.payload, "fhir", directory=KNOWN)
    assert back.payload, [(issue.code, issue.facts) for issue in back.report.issues]
    assert mapped(message_in(back.payload)) == mapped(message_in(before))
