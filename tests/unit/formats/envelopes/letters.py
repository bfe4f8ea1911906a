"""Envelopes of our own for tests, around a message of our own."""

from datetime import UTC, datetime

from samspil.domain.identifiers import Cpr, Gln
from samspil.formats.envelopes.making import Contents, envelope_for
from samspil.formats.envelopes.sbdh import Sbdh
from samspil.formats.readers import read_payload
from tests.unit.formats.fhir.letters import letter

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
INSTANCE = "0b2f6c1e-1111-4222-8333-5a6f9b7d1f01"


def contents(**changes: object) -> Contents:
    """What is put in: the letter, told as it tells itself."""
    _, (part,) = read_payload(letter())
    message = part.build()
    assert part.head and message and isinstance(part.head.sender, Gln) and isinstance(part.head.receiver, Gln)
    number = message.patient.number if message.patient else None
    told = {
        "standard": "care-communication-message",
        "payload": letter(),
        "media_type": "application/fhir+json",
        "message_id": part.head.message_id,
        "bundle_id": part.head.envelope_id,
        "sender": part.head.sender,
        "receiver": part.head.receiver,
        "sender_sor": str(message.sender.sor),
        "receiver_sor": str(message.receiver.sor),
        "patient": number if isinstance(number, Cpr) else None,
    }
    return Contents(**(told | changes))  # pyright: ignore[reportArgumentType] - a row of keyword arguments


def envelope(**changes: object) -> Sbdh:
    """The letter in its envelope."""
    return envelope_for(contents(**changes), instance_id=INSTANCE, now=NOW)
