"""A HospitalNotification (sygehusadvis), version 3.0: a stay begins, pauses, ends, or was never meant."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from samspil.formats.fhir.compose.blocks import (
    ROOT,
    Bundle,
    Citizen,
    NewId,
    Office,
    Resource,
    add_citizen,
    add_header,
    add_office,
    add_provenance,
    coding,
    stamp,
)

PROFILE = f"{ROOT}hospitalnotification/StructureDefinition/medcom-hospitalNotification-"
EXTENSION = f"{ROOT}hospitalnotification/StructureDefinition/medcom-messaging-"
LEAVE = f"{ROOT}core/StructureDefinition/medcom-hospitalNotification-leavePeriod-extension"
STAYS = UUID("b1f3d9c4-7d52-5a61-8e0a-2f9c4d7b6a13")  # the name space of the episode ids we make


@dataclass(frozen=True, slots=True)
class Stay:
    """One row of MedCom's table of notifications: class, status and the activity that together name it."""

    class_code: str
    status: str
    activity: str
    ends: bool = False
    report_wanted: bool = False


# Source: MedCom HospitalNotification 3.0, table of activities.
STAYS_BY_CODE = {
    "STAA": Stay("EMER", "in-progress", "admit-emergency", report_wanted=True),
    "STIN": Stay("IMP", "in-progress", "admit-inpatient", report_wanted=True),
    "SLHJ": Stay("IMP", "finished", "discharge-inpatient-home", ends=True),
    "AN_STIN": Stay("IMP", "entered-in-error", "cancel-admit-inpatient"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierNotification:
    """The notification before this one: its header, and all Provenances it carried."""

    header: str
    provenances: tuple[Resource, ...] = field(default=(), repr=False)


def compose_hospital_notification(
    *,
    sender: Office,
    receiver: Office,
    citizen: Citizen,
    code: str,
    started_at: datetime,
    now: datetime,
    new_id: NewId,
    stay: str,
    earlier: EarlierNotification | None = None,
) -> bytes:
    """A notification in FHIR JSON. `code` is a key of `STAYS_BY_CODE`; `stay` names the stay among the sender's own."""
    kind = STAYS_BY_CODE[code]
    bundle, header_id = Bundle("hospitalnotification", new_id), str(new_id())
    from_, to = add_office(bundle, sender), add_office(bundle, receiver)
    patient = add_citizen(bundle, citizen)
    period = {"start": stamp(started_at)} | ({"end": stamp(now)} if kind.ends else {})
    content: Resource = {
        "status": kind.status,
        "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", kind.class_code),
        "subject": {"reference": patient},
        "episodeOfCare": [{"identifier": {"system": sender.address, "value": str(uuid5(STAYS, stay))}}],
        "period": period,
        "serviceProvider": {"reference": from_},
    }
    tells = (("Status", kind.status), ("Start", period["start"]), ("Slut", period.get("end", "")))
    focus = bundle.add("Encounter", content, profile=f"{PROFILE}encounter", tells=tells)
    header = add_header(
        bundle, event="hospital-notification-message", profile=f"{PROFILE}messageHeader", sender=(sender, from_),
        receiver=(receiver, to), focus=focus, identifier=header_id,
        extensions=_report_wanted(from_) if kind.report_wanted else (),
    )  # fmt: skip
    for provenance in earlier.provenances if earlier else ():
        bundle.place("Provenance", provenance)
    role = "removal" if code.startswith("AN_") else "revision"
    entities = [{"role": role, "what": {"reference": f"MessageHeader/{earlier.header}"}}] if earlier else []
    add_provenance(bundle, header=header, activity=kind.activity, who=from_, at=now, entities=entities)
    return bundle.write(profile=f"{PROFILE}message", at=now)


def _report_wanted(recipient: str) -> tuple[Resource, ...]:
    """The hospital asks for a report of admission (indlæggelsesrapport), to be sent to it."""
    return (
        {"url": f"{EXTENSION}reportOfAdmissionExtension", "valueBoolean": True},
        {"url": f"{EXTENSION}reportOfAdmissionRecipientExtension", "valueReference": {"reference": recipient}},
    )
