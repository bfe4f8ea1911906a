"""A CareCommunication of our own, as small as the standard allows, with the ids and parties a test asks for."""

from typing import Any
from uuid import uuid4

import orjson

M = "http://medcomfhir.dk/ig/"
SENT = "2026-03-02T09:15:00+01:00"


def care_communication(
    *,
    sender: str,
    receiver: str,
    message_id: str | None = None,
    bundle_id: str | None = None,
    text: str = "Borgeren er klar til udskrivelse fredag.",
) -> bytes:
    """The message as bytes. Ids that are not given are new."""
    header, patient, communication, role, practitioner, provenance, segment, thread = (str(uuid4()) for _ in range(8))
    header = message_id or header
    ours, theirs = str(uuid4()), str(uuid4())
    resources = [
        {
            "resourceType": "MessageHeader",
            "id": header,
            "meta": _profile("carecommunication", "medcom-careCommunication-messageHeader"),
            "text": _narrative("Korrespondancemeddelelse"),
            "eventCoding": {
                "system": f"{M}terminology/CodeSystem/medcom-messaging-eventCodes",
                "code": "care-communication-message",
            },
            "destination": [
                {
                    "extension": [
                        {
                            "url": f"{M}messaging/StructureDefinition/medcom-messaging-destinationUseExtension",
                            "valueCoding": {
                                "system": f"{M}terminology/CodeSystem/medcom-messaging-destinationUse",
                                "code": "primary",
                            },
                        }
                    ],
                    "endpoint": "https://sor2.sum.dsdn.dk/#id=95371000016001",
                    "receiver": {"reference": f"Organization/{theirs}"},
                }
            ],
            "sender": {"reference": f"Organization/{ours}"},
            "source": {"endpoint": "https://sor2.sum.dsdn.dk/#id=26516000016002"},
            "focus": [{"reference": f"Communication/{communication}"}],
            "definition": f"{M}messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition|5.0",
        },
        {
            "resourceType": "Patient",
            "id": patient,
            "meta": _profile("core", "medcom-core-patient"),
            "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "2509479989"}],
            "name": [{"use": "official", "family": "Elmer", "given": ["Bruno", "Test"]}],
        },
        {
            "resourceType": "Communication",
            "id": communication,
            "meta": _profile("carecommunication", "medcom-careCommunication-communication"),
            "identifier": [{"value": f"urn:uuid:{thread}"}],
            "status": "unknown",
            "category": [
                {
                    "coding": [
                        {
                            "system": f"{M}terminology/CodeSystem/medcom-careCommunication-categoryCodes",
                            "code": "discharge",
                        }
                    ]
                }
            ],
            "subject": {"reference": f"Patient/{patient}"},
            "payload": [
                {
                    "extension": [
                        _core("datetime", valueDateTime=SENT),
                        _core(
                            "identifier",
                            valueIdentifier={
                                "value": f"urn:uuid:{segment}",
                                "assigner": {"reference": f"Organization/{ours}"},
                            },
                        ),
                        _core("practitioner", valueReference={"reference": f"PractitionerRole/{role}"}),
                        _core("contact", valueContactPoint={"system": "phone", "value": "70121416"}),
                    ],
                    "contentString": text,
                }
            ],
        },
        {
            "resourceType": "PractitionerRole",
            "id": role,
            "meta": _profile("core", "medcom-core-practitionerrole"),
            "practitioner": {"reference": f"Practitioner/{practitioner}"},
            "code": [
                {
                    "coding": [
                        {
                            "system": f"{M}terminology/CodeSystem/medcom-core-PractitionerRolesSKSadministrativ",
                            "code": "sygeplejerske",
                        }
                    ]
                }
            ],
        },
        {
            "resourceType": "Practitioner",
            "id": practitioner,
            "meta": _profile("core", "medcom-core-practitioner"),
            "name": [{"family": "Prøve", "given": ["Sanne"]}],
        },
        _organisation(ours, sender, "26516000016002", "Afdeling Nord"),
        _organisation(theirs, receiver, "95371000016001", "Hjemmeplejen Syd"),
        {
            "resourceType": "Provenance",
            "id": provenance,
            "meta": _profile("carecommunication", "medcom-careCommunication-provenance"),
            "target": [{"reference": f"MessageHeader/{header}"}],
            "occurredDateTime": SENT,
            "recorded": SENT,
            "activity": {
                "coding": [
                    {"system": f"{M}terminology/CodeSystem/medcom-messaging-activityCodes", "code": "new-message"}
                ]
            },
            "agent": [{"who": {"reference": f"Organization/{ours}"}}],
            "entity": [{"role": "source", "what": {"identifier": {"value": f"urn:uuid:{segment}"}}}],
        },
    ]
    bundle = {
        "resourceType": "Bundle",
        "id": bundle_id or str(uuid4()),
        "meta": _profile("carecommunication", "medcom-careCommunication-message"),
        "type": "message",
        "timestamp": SENT,
        "entry": [
            {"fullUrl": f"https://samspil.invalid/{resource['resourceType']}/{resource['id']}", "resource": resource}
            for resource in resources
        ],
    }
    return orjson.dumps(bundle)


def _profile(package: str, name: str) -> dict[str, Any]:
    return {"profile": [f"{M}{package}/StructureDefinition/{name}"]}


def _narrative(text: str) -> dict[str, str]:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}


def _core(name: str, **value: object) -> dict[str, object]:
    return {"url": f"{M}core/StructureDefinition/medcom-core-{name}-extension", **value}


def _organisation(identifier: str, gln: str, sor: str, name: str) -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": identifier,
        "meta": _profile("messaging", "medcom-messaging-organization"),
        "identifier": [
            {"system": "https://www.gs1.org/gln", "value": gln},
            {"system": "urn:oid:1.2.208.176.1.1", "value": sor},
        ],
        "name": name,
    }
