"""Every official example goes where it should: messages travel, documents are shown, acknowledgements settle."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from samspil.domain.issues import Verdict
from samspil.domain.message import Kind
from samspil.exchange.carriage import Happening, State
from samspil.exchange.store.searches import Query
from samspil.formats.part import Part
from samspil.validation.judge import examine
from tests.journey.exchanging import PEER, Office, client_of, eventually, two_sites

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "fhir" / "examples"


def manifest() -> list[dict[str, Any]]:
    """What is known of each example; empty where the official data are absent."""
    file = EXAMPLES / "manifest.json"
    return json.loads(file.read_bytes())["examples"] if file.exists() else []


def named(*, kind: str, valid: bool) -> list[Any]:
    """Examples as parameters: messages, acknowledgements or documents."""
    rows = [row for row in manifest() if _kind(row) == kind and row["expected_valid"] is valid]
    absent = pytest.param("", marks=pytest.mark.skip(reason="the official examples are not here"))
    return [pytest.param(row["file"], id=row["file"]) for row in rows] or [absent]


def _kind(row: dict[str, Any]) -> str:
    if row["bundle_type"] != "message":
        return "document"
    return "acknowledgement" if row["event"] == "acknowledgement-message" else "message"


def the_part(payload: bytes) -> Part:
    """The only letter of a payload."""
    (part,) = examine(payload).parts
    return part


def offices_of(part: Part) -> tuple[Office, Office]:
    """Whoever sends and receives it, as the register would hold them."""
    assert part.head is not None
    return (
        Office(name="Afsender", gln=str(part.head.sender), sor="171903000016001"),
        Office(name="Modtager", gln=str(part.head.receiver), sor="171904000016001"),
    )


@pytest.mark.parametrize("file", named(kind="message", valid=True))
def test_a_valid_message_travels(file: str, two_databases: tuple[str, str]) -> None:
    """It is accepted, comes out byte for byte as it went in, and is acknowledged ok."""
    payload = (EXAMPLES / file).read_bytes()
    offices = offices_of(the_part(payload))

    async def main() -> None:
        async with two_sites(two_databases, offices=offices) as (a, b, hand):
            receipt = await a.take(payload, caller=client_of(offices[0]))
            assert receipt.status == 202, receipt.body
            await a.until(receipt.id, State.ACKNOWLEDGED)
            assert hand.carried[0] == payload
            (arrived, *_) = await b.engine.tracking.find(Query(standard=the_part(payload).identity.standard))
            assert await b.engine.tracking.payload(arrived.id, glns=None) == payload
            assert len(hand.carried) == 2

    asyncio.run(main())


@pytest.mark.parametrize("file", named(kind="message", valid=False))
def test_an_invalid_message_is_refused(file: str, two_databases: tuple[str, str]) -> None:
    """Handed over by a peer, it is refused on the wire and answered fatal-error."""
    payload = (EXAMPLES / file).read_bytes()
    offices = offices_of(the_part(payload))

    async def main() -> None:
        async with two_sites(two_databases, offices=offices) as (_, b, hand):
            receipt = await b.take(payload, caller=PEER)
            assert (receipt.status, receipt.verdict) == (422, Verdict.REJECTED)
            await eventually(lambda: bool(hand.carried))
            head = the_part(hand.carried[0]).head
            assert head is not None
            assert head.answers is not None
            assert head.answers.code == "fatal-error"

    asyncio.run(main())


@pytest.mark.parametrize("file", named(kind="acknowledgement", valid=True))
def test_an_acknowledgement_of_nothing_is_logged_and_never_answered(file: str, two_databases: tuple[str, str]) -> None:
    """Its message was never sent from here: it is kept, said to be unmatched, and nothing goes back."""
    payload = (EXAMPLES / file).read_bytes()
    offices = offices_of(the_part(payload))

    async def main() -> None:
        async with two_sites(two_databases, offices=offices) as (_, b, hand):
            receipt = await b.take(payload, caller=PEER)
            assert receipt.status == 202, receipt.body
            story = await b.story(receipt.id)
            assert [event.kind for event in story.events] == [Happening.KEPT, Happening.UNMATCHED]
            await asyncio.sleep(0.05)
            assert hand.carried == []

    asyncio.run(main())


@pytest.mark.parametrize("file", [*named(kind="document", valid=True), *named(kind="document", valid=False)])
def test_a_document_is_shown_and_not_sent(file: str, two_databases: tuple[str, str]) -> None:
    """Documents are read and can be looked at; the exchange does not carry them."""
    payload = (EXAMPLES / file).read_bytes()
    part = the_part(payload)
    assert part.identity.kind is Kind.DOCUMENT
    assert part.build() is not None

    async def main() -> None:
        async with two_sites(two_databases) as (a, _, hand):
            receipt = await a.take(payload, caller=PEER)
            assert receipt.status == 422
            assert hand.carried == []

    asyncio.run(main())
