"""CareCommunication 4.0: 5.0's rules with the differences that a receiver notices."""

from typing import Any

import orjson

from samspil.validation.judge import examine
from tests.unit.validation.profiles.business.conftest import CARE, message, the

DEFINITION = "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"


def version_4() -> dict[str, Any]:
    """A message that says it is of version 4.0."""
    root = message(f"{CARE}/new")
    the(root, "MessageHeader")["definition"] = f"{DEFINITION}|4.0.0"
    return root


def codes(root: dict[str, Any]) -> list[tuple[str, str]]:
    """Severity and rule of what is found."""
    return [(str(issue.severity), issue.rule) for issue in examine(orjson.dumps(root)).report.issues]


def test_a_message_of_4_0_is_accepted_with_a_note() -> None:
    """The judgement is approximate, and says so."""
    assert codes(version_4()) == [("note", "samspil#fhir.version.approximate")]


def test_categories_that_came_later_are_not_there() -> None:
    """`acute-ambulant` came with 5.0."""
    for root, is_known in ((version_4(), False), (message(f"{CARE}/new"), True)):
        the(root, "Communication")["category"][0]["coding"][0]["code"] = "acute-ambulant"
        rejected = ("error", "medcom-careCommunication-communication#Communication.category") in codes(root)
        assert rejected is not is_known


def test_rule_15_came_later() -> None:
    """An encounter named by identifier only was right in 4.0."""
    for root, is_asked in ((version_4(), False), (message(f"{CARE}/new"), True)):
        the(root, "Communication")["encounter"] = {"identifier": {"value": "1"}}
        rule = "medcom-careCommunication-communication#medcom-careCommunication-15"
        assert (("error", rule) in codes(root)) is is_asked
