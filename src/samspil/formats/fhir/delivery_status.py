"""A delivery status as the AuditEvent that spells it: read leniently, written narrowly. Judging is another module's.

Source: MedCom EHMI delivery status 1.0.2; names and code systems from `catalogue/delivery_status`.
"""

from enum import StrEnum
from typing import Any, TypeVar

from samspil.catalogue.delivery_status import eds
from samspil.catalogue.identifier_systems import CPR, GLN, SOR
from samspil.domain.delivery_status import Component, DeliveryStatus, Entity, Item, Passing, StatusParty
from samspil.domain.identifiers import Cpr, Ecpr, Gln, Sor, Unchecked
from samspil.formats.fhir.bundle import Resource
from samspil.formats.fhir.elements import (
    NONE,
    code_of,
    extensions_of,
    first_of,
    moment,
    part_of,
    parts_of,
    text_of,
    texts_of,
)

SENDER, RECEIVER = "ehmiSender", "ehmiReceiver"
SUCCESS, FAILURE = "0", "8"
_PRECISION = "milliseconds"
_DETAILS = {
    Entity.MESSAGE: ("ehmiMessageType", "ehmiMessageVersion"),
    Entity.ANSWERED_MESSAGE: ("ehmiMessageType", "ehmiMessageVersion"),
    Entity.MESSAGE_ENVELOPE: ("ehmiMessageEnvelopeType", "ehmiMessageEnvelopeVersion"),
    Entity.TRANSPORT_ENVELOPE: ("ehmiTransportEnvelopeType", "ehmiTransportEnvelopeVersion"),
    Entity.ANSWERED_TRANSPORT_ENVELOPE: ("ehmiTransportEnvelopeType", "ehmiTransportEnvelopeVersion"),
}
STATISTICS = "ehmiStatisticalInfo"
E_ = TypeVar("E_", bound=StrEnum)


class Unwritable(ValueError):
    """A status lacks what every report must say. The text names the field, never its value."""


def profile_of(resource: Resource) -> str:
    """The profile that a resource follows by its own word, else by whether it names a patient."""
    profile = eds()
    claimed = texts_of(part_of(resource, "meta"), "profile")
    for known in (profile.patient, profile.basic):
        if any(claim.partition("|")[0] == known for claim in claimed):
            return known
    return profile.patient if entities_of(resource, Entity.PATIENT) else profile.basic


def agents_of(resource: Resource, role: str) -> list[Resource]:
    """The agents in a role."""
    return [agent for agent in parts_of(resource, "agent") if code_of(part_of(agent, "type")) == role]


def entities_of(resource: Resource, entity: Entity) -> list[Resource]:
    """The entities of a type."""
    return [item for item in parts_of(resource, "entity") if text_of(part_of(item, "type"), "code") == entity]


def detail_of(entity: Resource, name: str) -> str:
    """The text of a detail."""
    found = (detail for detail in parts_of(entity, "detail") if detail.get("type") == name)
    return text_of(next(found, NONE), "valueString")


def details_of(entity: Entity) -> tuple[str, str]:
    """What an entity's kind and version are called among its details."""
    return _DETAILS[entity]


def device_of(resource: Resource) -> str:
    """The reporting component's name: its identifier, else that of the contained device, else what points to it."""
    observer = part_of(part_of(resource, "source"), "observer")
    if named := text_of(part_of(observer, "identifier"), "value"):
        return named
    reference = text_of(observer, "reference")
    local = reference.rpartition("/")[2].removeprefix("#")
    for device in parts_of(resource, "contained"):
        if device.get("id") == local and (named := text_of(first_of(device, "identifier"), "value")):
            return named
    return local


def other_id_of(agent: Resource) -> str:
    """An agent's location number as written."""
    for extension in extensions_of(agent, eds().names["other_id_extension"]):
        identifier = part_of(extension, "valueIdentifier")
        if code_of(part_of(identifier, "type")) == eds().names["other_id_type"]:
            return text_of(identifier, "value")
    return ""


def read_delivery_status(resource: Resource) -> DeliveryStatus:
    """What an AuditEvent says. What it does not say, or says in words of its own, is empty: judging tells of it."""

    def item(entity: Entity) -> Item | None:
        found = entities_of(resource, entity)
        return _item(found[0], entity) if found else None

    return DeliveryStatus(
        passing=_one_of(Passing, text_of(first_of(resource, "subtype"), "code")),
        component=_one_of(Component, text_of(first_of(part_of(resource, "source"), "type"), "code")),
        recorded=moment(resource.get("recorded")),
        device=device_of(resource),
        sender=_party(resource, SENDER),
        receiver=_party(resource, RECEIVER),
        message=item(Entity.MESSAGE) or Item(),
        message_envelope=item(Entity.MESSAGE_ENVELOPE),
        transport_envelope=item(Entity.TRANSPORT_ENVELOPE),
        answered_message=item(Entity.ANSWERED_MESSAGE),
        answered_transport_envelope=item(Entity.ANSWERED_TRANSPORT_ENVELOPE),
        patient=_patient(resource),
        succeeded=resource.get("outcome") == SUCCESS,
    )


def _one_of(words: type[E_], word: str) -> E_ | None:
    try:
        return words(word)
    except ValueError:
        return None


def _item(entity: Resource, kind: Entity) -> Item:
    type_name, version_name = _DETAILS[kind]
    return Item(
        id=identifier_of(entity),
        type=detail_of(entity, type_name),
        version=detail_of(entity, version_name),
        statistics=detail_of(entity, STATISTICS),
    )


def identifier_of(entity: Resource) -> str:
    """The identifier of what an entity or agent names."""
    return text_of(part_of(part_of(entity, "what"), "identifier"), "value")


def sor_of(agent: Resource) -> str:
    """An agent's SOR code as written."""
    return text_of(part_of(part_of(agent, "who"), "identifier"), "value")


def _party(resource: Resource, role: str) -> StatusParty:
    agent = next(iter(agents_of(resource, role)), NONE)
    sor, gln = sor_of(agent), other_id_of(agent)
    return StatusParty(
        name=text_of(agent, "name"), sor=Sor.read(sor) if sor else None, gln=Gln.read(gln) if gln else None
    )


def _patient(resource: Resource) -> Cpr | Ecpr | Unchecked | None:
    entities = entities_of(resource, Entity.PATIENT)
    number = identifier_of(entities[0]) if entities else ""
    if not number:
        return None
    plain = number.replace("-", "")
    found = Cpr.read(plain)
    return found if isinstance(found, Cpr) else Ecpr.read(plain)


def write_delivery_status(status: DeliveryStatus) -> dict[str, Any]:
    """The AuditEvent of a report. Errors: Unwritable where the profile would not be met."""
    _check(status)
    assert status.passing and status.component and status.recorded, "checked"
    profile = eds()
    return {
        "resourceType": "AuditEvent",
        "meta": {"profile": [profile.patient if status.is_about_a_patient else profile.basic]},
        "contained": [
            {
                "resourceType": "Device",
                "id": "device",
                "identifier": [{"value": status.device}],
                "status": "active",
                "type": {"coding": [{"system": profile.systems["source_type"], "code": status.component.value}]},
            }
        ],
        "type": _coding("type", profile.names["type"]),
        "subtype": [_coding("subtype", status.passing.value)],
        "action": profile.names["action"],
        "recorded": status.recorded.isoformat(timespec=_PRECISION),
        "outcome": SUCCESS if status.succeeded else FAILURE,
        "agent": [
            _agent(status.sender, SENDER, requestor=True),
            _agent(status.receiver, RECEIVER, requestor=False),
        ],
        "source": {
            "observer": {"reference": "#device", "identifier": {"value": status.device}},
            "type": [_coding("source_type", status.component.value)],
        },
        "entity": [*_patient_entity(status), *_item_entities(status)],
    }


def _check(status: DeliveryStatus) -> None:
    for name in ("passing", "component", "recorded", "device"):
        if not getattr(status, name):
            raise Unwritable(name)
    if status.recorded is not None and status.recorded.tzinfo is None:
        raise Unwritable("recorded")
    for name, party in (("sender", status.sender), ("receiver", status.receiver)):
        if not (party.name and isinstance(party.sor, Sor) and isinstance(party.gln, Gln)):
            raise Unwritable(name)
    if not (status.message.id and status.message.type and status.message.version):
        raise Unwritable("message")
    if isinstance(status.patient, Unchecked):
        raise Unwritable("patient")
    if status.is_about_a_patient and len(_item_entities(status)) + 1 < eds().entities_of_patient:
        raise Unwritable("message_envelope")


def _coding(system: str, code: str) -> dict[str, str]:
    coding = {"system": eds().systems[system], "code": code}
    display = eds().displays.get(code)
    return {**coding, "display": display} if display else coding


def _agent(party: StatusParty, role: str, *, requestor: bool) -> dict[str, Any]:
    names = eds().names
    gln = {
        "type": {"coding": [{"system": eds().systems["other_id"], "code": names["other_id_type"]}]},
        "system": GLN,
        "value": str(party.gln),
    }
    return {
        "extension": [{"url": names["other_id_extension"], "valueIdentifier": gln}],
        "type": {"coding": [_coding("role", role)]},
        "who": {"identifier": {"system": SOR, "value": str(party.sor)}, "display": party.name},
        "name": party.name,
        "requestor": requestor,
    }


def _patient_entity(status: DeliveryStatus) -> list[dict[str, Any]]:
    patient = status.patient
    if patient is None:
        return []
    identifier = {"value": patient.reveal()}
    if isinstance(patient, Cpr):
        identifier = {"system": CPR, **identifier}
    return [
        {
            "what": {"identifier": identifier},
            "type": _coding("entity", Entity.PATIENT),
            "role": {"system": eds().systems["object_role"], "code": eds().names["patient_role"]},
        }
    ]


def _item_entities(status: DeliveryStatus) -> list[dict[str, Any]]:
    items = {
        Entity.MESSAGE: status.message,
        Entity.MESSAGE_ENVELOPE: status.message_envelope,
        Entity.TRANSPORT_ENVELOPE: status.transport_envelope,
        Entity.ANSWERED_MESSAGE: status.answered_message,
        Entity.ANSWERED_TRANSPORT_ENVELOPE: status.answered_transport_envelope,
    }
    return [_entity(kind, item) for kind, item in items.items() if item is not None]


def _entity(kind: Entity, item: Item) -> dict[str, Any]:
    entity: dict[str, Any] = {"what": {"identifier": {"value": item.id}}} if item.id else {}
    entity["type"] = _coding("entity", kind)
    type_name, version_name = _DETAILS[kind]
    said = {type_name: item.type, version_name: item.version, STATISTICS: item.statistics}
    details = [{"type": name, "valueString": text} for name, text in said.items() if text]
    return {**entity, "detail": details} if details else entity
