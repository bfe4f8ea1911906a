"""What a check may ask: targets of references, and whether a resource keeps a profile, each judged once."""

from typing import Any

from samspil.formats.fhir.bundle import Bundle
from samspil.validation.profiles.scene import Scene
from tests.unit.validation.profiles.conftest import table

TABLE = table("""
Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* birthDate 1..
* managingOrganization Reference(t:team)

Profile: t:team
In: 1.0.0
Of: Organization
Parent: Organization
* name 1..
""")
PERSON = "http://example.org/fhir/StructureDefinition/person"


def scene(rulebook: Any, *resources: dict[str, Any]) -> Scene:
    """A scene with these resources in a bundle."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}
    return Scene(bundle, Bundle(bundle), rulebook(TABLE))


def test_a_resource_conforms_or_not(rulebook: Any) -> None:
    """By its type and its profile's rules; an unknown profile gives no answer."""
    good, bad = {"resourceType": "Patient", "birthDate": "1947"}, {"resourceType": "Patient", "active": True}
    here = scene(rulebook, good, bad)
    assert here.conforms_to(good, PERSON) is True
    assert here.conforms_to(bad, PERSON) is False
    assert here.conforms_to({"resourceType": "Group"}, PERSON) is False
    assert here.conforms_to(good, "http://example.org/nobody") is None


def test_what_claims_a_profile_is_taken_at_its_word(rulebook: Any) -> None:
    """Its own faults are told where it is judged for itself."""
    bad = {"resourceType": "Patient", "active": True}
    here = scene(rulebook, bad)
    here.cover(bad, frozenset({PERSON}))
    assert here.conforms_to(bad, PERSON) is True


def test_asking_leaves_no_trace(rulebook: Any) -> None:
    """Judging by the way demands nothing of others, and the scene stands where it stood."""
    team = {"resourceType": "Organization", "id": "a", "name": "A"}
    person = {"resourceType": "Patient", "birthDate": "1947", "managingOrganization": {"reference": "Organization/a"}}
    here = scene(rulebook, person, team)
    here.stand_in(here.bundle.entries[1])
    assert here.conforms_to(person, PERSON) is True
    assert here.demands == [] and here.resource is team


def test_a_demand_is_made_once_and_not_of_the_covered(rulebook: Any) -> None:
    """However many references ask the same of a resource, it is judged once."""
    person = {"resourceType": "Patient"}
    here = scene(rulebook, person)
    rules = here.rulebook.profile(PERSON)
    assert rules is not None
    here.demand(here.bundle.entries[0], rules)
    here.demand(here.bundle.entries[0], rules)
    assert len(here.demands) == 1
    other = scene(rulebook, person)
    other.cover(person, frozenset({PERSON}))
    other.demand(other.bundle.entries[0], rules)
    assert other.demands == []
