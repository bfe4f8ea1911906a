"""Acknowledgements: two steps, the second answering the first, and an answer that agrees with its issues."""

from collections.abc import Callable

from tests.unit.validation.profiles.business.conftest import CARE, Found, Message, message, own_step, resources, the

Judge = Callable[[Message], Found]
OK, FATAL = "acknowledgement/2.0/ok", "acknowledgement/2.0/fatal"


def test_there_are_two_steps(found: Judge) -> None:
    """The answered message's newest, and the acknowledgement's own."""
    root = message(OK)
    step = own_step(root)
    root["entry"] = [entry for entry in root["entry"] if entry["resource"]["resourceType"] != "Provenance"]
    root["entry"].append({"fullUrl": "http://x/Provenance/" + step["id"], "resource": step})
    assert ("error", "fhir.acknowledgement.history") in found(root)


def test_its_own_step_acknowledges(found: Judge) -> None:
    """Any other activity says something else."""
    root = message(OK)
    own_step(root)["activity"]["coding"][0]["code"] = "new-message"
    assert ("error", "fhir.acknowledgement.activity") in found(root)


def test_header_and_history_name_the_same_message(found: Judge) -> None:
    """response.identifier is the header that the history links to."""
    root = message(OK)
    the(root, "MessageHeader")["response"]["identifier"] = "00000000-0000-4000-8000-000000000000"
    assert ("warning", "fhir.acknowledgement.answered") in found(root)


def test_ok_and_an_error_contradict(found: Judge) -> None:
    """Who says ok gives no errors."""
    root = message(FATAL)
    the(root, "MessageHeader")["response"]["code"] = "ok"
    assert resources(root, "OperationOutcome")
    assert ("warning", "fhir.acknowledgement.contradiction") in found(root)


def test_an_acknowledgement_carries_no_patient(found: Judge) -> None:
    """It names a message, and whoever has that knows whom it is about."""
    root = message(OK)
    patient = the(message(f"{CARE}/new"), "Patient")
    root["entry"].append({"fullUrl": "http://x/Patient/" + patient["id"], "resource": patient})
    assert ("warning", "fhir.acknowledgement.person") in found(root)
