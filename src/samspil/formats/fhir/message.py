"""A FHIR message or document, whole: the tree as the canonical model."""

from samspil.catalogue.standards import find_standard
from samspil.domain.codes import Code
from samspil.domain.message import Body, Head, Identity, Kind, Message, Party
from samspil.formats.fhir.answer import read_acknowledgement
from samspil.formats.fhir.bundle import Bundle, Entry
from samspil.formats.fhir.care_communication import known_code, read_care_message
from samspil.formats.fhir.documents import read_document
from samspil.formats.fhir.elements import coding_of, first_of, part_of, parts_of, text_of
from samspil.formats.fhir.head import find_header, primary_destination, read_head
from samspil.formats.fhir.history import current_provenance, history_of
from samspil.formats.fhir.home_care_observation import read_home_care_report
from samspil.formats.fhir.hospital_notification import read_stay
from samspil.formats.fhir.narrative import text_of_narrative
from samspil.formats.fhir.people import party_of, person_of
from samspil.formats.fhir.tree import Tree
from samspil.formats.fhir.unread import unread_of


def build_message(tree: Tree, identity: Identity) -> Message | None:
    """The message, or None where there is no head to hang it on."""
    head = read_head(tree, identity)
    if head is None:
        return None
    return _document(tree, head) if head.kind is Kind.DOCUMENT else _message(tree, head)


def _message(tree: Tree, head: Head) -> Message:
    bundle = tree.bundle
    header = find_header(bundle)
    assert header is not None, "a message's head is read from its header"
    resource = header.resource
    primary = primary_destination(resource)
    copies = [row for row in parts_of(resource, "destination") if row is not primary]
    return Message(
        head=head,
        sender=_party(bundle, header, resource.get("sender"), text_of(part_of(resource, "source"), "endpoint")),
        receiver=_party(bundle, header, primary.get("receiver"), text_of(primary, "endpoint")),
        copies=tuple(_party(bundle, header, row.get("receiver"), text_of(row, "endpoint")) for row in copies),
        patient=person_of(next(iter(bundle.of_type("Patient")), None)),
        body=_body(tree, header, head),
        history=history_of(bundle),
        narrative=text_of_narrative(text_of(part_of(resource, "text"), "div")) or None,
        unread=unread_of(tree),
    )


def _party(bundle: Bundle, header: Entry, reference: object, endpoint: str) -> Party:
    return party_of(bundle.find(reference, header), endpoint=endpoint)


def _body(tree: Tree, header: Entry, head: Head) -> Body | None:
    """What the message says, by what its header points to."""
    bundle = tree.bundle
    if head.answers is not None:
        return read_acknowledgement(bundle, header, head.answers)
    focus = bundle.find(first_of(header.resource, "focus"), header)
    if focus is None:
        return None
    activity = _activity(bundle, head)
    match focus.type:
        case "Communication":
            return read_care_message(bundle, focus, activity)
        case "Encounter":
            return read_stay(bundle, header, focus, activity)
        case "DiagnosticReport":
            return read_home_care_report(tree, focus, activity)
        case _:
            return None


def _activity(bundle: Bundle, head: Head) -> Code:
    """What was done to the message, by the Provenance that tells of it."""
    provenance = current_provenance(bundle, head.message_id)
    return known_code(coding_of(part_of(provenance.resource, "activity")) if provenance else {}, "activity")


def _document(tree: Tree, head: Head) -> Message:
    bundle = tree.bundle
    composition = bundle.of_type("Composition")[0]
    standard = find_standard(head.standard)
    authors = (bundle.find(row, composition) for row in parts_of(composition.resource, "author"))
    return Message(
        head=head,
        sender=party_of(next((entry for entry in authors if entry and entry.type == "Organization"), None)),
        receiver=Party(),
        patient=person_of(bundle.find(composition.resource.get("subject"), composition)),
        body=read_document(tree, composition, standard.name if standard else None),
        narrative=text_of_narrative(text_of(part_of(composition.resource, "text"), "div")) or None,
        unread=unread_of(tree),
    )
