"""The body of a HomeCareObservation: a report and its measurements. Source: MedCom HomeCareObservation 1.0-1.2."""

from dataclasses import replace

from samspil.domain.clinical.home_care_report import HomeCareReport, Measurement
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.formats.fhir.attachments import attachment_of
from samspil.formats.fhir.bundle import Bundle, Entry
from samspil.formats.fhir.care_communication import known_code
from samspil.formats.fhir.elements import (
    coding_of,
    concept_text,
    first_of,
    moment,
    part_of,
    parts_of,
    text_of,
)
from samspil.formats.fhir.people import party_of, professional_of
from samspil.formats.fhir.tree import Tree


def read_home_care_report(tree: Tree, focus: Entry, activity: Code) -> HomeCareReport:
    """The DiagnosticReport that the MessageHeader points to."""
    bundle, resource = tree.bundle, focus.resource
    performers = [bundle.find(row, focus) for row in parts_of(resource, "performer")]
    producer = next((entry for entry in performers if entry and entry.type == "Organization"), None)
    roles = (professional_of(bundle, entry) for entry in performers)
    results = [bundle.find(row, focus) for row in parts_of(resource, "result")]
    return HomeCareReport(
        activity=activity,
        status=text_of(resource, "status"),
        issued_at=moment(resource.get("issued")),
        conclusion=text_of(resource, "conclusion"),
        producer=party_of(producer) if producer else None,
        performer=next(filter(None, roles), None),
        measurements=tuple(measurement_of(tree, entry) for entry in results if entry and entry.type == "Observation"),
        attachments=_media(bundle, focus),
        restricted=any(row.get("code") == "R" for row in parts_of(part_of(resource, "meta"), "security")),
    )


def measurement_of(tree: Tree, observation: Entry) -> Measurement:
    """An Observation with a quantity, a text or a code as its value."""
    resource = observation.resource
    coding = coding_of(part_of(resource, "code"))
    name = text_of(part_of(resource, "code"), "text") or text_of(coding, "display") or text_of(coding, "code")
    quantity = part_of(resource, "valueQuantity")
    return Measurement(
        code=Code(text_of(coding, "code"), text_of(coding, "system"), Phrase(name)),
        value=_value(tree, observation),
        comparator=text_of(quantity, "comparator"),
        unit=text_of(quantity, "unit") or text_of(quantity, "code"),
        status=known_code({"code": text_of(resource, "status")}, "result_status"),
        measured_at=moment(resource.get("effectiveDateTime")),
        interpretation=concept_text(first_of(resource, "interpretation")),
        notes=tuple(filter(None, (text_of(note, "text") for note in parts_of(resource, "note")))),
    )


def _value(tree: Tree, observation: Entry) -> str:
    """The value as the sender wrote it: a number is taken from the payload, with all its zeros."""
    resource = observation.resource
    if "value" in part_of(resource, "valueQuantity"):
        return tree.lexical("entry", observation.place, "resource", "valueQuantity", "value") or ""
    return text_of(resource, "valueString") or concept_text(part_of(resource, "valueCodeableConcept"))


def _media(bundle: Bundle, report: Entry) -> tuple[Attachment, ...]:
    entries = (bundle.find(row.get("link"), report) for row in parts_of(report.resource, "media"))
    return tuple(_file(bundle, entry) for entry in entries if entry)


def _file(bundle: Bundle, media: Entry) -> Attachment:
    identifier = first_of(media.resource, "identifier")
    assigner = bundle.find(identifier.get("assigner"), media)
    return replace(
        attachment_of(part_of(media.resource, "content")),
        identifier=text_of(identifier, "value"),
        author=professional_of(bundle, bundle.find(media.resource.get("operator"), media)),
        assigner=party_of(assigner) if assigner else None,
    )
