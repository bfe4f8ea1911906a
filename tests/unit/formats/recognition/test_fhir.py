"""Standard and version of FHIR resources."""

import pytest

from samspil.domain.message import Format, Kind
from samspil.formats.recognition.fhir import Facts, facts_of_json, identity_of

CARE = "http://medcomfhir.dk/ig/carecommunication/StructureDefinition/medcom-careCommunication-message"
DEFINITION = "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"


def care(definition: str = "", *profiles: str) -> Facts:
    """Facts of a care communication."""
    return Facts("Bundle", "message", "MessageHeader", "care-communication-message", definition, "", profiles)


@pytest.mark.parametrize(
    ("facts", "version"),
    [
        (care(f"{DEFINITION}|4.0.0"), "4.0"),
        (care(f"{DEFINITION}|5.0"), "5.0"),
        (care(f"{DEFINITION}|4"), "4.0"),
        (care(f"{DEFINITION}5.0"), "5.0"),
        (care("", f"{CARE}|4.0.3"), "4.0"),
        (care(f"{DEFINITION}|5.0", f"{CARE}|4.0.3"), "5.0"),
        (care("https://example.org/MessageDefinition/Other|1.0"), "5.0"),
        (care(), "5.0"),
    ],
)
def test_the_version_is_the_definitions_else_a_profiles_else_the_newest(facts: Facts, version: str) -> None:
    """A definition that is not this standard's says nothing about its version."""
    assert identity_of(facts, Format.FHIR_JSON).version == version


def test_a_message_without_event_is_told_by_its_profile() -> None:
    """Claiming a profile is enough to be judged by it."""
    facts = Facts("Bundle", "message", "MessageHeader", profiles=(CARE,))
    assert identity_of(facts, Format.FHIR_JSON).standard == "CareCommunication"


def test_bundles_that_are_no_messages_are_other() -> None:
    """A search result is neither a message nor a document."""
    assert identity_of(Facts("Bundle", "searchset", "Patient"), Format.FHIR_XML).kind is Kind.OTHER


@pytest.mark.parametrize(
    "root",
    [
        {},
        {"resourceType": 7},
        {"resourceType": "Bundle", "entry": {}},
        {"resourceType": "Bundle", "entry": [None]},
        {
            "resourceType": "Bundle",
            "meta": {"profile": "x"},
            "entry": [{"resource": {"eventCoding": [], "meta": 1, "type": []}}],
        },
    ],
)
def test_members_of_the_wrong_type_count_as_not_said(root: dict[str, object]) -> None:
    """Anything may stand where FHIR wants something else."""
    assert identity_of(facts_of_json(root), Format.FHIR_JSON).standard is None
