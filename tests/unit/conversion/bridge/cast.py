"""Who and what the bridge's tests speak of: invented places, an official test person, and what registers know."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any
from uuid import UUID

from samspil.catalogue.legacy.shapes import by_version
from samspil.conversion.api import Conversion, convert
from samspil.conversion.bridge.directory import Book, Listing, Sent, Stay
from samspil.domain.identifiers import Cpr
from samspil.domain.message import Address, Attachment, Message, Person, PersonName, Professional
from samspil.formats.fhir.compose import Pen, compose_care_communication, compose_hospital_notification, party
from samspil.formats.letters.letter import Dispatch
from samspil.formats.letters.reading import letters_in
from samspil.formats.letters.tree import Tree
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.validation.api import read

WINTER = timezone(timedelta(hours=1))
NOW = datetime(2026, 3, 2, 10, 15, 20, tzinfo=WINTER)
HOSPITAL_GLN, CLINIC_GLN = "5790000120420", "5790000121526"
HOSPITAL = party("Fjordby Sygehus", gln=HOSPITAL_GLN, sor="441211000016002")
CLINIC = party("Lægehuset Bækken", gln=CLINIC_GLN, sor="330461000016004")
NURSE = Professional(name=PersonName(family="Lund", given=("Karen",)), role="Sygeplejerske", role_code="sygeplejerske")
PATIENT = Person(
    number=Cpr("2509479989"),
    name=PersonName(family="Elmer", given=("Bruno", "Test")),
    address=Address(lines=("Testvej 1",), suburb="Strandby", city="Åby", postal_code="9991"),
)
EPISODE = "urn:uuid:6a1e0f1c-3f52-5d0e-9c0a-1f7f4c1d2b3a"
SENT = Sent(
    message_id="0fd2c1e8-7a2e-4f0c-9c53-2b7a3f1d5e60",
    activity="new-message",
    sent_at=NOW - timedelta(hours=1),
    letter="BREV0000000001",
    envelope="KUVERT00000001",
    version="XD9134L",
)
BOOK = Book(
    [
        Listing(gln=HOSPITAL_GLN, shak="4202090", sor="441211000016002", phone="70201020", professional=NURSE),
        Listing(gln=CLINIC_GLN, yder="012345", sor="330461000016004", phone="70201021", professional=NURSE),
    ],
    sent=[(HOSPITAL_GLN, SENT)],
    stays=[(EPISODE, Stay(started_at=NOW - timedelta(days=3)))],
)


def ids(seed: int = 7) -> Callable[[], UUID]:
    """Fresh ids, the same ones each time."""
    random = Random(seed)
    return lambda: UUID(int=random.getrandbits(128), version=4)


def pen(seed: int, at: datetime = NOW) -> Pen:
    """What messages are written with."""
    return Pen(now=at, new_id=ids(seed))


def care(*, seed: int = 7, at: datetime = NOW, **changes: Any) -> bytes:
    """A CareCommunication from the hospital to the clinic. Messages of other seeds have other ids."""
    said: dict[str, Any] = {
        "sender": HOSPITAL,
        "receiver": CLINIC,
        "patient": PATIENT,
        "author": NURSE,
        "phone": "70201020",
        "text": "Kære kolleger.\nVægten følges to gange om ugen.",
        "category": "medicine",
        "topic": "Ny dosis",
    }
    return compose_care_communication(pen(seed, at), **{**said, **changes})


def stay(activity: str = "admit-inpatient", *, seed: int = 7, at: datetime = NOW, **changes: Any) -> bytes:
    """A HospitalNotification from the hospital to the clinic."""
    began = datetime(2026, 2, 27, 10, 15, tzinfo=WINTER)
    said: dict[str, Any] = {
        "activity": activity,
        "sender": HOSPITAL,
        "receiver": CLINIC,
        "patient": Person(number=PATIENT.number, name=PersonName(family="Elmer")),
        "episode": EPISODE,
        "started_at": began,
        "report_wanted": True,
    }
    return compose_hospital_notification(pen(seed, at), **{**said, **changes})


def crossed(payload: bytes, to: str, **arguments: Any) -> Conversion:
    """The conversion, with the register, the clock and the ids of these tests."""
    return convert(payload, to=to, **_arguments(arguments))


def _arguments(given: dict[str, Any]) -> dict[str, Any]:
    return {"directory": BOOK, "now": NOW, "new_id": ids(11), **given}


def message_in(payload: bytes) -> Message:
    """The one message of a payload that must be acceptable."""
    reading = read(payload)
    assert reading.report.verdict == "accepted", [(issue.code, str(issue.where)) for issue in reading.report.issues]
    return reading.messages[0]


def tree_in(payload: bytes) -> Tree:
    """What a letter says."""
    letters = letters_in(payload)
    assert letters
    return letters[0].tree


def codes(conversion: Conversion) -> set[str]:
    """The codes of what was found."""
    return {issue.code for issue in conversion.report.issues}


def missing(conversion: Conversion) -> set[str]:
    """What was told missing."""
    found = (dict(issue.facts) for issue in conversion.report.issues if issue.code == "convert.missing")
    return {facts["path"] for facts in found}


def lost(conversion: Conversion) -> set[str]:
    """The paths that were lost."""
    return {loss.path for loss in conversion.losses}


_HEAD: Tree = {
    "Letter": {
        "Identifier": "BREV0000000001",
        "StatisticalCode": "",
        "Authorisation": {"Date": "2026-03-02", "Time": "10:15"},
        "StatusCode": "nytbrev",
    },
    "Sender": {
        "EANIdentifier": HOSPITAL_GLN,
        "Identifier": "4202090",
        "IdentifierCode": "sygehusafdelingsnummer",
        "OrganisationName": "Fjordby Sygehus",
        "DepartmentName": "Medicinsk",
    },
    "Receiver": {
        "EANIdentifier": CLINIC_GLN,
        "Identifier": "012345",
        "IdentifierCode": "ydernummer",
        "OrganisationName": "Lægehuset Bækken",
    },
    "Patient": {"CivilRegistrationNumber": "2509479989"},
}


def mail_tree() -> Tree:
    """A DIS91 as a hospital writes it."""
    tree = deepcopy(_HEAD)
    tree["Patient"] |= {
        "PersonSurnameName": "Elmer",
        "PersonGivenName": "Bruno Test",
        "EpisodeOfCareStatusCode": "inaktiv",
    }
    tree["AdditionalInformation"] = {"Subject": "Ny dosis"}
    tree["ClinicalInformation"] = [{"Text01": "Vægten følges to gange om ugen."}]
    return tree


def notice_tree(type: str = "DIS20") -> Tree:
    """A DIS20 or DIS17 as a hospital writes it."""
    tree = deepcopy(_HEAD)
    letter = tree["Letter"]
    letter["Authorisation"] = {"Date": "2026-03-02", "TimeWithSec": "10:15:20"}
    letter["NotificationIdentifier"] = EPISODE.removeprefix("urn:uuid:").replace("-", "")
    tree["Sender"]["AnswerTo"] = {"EANIdentifier": HOSPITAL_GLN}
    when = {"Date": "2026-03-02", "Time": "09:30"}
    admitted = type == "DIS20"
    tree["Patient"]["EpisodeOfCareStatusCode"] = "indlagt" if admitted else "udskrevet_til_hjemmet"
    return {**tree, "Admission" if admitted else "Discharge": when}


def receipt_tree(type: str = "CTL03") -> Tree:
    """A CTL from the clinic for a letter of the hospital."""
    answered: Tree = {"OriginalLetterIdentifier": SENT.letter, "OriginalVersionCode": SENT.version}
    if type == "CTL02":
        answered |= {"RefuseCode": "problem_med_version", "RefuseText": "Versionen modtages ikke."}
    return {
        "Letter": {"Identifier": "KVIT1", "StatisticalCode": f"X{type}"},
        "Sender": {"EANIdentifier": CLINIC_GLN},
        "Receiver": {"EANIdentifier": HOSPITAL_GLN},
        "OriginalEmessage": {
            "OriginalEnvelopeIdentifier": SENT.envelope,
            "OriginalSender": {"EANIdentifier": HOSPITAL_GLN},
            "OriginalReceiver": {"EANIdentifier": CLINIC_GLN},
            "OriginalLetter": [answered],
        },
    }


def letter(version: str, tree: Tree, *, newest: bool = False) -> bytes:
    """A letter's bytes in OIOXML, in the version's first edition or its newest."""
    edition = by_version()[version][-1 if newest else 0]
    head = tree["Letter"]
    head["VersionCode"] = f"X{version}"
    head["StatisticalCode"] = f"X{edition.type}"
    if "TypeCode" in edition.shape.children["Letter"].shape.children:
        head["TypeCode"] = f"X{edition.type}"
    dispatch = Dispatch(
        identifier="KUVERT00000001",
        day="2026-03-02",
        time="10:15",
        sender=tree["Sender"]["EANIdentifier"],
        receiver=tree["Receiver"]["EANIdentifier"],
        receipt_wanted=True,
    )
    return write_emessage(dispatch, edition.namespace, [write_twin(edition, tree)])


def file(title: str = "Blodprøver", **said: Any) -> Attachment:
    """A small file."""
    return replace(Attachment(title=title, media_type="application/pdf", content=b"%PDF-1.4 proeve"), **said)
