"""Home-care observations: the version they name, and how a report is changed."""

from collections.abc import Callable

import pytest

from tests.unit.validation.profiles.business.conftest import Found, Message, message, own_step, the

Judge = Callable[[Message], Found]
REPORT = "home-care-observation/1.2/report"


@pytest.mark.parametrize("ending", ["1.1", "", "|2.0"])
def test_the_version_is_named_in_the_agreed_way(found: Judge, ending: str) -> None:
    """The official examples leave out the bar, so this is a warning."""
    root = message(REPORT)
    header = the(root, "MessageHeader")
    header["definition"] = header["definition"].partition("|")[0] + ending
    assert ("warning", "fhir.definition.version") in found(root)
    assert not [row for row in found(root) if row[0] == "error"]


def test_a_changed_report_names_the_one_it_changes(found: Judge) -> None:
    """Who modifies or retracts says what."""
    root = message(REPORT)
    own_step(root)["activity"]["coding"][0]["code"] = "retract-message"
    assert found(root) == [("warning", "fhir.provenance.link.missing.home")]


def test_a_link_to_a_report_nobody_tells_of_is_a_warning_here(found: Judge) -> None:
    """The official examples do not repeat the earlier step."""
    root = message(REPORT)
    own_step(root)["activity"]["coding"][0]["code"] = "modified-message"
    own_step(root)["entity"] = [
        {"role": "revision", "what": {"reference": "MessageHeader/00000000-0000-4000-8000-000000000000"}}
    ]
    assert found(root) == [("warning", "fhir.provenance.link.unknown")]


def test_results_are_named_by_uuids_of_version_4(found: Judge) -> None:
    """The published rule takes any version."""
    root = message(REPORT)
    the(root, "Observation")["identifier"] = [{"value": "urn:uuid:0f8fad5b-d9cb-169f-a165-70867728950e"}]
    assert ("warning", "fhir.id.uuid") in found(root)
    assert not [row for row in found(root) if row[0] == "error"]
