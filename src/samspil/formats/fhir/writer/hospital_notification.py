"""A StayNotification as the resources of HospitalNotification 3.0."""

from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.message import Message
from samspil.formats.fhir.hospital_notification import LEAVE, REPORT_RECIPIENT, REPORT_WANTED
from samspil.formats.fhir.writer.people import put_party
from samspil.formats.fhir.writer.sheet import Reference, Resource, Sheet, narrative, written_time


def put_stay(sheet: Sheet, message: Message, body: StayNotification, patient: Reference) -> Reference:
    """The Encounter."""
    if body.started_at is None:
        raise ValueError("a stay needs the time it began")
    period = {"start": written_time(body.started_at)}
    if body.ended_at:
        period["end"] = written_time(body.ended_at)
    members: Resource = {}
    if leave := _leave(body):
        members["extension"] = [{"url": LEAVE, "valuePeriod": leave}]
    members |= {
        "status": body.status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": body.stay_class},
        "subject": patient,
        "episodeOfCare": [
            {"identifier": {"system": system, "value": value}}
            for value, system in zip(body.episodes, body.episode_systems, strict=True)
        ],
        "period": period,
        "serviceProvider": put_party(sheet, body.provider or message.sender),
    }
    shown = [
        ("Hændelse", f"{body.kind.name.in_('da')} ({body.kind.code})"),
        ("Status", body.status),
        ("Type", body.stay_class),
        ("Forløb", ", ".join(body.episodes)),
        ("Start", period["start"]),
        ("Slut", period.get("end", "")),
        ("Orlov", " - ".join(leave.values())),
        ("Afdeling", (body.provider or message.sender).name),
    ]
    profile = "hospitalnotification/StructureDefinition/medcom-hospitalNotification-encounter"
    return sheet.put("Encounter", profile, members, text=narrative(shown))


def header_extensions(sheet: Sheet, body: StayNotification) -> list[Resource]:
    """The wish for the municipality's report, in the MessageHeader."""
    if not body.report_wanted:
        return []
    wish: list[Resource] = [{"url": REPORT_WANTED, "valueBoolean": True}]
    if body.report_recipient:
        wish.append({"url": REPORT_RECIPIENT, "valueReference": put_party(sheet, body.report_recipient)})
    return wish


def _leave(body: StayNotification) -> dict[str, str]:
    times = (("start", body.leave_started_at), ("end", body.leave_ended_at))
    return {name: written_time(at) for name, at in times if at}
