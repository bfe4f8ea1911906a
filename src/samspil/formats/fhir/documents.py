"""The body of a FHIR document: its Composition's sections, with the conditions and observations they name.

Sources: MedCom document 2.0, ConditionList 1.0, Notes 1.0.
"""

from samspil.catalogue.codes import names
from samspil.domain.clinical.shared_document import Entry as Line
from samspil.domain.clinical.shared_document import Section, SharedDocument
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Attachment
from samspil.formats.fhir.attachments import attachment_of
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import (
    code_of,
    coding_of,
    concept_text,
    extensions_of,
    moment,
    part_of,
    parts_of,
    text_of,
)
from samspil.formats.fhir.home_care_observation import measurement_of
from samspil.formats.fhir.narrative import text_of_narrative
from samspil.formats.fhir.people import party_of, professional_of
from samspil.formats.fhir.tree import Tree

VALUE_ATTACHMENT = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-observation-value-attachment-extension"


def read_document(tree: Tree, composition: Entry, name: Phrase | None) -> SharedDocument:
    """A Composition; `name` is what the standard is called, where it is one we know."""
    bundle, resource = tree.bundle, composition.resource
    authors = [bundle.find(row, composition) for row in parts_of(resource, "author")]
    institution = next((entry for entry in authors if entry and entry.type == "Organization"), None)
    people = (professional_of(bundle, entry) for entry in authors)
    return SharedDocument(
        kind=_code(part_of(resource, "type"), name),
        title=text_of(resource, "title"),
        status=text_of(resource, "status"),
        language=text_of(resource, "language"),
        confidentiality=text_of(resource, "confidentiality"),
        created_at=moment(resource.get("date")),
        institution=party_of(institution) if institution else None,
        author=next(filter(None, people), None),
        sections=tuple(_section(tree, composition, row) for row in parts_of(resource, "section")),
    )


def _code(concept: Resource, name: Phrase | None = None) -> Code:
    coding = coding_of(concept)
    return Code(text_of(coding, "code"), text_of(coding, "system"), name or Phrase(concept_text(concept)))


def _coded(coding: Resource) -> Code:
    return Code(text_of(coding, "code"), text_of(coding, "system"), Phrase(text_of(coding, "display")))


def _section(tree: Tree, composition: Entry, section: Resource) -> Section:
    entries = (tree.bundle.find(row, composition) for row in parts_of(section, "entry"))
    return Section(
        title=text_of(section, "title"),
        text=text_of_narrative(text_of(part_of(section, "text"), "div")) or None,
        entries=tuple(_line(tree, entry) for entry in entries if entry),
    )


def _line(tree: Tree, entry: Entry) -> Line:
    resource = entry.resource
    if entry.type == "Condition":
        return _condition(resource)
    if entry.type == "Observation":
        return _observation(tree, entry)
    return Line(name=entry.type)


def _condition(resource: Resource) -> Line:
    concept = part_of(resource, "code")
    codings = parts_of(concept, "coding")
    states = [code for code in map(code_of, parts_of(resource, "category")) if code in names("condition_status")]
    return Line(
        name=concept_text(concept),
        codes=tuple(map(_coded, codings)),
        status=Code(states[0], "http://snomed.info/sct", names("condition_status")[states[0]]) if states else None,
        started_at=text_of(resource, "onsetDateTime"),
        recorded_at=text_of(resource, "recordedDate"),
        notes=_notes(resource),
    )


def _observation(tree: Tree, entry: Entry) -> Line:
    resource = entry.resource
    measured = measurement_of(tree, entry)
    period = part_of(resource, "effectivePeriod")
    value = " ".join(filter(None, (measured.comparator, measured.value, measured.unit)))
    return Line(
        name=str(measured.code),
        codes=(measured.code,),
        status=measured.status,
        started_at=text_of(resource, "effectiveDateTime") or text_of(period, "start"),
        value=value,
        notes=_notes(resource),
        attachments=_files(tree.bundle, resource),
    )


def _notes(resource: Resource) -> tuple[str, ...]:
    return tuple(filter(None, (text_of(note, "text") for note in parts_of(resource, "note"))))


def _files(bundle: Bundle, resource: Resource) -> tuple[Attachment, ...]:
    return tuple(attachment_of(part_of(row, "valueAttachment")) for row in extensions_of(resource, VALUE_ATTACHMENT))
