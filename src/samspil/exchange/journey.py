"""A message's straight path: receive, identify, parse, validate, route, deliver, acknowledge. Start reading here.

`handle` carries one arrival from bytes on a wire to the answer we owe whoever brought it. Identify, parse and
validate happen in memory; then everything that must follow is one commit: the payload, the message, its first
event, the parcel in the outbox, the acknowledgement owed or awaited. Only after the commit do we answer.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from samspil.access.directory import Directory
from samspil.catalogue.findings import finding
from samspil.domain.identifiers import Gln, Unchecked
from samspil.domain.issues import Failure, Issue, Report, Unreachable, Verdict, report_of
from samspil.domain.message import Format, Kind
from samspil.exchange.carriage import Arrival, Carriage, Clock, Happening, Receipt
from samspil.exchange.delivery import Dispatch
from samspil.exchange.duplicates import REPEATS, Repeat
from samspil.exchange.ids import uuid7
from samspil.exchange.letters import HTTP_ACCEPTED, HTTP_REFUSED, Judged, Terms, answer_body, write_letter
from samspil.exchange.receipts import Answering
from samspil.exchange.routing import Route, find_route
from samspil.exchange.store.accept import Acceptance
from samspil.exchange.store.arrivals import Arrivals, Traces
from samspil.formats.part import Part
from samspil.formats.sameness import same_content
from samspil.validation.judge import Examination, examine
from samspil.validation.leniency import relaxed, relaxed_rules

log = structlog.get_logger(__name__)

HTTP_OK, HTTP_CONFLICT = 200, 409
IN_A_THREAD_FROM = 262_144  # bytes: judging more than this would hold up everybody else


class NotAllowed(Failure):
    """The caller may not do this. Told to the caller; nothing is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the seven verbs need: where things are kept, who is who, the time, and whom to wake."""

    acceptance: Acceptance
    arrivals: Arrivals
    directory: Directory
    answering: Answering
    dispatch: Dispatch
    clock: Clock
    terms: Terms
    judge: Callable[[bytes], Examination] = examine
    """Identifies, reads and judges a payload by the rules that the site has set."""
    on_judged: Callable[[Format, float], None] = lambda format, seconds: None
    """Told of each judgement: the payload's format and how long it took."""
    judging: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One judgement in a turn of the event loop: who only waits for the network or the disk is not behind them all."""


async def handle(arrival: Arrival, desk: Desk) -> Receipt:
    """Carry one arrival from bytes on the wire to the answer we owe its bringer.

    Errors: NotAllowed when the caller may not speak for the sender; Unreachable when nothing could be committed
    (nothing is stored then, the bringer keeps the message).
    """
    examined, took_us = await _examine(arrival.payload, desk)  # identify, parse, validate
    now = desk.clock()
    letters = [
        _route(part, report, arrival=arrival, desk=desk, now=now, took_us=took_us)
        for part, report in examined.by_part()
    ]
    if len(letters) == 1:
        return await _carry(letters[0], desk)
    return await _carry_bundle(letters, examined, arrival, desk, now)


async def _examine(payload: bytes, desk: Desk) -> tuple[Examination, int]:
    """The judgement, and how many microseconds it took."""
    if len(payload) < IN_A_THREAD_FROM:
        async with desk.judging:
            examined, took_us = _timed(payload, desk)
    else:
        examined, took_us = await asyncio.to_thread(_timed, payload, desk)
    desk.on_judged(examined.identity.format, took_us / 1_000_000)
    return examined, took_us


def _timed(payload: bytes, desk: Desk) -> tuple[Examination, int]:
    began = time.perf_counter_ns()
    examined = desk.judge(payload)
    return examined, (time.perf_counter_ns() - began) // 1000


def _route(part: Part, report: Report, *, arrival: Arrival, desk: Desk, now: datetime, took_us: int) -> Judged:
    """Add the route's findings to the judge's: a message that can go nowhere is refused with its reason."""
    route = Route()
    if part.head is not None:
        _check_sender(part, arrival)
        report = _spare(part.head.sender, report, desk.directory)
    if report.verdict is Verdict.ACCEPTED:
        route = find_route(part, desk.directory, now=now)
        report = replace(report, issues=(*report.issues, *route.issues)) if route.issues else report
    return Judged(
        id=uuid7(now),
        part=part,
        report=report,
        route=route,
        caller=arrival.caller,
        wire=arrival.wire,
        at=now,
        took_us=took_us,
    )


def _check_sender(part: Part, arrival: Arrival) -> None:
    """A client speaks for its own organisation only; a site that relays speaks for all behind it."""
    assert part.head is not None
    sender = part.head.sender
    if isinstance(sender, Gln) and not arrival.caller.speaks_for(sender):
        raise NotAllowed("access.sender.foreign")


def _spare(sender: Gln | Unchecked | None, report: Report, directory: Directory) -> Report:
    """Let faults pass that this site has agreed with the sender to let pass."""
    partner = directory.find_organisation(sender) if isinstance(sender, Gln) else None
    if partner is None or not partner.lenient:
        return report
    report = relaxed(report, partner.lenient)
    if rules := relaxed_rules(report):
        log.info("rules.relaxed", organisation=str(partner.id), codes=rules)
    return report


async def _carry(judged: Judged, desk: Desk) -> Receipt:
    """Store one letter with all that follows from it, wake the courier, and give the answer."""
    letter = write_letter(judged, desk.directory, desk.terms)
    answer = desk.answering.answer(judged, letter)
    if answer is not None:
        letter = replace(letter, evidence=desk.answering.evidence(letter, answer))
    if not await desk.acceptance.accept([letter] if answer is None else [letter, answer]):
        return await _repeat(letter, desk)
    for stored in (letter, answer):
        if stored is not None and stored.endpoint is not None:
            desk.dispatch.wake(stored.endpoint.id)
    return Receipt(
        id=letter.id, verdict=judged.report.verdict, status=letter.http_status, body=letter.http_body,
        report=judged.report,
    )  # fmt: skip


async def _carry_bundle(
    letters: list[Judged], examined: Examination, arrival: Arrival, desk: Desk, now: datetime
) -> Receipt:
    """Several letters in one payload: each travels alone; the arrival as a whole is kept with one answer."""
    whole = uuid7(now)
    receipts = [await _carry(replace(judged, parent=whole), desk) for judged in letters]
    any_accepted = any(receipt.verdict is Verdict.ACCEPTED for receipt in receipts)
    issues = (issue for judged in letters for issue in judged.report.issues)
    report = report_of([*_of_the_whole(examined.report), *issues])
    body = answer_body(
        whole,
        report,
        [(receipt.id, judged.part, judged.report) for receipt, judged in zip(receipts, letters, strict=True)],
    )
    part = Part(part="1", identity=examined.identity, payload=arrival.payload)
    judged = Judged(
        id=whole,
        part=part,
        report=report,
        route=Route(),
        caller=arrival.caller,
        wire=arrival.wire,
        at=now,
        took_us=0,
    )
    umbrella = write_letter(judged, desk.directory, desk.terms)
    status = HTTP_ACCEPTED if any_accepted else HTTP_REFUSED
    umbrella = replace(umbrella, http_body=body, http_status=status, kind=Kind.ENVELOPE)
    if not await desk.acceptance.accept([umbrella]):
        return await _repeat(umbrella, desk)
    return Receipt(id=whole, verdict=report.verdict, status=status, body=body, report=report)


def _of_the_whole(report: Report) -> list[Issue]:
    """The issues of a payload with several letters that are none of its letters' own."""
    told = {id(issue) for part in report.parts for issue in part.issues}
    return [issue for issue in report.issues if id(issue) not in told]


async def _repeat(letter: Carriage, desk: Desk) -> Receipt:
    """The sender has used these ids before: the table of duplicates decides."""
    traces = await desk.arrivals.traces(letter)
    match await _judge_repeat(letter, traces, desk):
        case Repeat.DUPLICATE:
            return await _answer_again(letter, traces, desk)
        case Repeat.RESENT:
            original = traces.by_message
            assert original is not None
            await desk.arrivals.remember_envelope(letter, original)
            return await _answer_again(letter, traces, desk)
        case Repeat.REUSED_ENVELOPE:
            return _refuse(letter, "exchange.envelope.reused")
        case Repeat.CONFLICT:
            assert traces.by_message is not None
            await desk.arrivals.note(traces.by_message, Happening.CONFLICT, at=desk.clock(), cause=letter.sha256.hex())
            return _refuse(letter, "exchange.id.conflict")
        case Repeat.NEW:  # its first coming was undone between our write and our look: let it come again
            raise Unreachable("exchange.store.contended")


async def _judge_repeat(letter: Carriage, traces: Traces, desk: Desk) -> Repeat:
    if letter.message_id is None:
        return Repeat.DUPLICATE if traces.by_bytes else Repeat.NEW
    same = traces.sha256 == letter.sha256
    if traces.by_message and not same:
        original = await desk.arrivals.payload(traces.by_message)
        same = same_content(original, letter.payload, letter.format)
    known_envelope = traces.by_envelope is not None
    return REPEATS[known_envelope, traces.by_message is not None, same]


async def _answer_again(letter: Carriage, traces: Traces, desk: Desk) -> Receipt:
    original = traces.by_message or traces.by_bytes
    assert original is not None
    await desk.arrivals.note(original, Happening.REPEATED, at=desk.clock())
    await desk.answering.repeat(original)
    first = await desk.arrivals.answer(original)
    if first is None:  # it was made here, or came on a wire that gives no answer of this kind
        body = answer_body(original, report_of(()), [])
        return Receipt(id=original, verdict=letter.verdict, status=HTTP_OK, body=body, repeated=True)
    return replace(first, status=HTTP_OK if first.status == HTTP_ACCEPTED else first.status)


def _refuse(letter: Carriage, code: str) -> Receipt:
    report = report_of((finding(code),))
    body = answer_body(letter.id, report, [])
    return Receipt(id=letter.id, verdict=Verdict.REJECTED, status=HTTP_CONFLICT, body=body, report=report)
