"""A message's history: one step of its own, links that lead somewhere, times that rise."""

from collections.abc import Callable

import pytest

from tests.unit.validation.profiles.business.conftest import (
    CARE,
    NOTE,
    Found,
    Message,
    message,
    own_step,
    resources,
    the,
)

Judge = Callable[[Message], Found]
REPLY, NEW, LEAVE = f"{CARE}/reply", f"{CARE}/new", f"{NOTE}/stor"
GHOST = "MessageHeader/00000000-0000-4000-8000-000000000000"


def earlier(root: Message) -> list[dict[str, object]]:
    """The steps of the messages before."""
    return [row for row in resources(root, "Provenance") if row is not own_step(root)]


def link_of(root: Message) -> dict[str, object]:
    """The link from the message's own step to the message before."""
    return next(row for row in own_step(root)["entity"] if row["role"] in {"revision", "removal"})


@pytest.mark.parametrize("name", [REPLY, NEW, LEAVE, f"{CARE}/forward", "acknowledgement/2.0/ok"])
def test_our_own_messages_tell_their_history_rightly(found: Judge, name: str) -> None:
    """Nothing is found of a sound message."""
    assert found(message(name)) == []


def test_a_message_has_one_step_of_its_own(found: Judge) -> None:
    """None, or two, and nobody can tell what this message did."""
    root = message(REPLY)
    own_step(root)["target"][0]["reference"] = GHOST
    assert ("error", "fhir.provenance.current.missing") in found(root)
    root = message(REPLY)
    earlier(root)[0]["target"] = own_step(root)["target"]
    assert ("error", "fhir.provenance.current.several") in found(root)


@pytest.mark.parametrize("name", [REPLY, LEAVE])
def test_a_link_leads_to_another_step(found: Judge, name: str) -> None:
    """A message that follows one nobody tells about is turned away."""
    root = message(name)
    link_of(root)["what"] = {"reference": GHOST}
    assert ("error", "fhir.provenance.link.unknown") in found(root)
    link_of(root)["what"] = {"reference": own_step(root)["target"][0]["reference"]}
    assert ("error", "fhir.provenance.link.itself") in found(root)


def test_a_link_to_a_letter_is_no_fault(found: Judge) -> None:
    """What was sent in an older format is named by the letter's id, and no step tells about it."""
    root = message(REPLY)
    root["entry"] = [entry for entry in root["entry"] if entry["resource"] not in earlier(root)]
    link_of(root)["what"] = {"identifier": {"value": "5790000121526#B123"}}
    assert not [code for _, code in found(root) if code.startswith("fhir.provenance.link")]


def test_times_rise(found: Judge) -> None:
    """The message's own step is the newest; a step is not older than the one it follows."""
    root = message(LEAVE)
    own_step(root)["occurredDateTime"] = "2001-01-01T08:00:00+01:00"
    assert found(root) == [("error", "fhir.provenance.time.current")]
    root = message(LEAVE)
    own_step(root)["occurredDateTime"] = earlier(root)[0]["occurredDateTime"]
    assert found(root) == [("warning", "fhir.provenance.time.equal")]


def test_an_acknowledgement_may_be_as_quick_as_it_likes(found: Judge) -> None:
    """Its step may have the time of the one it answers."""
    root = message("acknowledgement/2.0/ok")
    own_step(root)["occurredDateTime"] = earlier(root)[0]["occurredDateTime"]
    assert found(root) == []


def test_whoever_acts_sends(found: Judge) -> None:
    """The agent of the message's own step is the sender; anybody else is worth a warning."""
    root = message(NEW)
    receiver = the(root, "MessageHeader")["destination"][0]["receiver"]
    own_step(root)["agent"][0]["who"] = dict(receiver)
    assert found(root) == [("warning", "fhir.provenance.agent")]
