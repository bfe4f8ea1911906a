"""A HomeCareObservation (kommunale prøvesvar), version 1.2: the municipal acute team's measurements for the doctor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from samspil.formats.fhir.compose.blocks import (
    ROOT,
    TERMINOLOGY,
    YDER_SYSTEM,
    Author,
    Bundle,
    Citizen,
    NewId,
    Office,
    Resource,
    add_author,
    add_citizen,
    add_header,
    add_office,
    add_provenance,
    concept,
    stamp,
)

PROFILE = f"{ROOT}homecareobservation/StructureDefinition/medcom-"
ORGANIZATION = f"{ROOT}messaging/StructureDefinition/medcom-"
DEFINITION = f"{ROOT}messagedefinitions/MessageDefinition/MedComHomeCareObservationMessageDefinition|1.1"
NPU, MCS = "urn:oid:1.2.208.176.2.1", f"{TERMINOLOGY}medcom-observation-codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One result: an NPU or MedCom code, a number and its unit."""

    code: str
    value: float
    unit: str

    @property
    def system(self) -> str:
        """The code's own system."""
        return MCS if self.code.startswith("MCS") else NPU


def compose_home_care_observation(
    *,
    sender: Office,
    receiver: Office,
    citizen: Citizen,
    author: Author,
    requester_initials: str,
    measurements: Sequence[Measurement],
    conclusion: str,
    now: datetime,
    new_id: NewId,
) -> bytes:
    """A report in FHIR JSON. The receiver is the doctor who asked, and needs a ydernummer."""
    bundle, header_id = Bundle("homecareobservation", new_id), str(new_id())
    producer = {"identifier": [{"system": f"{TERMINOLOGY}MedComProducentID", "value": "KAF"}]}
    requester = {
        "identifier": [{"system": YDER_SYSTEM, "value": receiver.yder}],
        "contact": [{"name": {"given": [requester_initials]}}],
    }
    from_ = add_office(bundle, sender, profile=f"{ORGANIZATION}producer-organization", more=producer)
    to = add_office(bundle, receiver, profile=f"{ORGANIZATION}requesterorganization", more=requester)
    patient, role = add_citizen(bundle, citizen), add_author(bundle, author)
    results = [_observation(bundle, patient, one, now) for one in measurements]
    content: Resource = {
        "status": "final",
        "code": concept(f"{TERMINOLOGY}MedComDiagnosticReportCodes", "HomeCareReport"),
        "subject": {"reference": patient},
        "issued": stamp(now),
        "performer": [{"reference": from_}, {"reference": role}],
        "result": [{"reference": reference} for reference in results],
        "conclusion": conclusion,
    }
    focus = bundle.add(
        "DiagnosticReport", content, profile=f"{PROFILE}homecareobservation-diagnosticreport",
        tells=(("Status", "final"), ("Konklusion", conclusion)),
    )  # fmt: skip
    header = add_header(
        bundle, event="homecareobservation-message", profile=f"{PROFILE}homecareobservation-messageheader",
        sender=(sender, from_), receiver=(receiver, to), focus=focus, identifier=header_id, definition=DEFINITION,
    )  # fmt: skip
    add_provenance(bundle, header=header, activity="new-message", who=from_, at=now)
    return bundle.write(profile=f"{PROFILE}homecareobservation-message", at=now)


def _observation(bundle: Bundle, patient: str, one: Measurement, at: datetime) -> str:
    content: Resource = {
        "status": "final",
        "code": concept(one.system, one.code),
        "subject": {"reference": patient},
        "effectiveDateTime": stamp(at),
        "valueQuantity": {"value": one.value, "unit": one.unit},
        "interpretation": [concept(f"{TERMINOLOGY}medcom-core-interpretation-codes", "NI")],
    }
    tells = (("Kode", one.code), ("Værdi", f"{one.value:g} {one.unit}"))
    return bundle.add("Observation", content, profile=f"{PROFILE}homecare-observation", tells=tells)
