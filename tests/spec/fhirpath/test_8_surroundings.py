"""FHIRPath, chapter 8: references, profiles, value sets, and other things from outside."""

from typing import Any

from samspil.validation.fhirpath import BundleReferences, Environment, compile_path
from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Surroundings"

PRACTITIONER: dict[str, Any] = {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Prøve"}]}
ROLE: dict[str, Any] = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/p"},
    "contained": [{"resourceType": "Location", "id": "room", "name": "Stue 2"}],
    "location": [{"reference": "#room"}],
}
NOTE: dict[str, Any] = {
    "resourceType": "Communication",
    "sender": {"reference": "urn:uuid:7f1d2c6e-0000-4000-8000-000000000001"},
    "recipient": [{"reference": "Patient/elsewhere"}, {"identifier": {"value": "x"}}],
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "entry": [
        {"fullUrl": "urn:uuid:7f1d2c6e-0000-4000-8000-000000000001", "resource": ROLE},
        {"fullUrl": "http://example.org/fhir/Practitioner/p", "resource": PRACTITIONER},
        {"resource": NOTE},
    ],
}
AROUND = Environment(resource=BUNDLE, resolve=BundleReferences(BUNDLE))


def test_references_lead_to_resources(finds: Finds) -> None:
    """By `urn:uuid:`, by type and id, from a Reference or from its text."""
    finds("sender.resolve().practitioner.resolve().name.family", "Prøve", of=NOTE, around=AROUND)
    finds("sender.reference.resolve().id", "r", of=NOTE, around=AROUND)


def test_references_out_of_the_bundle_lead_nowhere(finds: Finds) -> None:
    """That is no error: earlier messages are referred to, not sent along."""
    finds("recipient.resolve()", of=NOTE, around=AROUND)
    finds("recipient.count()", 2, of=NOTE, around=AROUND)


def test_contained_resources_are_found_by_their_id(finds: Finds) -> None:
    """In the resource that holds the focus, else anywhere in the bundle where the id stands once."""
    finds("location.resolve().name", "Stue 2", of=ROLE, around=Environment(resource=ROLE))
    finds("entry.resource.ofType(PractitionerRole).location.resolve().name", "Stue 2", of=BUNDLE, around=AROUND)


def test_a_circle_of_references_is_no_trap(finds: Finds) -> None:
    """Each resolve() is one step; repeat() ends when nothing new comes."""
    one: dict[str, Any] = {"resourceType": "List", "id": "1", "next": {"reference": "List/2"}}
    two: dict[str, Any] = {"resourceType": "List", "id": "2", "next": {"reference": "List/1"}}
    bundle = {"entry": [{"resource": one}, {"resource": two}]}
    finds("repeat(next.resolve()).id", "2", "1", of=one, around=Environment(resolve=BundleReferences(bundle)))


def test_variables(finds: Finds) -> None:
    """The resource, the one around it, the focus; code systems and value sets by short names."""
    around = Environment(resource=ROLE, root=BUNDLE, context=NOTE)
    finds(
        "%resource.id | %rootResource.resourceType | %context.resourceType",
        "r",
        "Bundle",
        "Communication",
        around=around,
    )
    finds("%resource.id | %context.id | %rootResource.id", "ida")
    finds("%ucum", "http://unitsofmeasure.org")
    finds("%sct | %loinc", "http://snomed.info/sct", "http://loinc.org")
    finds("%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender")
    finds("%'ext-patient-birthTime'", "http://hl7.org/fhir/StructureDefinition/patient-birthTime")


def test_profiles_and_value_sets_are_asked_outside(finds: Finds) -> None:
    """conformsTo(), memberOf(), subsumes() and htmlChecks() pass the question on, with its canonical."""
    asked: list[object] = []

    def answer(*question: object) -> bool:
        asked.append(question[-1])
        return True

    around = Environment(conforms_to=answer, member_of=answer, subsumes=answer, html_checks=answer)
    finds("conformsTo('urn:profile')", True, around=around)
    finds("gender.memberOf('urn:codes')", True, around=around)
    finds("gender.subsumes('male')", True, around=around)
    finds("gender.subsumedBy('male')", True, around=around)
    finds("text.div.htmlChecks()", True, around=around)
    assert asked == ["urn:profile", "urn:codes", "male", "female", "<div>Ida Prøve</div>"]


def test_what_nobody_can_answer_is_unknown(finds: Finds) -> None:
    """Without an answer, or with None, the result is empty: neither kept nor broken."""
    finds("conformsTo('urn:profile')")
    finds("gender.memberOf('urn:codes')", around=Environment(member_of=lambda coded, canonical: None))
    finds("gender.subsumes('male')")
    finds("text.div.htmlChecks()")


def test_trace_goes_to_the_environment() -> None:
    """Under its name, projected if a projection stands there."""
    shown: list[tuple[str, list[Any]]] = []
    around = Environment(trace=lambda name, items: shown.append((name, items)))
    compile_path("id.trace('id').trace('longer', $this & '!')")({"id": "x"}, around)
    assert shown == [("id", ["x"]), ("longer", ["x!"])]


def test_unknown_names_are_refused(refuses: Refuses) -> None:
    """Functions, variables and numbers of arguments are checked when the expression is compiled."""
    refuses("name.frist()", "frist")
    refuses("%resorce.id", "%resorce")
    refuses("name.where()", "where()")
    refuses("gender.substring(1, 2, 3)", "substring(1, 2, 3)")
    refuses("name.given.", "")
