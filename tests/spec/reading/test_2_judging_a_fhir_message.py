"""Reading, chapter 2: what makes a FHIR payload a message that can be carried."""

import json
from typing import Any

from tests.spec.reading.conftest import Says
from tools.examples import FOLDER

title = "A FHIR message"

NEW = (FOLDER / "care-communication/5.0/new.json").read_bytes()


def changed(**members: Any) -> bytes:
    """A sound message with members of its bundle replaced; None takes one away."""
    root = json.loads(NEW) | members
    return json.dumps({name: value for name, value in root.items() if value is not None}).encode()


def test_a_sound_message_is_accepted(says: Says) -> None:
    """A bundle of type message, a MessageHeader first, ids, parties, time, a known event, references that lead on."""
    says(NEW, "accepted")


def test_an_envelope_needs_an_id_and_a_time(says: Says) -> None:
    """Without them a repetition could not be told from a new message."""
    says(changed(id=None), "rejected", "fhir.bundle.id.missing")
    says(changed(timestamp="2026-03-02T09:15:00"), "rejected", "fhir.bundle.timestamp.malformed")


def test_without_a_header_there_is_no_message(says: Says) -> None:
    """Nothing tells what it is and who shall have it: it is unreadable, not merely wrong."""
    says(changed(entry=json.loads(NEW)["entry"][1:]), "unreadable", "fhir.header.missing")


def test_json_may_name_a_member_only_once(says: Says) -> None:
    """Two readers could otherwise see two different messages."""
    says(NEW.replace(b'"type":"message"', b'"type":"x","type":"message"', 1), "rejected", "json.key.repeated")


def test_the_text_is_utf_8(says: Says) -> None:
    """Another encoding is read, told, and turned away."""
    says(NEW.decode().encode("utf-16"), "rejected", "fhir.charset.not_utf8")
