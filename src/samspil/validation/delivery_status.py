"""Is an AuditEvent a delivery status that the network takes? Every fault in one pass, each at its place.

Refused is what the two profiles forbid; what official samples do too (location numbers without check digit) is told.
Source: MedCom EHMI delivery status 1.0.2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from samspil.catalogue.delivery_status import eds
from samspil.catalogue.findings import finding
from samspil.catalogue.shapes import shape_of
from samspil.domain.delivery_status import Component, DeliveryStatus, Entity, Passing
from samspil.domain.identifiers import Gln, Sor
from samspil.domain.issues import Issue, Report, Severity, report_of
from samspil.domain.message import Format
from samspil.formats.fhir.bundle import Resource
from samspil.formats.fhir.delivery_status import (
    FAILURE,
    RECEIVER,
    SENDER,
    SUCCESS,
    agents_of,
    detail_of,
    details_of,
    device_of,
    entities_of,
    identifier_of,
    other_id_of,
    profile_of,
    read_delivery_status,
    sor_of,
)
from samspil.formats.fhir.elements import first_of, moment, part_of, parts_of, text_of, texts_of
from samspil.formats.fhir.reader import Limits, read_tree
from samspil.formats.fhir.tree import Tree

LIMITS = Limits(max_bytes=1_000_000, max_depth=24)
"""A report is small: twenty elements and a handful of identifiers."""
MOST_ENTITIES = 64
LONGEST_TEXT = 255
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStatus:
    """A report with its findings. Without a resource the bytes were no AuditEvent at all."""

    report: Report
    resource: Resource = field(default_factory=dict[str, object], repr=False)
    profile: str = ""
    status: DeliveryStatus | None = None


def judge_delivery_status(payload: bytes) -> JudgedStatus:
    """Read and judge one report in FHIR JSON or XML. Never raises."""
    beginning = payload[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    tree = read_tree(payload, Format.FHIR_XML if beginning[:1] == b"<" else Format.FHIR_JSON, limits=LIMITS)
    if isinstance(tree, Issue):
        return JudgedStatus(report=report_of((tree,), readable=False))
    kind = tree.root.get("resourceType")
    if kind != "AuditEvent":
        known = kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 64 else "resource of no known type"
        return JudgedStatus(report=report_of((finding("status.resource.other", found=known),), readable=False))
    return JudgedStatus(
        report=report_of(_findings(tree)),
        resource=tree.root,
        profile=profile_of(tree.root),
        status=read_delivery_status(tree.root),
    )


def _findings(tree: Tree) -> Iterator[Issue]:
    yield from _texts(tree)
    yield from _elements(tree)
    yield from _codes(tree)
    yield from _source(tree)
    yield from _agents(tree)
    yield from _entities(tree)


def _texts(tree: Tree) -> Iterator[Issue]:
    """Texts that no database and no XML can hold, and identifiers that are none for their length."""
    if _holds_control_characters(tree.root):
        yield finding("status.text.control", tree.locate())
    if len(device_of(tree.root)) > LONGEST_TEXT:
        yield finding("status.text.long", tree.locate("source"), limit=str(LONGEST_TEXT))
    for place, agent in enumerate(parts_of(tree.root, "agent")):
        if max(map(len, (text_of(agent, "name"), sor_of(agent), other_id_of(agent)))) > LONGEST_TEXT:
            yield finding("status.text.long", tree.locate("agent", place), limit=str(LONGEST_TEXT))
    for place, entity in enumerate(parts_of(tree.root, "entity")):
        details = (text_of(detail, "valueString") for detail in parts_of(entity, "detail"))
        if max(map(len, (identifier_of(entity), *details))) > LONGEST_TEXT:
            yield finding("status.text.long", tree.locate("entity", place), limit=str(LONGEST_TEXT))


def _holds_control_characters(value: object) -> bool:
    """Does any text in the tree hold one? The reader has bounded the depth. Source: HL7 FHIR R4, string."""
    if isinstance(value, str):
        return CONTROL.search(value) is not None
    if isinstance(value, dict):
        return any(map(_holds_control_characters, (*value.keys(), *value.values())))
    return isinstance(value, list) and any(map(_holds_control_characters, value))


def _elements(tree: Tree) -> Iterator[Issue]:
    """Which elements are there, apart from what they hold."""
    root, profile = tree.root, eds()
    claimed = {claim.partition("|")[0] for claim in texts_of(part_of(root, "meta"), "profile")}
    if claimed.isdisjoint({profile.basic, profile.patient}):
        expected = profile_of(root).rpartition("/")[2]
        yield finding("status.profile.missing", tree.locate("meta", "profile"), expected=expected)
    known = shape_of("AuditEvent")
    for name in root:
        plain = name.removeprefix("_")
        if plain in profile.forbidden:
            yield finding("status.element.forbidden", tree.locate(name), element=plain)
        elif plain not in known and plain != "resourceType":
            yield finding("status.element.unknown", tree.locate(), element=_name(plain))
    if moment(root.get("recorded")) is None:
        yield finding("status.recorded.wrong", tree.locate("recorded"))


def _name(text: str) -> str:
    """An element's name, if it looks like one: what a stranger calls an element may be anything."""
    return text if text.isascii() and text.isidentifier() and len(text) <= 64 else "of that name"


def _codes(tree: Tree) -> Iterator[Issue]:
    root, profile = tree.root, eds()
    yield from _coded(tree, part_of(root, "type"), "type", "type", (profile.names["type"],))
    subtypes = parts_of(root, "subtype")
    if len(subtypes) != 1:
        yield _count(tree, "subtype", len(subtypes), "1", "subtype")
    for place, subtype in enumerate(subtypes[:1]):
        yield from _coded(tree, subtype, "subtype", "subtype", tuple(Passing), "subtype", place)
    action = root.get("action")
    if action is None:
        yield finding("status.element.left_out", tree.locate(), element="action")
    elif action != profile.names["action"]:
        yield _unknown(tree, "action", (profile.names["action"],), "action")
    if text_of(root, "outcome") not in {SUCCESS, FAILURE}:
        yield _unknown(tree, "outcome", (SUCCESS, FAILURE), "outcome")


def _coded(
    tree: Tree, coding: Resource, element: str, system: str, codes: tuple[str, ...], *steps: str | int
) -> Iterator[Issue]:
    """A coding that is none of the profile's."""
    is_known = text_of(coding, "code") in codes and coding.get("system") == eds().systems[system]
    if not is_known:
        yield _unknown(tree, element, codes, *(steps or (element,)))


def _unknown(tree: Tree, element: str, codes: tuple[str, ...], *steps: str | int) -> Issue:
    return finding("status.code.unknown", tree.locate(*steps), element=element, expected=_either(codes))


def _either(codes: tuple[str, ...]) -> str:
    return ", ".join(str(code.value if isinstance(code, StrEnum) else code) for code in codes)


def _count(tree: Tree, element: str, found: int, expected: str, *steps: str | int) -> Issue:
    return finding(
        "status.count.wrong", tree.locate(*steps), element=element, found=str(found), expected=f"{expected} {element}"
    )


def _missing(tree: Tree, element: str, *steps: str | int) -> Issue:
    return finding("status.element.missing", tree.locate(*steps), element=element)


def _source(tree: Tree) -> Iterator[Issue]:
    source = part_of(tree.root, "source")
    if not device_of(tree.root):
        yield _missing(tree, "source.observer", "source")
    yield from _coded(tree, first_of(source, "type"), "source.type", "source_type", tuple(Component), "source", "type")


def _agents(tree: Tree) -> Iterator[Issue]:
    root = tree.root
    agents = parts_of(root, "agent")
    least, most = eds().agents
    if not least <= len(agents) <= most:
        yield _count(tree, "agent", len(agents), f"{least}-{most}", "agent")
    for role, is_requestor in ((SENDER, True), (RECEIVER, False)):
        found = agents_of(root, role)
        if len(found) != 1:
            yield _count(tree, role, len(found), "1", "agent")
        for agent in found[:1]:
            place = next(index for index, item in enumerate(agents) if item is agent)
            yield from _agent(tree, agent, place, is_requestor=is_requestor)


def _agent(tree: Tree, agent: Resource, place: int, *, is_requestor: bool) -> Iterator[Issue]:
    here = ("agent", place)
    if first_of(part_of(agent, "type"), "coding").get("system") != eds().systems["role"]:
        yield _unknown(tree, "agent.type", (SENDER, RECEIVER), *here, "type")
    if agent.get("requestor") is not is_requestor:
        expected = str(is_requestor).lower()
        yield finding("status.requestor.wrong", tree.locate(*here, "requestor"), expected=expected)
    if not text_of(agent, "name"):
        yield _missing(tree, "agent.name", *here)
    sor, gln = sor_of(agent), other_id_of(agent)
    if not sor:
        yield _missing(tree, "agent.who.identifier", *here)
    elif not Sor.fits(sor):
        yield _ill_formed(tree, "agent.who.identifier", "SOR", *here, "who", "identifier", "value")
    if not gln:
        yield _missing(tree, "agent.extension:eds-otherId", *here)
    elif not Gln.fits(gln):
        yield _ill_formed(tree, "agent.extension:eds-otherId", "GLN", *here, "extension")


def _ill_formed(tree: Tree, element: str, kind: str, *steps: str | int) -> Issue:
    return finding("status.identifier.form", tree.locate(*steps), element=element, kind=kind)


def _entities(tree: Tree) -> Iterator[Issue]:
    root, profile = tree.root, eds()
    entities = parts_of(root, "entity")
    if len(entities) > MOST_ENTITIES:
        yield _count(tree, "entity", len(entities), f"1-{MOST_ENTITIES}", "entity")
        return
    is_about_a_patient = profile_of(root) == profile.patient
    if is_about_a_patient and len(entities) < profile.entities_of_patient:
        yield _count(tree, "entity", len(entities), f"{profile.entities_of_patient}-", "entity")
    for kind in Entity:
        found = entities_of(root, kind)
        is_needed = kind is Entity.MESSAGE or (kind is Entity.PATIENT and is_about_a_patient)
        if len(found) > 1 or (is_needed and not found):
            yield _count(tree, kind.value, len(found), "1" if is_needed else "0-1", "entity")
    for place, entity in enumerate(entities):
        yield from _entity(tree, entity, place, is_about_a_patient=is_about_a_patient)


def _entity(tree: Tree, entity: Resource, place: int, *, is_about_a_patient: bool) -> Iterator[Issue]:
    here = ("entity", place)
    coding = part_of(entity, "type")
    code = text_of(coding, "code")
    for strange in _coded(tree, coding, "entity.type", "entity", tuple(Entity), *here, "type"):
        yield replace(strange, severity=Severity.WARNING)  # what else a report names does no harm
    if code in {Entity.MESSAGE, Entity.PATIENT, Entity.TRANSPORT_ENVELOPE} and not identifier_of(entity):
        yield _missing(tree, "entity.what.identifier", *here)
    if code == Entity.MESSAGE:
        for name in details_of(Entity.MESSAGE):
            if not detail_of(entity, name):
                yield _missing(tree, f"entity.detail:{name}", *here)
    if code == Entity.PATIENT and not is_about_a_patient:
        yield finding("status.patient.unexpected", tree.locate(*here))
    elif code == Entity.PATIENT:
        role, expected = part_of(entity, "role"), eds().names["patient_role"]
        if (role.get("system"), role.get("code")) != (eds().systems["object_role"], expected):
            yield _unknown(tree, "entity.role", (expected,), *here, "role")
