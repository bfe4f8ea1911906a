"""A message's history in words: its events and the tries between them, in order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from samspil.apps.messages.wording import cause_in_words
from samspil.domain.issues import Language
from samspil.exchange.carriage import Happening
from samspil.exchange.stories import Attempt, Event, Story
from samspil.ui import times
from samspil.ui.texts import Texts

TONES = {
    Happening.ACCEPTED: "good",
    Happening.KEPT: "good",
    Happening.SENT: "good",
    Happening.ACKNOWLEDGED: "good",
    Happening.REFUSED: "bad",
    Happening.DECLINED: "bad",
    Happening.CONFLICT: "bad",
    Happening.UNCONFIRMED: "bad",
    Happening.DEAD: "bad",
    Happening.TRIED: "wait",
    Happening.DEFERRED: "wait",
    Happening.RESENT: "wait",
    Happening.RELEASED: "wait",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line: what, when, and why. `code` is the stable code behind the words, for those who look it up."""

    at: datetime
    title: str
    text: str
    code: str
    tone: str


def history_of(story: Story, texts: Texts, language: Language) -> tuple[HistoryLine, ...]:
    """Everything that happened, oldest first. A failed try is told by its attempt, which knows more."""
    tried = {attempt.at for attempt in story.attempts}
    lines = [
        _of_event(event, texts, language)
        for event in story.events
        if event.kind is not Happening.TRIED or event.at not in tried
    ]
    lines += [_of_attempt(attempt, texts, language) for attempt in story.attempts]
    return tuple(sorted(lines, key=lambda line: line.at))


def _of_event(event: Event, texts: Texts, language: Language) -> HistoryLine:
    text = cause_in_words(event.cause, texts, language)
    judged = event.evidence.get("judged_us")
    if not text and isinstance(judged, int) and judged:
        took = times.lasting(timedelta(microseconds=judged), language)
        text = texts.say("happening.judged", language, took=took)
    return HistoryLine(
        at=event.at,
        title=texts.say(f"happening.{event.kind}", language),
        text=text,
        code=event.cause if event.cause != text else "",
        tone=TONES.get(event.kind, "still"),
    )


def _of_attempt(attempt: Attempt, texts: Texts, language: Language) -> HistoryLine:
    took = times.lasting(timedelta(milliseconds=attempt.took_ms), language)
    status = f"HTTP {attempt.status}" if attempt.status else ""
    cause = cause_in_words(attempt.code, texts, language)
    return HistoryLine(
        at=attempt.at,
        title=texts.say("happening.attempt", language, tries=attempt.tries, took=took),
        text=cause,
        code=" · ".join(part for part in (attempt.code if attempt.code != cause else "", status) if part),
        tone="wait",
    )
