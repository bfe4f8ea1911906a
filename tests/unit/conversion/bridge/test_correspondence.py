"""CareCommunication and DIS91, field by field in both directions, and there and back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from samspil.conversion.bridge.headings import without_heading
from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.identifiers import Ecpr
from samspil.domain.message import Address, Message, Person, PersonName, Professional
from samspil.domain.text import Text
from samspil.formats.letters.tree import Tree, find, put
from samspil.validation.api import validate
from tests.unit.conversion.bridge.cast import (
    CLINIC,
    CLINIC_GLN,
    EPISODE,
    HOSPITAL,
    HOSPITAL_GLN,
    NOW,
    PATIENT,
    care,
    codes,
    crossed,
    file,
    letter,
    lost,
    mail_tree,
    message_in,
    missing,
    tree_in,
)

DIS91 = "D9134L"
ALWAYS_RENAMED = {
    "MessageHeader.id",
    "Bundle.id",
    "Communication.identifier",
    "Communication.payload.extension[identifier]",
    "Bundle.timestamp",
}
"""Ids that letters spell otherwise, the thread, which they do not have, and the seconds of these tests' clock."""
PERSON = Professional(name=PersonName(family="Holm", given=("Ole",)), role="Overlæge", role_code="overlaege")


@dataclass(frozen=True)
class Out:
    """A row: what the message says, and what the letter says for it."""

    name: str
    path: str
    expected: Any
    said: dict[str, Any] = field(default_factory=dict[str, Any])


OUT = [
    Out("category and topic", "AdditionalInformation/Subject", "Medicin: Ny dosis"),
    Out("category alone", "AdditionalInformation/Subject", "Træning", {"category": "training", "topic": ""}),
    Out("category other", "AdditionalInformation/Subject", "Ny dosis", {"category": "other"}),
    Out(
        "category other, topic like a category",
        "AdditionalInformation/Subject",
        "Andet: Medicin: Ny dosis",
        {"category": "other", "topic": "Medicin: Ny dosis"},
    ),
    Out(
        "priority asap",
        "AdditionalInformation/Priority",
        "høj_prioritet",
        {"category": "regarding-referral", "priority": "asap"},
    ),
    Out(
        "priority routine",
        "AdditionalInformation/Priority",
        "rutine",
        {"category": "regarding-referral", "priority": "routine"},
    ),
    Out("no priority", "AdditionalInformation/Priority", None),
    Out(
        "episode",
        "Letter/EpisodeOfCareIdentifier",
        EPISODE.removeprefix("urn:uuid:").replace("-", ""),
        {"episode": EPISODE},
    ),
    Out("no episode", "Letter/EpisodeOfCareIdentifier", None),
    Out("activity new", "Letter/StatusCode", "nytbrev"),
    Out("written at", "Letter/Authorisation", {"Date": "2026-03-02", "Time": "10:15"}),
    Out("statistics", "Letter/StatisticalCode", "XDIS91"),
    Out("type", "Letter/TypeCode", "XDIS91"),
    Out("sender GLN", "Sender/EANIdentifier", HOSPITAL_GLN),
    Out("sender SOR", "Sender/Identifier", "441211000016002"),
    Out("sender register", "Sender/IdentifierCode", "sorkode"),
    Out("sender name", "Sender/OrganisationName", "Fjordby Sygehus"),
    Out("sender phone", "Sender/TelephoneSubscriberIdentifier", "70201020"),
    Out("receiver GLN", "Receiver/EANIdentifier", CLINIC_GLN),
    Out("receiver SOR", "Receiver/Identifier", "330461000016004"),
    Out("receiver name", "Receiver/OrganisationName", "Lægehuset Bækken"),
    Out("CPR number", "Patient/CivilRegistrationNumber", "2509479989"),
    Out(
        "replacement number",
        "Patient/AlternativeIdentifier",
        "0703921VJ5",
        {"patient": replace(PATIENT, number=Ecpr("0703921VJ5"), number_system="urn:oid:1.2.208.176.1.6.1.1")},
    ),
    Out("family name", "Patient/PersonSurnameName", "Elmer"),
    Out("given names", "Patient/PersonGivenName", "Bruno Test"),
    Out("street", "Patient/StreetName", "Testvej 1"),
    Out("suburb", "Patient/SuburbName", "Strandby"),
    Out("city", "Patient/DistrictName", "Åby"),
    Out("postal code", "Patient/PostCodeIdentifier", "9991"),
    Out("alive", "Patient/EpisodeOfCareStatusCode", "inaktiv"),
    Out("dead", "Patient/EpisodeOfCareStatusCode", "doed", {"patient": replace(PATIENT, deceased=True)}),
    Out(
        "link",
        "Reference",
        [{"RefDescription": "Billeder", "URL": "https://billeder.example/1"}],
        {"attachments": [file("Billeder", media_type="", content=None, url="https://billeder.example/1")]},
    ),
]


@pytest.mark.parametrize("row", OUT, ids=lambda row: row.name)
def test_a_field_goes_out(row: Out) -> None:
    """Each field of the message stands in its element of the letter, in both spellings."""
    payload = care(**row.said)
    oioxml, edifact = crossed(payload, "oioxml"), crossed(payload, "edifact")
    assert oioxml.payload, codes(oioxml)
    assert edifact.payload, codes(edifact)
    assert find(tree_in(oioxml.payload), row.path.split("/")) == row.expected
    assert find(tree_in(edifact.payload), row.path.split("/")) == row.expected


HEADING: dict[str, tuple[str, dict[str, Any]]] = {
    "sent_at": ("02.03.2026 kl. 10:15:20", {}),
    "name": ("Karen Lund", {}),
    "role": ("Sygeplejerske", {}),
    "organisation": ("Fjordby Sygehus", {}),
    "phone": ("70201020", {}),
    "recipient_name": ("Ole Holm", {"recipient": PERSON}),
    "recipient_role": ("Overlæge", {"recipient": PERSON}),
    "team": ("Plejeteam Nord", {"team": "Plejeteam Nord"}),
    "topic": ("En lang overskrift " * 4 + "slut", {"topic": "En lang overskrift " * 4 + "slut"}),
}


@pytest.mark.parametrize("label", HEADING)
def test_a_heading_goes_out(label: str) -> None:
    """What a letter has no element for stands in the first lines of its text."""
    expected, said = HEADING[label]
    payload = crossed(care(**said), "oioxml").payload
    assert payload
    values, text = without_heading(str(tree_in(payload)["ClinicalInformation"][0]["Text01"]))
    assert values[label] == (expected,)
    assert text == "Kære kolleger.\nVægten følges to gange om ugen."


def test_a_file_goes_out_in_a_letter_of_its_own() -> None:
    """The letter names the file; a BIN01 brings it: beside the letter in OIOXML, in one interchange in EDIFACT."""
    payload = care(attachments=[file()])
    oioxml = crossed(payload, "oioxml")
    assert [output.standard for output in oioxml.outputs] == ["DIS91", "BIN01"]
    assert oioxml.payload is None
    named = tree_in(oioxml.outputs[0].payload)["Reference"][0]
    brought = tree_in(oioxml.outputs[1].payload)["BinaryObject"][0]
    assert named["RefDescription"] == "Blodprøver"
    assert named["BIN"]["ObjectIdentifier"] == brought["ObjectIdentifier"].replace("-", "").lower()
    assert named["BIN"]["OriginalObjectSize"] == brought["OriginalObjectSize"] == "15"
    assert "Communication.attachment[1].data" in lost(oioxml)
    edifact = crossed(payload, "edifact")
    assert edifact.payload
    assert validate(edifact.payload).verdict == "accepted"
    back = crossed(edifact.payload, "fhir")
    assert back.payload
    body = message_in(back.payload).body
    assert isinstance(body, CareMessage)
    assert [(one.title, one.content) for one in body.attachments] == [("Blodprøver", b"%PDF-1.4 proeve")]


@dataclass(frozen=True)
class In:
    """A row: what the letter says, and what the message says for it."""

    name: str
    get: Callable[[Message, CareMessage], Any]
    expected: Any
    said: dict[str, Any] = field(default_factory=dict[str, Any])


IN = [
    In("subject", lambda _, body: (body.category.code, body.topic), ("other", "Ny dosis")),
    In(
        "subject with a category",
        lambda _, body: (body.category.code, body.topic),
        ("medicine", "Ny dosis"),
        {"AdditionalInformation/Subject": "Medicin: Ny dosis"},
    ),
    In(
        "urgent referral",
        lambda _, body: body.priority and body.priority.code,
        "asap",
        {"AdditionalInformation/Subject": "Vedr. henvisning", "AdditionalInformation/Priority": "høj_prioritet"},
    ),
    In("text", lambda _, body: str(body.segments[0].text), "Vægten følges to gange om ugen."),
    In("written at", lambda _, body: f"{body.segments[0].sent_at}", "2026-03-02 10:15:00+01:00"),
    In(
        "author of the directory",
        lambda _, body: body.segments[0].author and str(body.segments[0].author.name),
        "Karen Lund",
    ),
    In(
        "role of the directory",
        lambda _, body: body.segments[0].author and body.segments[0].author.role_code,
        "sygeplejerske",
    ),
    In("phone of the directory", lambda _, body: body.segments[0].phone, "70201020"),
    In(
        "phone of the letter",
        lambda _, body: body.segments[0].phone,
        "11223344",
        {"Sender/TelephoneSubscriberIdentifier": "11223344"},
    ),
    In(
        "episode",
        lambda _, body: body.episode,
        EPISODE,
        {"Letter/EpisodeOfCareIdentifier": EPISODE.removeprefix("urn:uuid:").replace("-", "").upper()},
    ),
    In("activity", lambda _, body: body.activity.code, "new-message"),
    In("sent at", lambda message, _: f"{message.head.sent_at}", "2026-03-02 10:15:00+01:00"),
    In("sender GLN", lambda message, _: message.sender.gln, HOSPITAL_GLN),
    In("sender SOR by its department's number", lambda message, _: message.sender.sor, "441211000016002"),
    In("sender name", lambda message, _: message.sender.name, "Fjordby Sygehus, Medicinsk"),
    In("receiver GLN", lambda message, _: message.receiver.gln, CLINIC_GLN),
    In("receiver SOR by ydernummer", lambda message, _: message.receiver.sor, "330461000016004"),
    In("address in the register", lambda message, _: message.sender.endpoint[-15:], "441211000016002"),
    In("CPR number", lambda message, _: message.patient and message.patient.number, PATIENT.number),
    In(
        "family name",
        lambda message, _: message.patient and message.patient.name and message.patient.name.family,
        "Elmer",
    ),
    In(
        "given names",
        lambda message, _: message.patient and message.patient.name and message.patient.name.given,
        ("Bruno", "Test"),
    ),
    In(
        "address",
        lambda message, _: message.patient and message.patient.address,
        Address(lines=("Testvej 1",), suburb="Strandby", city="Åby", postal_code="9991"),
        {
            "Patient/StreetName": "Testvej 1",
            "Patient/SuburbName": "Strandby",
            "Patient/DistrictName": "Åby",
            "Patient/PostCodeIdentifier": "9991",
        },
    ),
    In(
        "dead",
        lambda message, _: message.patient and message.patient.deceased,
        True,
        {"Patient/EpisodeOfCareStatusCode": "doed"},
    ),
    In(
        "correction",
        lambda _, body: str(body.segments[0].text),
        "Rettelse af et tidligere sendt brev.\n\nVægten følges to gange om ugen.",
        {"Letter/StatusCode": "rettetbrev"},
    ),
    In(
        "link",
        lambda _, body: [(one.title, one.url) for one in body.attachments],
        [("Billeder", "https://billeder.example/1")],
        {"Reference": [{"RefDescription": "Billeder", "URL": "https://billeder.example/1"}]},
    ),
]


def mail(said: dict[str, Any]) -> bytes:
    """A DIS91 that also says this."""
    tree = mail_tree()
    for path, value in said.items():
        put(tree, path.split("/"), value)
    return letter(DIS91, tree)


@pytest.mark.parametrize("row", IN, ids=lambda row: row.name)
def test_a_field_comes_in(row: In) -> None:
    """Each element of the letter, or what the directory has for it, stands in its place in the message."""
    conversion = crossed(mail(row.said), "fhir")
    assert conversion.payload, [str(issue.message) for issue in conversion.report.issues]
    message = message_in(conversion.payload)
    assert isinstance(message.body, CareMessage)
    assert row.get(message, message.body) == row.expected


LOST_IN: dict[str, Any] = {
    "Sender/StreetName": "Havnegade 4",
    "Sender/MedicalSpecialityCode": "kirurgi_sygehus",
    "Receiver/PostCodeIdentifier": "9990",
    "Patient/OccupancyText": "Lærer",
    "Patient/EpisodeOfCareStatusCode": "ambulant",
    "AdditionalInformation/Priority": "høj_prioritet",
}


@pytest.mark.parametrize("path", LOST_IN)
def test_what_the_message_cannot_say_is_told(path: str) -> None:
    """An element without a counterpart is a loss with its path, and no error."""
    conversion = crossed(mail({path: LOST_IN[path]}), "fhir")
    assert conversion.payload
    assert path in lost(conversion)
    assert path not in lost(crossed(mail({}), "fhir"))


def test_what_nobody_knows_is_named() -> None:
    """Without a directory every field that the message demands and the letter lacks is named, and nothing written."""
    conversion = crossed(mail({}), "fhir", directory=None)
    assert conversion.outputs == ()
    assert missing(conversion) == {
        "Sender: Organization.identifier[SOR-ID]",
        "Receiver: Organization.identifier[SOR-ID]",
        "ClinicalInformation[1]: Practitioner.name",
        "ClinicalInformation[1]: PractitionerRole.code",
        "ClinicalInformation[1]: Communication.payload.extension[contact]",
    }


def test_an_unsound_number_is_named() -> None:
    """A location number with a wrong check digit is no address of a FHIR message."""
    conversion = crossed(mail({"Sender/EANIdentifier": "5790000120421"}), "fhir")
    assert conversion.outputs == ()
    assert "convert.value.unsound" in codes(conversion)


def test_a_file_that_has_not_come_is_waited_for() -> None:
    """A letter that names a file is not converted before the binary letter is there."""
    tree = mail_tree()
    named = {
        "ObjectIdentifier": "A1",
        "ObjectCode": "vektor_grafik",
        "ObjectExtensionCode": "pdf",
        "OriginalObjectSize": "9",
    }
    tree["Reference"] = [{"RefDescription": "Prøver", "BIN": named}]
    conversion = crossed(letter(DIS91, tree), "fhir")
    assert missing(conversion) == {"Reference[1]/BIN: BIN01"}


def test_the_same_letter_is_the_same_message() -> None:
    """A letter that comes twice becomes a message with the same ids, so that its receiver knows it again."""
    first, second = (crossed(mail({}), "fhir", new_id=None).payload for _ in range(2))
    assert first and second
    heads = message_in(first).head, message_in(second).head
    assert (heads[0].message_id, heads[0].envelope_id) == (heads[1].message_id, heads[1].envelope_id)


@pytest.mark.parametrize("text", ["Emne: Dosis\n\nSe vedlagte.", "Telefon: 11223344\n\nRing.", "Skrevet: i går\n\nJa."])
def test_a_writers_own_first_lines_are_no_heading(text: str) -> None:
    """Only a heading of ours is taken apart: it says when the text was written, to the second."""
    conversion = crossed(mail({"ClinicalInformation": [{"Text01": Text.plain(text)}]}), "fhir")
    assert conversion.payload
    body = message_in(conversion.payload).body
    assert isinstance(body, CareMessage)
    assert [(str(one.text), one.phone) for one in body.segments] == [(text, "70201020")]
    assert body.topic == "Ny dosis"


TEXTS = ["\n\nStart", "tab\tx", "Af: en anden\nx", "Emne: x\n\nmere", "én linje", "a\n\n\nb", "'+:?\\ & < >"]


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back_as_it_was(text: str, wire: str) -> None:
    """Blank lines, service characters and words that look like headings survive both ways."""
    out = crossed(care(text=text), wire)
    assert out.payload
    back = crossed(out.payload, "fhir")
    assert back.payload
    body = message_in(back.payload).body
    assert isinstance(body, CareMessage)
    assert [str(one.text) for one in body.segments] == [text]


# ------------------------------------------------------------------------------------------------- there and back
def _reply() -> bytes:
    first = message_in(care(episode=EPISODE))
    at = NOW + timedelta(hours=2)
    return care(seed=8, at=at, sender=CLINIC, receiver=HOSPITAL, text="Det er gjort.", replying_to=first, episode="")


def _forward() -> bytes:
    return care(seed=8, at=NOW + timedelta(hours=2), text="Til orientering.", forwarding=message_in(care()), topic="")


WHOLE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "new": (care, set()),
    "with an episode": (lambda: care(episode=EPISODE), {"Encounter.episodeOfCare.identifier.system"}),
    "urgent": (lambda: care(category="regarding-referral", priority="asap"), set()),
    "to a person": (lambda: care(recipient=PERSON), set()),
    "to a team": (lambda: care(team="Plejeteam Nord"), set()),
    "a long topic": (lambda: care(topic="Meget at sige om dosis " * 5 + "i alt"), {"Communication.topic"}),
    "dead": (lambda: care(patient=replace(PATIENT, deceased=True), category="decease", topic=""), set()),
    "reply": (_reply, {"Provenance[earlier]", "Encounter.episodeOfCare.identifier.system"}),
    "forward": (_forward, {"Provenance[earlier]"}),
    "with a phone of the citizen": (lambda: care(patient=replace(PATIENT, phones=("11223344",))), {"Patient.telecom"}),
}


def mapped(message: Message) -> Tree:
    """Every field that the two generations have in common."""
    body = message.body
    assert isinstance(body, CareMessage)
    patient = message.patient or Person()
    return {
        "sender": (message.sender.gln, message.sender.sor, message.sender.name),
        "receiver": (message.receiver.gln, message.receiver.sor, message.receiver.name),
        "patient": (patient.number, patient.number_system, patient.name, patient.address, patient.deceased),
        "category": body.category.code,
        "topic": body.topic,
        "priority": body.priority and body.priority.code,
        "episode": body.episode,
        "activity": body.activity.code,
        "segments": [(str(one.text), one.sent_at, one.author, one.phone, one.organisation) for one in body.segments],
        "attachments": [(one.title, one.media_type, one.url, one.content) for one in body.attachments],
        "people": (body.recipient, body.sender_role, body.team),
        "earlier": (message.history[-1].earlier_message_id).rpartition("#")[2],
    }


@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("name", WHOLE)
def test_there_and_back(name: str, wire: str) -> None:
    """A message that goes out as a letter and comes back is equal in every mapped field; losses are exactly these."""
    make, more = WHOLE[name]
    before = make()
    out = crossed(before, wire)
    assert lost(out) - {"ClinicalInformation"} == ALWAYS_RENAMED | more
    assert out.payload
    back = crossed(out.payload, "fhir")
    assert back.payload, [(issue.code, issue.facts) for issue in back.report.issues]
    assert mapped(message_in(back.payload)) == mapped(message_in(before))


def test_a_reply_to_a_letter_names_it_in_both_published_spellings() -> None:
    """Location number and letter id are joined by a number sign, in whichever order they come."""
    earlier = message_in(care())
    for spelt in (f"{CLINIC_GLN}#BREV7", f"BREV7#{CLINIC_GLN}"):
        answered = replace(earlier, head=replace(earlier.head, message_id=spelt))
        payload = care(seed=8, sender=HOSPITAL, receiver=CLINIC, replying_to=replace(answered, history=()))
        out = crossed(payload, "oioxml")
        assert out.payload, [(issue.code, issue.facts) for issue in out.report.issues]
        back = crossed(out.payload, "fhir")
        assert back.payload
        assert message_in(back.payload).history[-1].earlier_message_id == f"{CLINIC_GLN}#BREV7"


def test_a_text_that_goes_on_in_the_next_element_is_one_text() -> None:
    """A text longer than one group of EDIFACT comes back whole."""
    text = "\n".join(f"Linje {number}: patienten følges fortsat tæt af hjemmeplejen." for number in range(400))
    before = care(text=text)
    out = crossed(before, "edifact")
    assert out.payload
    assert "ClinicalInformation" in lost(out)
    back = crossed(out.payload, "fhir")
    assert back.payload
    assert mapped(message_in(back.payload)) == mapped(message_in(before))


def test_texts_that_stand_apart_stay_apart() -> None:
    """The newest text stands first in the letter; back in a message, the oldest does, each with its time."""
    out = crossed(_reply(), "edifact")
    assert out.payload
    written = [str(one["Text01"]) for one in tree_in(out.payload)["ClinicalInformation"]]
    assert [without_heading(one)[1].strip().partition("\n")[0] for one in written] == [
        "Det er gjort.",
        "Kære kolleger.",
    ]
    back = crossed(out.payload, "fhir")
    assert back.payload
    body = message_in(back.payload).body
    assert isinstance(body, CareMessage)
    assert [one.sent_at for one in body.segments] == [NOW, NOW + timedelta(hours=2)]
