"""Meddelelse: one message on one page, and the acts on it.

What it says and its source are shown only to readers with the right to open it, and each showing is audited; its
path, findings, receipts and history are metadata and are not.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response

from samspil.access.audit import Act, record
from samspil.access.callers import Caller
from samspil.access.directory import Directory
from samspil.access.rights import Right
from samspil.apps.messages.history import HistoryLine, history_of
from samspil.apps.messages.paths import Step, steps_of
from samspil.apps.messages.reading.reader import Reading, read_bytes
from samspil.apps.messages.services import Services
from samspil.apps.messages.visits import Missing, Visit
from samspil.apps.messages.wording import answer_on_wire, cause_in_words, has_mailbox, standard_name
from samspil.domain.issues import Language, Phrase
from samspil.domain.message import Format
from samspil.exchange.carriage import Happening, State
from samspil.exchange.stories import MessageRow, Passage, Story
from samspil.ui.findings import Findings, arrange, beside_source, of_lines
from samspil.ui.security import secure
from samspil.ui.source import Source

TABS = ("indhold", "fund", "kilde", "historik")
OPENING = frozenset({"indhold", "kilde", "fund"})  # tabs that show what the message says, or pieces of it
RETURN_REASONS = ("return.receiver-closed", "return.wrong-receiver", "return.too-late", "return.other")

# What an operator may do with a message in each state; the first is what most should do.
ACTS: dict[State, tuple[str, ...]] = {
    State.WAITING: ("return",),
    State.RETRYING: ("return",),
    State.DELIVERED: ("resend",),
    State.UNCONFIRMED: ("resend", "return"),
    State.DEAD: ("release", "return"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCard:
    """A party as the page shows it: by the register's name, and by what the message says once it is opened."""

    side: str
    name: str
    gln: str = ""
    lines: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """A receipt: another message, or an answer on the wire."""

    title: str
    at: datetime
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Everything one message's page shows."""

    story: Story
    name: Phrase
    steps: tuple[Step, ...]
    findings: Findings
    parties: tuple[PartyCard, ...]
    answers: tuple[AnswerLine, ...]
    related: tuple[tuple[str, MessageRow, Phrase], ...]
    numbers: tuple[tuple[str, object, bool], ...]
    history: tuple[HistoryLine, ...]
    acts: tuple[str, ...]
    may_open: bool
    reading: Reading | None = None
    source: Source | None = None


async def show_message(visit: Visit) -> Response:
    """The page, at one of its tabs."""
    story = await _story(visit)
    tab = visit.asked("fane") if visit.asked("fane") in TABS else TABS[0]
    page = await _page(visit, story)
    if page.may_open and tab in OPENING:
        page = await _opened(visit, page, tab)
    return visit.show("messages/message.html", page=page, tab=tab)


async def take_payload(visit: Visit) -> Response:
    """The bytes as received, for saving. Audited."""
    story = await _story(visit)
    payload = await _payload(visit, story, Act.MESSAGE_TAKE)
    name = f"{story.row.standard or 'besked'}-{story.row.id}{_ENDINGS.get(story.row.format, '.bin')}"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    response = Response(payload, media_type="application/octet-stream", headers=headers)
    return secure(response, https=visit.services.pages.https)


_ENDINGS = {
    "edifact": ".edi",
    "oioxml": ".xml",
    "fhir-json": ".json",
    "fhir-xml": ".xml",
    "cda": ".xml",
    "sbdh": ".xml",
    "vans": ".xml",
}


async def resend(visit: Visit) -> Response:
    """Send it once more."""
    story = await _story(visit)
    done = await visit.services.acts.resend(story.row.id, by=visit.caller)
    return _after(visit, story, "resend", done=done)


async def release(visit: Visit) -> Response:
    """Put it back on its path."""
    story = await _story(visit)
    done = await visit.services.acts.release(story.row.id, by=visit.caller)
    return _after(visit, story, "release", done=done)


async def ask_return(visit: Visit) -> Response:
    """The form that asks for the reason: a return leaves the building."""
    page = await _page(visit, await _story(visit))
    if "return" not in page.acts:
        return visit.go(f"/trafik/{page.story.row.id}", flash="queue.not_done", tone="warn")
    return visit.show("messages/return.html", page=page, reasons=RETURN_REASONS)


async def give_back(visit: Visit) -> Response:
    """Return it to its sender, with the reason chosen."""
    story = await _story(visit)
    reason = visit.given("grund")
    if reason not in RETURN_REASONS:
        reason = RETURN_REASONS[-1]
    done = await visit.services.acts.give_back(story.row.id, by=visit.caller, reason=reason)
    return _after(visit, story, "return", done=done)


def _after(visit: Visit, story: Story, act: str, *, done: bool) -> Response:
    here = f"/trafik/{story.row.id}"
    return visit.go(here, flash=f"message.done.{act}") if done else visit.go(here, flash="queue.not_done", tone="warn")


async def _story(visit: Visit) -> Story:
    story = await visit.services.tracking.get(visit.named(), glns=visit.caller.glns)
    if story is None:
        raise Missing
    return story


async def _page(visit: Visit, story: Story) -> MessagePage:
    services, language = visit.services, visit.frame.language
    row, texts = story.row, services.pages.texts
    causes = {
        station.verb: cause_in_words(station.cause, texts, language)
        for station in story.stations
        if station.passage is not Passage.DONE
    }
    return MessagePage(
        story=story,
        name=standard_name(row.standard),
        steps=steps_of(story.stations, causes),
        findings=arrange(of_lines(story.issues, language)),
        parties=_parties(row),
        answers=_answers(story, services, language),
        related=await _related(story, services, visit.caller),
        numbers=tuple(_numbers(story)),
        history=history_of(story, texts, language),
        acts=_acts(row, services.directory) if visit.may(Right.RESOLVE) else (),
        may_open=visit.may(Right.OPEN),
    )


async def _opened(visit: Visit, page: MessagePage, tab: str) -> MessagePage:
    """The page with what the message says; the reading is audited first."""
    payload = await _payload(visit, page.story, Act.MESSAGE_OPEN)
    if tab == "indhold":
        today = visit.services.clock().date()
        reading = await asyncio.to_thread(read_bytes, payload, today=today)
        return replace(page, reading=reading, parties=_with_words(page.parties, reading)) if reading else page
    findings, source = await asyncio.to_thread(beside_source, page.findings, payload, Format(page.story.row.format))
    return replace(page, findings=findings, source=source)


async def _payload(visit: Visit, story: Story, act: Act) -> bytes:
    row = story.row
    await record(
        visit.services.database,
        by=visit.caller,
        act=act,
        object="message",
        object_id=row.id,
        concerns=[gln for gln in (row.sender, row.receiver) if gln],
    )
    payload = await visit.services.tracking.payload(row.id, glns=visit.caller.glns)
    if payload is None:
        raise Missing
    return payload


def _acts(row: MessageRow, directory: Directory) -> tuple[str, ...]:
    """What can be done with it. What lies in a mailbox here is not sent again, nor is a receipt."""
    acts = ACTS.get(row.state, ())
    if row.kind == "receipt" or has_mailbox(directory, row.receiver):
        return tuple(act for act in acts if act != "resend")
    return acts


def _parties(row: MessageRow) -> tuple[PartyCard, ...]:
    """Both sides; one that nobody registered is known by its number alone."""
    return tuple(
        PartyCard(side=side, name="" if name == number else name, gln=number or "")
        for side, name, number in (
            ("sender", row.sender_name, row.sender),
            ("receiver", row.receiver_name, row.receiver),
        )
    )


def _with_words(cards: tuple[PartyCard, ...], reading: Reading) -> tuple[PartyCard, ...]:
    """The parties with what the message itself says of them, and those it was copied to."""
    said = {party.side: party for party in reading.parties if party.side != "copy"}
    return (
        *(
            replace(card, name=card.name or said[card.side].name, lines=said[card.side].lines)
            if card.side in said
            else card
            for card in cards
        ),
        *(
            PartyCard(side=party.side, name=party.name, lines=party.lines)
            for party in reading.parties
            if party.side == "copy"
        ),
    )


_SAID = {
    Happening.ACKNOWLEDGED: "ok",
    Happening.DEFERRED: "transient-error",
    Happening.DECLINED: "fatal-error",
}


def _answers(story: Story, services: Services, language: Language) -> tuple[AnswerLine, ...]:
    texts = services.pages.texts
    said = {
        str(event.evidence.get("answer")): _SAID.get(event.kind) or str(event.evidence.get("answered") or "")
        for event in story.events
        if event.evidence.get("answer")
    }
    messages = (
        AnswerLine(
            title=texts.say(f"message.answered.{code}", language)
            if (code := said.get(str(answer.id), "")) in {"ok", "transient-error", "fatal-error"}
            else standard_name(answer.standard).in_(language),
            at=answer.at,
            address=f"/trafik/{answer.id}",
        )
        for answer in story.answered_by
    )
    wire = str(story.events[0].evidence.get("wire", "")) if story.events else ""
    wires = (
        AnswerLine(
            title=texts.say(answer_on_wire(wire, receipt.status), language, status=receipt.status), at=receipt.at
        )
        for receipt in story.receipts
    )
    return (*messages, *wires)


async def _related(story: Story, services: Services, caller: Caller) -> tuple[tuple[str, MessageRow, Phrase], ...]:
    row = story.row
    found: list[tuple[str, MessageRow]] = [("answers", other) for other in story.answer_to]
    if row.parent is not None:
        letters = await services.tracking.letters_of(row.parent, glns=caller.glns)
        found += [("together", other) for other in letters if other.id != row.id]
    return tuple((relation, other, standard_name(other.standard)) for relation, other in found)


def _numbers(story: Story) -> list[tuple[str, object, bool]]:
    """Name, value, and whether the value is a code worth copying."""
    row = story.row
    numbers: list[tuple[str, object, bool]] = [("id", str(row.id), True)]
    numbers += [
        (name, value, True)
        for name, value in (("message_id", row.message_id), ("envelope_id", row.envelope_id), ("version", row.version))
        if value
    ]
    if row.sent_at is not None:
        numbers.append(("sent_at", row.sent_at, False))
    return numbers
