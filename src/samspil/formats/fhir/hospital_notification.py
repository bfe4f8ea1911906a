"""The body of a HospitalNotification: what happened in a stay. Source: MedCom HospitalNotification 3.0."""

from samspil.catalogue.codes import names
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import extension_of, moment, part_of, parts_of, text_of
from samspil.formats.fhir.people import party_of

_IG = "http://medcomfhir.dk/ig/hospitalnotification/StructureDefinition/"
REPORT_WANTED = f"{_IG}medcom-messaging-reportOfAdmissionExtension"
REPORT_RECIPIENT = f"{_IG}medcom-messaging-reportOfAdmissionRecipientExtension"
LEAVE = f"{_IG}medcom-hospitalnotifiation-leave-period-extension"  # spelt as published

_KINDS = {
    "admit-emergency": "STAA",
    "admit-inpatient": "STIN",
    "start-leave-inpatient": "STOR",
    "end-leave-inpatient": "SLOR",
    "discharge-emergency-home": "SLHJ",
    "discharge-inpatient-home": "SLHJ",
}
_PREFIXES = {"revise-": ("RE_", "Correction", "Rettelse"), "cancel-": ("AN_", "Cancellation", "Annullering")}


def read_stay(bundle: Bundle, header: Entry, focus: Entry, activity: Code) -> StayNotification:
    """The Encounter that the MessageHeader points to."""
    resource = focus.resource
    period, leave = part_of(resource, "period"), part_of(extension_of(resource, LEAVE), "valuePeriod")
    patient = bundle.find(resource.get("subject"), focus)
    recipient = part_of(extension_of(header.resource, REPORT_RECIPIENT), "valueReference")
    provider = bundle.find(resource.get("serviceProvider"), focus)
    report_recipient = bundle.find(recipient, header)
    return StayNotification(
        kind=kind_of(activity.code, deceased=bool(patient and patient.resource.get("deceasedBoolean") is True)),
        activity=activity,
        status=text_of(resource, "status"),
        stay_class=text_of(part_of(resource, "class"), "code"),
        episodes=tuple(text_of(row, "value") for row in _episodes(resource)),
        episode_systems=tuple(text_of(row, "system") for row in _episodes(resource)),
        started_at=moment(period.get("start")),
        ended_at=moment(period.get("end")),
        leave_started_at=moment(leave.get("start")),
        leave_ended_at=moment(leave.get("end")),
        provider=party_of(provider) if provider else None,
        report_wanted=extension_of(header.resource, REPORT_WANTED).get("valueBoolean") is True,
        report_recipient=party_of(report_recipient) if report_recipient else None,
    )


def kind_of(activity: str, *, deceased: bool) -> Code:
    """MedCom's abbreviation of what happened, from the activity and whether the citizen has died.

    >>> kind_of("revise-admit-inpatient", deceased=False).code
    'RE_STIN'
    """
    short, english, danish = "", "", ""
    for prefix, (mark, in_english, in_danish) in _PREFIXES.items():
        if activity.startswith(prefix):
            activity, short, english, danish = activity.removeprefix(prefix), mark, f"{in_english}: ", f"{in_danish}: "
    kind = "MORS" if deceased else _KINDS.get(activity, "")
    name = names("stay").get(kind, Phrase(activity))
    return Code(short + (kind or activity), name=Phrase(f"{english}{name}", da=f"{danish}{name.in_('da')}"))


def _episodes(encounter: Resource) -> list[Resource]:
    """The identifiers of the course of treatment that have a value."""
    rows = (part_of(row, "identifier") for row in parts_of(encounter, "episodeOfCare"))
    return [identifier for identifier in rows if text_of(identifier, "value")]
