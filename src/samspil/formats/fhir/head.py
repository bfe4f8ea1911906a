"""What must be known to carry a FHIR message: read eagerly, in a few dozen microseconds.

Messages are read from their MessageHeader and what it points to; documents from their Composition.
Source: MedCom FHIR messaging, "MedCom Messaging Model".
"""

from samspil.catalogue.identifier_systems import ORGANISATIONS, PERSONS
from samspil.domain.identifiers import Gln, Unchecked
from samspil.domain.message import Answer, AnswerCode, Head, IdentifierKind, Identity, Kind
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import extension_of, first_of, moment, part_of, parts_of, text_of
from samspil.formats.fhir.tree import Tree
from samspil.formats.subject import hidden_subject

DESTINATION_USE = "http://medcomfhir.dk/ig/messaging/StructureDefinition/medcom-messaging-destinationUseExtension"
_ANSWERS = {code.value: code for code in AnswerCode}


def read_head(tree: Tree, identity: Identity) -> Head | None:
    """The head of a message or document; None when it lacks what makes it one."""
    if identity.kind is Kind.DOCUMENT:
        return _document_head(tree, identity)
    if identity.kind not in {Kind.MESSAGE, Kind.RECEIPT}:
        return None
    header = find_header(tree.bundle)
    return _message_head(tree, header, identity) if header else None


def find_header(bundle: Bundle) -> Entry | None:
    """The MessageHeader: the first entry, or wherever the first one stands."""
    if bundle.entries and bundle.entries[0].type == "MessageHeader":
        return bundle.entries[0]
    return next(iter(bundle.of_type("MessageHeader")), None)


def _message_head(tree: Tree, header: Entry, identity: Identity) -> Head:
    bundle, resource = tree.bundle, header.resource
    sender = bundle.find(resource.get("sender"), header)
    receiver = gln_of(bundle.find(primary_destination(resource).get("receiver"), header))
    return Head(
        standard=identity.standard or "",
        version=identity.version,
        kind=identity.kind or Kind.MESSAGE,
        message_id=header.id,
        envelope_id=text_of(tree.root, "id") or None,
        sender=gln_of(sender),
        receiver=receiver,
        subject=_subject(bundle, header),
        sent_at=moment(tree.root.get("timestamp")),
        answers=_answer(bundle, header, receiver),
        receipt_wanted=identity.kind is Kind.MESSAGE,
    )


def _document_head(tree: Tree, identity: Identity) -> Head | None:
    compositions = tree.bundle.of_type("Composition")
    if not compositions:
        return None
    bundle_id = text_of(tree.root, "id")
    return Head(
        standard=identity.standard or "",
        version=identity.version,
        kind=Kind.DOCUMENT,
        message_id=text_of(part_of(tree.root, "identifier"), "value") or bundle_id,
        envelope_id=bundle_id or None,
        sender=None,
        receiver=None,
        subject=_subject(tree.bundle, compositions[0]),
        sent_at=moment(tree.root.get("timestamp")),
        receipt_wanted=False,
    )


def primary_destination(header: Resource) -> Resource:
    """The destination marked primary, else the first."""
    destinations = parts_of(header, "destination")
    for destination in destinations:
        use = part_of(extension_of(destination, DESTINATION_USE), "valueCoding")
        if use.get("code") == "primary":
            return destination
    return destinations[0] if destinations else {}


def gln_of(organisation: Entry | None) -> Gln | Unchecked | None:
    """An organisation's location number, checked if it can be."""
    if organisation is None:
        return None
    for identifier in parts_of(organisation.resource, "identifier"):
        if ORGANISATIONS.get(text_of(identifier, "system")) is IdentifierKind.GLN:
            value = text_of(identifier, "value")
            return Gln.read(value) if value else None
    return None


def _subject(bundle: Bundle, header: Entry) -> str:
    """The episode that the message belongs to, else the patient, hidden."""
    focus = bundle.find(first_of(header.resource, "focus").get("reference"), header) or header
    encounter = focus if focus.type == "Encounter" else bundle.find(focus.resource.get("encounter"), focus)
    if encounter:
        episode = text_of(part_of(first_of(encounter.resource, "episodeOfCare"), "identifier"), "value")
        if episode:
            return hidden_subject("episode", episode)
    for patient in bundle.of_type("Patient"):
        for identifier in parts_of(patient.resource, "identifier"):
            if kind := PERSONS.get(text_of(identifier, "system")):
                return hidden_subject(kind, text_of(identifier, "value"))
    return ""


def _answer(bundle: Bundle, header: Entry, sender: Gln | Unchecked | None) -> Answer | None:
    """What the message answers. The answered message's sender is this one's receiver."""
    response = part_of(header.resource, "response")
    code = _ANSWERS.get(text_of(response, "code"))
    if code is None:
        return None
    outcome = bundle.find(response.get("details"), header)
    issues = parts_of(outcome.resource, "issue") if outcome else []
    codings = [coding for issue in issues for coding in parts_of(part_of(issue, "details"), "coding")]
    return Answer(
        message_id=text_of(response, "identifier"),
        code=code,
        sender=sender,
        findings=tuple(filter(None, (text_of(coding, "code") for coding in codings))),
    )
