"""MedCom's invariants, tested as published: what the published wording lets through is the business rules' affair.

Source: MedCom's IGs CareCommunication 5.0.2, HospitalNotification 3.0.2, Acknowledgement 2.0.3, HomeCareObservation
1.2.1, core 2.0.0 - 4.0.0, messaging 2.1.0 - 4.0.2, ConditionList 1.0.1, document 2.0.2, notes 1.0.0, EKG 2.0.0.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.invariants.looks import codes, extension, has, items, objects, text
from samspil.validation.profiles.invariants.registry import Test, keeps

if TYPE_CHECKING:
    from samspil.validation.profiles.scene import Scene

Json = dict[str, Any]
ROOT: Final = "http://medcomfhir.dk/ig/"
AUTHOR: Final = ROOT + "core/StructureDefinition/medcom-core-practitioner-extension"
DATA_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
CPR: Final = "urn:oid:1.2.208.176.1.2"


def _claims(resource: Any, beginning: str) -> bool:
    """Does a resource claim a profile whose address begins so?"""
    return any(
        name.startswith(beginning)
        for meta in objects(resource, "meta")
        for name in items(meta, "profile")
        if name.__class__ is str
    )


def _first(scene: "Scene") -> Json | None:
    """The resource of the bundle's first entry."""
    entries = scene.bundle.entries
    return entries[0].resource if entries and entries[0].place == 0 else None


# ---- all messages


@keeps("medcom-messaging-message#medcom-messaging-2")
def message_has_history(_: Any, scene: "Scene") -> bool:
    """A message tells its history: at least one Provenance."""
    return bool(scene.of_type("Provenance"))


@keeps("medcom-messaging-message#medcom-messaging-1")
def first_is_medcom_header(_: Any, scene: "Scene") -> bool | None:
    """The first resource keeps MedCom's header profile."""
    return _first_conforms(scene, ROOT + "messaging/StructureDefinition/medcom-messaging-messageHeader")


def _first_conforms(scene: "Scene", canonical: str) -> bool | None:
    first = _first(scene)
    return None if first is None else scene.conforms_to(first, canonical) is not False


# ---- CareCommunication


@keeps("medcom-careCommunication-message#medcom-careCommunication-1")
def first_claims_care_header(_: Any, scene: "Scene") -> bool | None:
    """The first resource claims CareCommunication's header profile."""
    first = _first(scene)
    if first is None or first.get("resourceType") != "MessageHeader":
        return None
    return _claims(first, ROOT + "carecommunication/StructureDefinition/medcom-careCommunication-messageHeader")


@keeps(
    "medcom-careCommunication-message#medcom-careCommunication-2",
    "medcom-hospitalNotification-message#medcom-hospitalNotification-2",
)
def one_patient(_: Any, scene: "Scene") -> bool:
    """A message is about exactly one patient."""
    return len(scene.of_type("Patient")) == 1


@keeps("medcom-careCommunication-message#medcom-careCommunication-3")
def history_claims_care_provenance(_: Any, scene: "Scene") -> bool:
    """Every Provenance claims CareCommunication's provenance profile."""
    profile = ROOT + "carecommunication/StructureDefinition/medcom-careCommunication-provenance"
    return all(_claims(resource, profile) for resource in scene.of_type("Provenance"))


@keeps("medcom-careCommunication-message#medcom-careCommunication-4")
def someone_has_a_name(_: Any, scene: "Scene") -> bool:
    """Some practitioner has a name."""
    return any(has(resource, "name") for resource in scene.of_type("Practitioner"))


@keeps("medcom-careCommunication-communication#medcom-careCommunication-5")
def priority_with_referrals_only(communication: Any, _: "Scene") -> bool:
    """Only correspondence about a referral has a priority."""
    category = codes(communication, "category")
    return not has(communication, "priority") or not category or category == ["regarding-referral"]


@keeps("medcom-careCommunication-communication#medcom-careCommunication-6")
def other_needs_a_topic(communication: Any, _: "Scene") -> bool | None:
    """Category `other` needs a topic."""
    category = codes(communication, "category")
    if not category:
        return None
    return category != ["other"] or has(communication, "topic")


@keeps("medcom-careCommunication-communication#medcom-careCommunication-7")
def role_by_code_or_text(communication: Any, scene: "Scene") -> bool:
    """An author's role is given by code or by text, not both."""
    return all(_has_one_role(role) for role in _authors(communication, scene))


def _has_one_role(role: Json) -> bool:
    return any(True for _ in codes(role, "code")) is not any(has(concept, "text") for concept in objects(role, "code"))


def _authors(communication: Any, scene: "Scene") -> Iterator[Json]:
    """The roles that payloads name as author."""
    for payload in objects(communication, "payload"):
        for author in extension(payload, AUTHOR):
            role = scene.resolve(author.get("valueReference"))
            if role is not None:
                yield role


@keeps("medcom-careCommunication-communication#medcom-careCommunication-8")
def author_has_a_name(communication: Any, scene: "Scene") -> bool:
    """Somebody among the authors has a name."""
    return any(_is_named(role, scene) for role in _authors(communication, scene))


def _is_named(role: Any, scene: "Scene") -> bool:
    return has(scene.resolve(role.get("practitioner")), "name") if role.__class__ is dict else False


@keeps("medcom-careCommunication-communication#medcom-careCommunication-9")
def encounter_names_episode(communication: Any, scene: "Scene") -> bool | None:
    """An encounter names its episode of care."""
    if not has(communication, "encounter"):
        return True
    encounter = scene.resolve(communication.get("encounter"))
    if encounter is None:
        return None
    return any(has(episode, "identifier") for episode in objects(encounter, "episodeOfCare"))


@keeps("medcom-careCommunication-message#medcom-careCommunication-11")
def sender_belongs_to_sender(_: Any, scene: "Scene") -> bool | None:
    """A specific sender belongs to the organisation that sends."""
    communications = scene.of_type("Communication")
    references = [row.get("valueReference") for one in communications for row in objects(one, "extension") if row]
    if not references:
        return True
    header = scene.of_type("MessageHeader")
    return _belong(references, [row.get("sender") for row in header], scene)


@keeps("medcom-careCommunication-message#medcom-careCommunication-12")
def recipient_belongs_to_receiver(_: Any, scene: "Scene") -> bool | None:
    """A specific recipient belongs to the organisation that receives."""
    references = [row for one in scene.of_type("Communication") for row in items(one, "recipient")]
    if not references:
        return True
    destinations = [row for header in scene.of_type("MessageHeader") for row in objects(header, "destination")]
    return _belong(references, [row.get("receiver") for row in destinations], scene)


def _belong(references: list[Any], organisations: list[Any], scene: "Scene") -> bool | None:
    """Do the organisations of these teams or roles make exactly these organisations?"""
    wanted = _resolved(organisations, scene)
    people = _resolved(references, scene)
    managing = _resolved([row for one in people for row in items(one, "managingOrganization")], scene)
    employing = _resolved([row for one in people for row in items(one, "organization")], scene)
    if not wanted or not (managing or employing):
        return None
    return wanted in (managing, employing)


def _resolved(references: list[Any], scene: "Scene") -> list[Json]:
    return [found for row in references if (found := scene.resolve(row)) is not None]


@keeps("medcom-careCommunication-message#medcom-careCommunication-13")
def roles_have_practitioners(_: Any, scene: "Scene") -> bool:
    """Some role tells who has it."""
    return any(
        has(practitioner, "reference")
        for role in scene.of_type("PractitionerRole")
        for practitioner in objects(role, "practitioner")
    )


@keeps("medcom-careCommunication-communication#medcom-careCommunication-15")
def encounter_is_referenced(communication: Any, _: "Scene") -> bool:
    """An encounter is named by reference."""
    return not has(communication, "encounter") or has(communication.get("encounter"), "reference")


@keeps("medcom-careCommunication-messageHeader#medcom-carecommunication-definition-url")
def care_definition(value: Any, _: "Scene") -> bool:
    """The definition is CareCommunication's, or ends like a version 5. (As published: `|` is an alternation.)"""
    return _is_definition(value, "MedComCareCommunicationMessageDefinition", _ENDS_IN_5)


@keeps("medcom-homecareobservation-messageheader#medcom-hcobs-definition-url")
def home_care_definition(value: Any, _: "Scene") -> bool:
    """The definition is HomeCareObservation's, or ends like a version 1. (As published: `|` is an alternation.)"""
    return _is_definition(value, "MedComHomeCareObservationMessageDefinition", _ENDS_IN_1)


_ENDS_IN_5: Final = re.compile(r"5[.][0-9]{1,2}$").search
_ENDS_IN_1: Final = re.compile(r"1[.][0-9]{1,2}$").search


def _is_definition(value: Any, name: str, ends: Callable[[str], object]) -> bool:
    if value.__class__ is not str:
        return False
    return value.startswith(f"{ROOT}messagedefinitions/MessageDefinition/{name}") or ends(value) is not None


# ---- HospitalNotification


@keeps("medcom-hospitalNotification-message#medcom-hospitalNotification-4")
def patient_by_cpr_only(_: Any, scene: "Scene") -> bool | None:
    """The patient has one identifier, a civil registration number."""
    systems = [
        row.get("system")
        for patient in scene.of_type("Patient")
        for row in objects(patient, "identifier")
        if has(row, "system")
    ]
    return systems == [CPR] if systems else None


@keeps("medcom-hospitalNotification-message#medcom-hospitalNotification-5")
def destination_is_primary(_: Any, scene: "Scene") -> bool | None:
    """The destination is the primary one."""
    uses = [
        coding.get("code")
        for header in scene.of_type("MessageHeader")
        for destination in objects(header, "destination")
        for row in objects(destination, "extension")
        for coding in objects(row, "valueCoding")
    ]
    return uses == ["primary"] if uses else None


@keeps("medcom-hospitalNotification-encounter#medcom-hospitalNotification-6")
def leave_has_a_start(encounter: Any, _: "Scene") -> bool | None:
    """Who is on leave has left at a known time."""
    if not has(encounter, "status"):
        return None
    return encounter.get("status") != "onleave" or any(
        has(period, "start") for row in objects(encounter, "extension") for period in objects(row, "valuePeriod")
    )


# ---- Acknowledgement


@keeps("medcom-messaging-acknowledgement#medcom-acknowledgement-1")
def refusal_gives_reasons(_: Any, scene: "Scene") -> bool | None:
    """An answer other than ok gives its reasons."""
    answers = [
        response.get("code") for header in scene.of_type("MessageHeader") for response in objects(header, "response")
    ]
    if answers == ["ok"]:
        return True
    return bool(scene.of_type("OperationOutcome")) if answers else None


@keeps("medcom-messaging-acknowledgement#medcom-acknowledgement-2")
def header_acknowledges(_: Any, scene: "Scene") -> bool | None:
    """The header keeps the acknowledgement's header profile."""
    headers = scene.of_type("MessageHeader")
    if not headers:
        return None
    profile = ROOT + "acknowledgement/StructureDefinition/medcom-messaging-acknowledgementHeader"
    return all(scene.conforms_to(header, profile) is not False for header in headers)


# ---- HomeCareObservation


@keeps("medcom-homecareobservation-message#medcom-homecareObsMessage-1")
def first_is_home_care_header(_: Any, scene: "Scene") -> bool | None:
    """The first resource keeps HomeCareObservation's header profile."""
    return _first_conforms(
        scene, ROOT + "homecareobservation/StructureDefinition/medcom-homecareobservation-messageheader"
    )


@keeps("medcom-homecareobservation-message#medcom-homecareObsMessage-2")
def home_care_activities(_: Any, scene: "Scene") -> bool:
    """Every activity is one of HomeCareObservation's."""
    allowed = scene.rulebook.terminology.codes(
        ROOT + "terminology/ValueSet/medcom-HomeCareObservation-messagingActivities"
    )
    return allowed is None or all(
        any(allowed.has(coding.get("system"), coding.get("code")) for coding in objects(activity, "coding"))
        for resource in scene.of_type("Provenance")
        for activity in objects(resource, "activity")
    )


def _target(reference: Any, scene: "Scene") -> Json | None:
    return scene.resolve(text(reference, "reference"))


@keeps(
    "medcom-homecareobservation-diagnosticreport#medcom-homecareReport-1", "medcom-core-media#medcom-homecareReport-5"
)
def performer_has_a_role(reference: Any, scene: "Scene") -> bool | None:
    """Who reports or attaches has a coded role."""
    role = _target(reference, scene)
    return None if role is None else bool(codes(role, "code"))


@keeps(
    "medcom-homecareobservation-diagnosticreport#medcom-homecareReport-2", "medcom-core-media#medcom-homecareReport-6"
)
def performer_has_a_name(reference: Any, scene: "Scene") -> bool | None:
    """Who reports or attaches has a name."""
    role = _target(reference, scene)
    return None if role is None else _is_named(role, scene)


@keeps("medcom-homecareobservation-diagnosticreport#medcom-homecareReport-3")
def performer_has_a_telephone(reference: Any, scene: "Scene") -> bool | None:
    """Who reports can be telephoned."""
    role = _target(reference, scene)
    if role is None:
        return None
    practitioner = scene.resolve(role.get("practitioner"))
    return any(row.get("system") == "phone" for row in objects(practitioner, "telecom"))


@keeps("medcom-requesterorganization#medcom-homecareObservation-4")
def requester_has_initials(contact: Any, _: "Scene") -> bool:
    """The requester's contact has initials, or the reason why not."""
    return has(contact, "name") or any(True for _ in extension(contact, DATA_ABSENT))


# ---- core


def _searches(pattern: str) -> Test:
    """A test that a text holds a pattern; anchors in the pattern make it the whole text."""
    search = re.compile(pattern).search

    def test(value: Any, _: "Scene") -> bool:
        return value.__class__ is str and search(value) is not None

    return test


@keeps("medcom-core-practitionerrole#medcom-core-practitionerrole-code-xor-text")
def role_is_coded_or_written(role: Any, _: "Scene") -> bool:
    """A role is given by code or by text, not both."""
    if not has(role, "code"):
        return True
    coded = any(
        has(coding, "system") and has(coding, "code")
        for concept in objects(role, "code")
        for coding in objects(concept, "coding")
    )
    return coded is not any(has(concept, "text") for concept in objects(role, "code"))


_HEX: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_V4_OR_5: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_searches_uuid = _searches(f"urn:uuid:{_HEX}")
_contact_pattern = _searches("[+]?[-0-9]")


@keeps(
    "medcom-assigned-identifier#medcom-uuidv4",
    "medcom-core-diagnosticreport#medcom-uuidv4",
    "medcom-core-observation#medcom-uuidv4",
)
def value_is_uuid(value: Any, scene: "Scene") -> bool | None:
    """An identifier is a UUID. (As published: of any version, lower case, text around it allowed.)"""
    return _searches_uuid(value, scene)


@keeps("medcom-careCommunication-communication#medcom-uuidv4")
def identifier_is_uuid(identifier: Any, scene: "Scene") -> bool | None:
    """The same, of the thread's identifier."""
    value = identifier.get("value") if identifier.__class__ is dict else None
    return None if value is None else _searches_uuid(value, scene)


@keeps("medcom-core-contact-extension#medcom-core-contact")
def contact_has_digits(value: Any, scene: "Scene") -> bool | None:
    """A telephone number has a digit or a hyphen. (As published: one is enough.)"""
    return _contact_pattern(value, scene)


# ---- documents

_bundle_id = _searches(f"(?i)^{_V4_OR_5}$")
_urn_uuid = _searches(f"(?i)^urn:uuid:{_V4_OR_5}$")
_exact_time = _searches(
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_semantic_version = _searches(
    r"^.*[|][0-9]+[.][0-9]+([.][0-9]+)?(-[0-9A-Za-z-]+([.][0-9A-Za-z-]+)*)?([+][0-9A-Za-z-]+([.][0-9A-Za-z-]+)*)?$"
)
_major_1, _major_2 = _searches("^.*[|]1[.].*$"), _searches("^.*[|]2[.].*$")
_bare_uuid = _searches(_HEX)


@keeps("medcom-document-bundle#medcom-document-bundle-id-uuid")
def document_id_is_uuid(value: Any, scene: "Scene") -> bool | None:
    """A document's id is a UUID of version 4 or 5."""
    return _bundle_id(value, scene)


@keeps("medcom-document-composition#medcom-uuid", "medcom-contained-documentreference#medcom-uuid")
def document_identifier_is_uuid(value: Any, scene: "Scene") -> bool | None:
    """A document's identifier is a UUID of version 4 or 5, written as a URN."""
    return _urn_uuid(value, scene)


@keeps("IHE.MHD.EntryUUID.Identifier#mhd-startswithuuid")
def entry_is_uuid(value: Any, _: "Scene") -> bool:
    """A document entry's identifier is a UUID written as a URN."""
    return value.__class__ is str and value.startswith("urn:uuid:")


@keeps("medcom-documentreference#uuid")
def document_entry_is_uuid(identifier: Any, scene: "Scene") -> bool | None:
    """A document entry's identifier holds a UUID."""
    value = identifier.get("value") if identifier.__class__ is dict else None
    return None if value is None else _bare_uuid(value, scene)


@keeps("medcom-document-composition#medcom-canonical-semver")
def profile_has_a_version(value: Any, scene: "Scene") -> bool | None:
    """A document names its profile with a version."""
    return _semantic_version(value, scene)


@keeps("medcom-notes-composition#medcom-canonical-fixed-major")
def notes_are_version_1(value: Any, scene: "Scene") -> bool | None:
    """A journal note names version 1 of its profile."""
    return _major_1(value, scene)


@keeps("medcom-ekg-recording-composition#medcom-canonical-fixed-major")
def recordings_are_version_2(value: Any, scene: "Scene") -> bool | None:
    """A heart recording names version 2 of its profile."""
    return _major_2(value, scene)


@keeps(
    "medcom-document-bundle#medcom-datetime-has-time-offset-zulu",
    "medcom-notes-composition#medcom-datetime-has-time-offset-zulu",
    "medcom-notes-observation#medcom-datetime-has-time-offset-zulu",
    "medcom-contained-documentreference#medcom-datetime-has-time-offset-zulu",
    "medcom-ekg-recording-composition#medcom-datetime-has-time-offset-zulu",
    "medcom-ekg-recording-observation#medcom-datetime-has-time-offset-zulu",
)
def time_is_exact(value: Any, scene: "Scene") -> bool | None:
    """A time in a document has seconds and a zone."""
    return _exact_time(value, scene)
