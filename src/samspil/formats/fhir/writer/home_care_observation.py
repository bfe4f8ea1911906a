"""A HomeCareReport as the resources of HomeCareObservation 1.2."""

import re

import orjson

from samspil.domain.clinical.home_care_report import HomeCareReport, Measurement
from samspil.domain.message import Attachment, Message
from samspil.formats.fhir.writer.care_communication import written_file
from samspil.formats.fhir.writer.people import put_party, put_professional
from samspil.formats.fhir.writer.sheet import CODES, Reference, Resource, Sheet, coded, narrative, written_time

PRODUCER = "messaging/StructureDefinition/medcom-producer-organization"
REQUESTER = "messaging/StructureDefinition/medcom-requesterorganization"
_IG = "homecareobservation/StructureDefinition/medcom-"
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_RESTRICTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "code": "R",
    "display": "Restricted",
}


def put_report(sheet: Sheet, message: Message, body: HomeCareReport, patient: Reference) -> Reference:
    """The DiagnosticReport with its Observations and files."""
    if body.performer is None or body.issued_at is None:
        raise ValueError("a report needs who made it and when")
    producer = put_party(sheet, message.sender, profile=PRODUCER)
    put_party(sheet, message.receiver, profile=REQUESTER)
    performer = put_professional(sheet, body.performer)
    members: Resource = {
        "status": body.status or "final",
        "code": coded(f"{CODES}MedComDiagnosticReportCodes", "HomeCareReport"),
        "subject": patient,
        "issued": written_time(body.issued_at),
        "performer": [producer, performer],
        "result": [_observation(sheet, row, patient) for row in body.measurements],
    }
    if body.attachments:
        files = (_media(sheet, message, row, performer) for row in body.attachments)
        members["media"] = [{"link": link} for link in files]
    if body.conclusion:
        members["conclusion"] = body.conclusion
    shown = [
        ("Rapport", "HomeCareReport"),
        ("Status", body.status or "final"),
        ("Afsendt", members["issued"]),
        ("Konklusion", body.conclusion),
        ("Udført af", str(body.performer.name or "")),
    ]
    profile = f"{_IG}homecareobservation-diagnosticreport"
    reference = sheet.put("DiagnosticReport", profile, members, text=narrative(shown))
    if body.restricted:
        sheet.resources[-1]["meta"]["security"] = [_RESTRICTED]
    return reference


def _observation(sheet: Sheet, measured: Measurement, patient: Reference) -> Reference:
    at = written_time(measured.measured_at) if measured.measured_at else ""
    coding = {"system": measured.code.system, "code": measured.code.code}
    members: Resource = {
        "status": measured.status.code,
        "code": {"coding": [coding]},
        "subject": patient,
        "effectiveDateTime": at,
        **_value(measured),
        "interpretation": [coded(f"{CODES}medcom-core-interpretation-codes", "NI")],
    }
    if measured.notes:
        members["note"] = [{"text": note} for note in measured.notes]
    value = " ".join(filter(None, (measured.comparator, measured.value, measured.unit)))
    shown = [
        ("Måling", f"{measured.code.name} ({measured.code.code})"),
        ("Værdi", value),
        ("Målt", at),
        ("Status", measured.status.code),
        ("Bemærkning", "\n".join(measured.notes)),
    ]
    return sheet.put("Observation", f"{_IG}homecare-observation", members, text=narrative(shown))


def _value(measured: Measurement) -> Resource:
    """A number with the digits it was given with, or a text."""
    if not _DECIMAL.fullmatch(measured.value) or not measured.unit:
        return {"valueString": measured.value}
    quantity: Resource = {"value": orjson.Fragment(measured.value)}
    if measured.comparator:
        quantity["comparator"] = measured.comparator
    return {"valueQuantity": {**quantity, "unit": measured.unit}}


def _media(sheet: Sheet, message: Message, file: Attachment, performer: Reference) -> Reference:
    assigner = put_party(sheet, file.assigner or message.sender)
    members: Resource = {
        "identifier": [{"value": file.identifier, "assigner": assigner}],
        "status": "completed",
        "operator": put_professional(sheet, file.author) if file.author else performer,
        "content": written_file(file),
    }
    shown = [("Fil", file.title), ("Type", file.media_type), ("Id", file.identifier)]
    return sheet.put("Media", "core/StructureDefinition/medcom-core-media", members, text=narrative(shown))
