"""For each rule about a message, one change to an example of ours that breaks it.

A change is (operation, resource, path, value): the resource by its type, its own step of the history as `Step`, or
`Bundle`; the path by names and positions. The reference pages show it, and a test makes it and looks for the rule.
"""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from samspil.validation.profiles.business.hospital_notification import FLAG, RECIPIENT

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
CARE: Final = "care-communication/5.0/"
NOTE: Final = "hospital-notification/3.0/"
REPORT: Final = "home-care-observation/1.2/report"
OK: Final = "acknowledgement/2.0/ok"
FATAL: Final = "acknowledgement/2.0/fatal"
LPR3: Final = "https://www.esundhed.dk/Registre/Landspatientregisteret"
OTHER: Final = "http://example.org/StructureDefinition/other"
SENDER: Final = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-sender-extension"
AUTHOR: Final = "Communication/payload/0/extension/2/valueReference"
GHOST: Final = "MessageHeader/00000000-0000-4000-8000-000000000000"
DEFINITION: Final = (
    "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"
)

Change = tuple[str, str, str, Any]

BREAKING: Final[dict[str, tuple[str, Sequence[Change]]]] = {
    # R4
    "Bundle#bdl-1": (CARE + "new", [("set", "Bundle", "total", 3)]),
    "Bundle#bdl-7": (CARE + "new", [("copy", "Bundle", "entry/1/fullUrl", "Bundle/entry/0/fullUrl")]),
    "Bundle#bdl-8": (CARE + "new", [("set", "Bundle", "entry/1/fullUrl", "http://example.org/Patient/1/_history/2")]),
    "Bundle#bdl-12": (CARE + "new", [("swap", "Bundle", "entry/0", "entry/1")]),
    "ContactPoint#cpt-2": (CARE + "new", [("set", "Patient", "telecom", [{"value": "12345678"}])]),
    "Period#per-1": (NOTE + "slhj", [("set", "Encounter", "period/end", "2001-01-01T08:00:00+01:00")]),
    "Reference#ref-1": (CARE + "new", [("set", "Communication", "subject/reference", "#nobody")]),
    "Organization#org-2": (CARE + "new", [("set", "Organization", "address", [{"use": "home", "city": "Åby"}])]),
    # dk-core
    "dk-core-gln-identifier#gln-length": (CARE + "new", [("gln", "Organization", "", "579000000001")]),
    "dk-core-gln-identifier#gln-modulus-10": (CARE + "new", [("gln", "Organization", "", "5790000000013")]),
    "dk-core-sor-identifier#min-digits-sor": (CARE + "new", [("sor", "Organization", "", "1234")]),
    "dk-core-cpr-identifier#cpr": (CARE + "new", [("set", "Patient", "identifier/0/value", "2513479989")]),
    "lpr3-Identifier#uuidv5": (
        NOTE + "stin",
        [
            ("set", "Encounter", "episodeOfCare/0/identifier/system", LPR3),
            ("set", "Encounter", "episodeOfCare/0/identifier/value", "12345678-1234-4234-9234-123456789abc"),
        ],
    ),
    # MedCom
    "medcom-messaging-message#medcom-messaging-2": (CARE + "new", [("drop", "Provenance", "", None)]),
    "medcom-careCommunication-message#medcom-careCommunication-1": (
        CARE + "new",
        [("set", "MessageHeader", "meta/profile/0", OTHER)],
    ),
    "medcom-careCommunication-message#medcom-careCommunication-2": (CARE + "new", [("drop", "Patient", "", None)]),
    "medcom-careCommunication-message#medcom-careCommunication-3": (
        CARE + "new",
        [("set", "Provenance", "meta/profile/0", OTHER)],
    ),
    "medcom-careCommunication-message#medcom-careCommunication-4": (
        CARE + "new",
        [("remove", "Practitioner", "name", None)],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-5": (
        CARE + "new",
        [("set", "Communication", "priority", "asap")],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-6": (
        CARE + "new",
        [("set", "Communication", "category/0/coding/0/code", "other"), ("discard", "Communication", "topic", None)],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-7": (
        CARE + "new",
        [("remove", "PractitionerRole", "code", None)],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-8": (
        CARE + "new",
        [("remove", "Practitioner", "name", None)],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-9": (
        CARE + "reply",
        [("remove", "Encounter", "episodeOfCare", None)],
    ),
    "medcom-careCommunication-message#medcom-careCommunication-13": (
        CARE + "new",
        [("remove", "PractitionerRole", "practitioner", None)],
    ),
    "medcom-careCommunication-communication#medcom-careCommunication-15": (
        CARE + "reply",
        [("set", "Communication", "encounter", {"display": "Konsultation"})],
    ),
    "medcom-careCommunication-communication#medcom-uuidv4": (
        CARE + "new",
        [("set", "Communication", "identifier/0/value", "thread-1")],
    ),
    "medcom-careCommunication-messageHeader#medcom-carecommunication-definition-url": (
        CARE + "new",
        [("set", "MessageHeader", "definition", "https://example.org/MessageDefinition/Other")],
    ),
    "medcom-hospitalNotification-message#medcom-hospitalNotification-2": (
        NOTE + "stin",
        [("drop", "Patient", "", None)],
    ),
    "medcom-hospitalNotification-message#medcom-hospitalNotification-4": (
        NOTE + "stin",
        [("set", "Patient", "identifier/0/system", "urn:oid:1.2.208.176.1.6.1.1")],
    ),
    "medcom-hospitalNotification-encounter#medcom-hospitalNotification-6": (
        NOTE + "stor",
        [("remove", "Encounter", "extension", None)],
    ),
    "medcom-messaging-acknowledgement#medcom-acknowledgement-1": (FATAL, [("drop", "OperationOutcome", "", None)]),
    "medcom-homecareobservation-message#medcom-homecareObsMessage-2": (
        REPORT,
        [("set", "Step", "activity/coding/0/code", "forward-message")],
    ),
    "medcom-homecareobservation-messageheader#medcom-hcobs-definition-url": (
        REPORT,
        [("set", "MessageHeader", "definition", "https://example.org/MessageDefinition/Other")],
    ),
    "medcom-homecareobservation-diagnosticreport#medcom-homecareReport-2": (
        REPORT,
        [("remove", "Practitioner", "name", None)],
    ),
    "medcom-homecareobservation-diagnosticreport#medcom-homecareReport-3": (
        REPORT,
        [("remove", "Practitioner", "telecom", None)],
    ),
    "medcom-homecareobservation-diagnosticreport#medcom-homecareReport-1": (
        REPORT,
        [("remove", "PractitionerRole", "code", None)],
    ),
    "medcom-core-media#medcom-homecareReport-5": (REPORT, [("remove", "PractitionerRole", "code", None)]),
    "medcom-core-media#medcom-homecareReport-6": (REPORT, [("remove", "Practitioner", "name", None)]),
    "medcom-requesterorganization#medcom-homecareObservation-4": (
        REPORT,
        [("remove", "Bundle", "entry/3/resource/contact/0/name", None)],
    ),
    "medcom-homecareobservation-message#medcom-homecareObsMessage-1": (
        REPORT,
        [("set", "MessageHeader", "meta/profile/0", OTHER), ("remove", "MessageHeader", "sender", None)],
    ),
    "medcom-messaging-message#medcom-messaging-1": (
        REPORT,
        [("set", "MessageHeader", "meta/profile/0", OTHER), ("remove", "MessageHeader", "sender", None)],
    ),
    "medcom-messaging-acknowledgement#medcom-acknowledgement-2": (
        OK,
        [("set", "MessageHeader", "meta/profile/0", OTHER), ("remove", "MessageHeader", "response", None)],
    ),
    "medcom-hospitalNotification-message#medcom-hospitalNotification-5": (
        NOTE + "stin",
        [("set", "MessageHeader", "destination/0/extension/0/valueCoding/code", "cc")],
    ),
    "medcom-core-contact-extension#medcom-core-contact": (
        CARE + "new",
        [("set", "Communication", "payload/0/extension/3/valueContactPoint/value", "lokal")],
    ),
    "medcom-careCommunication-message#medcom-careCommunication-11": (
        CARE + "new",
        [
            ("set", "Communication", "extension", [{"url": SENDER}]),
            ("copy", "Communication", "extension/0/valueReference", AUTHOR),
            ("copy", "PractitionerRole", "organization", "MessageHeader/destination/0/receiver"),
        ],
    ),
    "medcom-careCommunication-message#medcom-careCommunication-12": (
        CARE + "new",
        [
            ("set", "Communication", "recipient", [{}]),
            ("copy", "Communication", "recipient/0", AUTHOR),
            ("copy", "PractitionerRole", "organization", "MessageHeader/sender"),
        ],
    ),
    # written rules
    "samspil#fhir.id.uuid": (CARE + "new", [("set", "Bundle", "id", "message-1")]),
    "samspil#fhir.header.narrative": (CARE + "new", [("remove", "MessageHeader", "text", None)]),
    "samspil#fhir.narrative.incomplete": (
        CARE + "new",
        [("set", "Communication", "payload/0/contentString", "Noget andet, end den læsbare tekst siger")],
    ),
    "samspil#fhir.modifier.unknown": (
        CARE + "new",
        [
            (
                "set",
                "Communication",
                "modifierExtension",
                [{"url": "http://example.org/StructureDefinition/not-so", "valueBoolean": True}],
            )
        ],
    ),
    "samspil#fhir.endpoint.sor": (CARE + "new", [("set", "MessageHeader", "source/endpoint", "https://example.org")]),
    "samspil#fhir.patient.born": (CARE + "new", [("set", "Patient", "birthDate", "1947-09-26")]),
    "samspil#fhir.episode.uuid": (
        NOTE + "stin",
        [("set", "Encounter", "episodeOfCare/0/identifier/value", "forløb-7")],
    ),
    "samspil#fhir.provenance.current.missing": (CARE + "reply", [("set", "Step", "target/0/reference", GHOST)]),
    "samspil#fhir.provenance.link.unknown": (NOTE + "stor", [("set", "Step", "entity/0/what/reference", GHOST)]),
    "samspil#fhir.provenance.link.missing": (NOTE + "an_stin", [("remove", "Step", "entity", None)]),
    "samspil#fhir.provenance.link.role": (NOTE + "an_stin", [("set", "Step", "entity/0/role", "revision")]),
    "samspil#fhir.provenance.time.current": (
        NOTE + "stor",
        [("set", "Step", "occurredDateTime", "2001-01-01T08:00:00+01:00")],
    ),
    "samspil#fhir.definition": (
        CARE + "new",
        [
            ("set", "MessageHeader", "definition", DEFINITION + "|6.0"),
        ],
    ),
    "samspil#fhir.care.encounter": (CARE + "reply", [("remove", "Communication", "encounter", None)]),
    "samspil#fhir.notification.activity": (NOTE + "stin", [("set", "Step", "activity/coding/0/code", "new-message")]),
    "samspil#fhir.notification.class": (NOTE + "stin", [("set", "Encounter", "class/code", "EMER")]),
    "samspil#fhir.notification.status": (NOTE + "stin", [("set", "Encounter", "status", "finished")]),
    "samspil#fhir.notification.time": (NOTE + "slhj", [("remove", "Encounter", "period/end", None)]),
    "samspil#fhir.notification.death.status": (NOTE + "stin", [("set", "Patient", "deceasedBoolean", True)]),
    "samspil#fhir.notification.death.end": (NOTE + "stin", [("set", "Patient", "deceasedBoolean", True)]),
    "samspil#fhir.acknowledgement.activity": (OK, [("set", "Step", "activity/coding/0/code", "new-message")]),
    "samspil#fhir.acknowledgement.answered": (
        OK,
        [("set", "MessageHeader", "response/identifier", "00000000-0000-4000-8000-000000000000")],
    ),
    "samspil#fhir.acknowledgement.contradiction": (FATAL, [("set", "MessageHeader", "response/code", "ok")]),
    "samspil#fhir.acknowledgement.person": (
        OK,
        [
            (
                "add",
                "Bundle",
                "entry",
                {
                    "fullUrl": "http://example.org/Patient/bruno",
                    "resource": {"resourceType": "Patient", "id": "bruno"},
                },
            )
        ],
    ),
    "samspil#fhir.acknowledgement.history": (OK, [("drop", "Provenance", "first", None)]),
    "samspil#fhir.care.attachment.empty": (
        CARE + "attachments",
        [("remove", "Communication", "payload/1/contentAttachment/data", None)],
    ),
    "samspil#fhir.care.attachment.title": (
        CARE + "attachments",
        [("set", "Communication", "payload/1/contentAttachment/title", "svar.pdf")],
    ),
    "samspil#fhir.care.attachment.old": (
        CARE + "reply",
        [("set", "Communication", "payload/2/contentAttachment/data", "JVBERi0=")],
    ),
    "samspil#fhir.care.payload.untold": (CARE + "new", [("remove", "Step", "entity", None)]),
    "samspil#fhir.care.phone": (
        CARE + "new",
        [("set", "Communication", "payload/0/extension/3/valueContactPoint/value", "lokal 4")],
    ),
    "samspil#fhir.care.source.unknown": (
        CARE + "new",
        [("set", "Step", "entity/0/what/identifier/value", "urn:uuid:00000000-0000-4000-8000-000000000000")],
    ),
    "samspil#fhir.definition.version": (CARE + "new", [("set", "MessageHeader", "definition", DEFINITION)]),
    "samspil#fhir.notification.recipient": (
        NOTE + "stin",
        [("set", "MessageHeader", "extension", [{"url": RECIPIENT, "valueReference": {"display": "Hjemmeplejen"}}])],
    ),
    "samspil#fhir.notification.report": (
        NOTE + "slhj",
        [("set", "MessageHeader", "extension", [{"url": FLAG, "valueBoolean": True}])],
    ),
    "samspil#fhir.provenance.agent": (
        CARE + "new",
        [("copy", "Step", "agent/0/who/reference", "MessageHeader/destination/0/receiver/reference")],
    ),
    "samspil#fhir.provenance.current.several": (
        CARE + "reply",
        [("copy", "Provenance", "target/0/reference", "Step/target/0/reference")],
    ),
    "samspil#fhir.provenance.link.itself": (
        CARE + "reply",
        [("copy", "Step", "entity/0/what/reference", "Step/target/0/reference")],
    ),
    "samspil#fhir.provenance.link.missing.home": (
        REPORT,
        [("set", "Step", "activity/coding/0/code", "retract-message")],
    ),
    "samspil#fhir.provenance.link.unexpected": (
        CARE + "reply",
        [("set", "Step", "activity/coding/0/code", "new-message")],
    ),
    "samspil#fhir.provenance.time.equal": (
        CARE + "reply",
        [("copy", "Step", "occurredDateTime", "Provenance/occurredDateTime")],
    ),
}


def broken(rule: str) -> dict[str, Any]:
    """The example with the change made."""
    name, changes = BREAKING[rule]
    root = orjson.loads((EXAMPLES / f"{name}.json").read_bytes())
    for operation, resource, path, value in changes:
        _change(root, operation, resource, path, value)
    return root


def _change(root: dict[str, Any], operation: str, resource: str, path: str, value: Any) -> None:
    if operation == "drop":
        found = [entry for entry in root["entry"] if entry["resource"]["resourceType"] == resource]
        gone = found[:1] if path == "first" else found
        root["entry"] = [entry for entry in root["entry"] if entry not in gone]
        return
    holder: Any = _resource(root, resource)
    if operation in {"gln", "sor"}:
        word = "gs1.org" if operation == "gln" else "1.2.208.176.1.1"
        next(row for row in holder["identifier"] if word in row["system"])["value"] = value
        return
    *inner, last = _steps(path)
    holder = _down(holder, inner)
    match operation:
        case "set":
            holder[last] = value
        case "add":
            holder[last].append(value)
        case "copy":
            name, _, place = value.partition("/")
            holder[last] = copy.deepcopy(_down(_resource(root, name), _steps(place)))
        case "swap":
            other = _steps(value)[-1]
            holder[last], holder[other] = holder[other], holder[last]
        case "remove":
            del holder[last]
        case _:
            holder.pop(last, None)


def _steps(path: str) -> list[Any]:
    return [int(word) if word.isdigit() else word for word in path.split("/")]


def _down(holder: Any, steps: Sequence[Any]) -> Any:
    for step in steps:
        holder = holder[step]
    return holder


def _resource(root: dict[str, Any], name: str) -> dict[str, Any]:
    if name == "Bundle":
        return root
    resources = [entry["resource"] for entry in root["entry"]]
    if name != "Step":
        return next(one for one in resources if one["resourceType"] == name)
    header = next(one for one in resources if one["resourceType"] == "MessageHeader")["id"]
    steps = (one for one in resources if one["resourceType"] == "Provenance")
    return next(one for one in steps if one["target"][0]["reference"].endswith(header))
