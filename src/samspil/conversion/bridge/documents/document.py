"""A letter as a document Bundle: who wrote it to whom about whom, what it says in sections, its codes as resources.

Nothing is left out: what FHIR has no element for is told in the text of a section, and in the list of losses.
"""

from dataclasses import fields, replace
from typing import Any

import orjson

from samspil.catalogue.bridge import document_labels, document_type
from samspil.catalogue.identifier_systems import CPR, GLN, SOR, YDER
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.documents.binder import Binder
from samspil.conversion.bridge.documents.entries import put_diagnoses, put_drugs, put_wishes
from samspil.conversion.bridge.documents.laboratory import put_report
from samspil.conversion.bridge.documents.told import told
from samspil.conversion.bridge.identifiers import uuid_of
from samspil.conversion.losses import Output
from samspil.domain.clinical.lab_report import LabReport
from samspil.domain.clinical.lab_request import LabRequest
from samspil.domain.clinical.letter import ClinicalLetter, LetterStatus
from samspil.domain.clinical.prescription import Prescription
from samspil.domain.clinical.referral import Referral
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment, IdentifierKind, Message, Party, Person
from samspil.formats.fhir.writer.care_communication import written_file
from samspil.formats.fhir.writer.people import written_address, written_name
from samspil.formats.fhir.writer.sheet import Reference, Resource, narrative, written_time

_STATUSES = {LetterStatus.CORRECTED: "amended", LetterStatus.CANCELLED: "entered-in-error"}
_SYSTEMS = {IdentifierKind.GLN: GLN, IdentifierKind.SOR: SOR, IdentifierKind.YDER: YDER}
_CODED = {
    ClinicalLetter: frozenset({"main_diagnosis", "main_additional", "diagnoses", "attachments"}),
    Referral: frozenset({"diagnosis", "additional", "attachments"}),
    Prescription: frozenset({"drugs"}),
    LabRequest: frozenset({"analyses"}),
    LabReport: frozenset({"results", "samples", "texts", "identifier", "answered_at", "sampled_at", "attachments"}),
}
"""Values of a body that have resources of their own. The rest is told in a section."""
_ELSEWHERE = frozenset({"kind", "approval", "more", "files"})


def document_in(crossing: Crossing, letter: Message) -> None:
    """Write the document."""
    binder = Binder(crossing.new_id)
    patient = _patient(binder, letter.patient)
    author, receiver = _party(binder, letter.sender), _party(binder, letter.receiver)
    _put_coded(binder, letter.body, patient, author)
    _put_rest(crossing, binder, letter.body)
    files = [*getattr(letter.body, "attachments", ()), *getattr(letter.body, "files", ())]
    binder.section("Bilag", told(tuple(files)), [_file(crossing, binder, one, patient) for one in files])
    binder.section("Modtager", told(letter.receiver), [receiver])
    for copy in letter.copies:
        binder.section("Kopi til", told(copy), [_party(binder, copy)])
    gln = letter.sender.identifier(IdentifierKind.GLN) or ""
    at = letter.head.sent_at or crossing.now
    root = binder.bundle(
        identifier=str(uuid_of(gln, letter.head.message_id, "document")),
        composition=_composition(letter, patient, author, written_time(at)),
        at=at,
    )
    crossing.outputs.append(Output(standard=letter.head.standard, version=None, payload=orjson.dumps(root)))


def _composition(letter: Message, patient: Reference, author: Reference, at: str) -> Resource:
    standard, body = letter.head.standard, letter.body
    title = _danish(body.headline) if body else standard
    approval = getattr(body, "approval", None)
    kind = _danish(getattr(body, "kind", title))
    coding = document_type(standard)
    approved = getattr(approval, "at", None)
    shown = [("Brev", f"{kind} ({standard})"), ("Brev-id", letter.head.message_id), ("Afsendt", at)]
    return {
        "language": "da",
        "text": narrative(shown),
        "identifier": {"value": letter.head.message_id},
        "status": _STATUSES.get(getattr(approval, "status", None) or LetterStatus.NEW, "final"),
        "type": {**({"coding": [coding]} if coding else {}), "text": kind},
        "subject": patient,
        "date": written_time(approved) if approved else at,
        "author": [author],
        "title": title,
    }


def _danish(text: str) -> str:
    return text.in_("da") if isinstance(text, Phrase) else text


def _put_coded(binder: Binder, body: Any, patient: Reference, author: Reference) -> None:
    match body:
        case LabReport():
            put_report(binder, body, patient, author)
        case ClinicalLetter() | Referral():
            put_diagnoses(binder, body, patient)
        case Prescription():
            put_drugs(binder, body, patient)
        case LabRequest():
            put_wishes(binder, body, patient)
        case _:
            pass


def _put_rest(crossing: Crossing, binder: Binder, body: Any) -> None:
    """What has no resource, in one section; each value is a loss of its code, not of its text."""
    coded = _CODED.get(type(body), frozenset({"attachments"}))
    rows: list[tuple[str, str]] = []
    for one in fields(body) if body else ():
        value = getattr(body, one.name)
        if one.name in coded or one.name in _ELSEWHERE:
            continue
        said = [row for row in told(value, one.name) if row[1]]
        crossing.lose_if(said, one.name, "text")
        rows.extend(told(value, document_labels().get(one.name, one.name)))
    for row in told(getattr(body, "more", ())):
        crossing.lose_if(row[1], row[0], "text")
        rows.append(row)
    binder.section("Indhold", rows)
    if not binder.sections:
        binder.section("Indhold", [("Brev", "uden indhold")])


def _patient(binder: Binder, person: Person | None) -> Reference:
    """The citizen; a letter about nobody has one that is not known."""
    if person is None:
        return binder.put("Patient", {}, shown=[("Borger", "ikke angivet")])
    members: Resource = {}
    if person.number:
        number: Resource = {"value": person.number.reveal()}
        members["identifier"] = [number if person.number_system else {"system": CPR, **number}]
    if person.name and (name := written_name(person.name)):
        members["name"] = [{"use": "official", **name}]
    if person.phones:
        members["telecom"] = [{"system": "phone", "value": phone} for phone in person.phones]
    if person.gender:
        members["gender"] = person.gender
    if person.birth_date:
        members["birthDate"] = person.birth_date.isoformat()
    if person.address and (address := written_address(person.address)):
        members["address"] = [address]
    number_text = person.number.reveal() if person.number else ""
    shown = [("Personnummer", number_text), ("Navn", str(person.name or "")), *told(person.address)]
    return binder.put("Patient", members, shown=shown)


def _party(binder: Binder, party: Party) -> Reference:
    """An organisation, by the names and numbers the letter gives."""
    name = ", ".join(one for one in (party.name, party.department, party.unit) if one and one != "_")
    members: Resource = {}
    if party.identifiers:
        members["identifier"] = [
            {**({"system": _SYSTEMS[row.kind]} if row.kind in _SYSTEMS else {}), "value": row.value}
            for row in party.identifiers
        ]
    if name or not members:
        members["name"] = name or "ikke angivet"
    if party.phones:
        members["telecom"] = [{"system": "phone", "value": phone} for phone in party.phones]
    if party.address and (address := written_address(party.address)):
        members["address"] = [address]
    return binder.put("Organization", members, shown=told(party))


def _file(crossing: Crossing, binder: Binder, file: Attachment, patient: Reference) -> Reference:
    """A file or a link. What FHIR would not call a link stands in the section's text alone."""
    if any(map(str.isspace, file.url)):
        crossing.lose("attachments/url", "text")
        file = replace(file, url="")
    attachment = written_file(file) or {"title": "-"}
    members: Resource = {"status": "current", "subject": patient, "content": [{"attachment": attachment}]}
    return binder.put("DocumentReference", members, shown=[("Fil", file.title or file.identifier)])
