"""A message's path of seven stations as pages show it: from its row alone in a list, with times on its own page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from samspil.domain.issues import Verdict
from samspil.exchange.carriage import State
from samspil.exchange.stories import MessageRow, Passage, Station, Verb

VERBS = tuple(Verb)


@dataclass(frozen=True, slots=True)
class Dots:
    """Seven passages, how many are done, and the last station that the message came to."""

    passages: tuple[Passage, ...]
    done: int
    last: Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station with its moment, the time since the station before, and why it went wrong, in words."""

    verb: Verb
    passage: Passage
    at: datetime | None
    after: timedelta | None
    cause: str


# How delivery and acknowledgement stand in each state of an accepted message.
_END: Mapping[State, tuple[Passage, Passage]] = MappingProxyType(
    {
        State.WAITING: (Passage.WAITING, Passage.NOT_REACHED),
        State.RETRYING: (Passage.WAITING, Passage.NOT_REACHED),
        State.DELIVERED: (Passage.DONE, Passage.WAITING),
        State.ACKNOWLEDGED: (Passage.DONE, Passage.DONE),
        State.DECLINED: (Passage.DONE, Passage.FAILED),
        State.UNCONFIRMED: (Passage.DONE, Passage.FAILED),
        State.DEAD: (Passage.FAILED, Passage.NOT_REACHED),
        State.RETURNED: (Passage.FAILED, Passage.NOT_REACHED),
        State.REFUSED: (Passage.NOT_REACHED, Passage.NOT_REACHED),
    }
)


def dots_of(row: MessageRow, *, answered_here: bool) -> Dots:
    """The path as a list shows it. `answered_here`: the receiver's mailbox is ours, and we answer for it."""
    failed_at = _failed_at(row)
    if failed_at is not None:
        place = VERBS.index(failed_at)
        passages = (*(Passage.DONE,) * place, Passage.FAILED, *(Passage.NOT_REACHED,) * (6 - place))
    else:
        delivered, acknowledged = _END[row.state]
        if acknowledged is Passage.WAITING and row.kind == "receipt":
            acknowledged = Passage.NOT_NEEDED
        elif acknowledged is Passage.WAITING and answered_here:
            acknowledged = Passage.DONE
        passages = (*(Passage.DONE,) * 5, delivered, acknowledged)
    reached = [verb for verb, passage in zip(VERBS, passages, strict=True) if passage in _REACHED]
    return Dots(passages=passages, done=passages.count(Passage.DONE), last=reached[-1])


_REACHED = frozenset({Passage.DONE, Passage.WAITING, Passage.FAILED})


def _failed_at(row: MessageRow) -> Verb | None:
    """The station that turned the message away, if one did."""
    if row.verdict is Verdict.ACCEPTED:
        return None
    if row.format == "unknown":
        return Verb.IDENTIFY
    if row.verdict is Verdict.UNREADABLE:
        return Verb.PARSE
    return Verb.ROUTE if row.cause.startswith("exchange.") else Verb.VALIDATE


def steps_of(stations: tuple[Station, ...], causes: Mapping[Verb, str]) -> tuple[Step, ...]:
    """The path as a message's own page shows it. An acknowledgement is awaited from the delivery on, not before."""
    *first, delivery, acknowledgement = stations
    if delivery.passage is Passage.WAITING and acknowledgement.passage is Passage.WAITING:
        acknowledgement = Station(acknowledgement.verb, Passage.NOT_REACHED)
    steps: list[Step] = []
    before: datetime | None = None
    for station in (*first, delivery, acknowledgement):
        done_at = station.at if station.passage is Passage.DONE else None
        after = done_at - before if done_at and before and done_at > before else None
        steps.append(
            Step(
                verb=station.verb,
                passage=station.passage,
                at=station.at,
                after=after,
                cause=causes.get(station.verb, ""),
            )
        )
        before = done_at or before
    return tuple(steps)
