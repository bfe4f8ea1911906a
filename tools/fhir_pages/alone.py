"""For each rule that needs no message around it, a resource that breaks it: R4's own rules, dk-core's, and documents'.

The reference pages show it, and a test judges it and looks for the rule.
"""

from typing import Any, Final

Json = dict[str, Any]
UCUM: Final = "http://unitsofmeasure.org"
DK: Final = "http://hl7.dk/fhir/core/StructureDefinition/dk-core-"
DOCUMENT: Final = "http://medcomfhir.dk/ig/document/StructureDefinition/medcom-document-"
NOTES: Final = "http://medcomfhir.dk/ig/notes/StructureDefinition/medcom-notes-composition"
EKG: Final = "http://medcomfhir.dk/ig/ekg/StructureDefinition/medcom-ekg-recording-composition"
CODE: Final = {"text": "prøve"}
BASIC: Final = {"resourceType": "Basic", "code": CODE}
CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-"


def basic(**members: Any) -> Json:
    """The plainest resource, with these members."""
    return {**BASIC, **members}


def with_value(**value: Any) -> Json:
    """The plainest resource with an extension, which may hold a value of any type."""
    return basic(extension=[{"url": "http://example.org/StructureDefinition/x", **value}])


def timing(**repeat: Any) -> Json:
    """A Timing with these rules of repetition."""
    return with_value(valueTiming={"repeat": repeat})


def condition(**members: Any) -> Json:
    """A condition."""
    return {"resourceType": "Condition", "subject": {"display": "Bruno"}, **members}


def status(kind: str, code: str) -> Json:
    """A condition's clinical or verification status, or its category."""
    return {"coding": [{"system": CLINICAL + kind, "code": code}]}


def contained(**members: Any) -> Json:
    """A resource with one inside it that it refers to."""
    return basic(subject={"reference": "#a"}, contained=[{**BASIC, "id": "a", **members}])


def entries(type_code: str, *rows: Json, **members: Any) -> Json:
    """A bundle."""
    return {"resourceType": "Bundle", "type": type_code, **members, **({"entry": list(rows)} if rows else {})}


def entry(**members: Any) -> Json:
    """An entry with a resource and these members."""
    return {"fullUrl": "http://example.org/Basic/a", "resource": {**BASIC, "id": "a"}, **members}


def opening() -> Json:
    """The entry that a document begins with."""
    return {"fullUrl": "http://example.org/Composition/a", "resource": {"resourceType": "Composition", "id": "a"}}


def danish(name: str, type_name: str, **members: Any) -> Json:
    """A resource that claims one of dk-core's profiles."""
    return {"resourceType": type_name, "meta": {"profile": [DK + name]}, **members}


def composition(profile: str, **members: Any) -> Json:
    """A composition that claims a profile."""
    return {"resourceType": "Composition", "meta": {"profile": [profile]}, **members}


ALONE: Final[dict[str, Json]] = {
    "Age#age-1": with_value(valueAge={"value": -5, "system": UCUM, "code": "a"}),
    "Attachment#att-1": with_value(valueAttachment={"data": "SGVq"}),
    "Bundle#bdl-10": entries("document", opening()),
    "Bundle#bdl-11": entries("document", entry()),
    "Bundle#bdl-2": entries("collection", entry(search={"mode": "match"})),
    "Bundle#bdl-3": entries("collection", entry(request={"method": "GET", "url": "Basic/a"})),
    "Bundle#bdl-4": entries("collection", entry(response={"status": "200"})),
    "Bundle#bdl-5": entries("collection", {"fullUrl": "http://example.org/Basic/a"}),
    "Bundle#bdl-9": entries("document", opening()),
    "CareTeam#ctm-1": {
        "resourceType": "CareTeam",
        "contained": [{"resourceType": "Patient", "id": "p"}],
        "participant": [{"member": {"reference": "#p"}, "onBehalfOf": {"display": "Kommunen"}}],
    },
    "Composition#cmp-1": {"resourceType": "Composition", "section": [{"title": "Fund"}]},
    "Composition#cmp-2": {
        "resourceType": "Composition",
        "section": [{"entry": [{"display": "Fund"}], "emptyReason": {"text": "Ingen"}}],
    },
    "Condition#con-1": condition(stage=[{"type": CODE}]),
    "Condition#con-2": condition(evidence=[{"id": "a"}]),
    "Condition#con-3": condition(category=[status("category", "problem-list-item")]),
    "Condition#con-4": condition(clinicalStatus=status("clinical", "active"), abatementString="i maj"),
    "Condition#con-5": condition(
        clinicalStatus=status("clinical", "active"), verificationStatus=status("ver-status", "entered-in-error")
    ),
    "Count#cnt-3": with_value(valueCount={"value": 1.5, "system": UCUM, "code": "1"}),
    "DataRequirement#drq-1": with_value(
        valueDataRequirement={"type": "Patient", "codeFilter": [{"path": "code", "searchParam": "code"}]}
    ),
    "DataRequirement#drq-2": with_value(
        valueDataRequirement={"type": "Patient", "dateFilter": [{"path": "birthDate", "searchParam": "birthdate"}]}
    ),
    "Distance#dis-1": with_value(valueDistance={"value": 1, "unit": "m"}),
    "DomainResource#dom-2": contained(contained=[{**BASIC, "id": "b"}]),
    "DomainResource#dom-3": basic(contained=[{**BASIC, "id": "a"}]),
    "DomainResource#dom-4": contained(meta={"versionId": "1"}),
    "DomainResource#dom-5": contained(meta={"security": [{"code": "R"}]}),
    "Duration#drt-1": with_value(valueDuration={"value": 1, "system": "http://example.org/units", "code": "h"}),
    "Expression#exp-1": with_value(valueExpression={"language": "text/fhirpath"}),
    "Observation#obs-3": {"resourceType": "Observation", "referenceRange": [{"type": CODE}]},
    "Observation#obs-6": {"resourceType": "Observation", "valueString": "5", "dataAbsentReason": CODE},
    "Observation#obs-7": {
        "resourceType": "Observation",
        "code": {"coding": [{"system": "http://example.org/codes", "code": "a"}]},
        "valueString": "5",
        "component": [{"code": {"coding": [{"system": "http://example.org/codes", "code": "a"}]}}],
    },
    "Organization#org-1": {"resourceType": "Organization", "active": True},
    "Organization#org-3": {
        "resourceType": "Organization",
        "name": "Klinikken",
        "telecom": [{"system": "phone", "value": "70201020", "use": "home"}],
    },
    "Patient#pat-1": {"resourceType": "Patient", "contact": [{"gender": "male"}]},
    "Quantity#qty-3": with_value(valueQuantity={"value": 1, "code": "kg"}),
    "Range#rng-2": with_value(valueRange={"low": {"value": 2}, "high": {"value": 1}}),
    "Ratio#rat-1": with_value(valueRatio={"numerator": {"value": 1}}),
    "SimpleQuantity#sqty-1": with_value(valueRange={"low": {"value": 1, "comparator": "<"}}),
    "Timing#tim-1": timing(duration=1),
    "Timing#tim-10": timing(timeOfDay=["08:00:00"], when=["MORN"]),
    "Timing#tim-2": timing(period=1),
    "Timing#tim-4": timing(duration=-1, durationUnit="h"),
    "Timing#tim-5": timing(period=-1, periodUnit="h"),
    "Timing#tim-6": timing(periodMax=2),
    "Timing#tim-7": timing(durationMax=2),
    "Timing#tim-8": timing(countMax=2),
    "Timing#tim-9": timing(offset=10),
    "TriggerDefinition#trd-1": with_value(
        valueTriggerDefinition={"type": "data-added", "data": [{"type": "Patient"}], "timingDate": "2026-01-01"}
    ),
    "TriggerDefinition#trd-2": with_value(
        valueTriggerDefinition={"type": "named-event", "name": "a", "condition": {"language": "text/fhirpath"}}
    ),
    "TriggerDefinition#trd-3": with_value(valueTriggerDefinition={"type": "named-event"}),
    # dk-core
    "dk-core-authorization-identifier#authorization-id-format": danish(
        "practitioner",
        "Practitioner",
        qualification=[{"identifier": [{"system": "https://autregweb.sst.dk", "value": "Æ"}], "code": CODE}],
    ),
    "dk-core-cvr-identifier#CVR-length": danish(
        "organization", "Organization", identifier=[{"system": "http://cvr.dk", "value": "1234567"}]
    ),
    "dk-core-cvr-identifier#CVR-modulus-11": danish(
        "organization", "Organization", identifier=[{"system": "http://cvr.dk", "value": "12345678"}]
    ),
    "dk-core-d-ecpr-identifier#d-ecpr": danish(
        "patient", "Patient", identifier=[{"system": "urn:oid:1.2.208.176.1.6.1.3.181", "value": "2509479989"}]
    ),
    "dk-core-kombit-org-identifier#uuid": danish(
        "organization", "Organization", identifier=[{"system": "https://kombit.dk/sts/organisation", "value": "a"}]
    ),
    "dk-core-observation#dk-core-observation-mandatory-units": danish(
        "observation", "Observation", status="final", code=CODE, valueQuantity={"value": 5}
    ),
    "dk-core-organization#dk-core-organization-mandatory-identifier": danish(
        "organization", "Organization", identifier=[{"system": "http://example.org/ids", "value": "a"}]
    ),
    "dk-core-patient#marital-status-unknown-usage": danish(
        "patient",
        "Patient",
        maritalStatus={
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": code}
                for code in ("P", "A")
            ]
        },
    ),
    "dk-core-x-ecpr-identifier#x-ecpr": danish(
        "patient", "Patient", identifier=[{"system": "urn:oid:1.2.208.176.1.6.1.1", "value": "2509479989"}]
    ),
    # MedCom's core, in its newest version
    "medcom-core-practitionerrole#medcom-core-practitionerrole-code-xor-text": {
        "resourceType": "PractitionerRole",
        "meta": {"profile": ["http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-practitionerrole"]},
        "code": [{"coding": [{"system": "http://example.org/codes", "code": "overlaege"}], "text": "overlæge"}],
    },
    # documents
    "medcom-document-bundle#medcom-document-bundle-id-uuid": entries(
        "document", opening(), id="document-1", meta={"profile": [DOCUMENT + "bundle"]}
    ),
    "medcom-document-composition#medcom-canonical-semver": composition(DOCUMENT + "composition"),
    "medcom-document-composition#medcom-uuid": composition(
        DOCUMENT + "composition", identifier={"system": "urn:ietf:rfc:3986", "value": "document-1"}
    ),
    "medcom-ekg-recording-composition#medcom-canonical-fixed-major": composition(EKG + "|9.0.0"),
    "medcom-notes-composition#medcom-canonical-fixed-major": composition(NOTES + "|9.0.0"),
    "medcom-notes-composition#medcom-datetime-has-time-offset-zulu": composition(
        NOTES, event=[{"period": {"start": "2026-03-02"}}]
    ),
}
