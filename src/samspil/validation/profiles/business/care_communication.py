"""CareCommunication's written rules: payloads and their history, attachments, the thread, contacts, the version.

Source: MedCom CareCommunication 5.0, use cases and technical specification; exceptions from the official examples.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from samspil.domain.issues import Severity
from samspil.formats.fhir.bundle import Entry
from samspil.validation.profiles.business.envelope import is_uuid_4
from samspil.validation.profiles.business.facts import Facts, Step, fault
from samspil.validation.profiles.faults import Fault, shown
from samspil.validation.profiles.invariants.looks import extension, has, objects, text

ROOT: Final = "http://medcomfhir.dk/ig/"
IDENTIFIER: Final = ROOT + "core/StructureDefinition/medcom-core-identifier-extension"
CONTACT: Final = ROOT + "core/StructureDefinition/medcom-core-contact-extension"
DEFINITION: Final = ROOT + "messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"
MAJORS: Final = ("4", "5")
_is_phone = re.compile(
    r"(?:(?:\+|00)45 ?)?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2}|(?:\+|00)(?!45)[0-9 ]{6,18}"
).fullmatch
_names_file = re.compile(
    r".*\.(?:bmp|docx?|gif|html?|jpe?g|pdf|png|rtf|tiff?|txt|xlsx?|xml|zip)", re.IGNORECASE
).fullmatch


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of a care communication."""
    yield from _definition(facts)
    yield from _thread(facts)
    communication = facts.focus("Communication")
    if communication is None:
        return
    yield from _encounter(facts, communication)
    for position, thread in enumerate(objects(communication.resource, "identifier")):
        value = text(thread, "value")
        if value.startswith("urn:uuid:") and not is_uuid_4(value):
            name = "Communication.identifier"
            yield fault("fhir.id.uuid", communication, "identifier", position, "value", name=name)
    payloads = list(objects(communication.resource, "payload"))
    names = [_name_of(payload) for payload in payloads]
    if facts.step is not None:
        yield from _history(facts, facts.step, communication, names)
    for position, payload in enumerate(payloads):
        yield from _identifier(communication, position, payload)
        yield from _contacts(communication, position, payload)
        yield from _attachment(facts, communication, position, payload, names[position])


def _definition(facts: Facts) -> Iterator[Fault]:
    """The definition names CareCommunication and a version; the published rule lets too much pass."""
    definition = text(facts.header.resource, "definition")
    if not definition:
        return
    address, _, version = definition.partition("|")
    if address != DEFINITION or (version and version.partition(".")[0] not in MAJORS):
        yield fault("fhir.definition", facts.header, "definition", expected=f"{DEFINITION}|5.0")
    elif not version:
        yield fault("fhir.definition.version", facts.header, "definition", expected="|5.0")


def _thread(facts: Facts) -> Iterator[Fault]:
    """Answers and forwards name the message they follow; new messages follow none."""
    step = facts.step
    if step is None:
        return
    if step.activity in {"reply-message", "forward-message"} and not step.links:
        yield fault("fhir.provenance.link.missing", step.entry, "entity", activity=step.activity, role="revision")
    elif step.activity == "new-message" and step.links:
        yield fault("fhir.provenance.link.unexpected", step.entry, "entity", activity=step.activity)


def _encounter(facts: Facts, communication: Entry) -> Iterator[Fault]:
    """An encounter in the bundle is the one that the communication points at."""
    encounters = list(facts.of_type("Encounter"))
    if not encounters:
        return
    named = facts.scene.bundle.find(communication.resource.get("encounter"), communication)
    if named is None or all(named.resource is not entry.resource for entry in encounters):
        yield fault("fhir.care.encounter", communication, "encounter")


def _name_of(payload: Any) -> str:
    """A payload's identifier."""
    return next((text(row.get("valueIdentifier"), "value") for row in extension(payload, IDENTIFIER)), "")


def _history(facts: Facts, current: Step, communication: Entry, names: list[str]) -> Iterator[Fault]:
    """Every payload was brought in by some step, and what this step brought in is there."""
    for position, name in current.payloads:
        if name not in names:
            yield fault("fhir.care.source.unknown", current.entry, "entity", position, "what", "identifier")
    told = {name for step in facts.steps for _, name in step.payloads}
    for position, name in enumerate(names):
        if name and name not in told:
            yield fault("fhir.care.payload.untold", communication, "payload", position)


def _identifier(communication: Entry, position: int, payload: Any) -> Iterator[Fault]:
    for row in extension(payload, IDENTIFIER):
        value = text(row.get("valueIdentifier"), "value")
        if value.startswith("urn:uuid:") and not is_uuid_4(value):
            place = next(at for at, one in enumerate(payload["extension"]) if one is row)
            yield fault(
                "fhir.id.uuid", communication, "payload", position, "extension", place, "valueIdentifier", "value",
                name="payload.identifier",
            )  # fmt: skip


def _contacts(communication: Entry, position: int, payload: Any) -> Iterator[Fault]:
    for place, row in enumerate(objects(payload, "extension")):
        if row.get("url") == CONTACT:
            number = text(row.get("valueContactPoint"), "value")
            if number and _is_phone(number.replace("-", " ")) is None:
                yield fault(
                    "fhir.care.phone",
                    communication,
                    "payload",
                    position,
                    "extension",
                    place,
                    "valueContactPoint",
                    "value",
                )


def _attachment(facts: Facts, communication: Entry, position: int, payload: Any, name: str) -> Iterator[Fault]:
    """New files carry their content or a link; a reply leaves out the content of earlier ones, a forward does not."""
    attachment = payload.get("contentAttachment")
    if attachment.__class__ is not dict:
        return
    if _names_file(text(attachment, "title")) is not None:
        yield fault("fhir.care.attachment.title", communication, "payload", position, "contentAttachment", "title")
    if facts.step is None:
        return
    is_filled = has(attachment, "data") or has(attachment, "url")
    is_new = any(name == added for _, added in facts.step.payloads)
    if not is_filled and (is_new or facts.activity == "new-message"):
        yield fault("fhir.care.attachment.empty", communication, "payload", position, "contentAttachment")
    elif not is_filled and facts.activity == "forward-message":
        yield fault(
            "fhir.care.attachment.empty",
            communication,
            "payload",
            position,
            "contentAttachment",
            severity=Severity.WARNING,
        )
    elif is_filled and not is_new and facts.activity == "reply-message":
        yield fault(
            "fhir.care.attachment.old", communication, "payload", position, "contentAttachment", title=_type(attachment)
        )


def _type(attachment: Any) -> str:
    return shown(text(attachment, "contentType") or "…")
