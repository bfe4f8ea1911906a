"""Writes a MedCom Acknowledgement: the receiver's answer to a FHIR message, ok or refused with reasons.

It names the answered message, swaps the two parties, and holds two Provenances: the answered message's own, and the
acknowledgement's, linked to it. What the answered message lacks is filled from its envelope or the directory; a
message that does not tell who sent it cannot be answered.
Source: MedCom Acknowledgement 2.0.3, MedCom messaging 2.1.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from samspil.catalogue.codes import names
from samspil.catalogue.findings import finding
from samspil.catalogue.identifier_systems import GLN, SOR
from samspil.domain.identifiers import Gln, Sor
from samspil.domain.issues import Issue, Language, Rejected, Report, Severity, report_of
from samspil.domain.message import Answer, AnswerCode, Format, Head, IdentifierKind, Kind
from samspil.formats.answers import Written
from samspil.formats.fhir.bundle import Entry
from samspil.formats.fhir.elements import code_of, first_of, moment, part_of, text_of
from samspil.formats.fhir.head import DESTINATION_USE, find_header, primary_destination
from samspil.formats.fhir.history import current_provenance
from samspil.formats.fhir.outcome import outcome_issues, unexplained
from samspil.formats.fhir.people import party_of
from samspil.formats.fhir.resend import instant, with_new_envelope
from samspil.formats.fhir.tree import Tree
from samspil.formats.fhir.xml_writer import write_xml
from samspil.formats.part import Part

STANDARD, VERSION = "Acknowledgement", "2.0"
BASE = "https://samspil.example/fhir/"
"""Full URLs need an address; ours names nobody's server (RFC 2606)."""

_MEDCOM = "http://medcomfhir.dk/ig/"
_ACKNOWLEDGEMENT = f"{_MEDCOM}acknowledgement/StructureDefinition/"
_MESSAGING = f"{_MEDCOM}messaging/StructureDefinition/"
_CODES = f"{_MEDCOM}terminology/CodeSystem/medcom-messaging-"
_SOR_ADDRESS = "https://sor2.sum.dsdn.dk/#id="
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_TOLD = frozenset({Severity.FATAL, Severity.ERROR, Severity.WARNING})

Resource = dict[str, Any]

_UNEXPLAINED = {
    AnswerCode.TRANSIENT: ("transient", "MSG_LOCAL_FAIL"),
    AnswerCode.FATAL: ("processing", "MSG_PARAM_INVALID"),
}
"""What is said where no finding is told: anything but ok needs a reason (medcom-acknowledgement-1)."""


def write_answer(
    part: Part, report: Report, *, code: AnswerCode, now: datetime, new_id: Callable[[], UUID]
) -> Written | None:
    """The acknowledgement as the exchange wants it, in the syntax of the message it answers.

    None for a message that itself is an acknowledgement, or that does not tell whom to answer.
    """
    head = part.head
    if head is None or head.kind is not Kind.MESSAGE:
        return None
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    envelope_id, message_id = str(new_id()), str(new_id())
    try:
        payload = write_acknowledgement(
            part,
            code=code,
            issues=report.issues,
            envelope_id=envelope_id,
            message_id=message_id,
            provenance_id=str(new_id()),
            outcome_id=str(new_id()),
            now=now,
        )
    except Rejected:
        return None
    told = tuple(row["details"]["coding"][0]["code"] for row in _reasons(report.issues, code, "da"))
    answer = Answer(message_id=head.message_id, code=code, sender=head.sender, findings=told)
    answered = Head(
        standard=STANDARD,
        version=VERSION,
        kind=Kind.RECEIPT,
        message_id=message_id,
        envelope_id=envelope_id,
        sender=head.receiver,
        receiver=head.sender,
        sent_at=now,
        answers=answer,
        receipt_wanted=False,
    )
    return Written(format=part.identity.format, head=answered, payload=payload)


def write_acknowledgement(
    part: Part,
    *,
    code: AnswerCode,
    issues: Iterable[Issue] = (),
    envelope_id: str,
    message_id: str,
    provenance_id: str,
    outcome_id: str,
    now: datetime,
    sors: Mapping[str, str] | None = None,
    language: Language = "da",
    syntax: Format | None = None,
    base_url: str = BASE,
) -> bytes:
    """The acknowledgement of a FHIR message, as bytes.

    Shape:   warnings travel with ok, notes stay here; `sors` gives the SOR code for a GLN where the message has none;
             `syntax` is that of the message unless told otherwise.
    Errors:  Rejected, with `fhir.acknowledgement.unaddressable`, where a party's GLN or SOR code cannot be told, or
             the message has no id.
    """
    tree = part.tree
    header = find_header(tree.bundle) if isinstance(tree, Tree) else None
    if part.head is None or header is None or not isinstance(tree, Tree):
        raise Rejected(report_of([finding("fhir.acknowledgement.unaddressable")]))
    draft = _Draft(tree, header, part.head, sors or {}, base_url)
    outcome = _outcome(outcome_id, _reasons(issues, code, language))
    resources = [
        draft.header(message_id, code, outcome),
        draft.answered_provenance(now),
        draft.own_provenance(provenance_id, message_id, now),
        draft.sender.resource,
        draft.receiver.resource,
        *([outcome] if outcome else []),
    ]
    root: Resource = {
        "resourceType": "Bundle",
        "id": envelope_id,
        "meta": {"profile": [f"{_ACKNOWLEDGEMENT}medcom-messaging-acknowledgement"]},
        "type": "message",
        "timestamp": instant(now),
        "entry": [{"fullUrl": base_url + _name(resource), "resource": resource} for resource in resources],
    }
    return write_xml(root) if (syntax or tree.format) is Format.FHIR_XML else orjson.dumps(root)


def repeat_acknowledgement(payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
    """The same answer once more: same MessageHeader.id and content, new Bundle.id and time."""
    return with_new_envelope(payload, bundle_id=envelope_id, timestamp=instant(now))


class _Party:
    """One of the two organisations, as the acknowledgement states it."""

    def __init__(self, entry: Entry | None, endpoint: str, gln: object, sors: Mapping[str, str]) -> None:
        party = party_of(entry, endpoint=endpoint)
        stated = party.identifier(IdentifierKind.SOR) or endpoint.removeprefix(_SOR_ADDRESS)
        sor = stated if Sor.fits(stated) else sors.get(str(gln), "")
        if not isinstance(gln, Gln) or not Sor.fits(sor):
            raise Rejected(report_of([finding("fhir.acknowledgement.unaddressable")]))
        self.name = party.name
        self.gln = str(gln)
        self.endpoint = endpoint or _SOR_ADDRESS + sor
        self.entry = entry
        self.resource: Resource = {
            "resourceType": "Organization",
            "id": _id(entry.id if entry else "", f"organisation {gln}"),
            "meta": {"profile": [f"{_MESSAGING}medcom-messaging-organization"]},
            "identifier": [{"system": GLN, "value": self.gln}, {"system": SOR, "value": sor}],
        }
        if party.name:
            self.resource["name"] = party.name


class _Draft:
    """The acknowledgement's resources, made from the message it answers."""

    def __init__(self, tree: Tree, header: Entry, head: Head, sors: Mapping[str, str], base_url: str) -> None:
        if not _FHIR_ID.fullmatch(head.message_id):
            raise Rejected(report_of([finding("fhir.acknowledgement.unaddressable")]))
        resource, bundle = header.resource, tree.bundle
        primary = primary_destination(resource)
        source = text_of(part_of(resource, "source"), "endpoint")
        self._answered = head
        self._tree = tree
        self._base_url = base_url
        self._provenance = current_provenance(bundle, head.message_id)
        self.sender = _Party(
            bundle.find(primary.get("receiver"), header), text_of(primary, "endpoint"), head.receiver, sors
        )
        self.receiver = _Party(bundle.find(resource.get("sender"), header), source, head.sender, sors)
        if self.sender.resource["id"] == self.receiver.resource["id"]:
            self.receiver.resource["id"] = str(uuid5(NAMESPACE_URL, f"other {self.receiver.gln}"))

    def header(self, message_id: str, code: AnswerCode, outcome: Resource | None) -> Resource:
        """The MessageHeader: from the answered message's receiver to its sender."""
        response: Resource = {"identifier": self._answered.message_id, "code": code.value}
        if outcome:
            response["details"] = _reference(outcome)
        use = {"system": f"{_CODES}destinationUse", "code": "primary"}
        return {
            "resourceType": "MessageHeader",
            "id": message_id,
            "meta": {"profile": [f"{_ACKNOWLEDGEMENT}medcom-messaging-acknowledgementHeader"]},
            "text": {"status": "generated", "div": self._narrative(code, outcome)},
            "eventCoding": {"system": f"{_CODES}eventCodes", "code": "acknowledgement-message"},
            "destination": [
                {
                    "extension": [{"url": DESTINATION_USE, "valueCoding": use}],
                    "endpoint": self.receiver.endpoint,
                    "receiver": _reference(self.receiver.resource),
                }
            ],
            "sender": _reference(self.sender.resource),
            "source": {"endpoint": self.sender.endpoint},
            "response": response,
        }

    def answered_provenance(self, now: datetime) -> Resource:
        """The answered message's own Provenance; what it does not tell, its envelope tells."""
        entry = self._provenance
        resource = entry.resource if entry else {}
        stamps = (resource.get("occurredDateTime"), self._tree.root.get("timestamp"), instant(now))
        activity = code_of(part_of(resource, "activity"))
        return self._provenance_of(
            _id(entry.id if entry else "", f"provenance {self._answered.message_id}"),
            self._answered.message_id,
            next(stamp for stamp in stamps if isinstance(stamp, str) and moment(stamp)),
            activity if activity in names("activity") else "new-message",
            self._agent(),
        )

    def own_provenance(self, provenance_id: str, message_id: str, now: datetime) -> Resource:
        """The acknowledgement's Provenance. It is never older than what it answers, whatever the clocks say."""
        before = text_of(self.answered_provenance(now), "occurredDateTime")
        at = before if (moment(before) or now) > now else instant(now)
        made = self._provenance_of(provenance_id, message_id, at, "acknowledgement", self.sender.resource)
        made["entity"] = [{"role": "revision", "what": {"reference": f"MessageHeader/{self._answered.message_id}"}}]
        return made

    def _agent(self) -> Resource:
        """Who acted in the answered message: one of the two parties, by default its sender."""
        if self._provenance:
            who = self._tree.bundle.find(first_of(self._provenance.resource, "agent").get("who"), self._provenance)
            if who is not None and self.sender.entry is not None and who.place == self.sender.entry.place:
                return self.sender.resource
        return self.receiver.resource

    def _provenance_of(self, identifier: str, message_id: str, at: str, activity: str, agent: Resource) -> Resource:
        return {
            "resourceType": "Provenance",
            "id": identifier,
            "meta": {"profile": [f"{_MESSAGING}medcom-messaging-provenance"]},
            "target": [{"reference": f"MessageHeader/{message_id}"}],
            "occurredDateTime": at,
            "recorded": at,
            "activity": {"coding": [{"system": f"{_CODES}activityCodes", "code": activity}]},
            "agent": [{"who": _reference(agent)}],
        }

    def _narrative(self, code: AnswerCode, outcome: Resource | None) -> str:
        """What the acknowledgement says, for one who reads it as a page."""
        rows = [
            ("Kvittering", f"{names('answer')[code].in_('da')} ({code.value})"),
            ("På meddelelse", self._answered.message_id),
            ("Hændelse", "acknowledgement-message"),
            ("Fra", f"{self.sender.name} {self.sender.gln} {self.sender.endpoint}".strip()),
            ("Til", f"{self.receiver.name} {self.receiver.gln} {self.receiver.endpoint} (primary)".strip()),
        ]
        reasons = "".join(
            f"<li>{escape(row['details'].get('text', ''))} ({row['details']['coding'][0]['code']})</li>"
            for row in (outcome["issue"] if outcome else ())
        )
        told = "".join(f"<p><b>{name}</b>: {escape(text)}</p>" for name, text in rows)
        listed = f"<ul>{reasons}</ul>" if reasons else ""
        return f'<div xmlns="http://www.w3.org/1999/xhtml">{told}{listed}</div>'


def _reasons(issues: Iterable[Issue], code: AnswerCode, language: Language) -> list[Resource]:
    """What the sender should hear of: errors and warnings."""
    told = outcome_issues((issue for issue in issues if issue.severity in _TOLD), language=language)
    if not told and code in _UNEXPLAINED:
        return [unexplained(*_UNEXPLAINED[code])]
    return told


def _outcome(outcome_id: str, issues: list[Resource]) -> Resource | None:
    if not issues:
        return None
    return {
        "resourceType": "OperationOutcome",
        "id": outcome_id,
        "meta": {"profile": [f"{_ACKNOWLEDGEMENT}medcom-acknowledgement-operationoutcome"]},
        "issue": issues,
    }


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _reference(resource: Resource) -> dict[str, str]:
    return {"reference": _name(resource)}


def _id(stated: str, seed: str) -> str:
    """The id as the answered message has it, or one made from what is known where it cannot be used."""
    return stated if _FHIR_ID.fullmatch(stated) else str(uuid5(NAMESPACE_URL, seed))
