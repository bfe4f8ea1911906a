"""A message's path of seven stations, for every state it can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from samspil.apps.messages.paths import VERBS, dots_of, steps_of
from samspil.domain.issues import Verdict
from samspil.exchange.carriage import State
from samspil.exchange.stories import MessageRow, Passage, Station, Verb

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
ROW = MessageRow(
    id=UUID(int=71903),
    owner="5790000201389",
    at=NOW,
    origin="client",
    format="fhir-json",
    kind="message",
    standard="CareCommunication",
    version="5.0",
    message_id="m-71904",
    envelope_id="e-71905",
    sender="5790000121526",
    receiver="5790000201389",
    sender_name="Sygehuset",
    receiver_name="Klinikken",
    answers=None,
    size_bytes=1,
    verdict=Verdict.ACCEPTED,
    sent_at=None,
    parent=None,
    state=State.WAITING,
    changed_at=NOW,
    cause="",
)
SIGNS = {
    Passage.DONE: "●",
    Passage.WAITING: "◐",
    Passage.FAILED: "◆",
    Passage.NOT_REACHED: "○",
    Passage.NOT_NEEDED: "·",
}


def drawn(row: MessageRow, *, answered_here: bool = False) -> str:
    """The seven dots as seven characters."""
    return "".join(SIGNS[passage] for passage in dots_of(row, answered_here=answered_here).passages)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.WAITING, "●●●●●◐○"),
        (State.RETRYING, "●●●●●◐○"),
        (State.DELIVERED, "●●●●●●◐"),
        (State.ACKNOWLEDGED, "●●●●●●●"),
        (State.DECLINED, "●●●●●●◆"),
        (State.UNCONFIRMED, "●●●●●●◆"),
        (State.DEAD, "●●●●●◆○"),
        (State.RETURNED, "●●●●●◆○"),
    ],
)
def test_the_dots_of_an_accepted_message(state: State, expected: str) -> None:
    """The first five are one commit; delivery and acknowledgement tell the states apart."""
    assert drawn(replace(ROW, state=state)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format": "unknown", "verdict": Verdict.UNREADABLE}, "●◆○○○○○"),
        ({"verdict": Verdict.UNREADABLE}, "●●◆○○○○"),
        ({"verdict": Verdict.REJECTED}, "●●●◆○○○"),
        ({"verdict": Verdict.REJECTED, "cause": "exchange.party.unknown"}, "●●●●◆○○"),
    ],
)
def test_the_dots_of_a_refused_message(changes: dict[str, object], expected: str) -> None:
    """The path ends where the message was turned away."""
    assert drawn(replace(ROW, state=State.REFUSED, **changes)) == expected  # pyright: ignore[reportArgumentType]


def test_a_receipt_is_never_acknowledged() -> None:
    """The last station of a receipt is not one it will come to."""
    assert drawn(replace(ROW, kind="receipt", state=State.DELIVERED)) == "●●●●●●·"


def test_a_mailbox_here_is_answered_for_here() -> None:
    """What we keep for a receiver we have acknowledged ourselves."""
    assert drawn(replace(ROW, state=State.DELIVERED), answered_here=True) == "●●●●●●●"


def test_every_state_has_its_path() -> None:
    """No state that the exchange knows is missing here."""
    for state in State:
        assert len(drawn(replace(ROW, state=state))) == 7


def test_an_acknowledgement_is_awaited_from_the_delivery_on() -> None:
    """While a message waits to be delivered its acknowledgement is ahead, not late."""
    stations = (*(Station(verb, Passage.DONE, NOW) for verb in VERBS[:5]),)
    waiting = (Station(Verb.DELIVER, Passage.WAITING, NOW), Station(Verb.ACKNOWLEDGE, Passage.WAITING, NOW))
    delivered = (Station(Verb.DELIVER, Passage.DONE, NOW), Station(Verb.ACKNOWLEDGE, Passage.WAITING, NOW))
    assert steps_of((*stations, *waiting), {})[6].passage is Passage.NOT_REACHED
    assert steps_of((*stations, *delivered), {})[6].passage is Passage.WAITING


def test_a_step_tells_the_time_since_the_one_before() -> None:
    """Only where time has passed, and only for steps that were taken."""
    later = NOW + timedelta(milliseconds=48)
    stations = (
        *(Station(verb, Passage.DONE, NOW) for verb in VERBS[:5]),
        Station(Verb.DELIVER, Passage.DONE, later),
        Station(Verb.ACKNOWLEDGE, Passage.WAITING, later + timedelta(minutes=30)),
    )
    afters = [step.after for step in steps_of(stations, {})]
    assert afters == [None] * 5 + [timedelta(milliseconds=48), None]
