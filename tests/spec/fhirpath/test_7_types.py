"""FHIRPath, chapter 7: what type a thing is."""

from samspil.validation.fhirpath import Environment, compile_path
from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Types"

TYPES = {
    ("Patient", "name"): "HumanName",
    ("Patient", "contact"): "Patient.contact",
    ("Patient.contact", "name"): "HumanName",
    ("Patient", "gender"): "code",
    ("Patient", "managingOrganization"): "Reference",
    ("Patient", "birthDate"): "date",
    ("Patient", "generalPractitioner"): "Reference",
}
AROUND = Environment(type_of=lambda parent, key: TYPES.get((parent, key)))


def test_resources_say_their_type(finds: Finds) -> None:
    """A resource is its own type and those it is a kind of."""
    finds("$this is Patient", True)
    finds("is(DomainResource) and is(FHIR.Resource)", True)
    finds("contained.ofType(Organization).name", "Lægehuset")
    finds("contained.ofType(DomainResource).name", "Lægehuset")
    finds("(Patient as Organization).name")


def test_a_choice_says_its_type_by_its_key(finds: Finds) -> None:
    """No other knowledge is needed: JSON writes `valueQuantity`."""
    finds("extension.value.ofType(Quantity).code", "kg")
    finds("extension.value is Quantity", True)
    finds("extension.value is string", False)
    finds("(extension.value as Quantity).unit", "kg")
    finds("deceased is boolean", True)
    finds("multipleBirth is boolean")


def test_a_kind_of_a_type_is_that_type(finds: Finds) -> None:
    """An age is a quantity."""
    finds("onset.ofType(Quantity).value", 40, of={"resourceType": "Condition", "onsetAge": {"value": 40}})


def test_an_identifiers_value_is_no_choice_but_a_text(finds: Finds) -> None:
    """Where an element of that name is no choice, a primitive is judged by its form."""
    finds("value.ofType(string)", "1", of={"system": "urn:x", "value": "1"})
    finds("value is decimal", True, of={"value": 1.5, "unit": "g"})


def test_other_elements_have_the_type_the_environment_knows(finds: Finds) -> None:
    """The types of R4's elements come from outside, as for contact persons' names here."""
    finds("contact.name is HumanName", True, around=AROUND)
    finds("contact.first() is BackboneElement", True, around=AROUND)
    finds("gender is string", True, around=AROUND)
    finds("gender is uri", False, around=AROUND)
    finds("birthDate is dateTime", False, around=AROUND)
    finds("descendants().ofType(HumanName).family", "Prøve", "Prøve", around=AROUND)
    finds("generalPractitioner is Reference", True, around=AROUND)


def test_without_that_knowledge_a_complex_type_is_unknown(finds: Finds) -> None:
    """Nothing is guessed about complex elements; primitives are judged by their form."""
    finds("managingOrganization is Reference")
    finds("birthDate is date", True)
    finds("gender is date", False)
    finds("active is boolean", True)


def test_what_an_expression_makes_has_system_types(finds: Finds) -> None:
    """Literals and results are of System; elements are of FHIR, even where they would convert."""
    finds("1 is Integer and 1.0 is Decimal and 'a' is String and true is System.Boolean", True)
    finds("@2024 is Date and @2024T is DateTime and @T10 is Time and 1 'g' is Quantity", True)
    finds("gender.upper() is String", True)
    finds("active is Boolean", False)
    finds("active is System.Boolean", False)


def test_type_tells_namespace_and_name(finds: Finds) -> None:
    """As two members, of values and of elements."""
    finds("(1).type().namespace | (1).type().name", "System", "Integer")
    finds("gender.type().name", "code", around=AROUND)
    finds("Patient.type().name", "Patient")


def test_as_filters_where_there_are_several(finds: Finds) -> None:
    """R4's own rules use it so: `descendants().as(canonical)` in dom-3."""
    finds("(1 | 'a' | 2).as(Integer)", 1, 2)


def test_contained_resources_must_be_referred_to() -> None:
    """dom-3, the hardest of R4's rules for a FHIRPath engine: references, canonicals, and the resource itself."""
    rule = compile_path(
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical)))"
        " or descendants().where(reference = '#').exists()).not()).trace('unmatched', id).empty()"
    )
    clinic = {"resourceType": "Organization", "id": "clinic"}
    assert rule.test({"resourceType": "Patient", "contained": [clinic]}) is False
    assert rule.test({"resourceType": "Patient", "contained": [clinic], "x": {"reference": "#clinic"}}) is True


def test_unknown_types_are_refused(refuses: Refuses) -> None:
    """A misspelt type would never match; it is an error of the expression."""
    refuses("name is Humanname", "Humanname")
    refuses("ofType(System.Patient)", "System.Patient")
    refuses("ofType(CDA.Patient)", "CDA.Patient")
    refuses("Patien.name", "Patien")
