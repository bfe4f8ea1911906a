"""References: targets in the bundle or not, of the right type or not, held to a profile."""

from typing import Any

import pytest

from samspil.formats.fhir.bundle import Bundle
from samspil.validation.profiles.scene import Scene
from tests.unit.validation.profiles.conftest import places, table

TABLE = table("""
Profile: t:message
In: 1.0.0
Of: Communication
Parent: Communication
* subject 1.. Reference(t:person) bundled
* about Reference(Patient or t:team)
* sender Reference(t:team or t:crew)

Profile: t:person
In: 1.0.0
Of: Patient
Parent: Patient
* birthDate 1..

Profile: t:team
In: 1.0.0
Of: CareTeam
Parent: CareTeam
* name 1..

Profile: t:crew
In: 1.0.0
Of: CareTeam
Parent: CareTeam
* status 1..
""")
PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1947"}


def judged(rulebook: Any, communication: dict[str, Any], *others: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """The faults of a communication, and which profiles are demanded of others."""
    book = rulebook(TABLE)
    resource = {"resourceType": "Communication", "status": "unknown", **communication}
    entries = [{"fullUrl": f"http://x/{one['resourceType']}/{one['id']}", "resource": one} for one in others]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource}, *entries]}
    scene = Scene(bundle, Bundle(bundle), book)
    scene.stand_in(scene.bundle.entries[0])
    found = book.profile("http://example.org/fhir/StructureDefinition/message").check(resource, scene)
    return places(found or []), [rules.id for _, rules in scene.demands]


@pytest.mark.parametrize(
    ("reference", "faults"),
    [
        ("Patient/p", []),
        ("http://x/Patient/p", []),
        ("Patient/q", [("fhir.reference.unbundled", "message#Communication.subject", "subject.reference")]),
        ("urn:uuid:1", [("fhir.reference.unbundled", "message#Communication.subject", "subject.reference")]),
        ("Group/q", [("fhir.reference.type", "message#Communication.subject", "subject.reference")]),
        ("CareTeam/t", [("fhir.reference.type", "message#Communication.subject", "subject.reference")]),
    ],
)
def test_a_bundled_reference_leads_to_its_type(rulebook: Any, reference: str, faults: list[Any]) -> None:
    """It leads to something in the bundle, and to what is allowed."""
    team = {"resourceType": "CareTeam", "id": "t"}
    assert judged(rulebook, {"subject": {"reference": reference}}, PERSON, team)[0] == faults


def test_a_target_is_held_to_the_profile(rulebook: Any) -> None:
    """What the reference asks is put down as a demand; the target is judged for itself."""
    _, demands = judged(rulebook, {"subject": {"reference": "Patient/p"}}, PERSON)
    assert demands == ["person"]


def test_a_reference_by_identifier_leads_nowhere(rulebook: Any) -> None:
    """Who is named otherwise than by reference is not sought."""
    faults, demands = judged(rulebook, {"subject": {"identifier": {"value": "1"}}})
    assert (faults, demands) == ([], [])


def test_what_is_outside_is_nobodys_fault(rulebook: Any) -> None:
    """Without `bundled` a reference may lead to another place, if its type is right."""
    subject = {"subject": {"reference": "Patient/p"}}
    assert judged(rulebook, subject | {"about": [{"reference": "Patient/elsewhere"}]}, PERSON)[0] == []
    assert judged(rulebook, subject | {"about": [{"reference": "Device/1"}]}, PERSON)[0] == [
        ("fhir.reference.type", "message#Communication.about", "about.0.reference")
    ]


def test_one_of_several_profiles_will_do(rulebook: Any) -> None:
    """Where a type may keep any of several profiles, one must be kept."""
    subject = {"subject": {"reference": "Patient/p"}, "sender": {"reference": "CareTeam/t"}}
    for team, faults in (
        ({"name": "A"}, []),
        ({"status": "active"}, []),
        ({}, [("fhir.reference.profile", "message#Communication.sender", "sender.reference")]),
    ):
        assert judged(rulebook, subject, PERSON, {"resourceType": "CareTeam", "id": "t", **team})[0] == faults


def test_contained_resources_are_at_hand(rulebook: Any) -> None:
    """`#id` leads to a contained resource; if there is none, R4's own rule tells."""
    contained = {"contained": [{"resourceType": "Patient", "id": "c", "birthDate": "1947"}]}
    assert judged(rulebook, {"subject": {"reference": "#c"}} | contained)[0] == []
    found, _ = judged(rulebook, {"subject": {"reference": "#d"}} | contained)
    assert {fault[1] for fault in found} == {"Reference#ref-1", "DomainResource#dom-3"}
