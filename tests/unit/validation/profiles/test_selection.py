"""Which rules a payload is judged by: what it claims, its event, the version it names."""

from typing import Any

import pytest

from samspil.validation.profiles.judge import builtin_shelf
from tests.unit.validation.profiles.business.conftest import CARE, message, the

ROOT = "http://medcomfhir.dk/ig/"
NOTES = ROOT + "notes/StructureDefinition/medcom-notes-composition|1.0"


@pytest.mark.parametrize(
    ("name", "standard", "package"),
    [
        (f"{CARE}/new", "CareCommunication", "medcom.fhir.dk.carecommunication"),
        ("hospital-notification/3.0/stin", "HospitalNotification", "medcom.fhir.dk.hospitalnotification"),
        ("acknowledgement/2.0/ok", "Acknowledgement", "medcom.fhir.dk.acknowledgement"),
        ("home-care-observation/1.2/report", "HomeCareObservation", "medcom.fhir.dk.homecareobservation"),
    ],
)
def test_a_message_is_judged_by_its_standard(name: str, standard: str, package: str) -> None:
    """By what the bundle claims, and without a claim by its event: the same rules."""
    root = message(name)
    claimed = builtin_shelf().choose(root)
    del root["meta"]
    by_event = builtin_shelf().choose(root)
    assert claimed.standard == by_event.standard == standard
    assert claimed.rulebook is by_event.rulebook
    assert claimed.rulebook.view.root.name == package


def test_a_document_is_known_by_its_composition() -> None:
    """A document bundle that claims nothing is judged by what its Composition claims."""
    composition = {"resourceType": "Composition", "meta": {"profile": [NOTES]}}
    root: dict[str, Any] = {"resourceType": "Bundle", "type": "document", "entry": [{"resource": composition}]}
    assert builtin_shelf().choose(root).rulebook.view.root.name == "medcom.fhir.dk.notes"


@pytest.mark.parametrize("root", [{}, {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": 7}, {"meta": []}])
def test_anything_else_is_judged_by_r4(root: dict[str, Any]) -> None:
    """What claims nothing that is known here is judged by R4 alone."""
    choice = builtin_shelf().choose(root)
    assert (choice.standard, choice.rulebook.view.root.name) == ("", "hl7.fhir.r4.core")


@pytest.mark.parametrize(
    ("version", "asked"), [("5.0", ""), ("5", ""), ("5.7.1", ""), ("4.0.0", "4.0.0"), ("6.0", "6.0"), ("", "")]
)
def test_the_version_asked_for_is_noted_where_another_is_used(version: str, asked: str) -> None:
    """The same major version will do; another is judged by the nearest and noted."""
    root = message(f"{CARE}/new")
    the(root, "MessageHeader")["definition"] = f"{ROOT}messagedefinitions/MessageDefinition/X|{version}"
    assert builtin_shelf().choose(root).asked == asked


def test_rulebooks_are_made_once() -> None:
    """Two messages of a standard share its rules."""
    first, second = (builtin_shelf().choose(message(f"{CARE}/{name}")) for name in ("new", "reply"))
    assert first.rulebook is second.rulebook
