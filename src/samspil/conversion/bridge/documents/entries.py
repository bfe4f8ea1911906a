"""Diagnoses, drugs and wanted analyses of a letter as resources of their own."""

from collections.abc import Iterable

from samspil.conversion.bridge.documents.binder import Binder
from samspil.conversion.bridge.documents.laboratory import NPU
from samspil.conversion.bridge.documents.told import told
from samspil.domain.clinical.lab_request import LabRequest
from samspil.domain.clinical.letter import ClinicalLetter, Diagnosis
from samspil.domain.clinical.prescription import Drug, Prescription
from samspil.domain.clinical.referral import Referral
from samspil.formats.fhir.writer.sheet import Reference, Resource, written_time

_SYSTEMS = {"SKSdiagnosekode": "urn:oid:1.2.208.176.2.4.12", "ICPCkode": "urn:oid:1.2.208.176.2.31"}
"""Code systems of diagnoses: SKS and ICPC-2. Others have no published name; their codes stand without one."""


def put_diagnoses(binder: Binder, body: ClinicalLetter | Referral, patient: Reference) -> None:
    """The diagnoses as Conditions, in a section."""
    if isinstance(body, ClinicalLetter):
        rows = (body.main_diagnosis, *body.main_additional, *body.diagnoses)
    else:
        rows = (body.diagnosis, *body.additional)
    found = [row for row in rows if row and (row.code or row.text)]
    entries = [_condition(binder, row, patient) for row in found]
    binder.section("Diagnoser", _told(found), entries)


def _condition(binder: Binder, diagnosis: Diagnosis, patient: Reference) -> Reference:
    code: Resource = {}
    if diagnosis.code:
        coding: Resource = {"code": diagnosis.code}
        if system := _SYSTEMS.get(diagnosis.system):
            coding["system"] = system
        if diagnosis.text:
            coding["display"] = diagnosis.text.strip()
        code["coding"] = [coding]
    if diagnosis.text.strip():
        code["text"] = diagnosis.text.strip()
    members: Resource = {"code": code, "subject": patient}
    if diagnosis.role:
        members["category"] = [{"text": diagnosis.role.code}]
    if diagnosis.at:
        members["recordedDate"] = written_time(diagnosis.at)
    return binder.put("Condition", members, shown=told(diagnosis))


def put_drugs(binder: Binder, body: Prescription, patient: Reference) -> None:
    """The drugs as MedicationRequests, in a section. Doses and strengths stay the text that the prescriber wrote."""
    entries = [_drug(binder, drug, patient) for drug in body.drugs]
    binder.section("Lægemidler", _told(body.drugs), entries)


def _drug(binder: Binder, drug: Drug, patient: Reference) -> Reference:
    name = " ".join(filter(None, (drug.name, drug.form, drug.strength)))
    concept: Resource = {"text": name or drug.package or "-"}
    if drug.package:
        concept["coding"] = [{"code": drug.package, "display": name or drug.package}]
    members: Resource = {
        "status": "unknown",
        "intent": "order",
        "medicationCodeableConcept": concept,
        "subject": patient,
    }
    if drug.dose:
        members["dosageInstruction"] = [{"text": drug.dose}]
    if drug.indication:
        members["reasonCode"] = [{"text": drug.indication}]
    if drug.supplement:
        members["note"] = [{"text": drug.supplement}]
    return binder.put("MedicationRequest", members, shown=told(drug))


def put_wishes(binder: Binder, body: LabRequest, patient: Reference) -> None:
    """The analyses that are asked for as ServiceRequests, in a section."""
    entries: list[Reference] = []
    for wanted in body.analyses:
        analysis = wanted.analysis
        coding: Resource = {"code": analysis.code}
        if analysis.system == "iupac:SST":
            coding["system"] = NPU
        if analysis.name:
            coding["display"] = str(analysis.name)
        members: Resource = {
            "status": "active",
            "intent": "order",
            "code": {"coding": [coding], "text": str(analysis.name) or analysis.code},
            "subject": patient,
        }
        entries.append(binder.put("ServiceRequest", members, shown=told(wanted)))
    binder.section("Ønskede analyser", _told(body.analyses), entries)


def _told(rows: Iterable[object]) -> list[tuple[str, str]]:
    return [row for one in rows for row in told(one)]
