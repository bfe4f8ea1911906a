"""A message's seven stations, folded from its events: which it has passed, when, and where it stands. Pure."""

from collections.abc import Sequence

from samspil.domain.issues import Verdict
from samspil.exchange.carriage import Happening
from samspil.exchange.stories import Awaited, Event, MessageRow, Passage, Station, Verb, Waiting


def stations(
    row: MessageRow, events: Sequence[Event], *, waiting: Waiting | None, awaited: Awaited | None
) -> tuple[Station, ...]:
    """The path so far, folded from the events. Pure."""
    first = row.at
    unreadable = row.verdict is Verdict.UNREADABLE
    refused = row.verdict is not Verdict.ACCEPTED
    identified = Passage.FAILED if row.format == "unknown" else Passage.DONE
    parsed = _or_not_reached(identified, Passage.FAILED if unreadable else Passage.DONE)
    routed_badly = refused and any(event.cause.startswith("exchange.") for event in events[:1])
    validated = _or_not_reached(parsed, Passage.FAILED if refused and not routed_badly else Passage.DONE)
    routed = _or_not_reached(validated, Passage.FAILED if refused else Passage.DONE)
    return (
        Station(Verb.RECEIVE, Passage.DONE, first),
        *(
            Station(verb, passage, first if passage is Passage.DONE else None)
            for verb, passage in (
                (Verb.IDENTIFY, identified),
                (Verb.PARSE, parsed),
                (Verb.VALIDATE, validated),
                (Verb.ROUTE, routed),
            )
        ),
        _delivery(routed, events, waiting),
        _acknowledgement(row, routed, events, awaited),
    )


def _or_not_reached(before: Passage, passage: Passage) -> Passage:
    return passage if before is Passage.DONE else Passage.NOT_REACHED


def _last(events: Sequence[Event], *kinds: Happening) -> Event | None:
    return next((event for event in reversed(events) if event.kind in kinds), None)


def _delivery(routed: Passage, events: Sequence[Event], waiting: Waiting | None) -> Station:
    if routed is not Passage.DONE:
        return Station(Verb.DELIVER, Passage.NOT_REACHED)
    if waiting is not None:
        return Station(Verb.DELIVER, Passage.WAITING, waiting.due, waiting.last_code)
    dead = _last(events, Happening.DEAD, Happening.RETURNED)
    there = _last(events, Happening.SENT, Happening.KEPT, Happening.DECLINED)
    if dead is not None and (there is None or dead.seq > there.seq):
        return Station(Verb.DELIVER, Passage.FAILED, dead.at, dead.cause)
    if there is None:
        return Station(Verb.DELIVER, Passage.NOT_REACHED)
    return Station(Verb.DELIVER, Passage.DONE, there.at)


def _acknowledgement(row: MessageRow, routed: Passage, events: Sequence[Event], awaited: Awaited | None) -> Station:
    """The last station: the receiver's word, or ours where the receiver's mailbox is here."""
    answer = _last(events, Happening.ACKNOWLEDGED, Happening.DECLINED)
    if answer is not None:
        passage = Passage.DONE if answer.kind is Happening.ACKNOWLEDGED else Passage.FAILED
        return Station(Verb.ACKNOWLEDGE, passage, answer.at, answer.cause)
    ours = next((event for event in events if event.evidence.get("answer")), None)
    if ours is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.DONE, ours.at, str(ours.evidence.get("answered", "")))
    if row.kind == "receipt":
        return Station(Verb.ACKNOWLEDGE, Passage.NOT_NEEDED)
    if awaited is not None and awaited.unconfirmed_since is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.FAILED, awaited.unconfirmed_since, "acknowledgement.missing")
    if awaited is not None:
        return Station(Verb.ACKNOWLEDGE, Passage.WAITING, awaited.due)
    return Station(Verb.ACKNOWLEDGE, Passage.NOT_NEEDED if routed is Passage.DONE else Passage.NOT_REACHED)
