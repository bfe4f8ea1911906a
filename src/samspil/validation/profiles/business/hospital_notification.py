"""HospitalNotification's written rules: what is told follows from class, status and activity together.

The table has a row for each activity: which class and status go with it, whether it is a correction or cancellation,
and which times it must give. Rows of a death are told by the patient's `deceased`, whatever the activity.

Source: MedCom HospitalNotification 3.0, "Notification types and codes"; exceptions from the official examples.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from samspil.domain.issues import Severity
from samspil.formats.fhir.bundle import Entry
from samspil.validation.profiles.business.facts import Facts, Step, fault
from samspil.validation.profiles.faults import Fault, shown
from samspil.validation.profiles.invariants.looks import extension, has, text

ROOT: Final = "http://medcomfhir.dk/ig/hospitalnotification/StructureDefinition/"
LEAVE: Final = ROOT + "medcom-hospitalnotifiation-leave-period-extension"
FLAG: Final = ROOT + "medcom-messaging-reportOfAdmissionExtension"
RECIPIENT: Final = ROOT + "medcom-messaging-reportOfAdmissionRecipientExtension"
HEADER: Final = ROOT + "medcom-hospitalNotification-messageHeader"
PROVENANCE: Final = "http://medcomfhir.dk/ig/messaging/StructureDefinition/medcom-messaging-provenance"
EITHER: Final = frozenset({"EMER", "IMP"})
EMER: Final = frozenset({"EMER"})
IMP: Final = frozenset({"IMP"})


@dataclass(frozen=True, slots=True)
class Row:
    """What goes with an activity. `link` is the role of the link it must have to an earlier notification, if any."""

    code: str
    classes: frozenset[str]
    status: str
    link: str = ""
    times: tuple[str, ...] = ()


ROWS: Final[Mapping[str, Row]] = {
    "admit-emergency": Row("STAA", EMER, "in-progress"),
    "admit-inpatient": Row("STIN", IMP, "in-progress"),
    "start-leave-inpatient": Row("STOR", IMP, "onleave", "revision", ("leave.start",)),
    "end-leave-inpatient": Row("SLOR", IMP, "in-progress", "revision", ("leave.start", "leave.end")),
    "discharge-emergency-home": Row("SLHJ", EMER, "finished", "revision", ("period.end",)),
    "discharge-inpatient-home": Row("SLHJ", IMP, "finished", "revision", ("period.end",)),
    "revise-admit-emergency": Row("RE_STAA", EMER, "in-progress", "revision"),
    "revise-admit-inpatient": Row("RE_STIN", IMP, "in-progress", "revision"),
    "revise-start-leave-inpatient": Row("RE_STOR", IMP, "onleave", "revision", ("leave.start",)),
    "revise-end-leave-inpatient": Row("RE_SLOR", IMP, "in-progress", "revision", ("leave.start", "leave.end")),
    "revise-discharge-emergency-home": Row("RE_SLHJ", EMER, "finished", "revision", ("period.end",)),
    "revise-discharge-inpatient-home": Row("RE_SLHJ", IMP, "finished", "revision", ("period.end",)),
    "cancel-admit-emergency": Row("AN_STAA", EMER, "entered-in-error", "removal"),
    "cancel-admit-inpatient": Row("AN_STIN", IMP, "entered-in-error", "removal"),
    "cancel-start-leave-inpatient": Row("AN_STOR", IMP, "in-progress", "removal"),
    "cancel-end-leave-inpatient": Row("AN_SLOR", IMP, "onleave", "removal"),
    "cancel-discharge-emergency-home": Row("AN_SLHJ", EMER, "in-progress", "removal"),
    "cancel-discharge-inpatient-home": Row("AN_SLHJ", IMP, "in-progress", "removal"),
}


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of a hospital notification."""
    for told in facts.steps:
        if told.activity not in ROWS:
            yield fault(
                "fhir.notification.activity", told.entry, "activity", "coding", 0, "code",
                found=shown(told.activity or "…"), allowed=", ".join(sorted(ROWS)),
            )  # fmt: skip
    step, encounter = facts.step, facts.focus("Encounter")
    row = ROWS.get(step.activity) if step else None
    if step is None or encounter is None or row is None:
        return
    if _is_death(facts):
        yield from _death(encounter)
    else:
        yield from _row(encounter, row, step)
    yield from _link(step, row)
    yield from _report_of_admission(facts, step)


def _is_death(facts: Facts) -> bool:
    patient = facts.focus("Patient")
    return patient is not None and (
        patient.resource.get("deceasedBoolean") is True or has(patient.resource, "deceasedDateTime")
    )


def _death(encounter: Entry) -> Iterator[Fault]:
    """A death ends the stay. The official test scripts send it while the stay is in progress, so this is a warning."""
    if encounter.resource.get("status") != "finished":
        yield fault(
            "fhir.notification.death.status",
            encounter,
            "status",
            found=shown(text(encounter.resource, "status") or "…"),
        )
    if not has(encounter.resource.get("period"), "end"):
        yield fault("fhir.notification.death.end", encounter, "period", "end")


def _row(encounter: Entry, row: Row, step: Step) -> Iterator[Fault]:
    resource = encounter.resource
    kind, status = text(resource.get("class"), "code"), text(resource, "status")
    if kind and kind not in row.classes:
        yield fault(
            "fhir.notification.class", encounter, "class", "code",
            activity=step.activity, found=shown(kind), expected=" / ".join(sorted(row.classes)),
        )  # fmt: skip
    if status and status != row.status:
        yield fault(
            "fhir.notification.status", encounter, "status",
            activity=step.activity, found=shown(status), expected=row.status,
        )  # fmt: skip
    for time in row.times:
        if not _has_time(encounter, time):
            steps = ("period", "end") if time == "period.end" else ("extension",)
            yield fault("fhir.notification.time", encounter, *steps, activity=step.activity, time=time)


def _has_time(encounter: Entry, time: str) -> bool:
    period, _, end = time.partition(".")
    if period == "period":
        return has(encounter.resource.get("period"), end)
    return any(has(row.get("valuePeriod"), end) for row in extension(encounter.resource, LEAVE))


def _link(step: Step, row: Row) -> Iterator[Fault]:
    """Corrections, cancellations and later events name the notification they are about."""
    roles = {link.role for link in step.links}
    if row.link and not roles:
        severity = None if step.activity.startswith(("revise-", "cancel-")) else Severity.WARNING
        yield fault(
            "fhir.provenance.link.missing",
            step.entry,
            "entity",
            severity=severity,
            activity=step.activity,
            role=row.link,
        )
    elif row.link and row.link not in roles:
        place = step.links[0].position
        yield fault(
            "fhir.provenance.link.role", step.entry, "entity", place, "role", activity=step.activity, expected=row.link
        )


def _report_of_admission(facts: Facts, step: Step) -> Iterator[Fault]:
    """A report of admission is asked for when somebody is admitted, and goes to somebody."""
    header = facts.header.resource
    asked = any(row.get("valueBoolean") is True for row in extension(header, FLAG))
    named = any(True for _ in extension(header, RECIPIENT))
    if asked and "admit" not in step.activity:
        yield fault("fhir.notification.report", facts.header, "extension", activity=step.activity)
    elif named and not asked:
        yield fault("fhir.notification.recipient", facts.header, "extension")
