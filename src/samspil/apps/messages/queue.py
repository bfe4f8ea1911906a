"""Kø og fejl: a person's tasks with one clear act each, receivers that do not answer, and what waits in lanes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from starlette.responses import Response

from samspil.access.rights import Right
from samspil.apps.messages.visits import Visit, local
from samspil.apps.messages.wording import cause_in_words, standard_name
from samspil.domain.issues import Phrase
from samspil.exchange.stories import CircuitRow, DeadLetterRow, LaneRow, UnconfirmedRow

ALONE_UP_TO = 3  # as many of a kind stand one by one; more become one task


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """One message that waits for a person."""

    message: UUID
    name: Phrase
    sender_name: str
    receiver_name: str
    since: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a person is asked to do: one message, or many with the same receiver and cause."""

    kind: str
    cause: str
    letters: tuple[Stuck, ...]

    @property
    def tone(self) -> str:
        """How urgent it looks."""
        return "bad" if self.kind == "dead" else "warn"

    @property
    def icon(self) -> str:
        """Its sign."""
        return "octagon-alert" if self.kind == "dead" else "hourglass"

    @property
    def deed(self) -> str:
        """The one clear act."""
        return "frigiv" if self.kind == "dead" else "send-igen"

    @property
    def deed_icon(self) -> str:
        """The act's sign."""
        return "send" if self.kind == "dead" else "rotate-cw"

    @property
    def receiver_name(self) -> str:
        """Who did not get them."""
        return self.letters[0].receiver_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """An endpoint that does not answer."""

    row: CircuitRow
    name: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What waits from one sender to one receiver."""

    row: LaneRow
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Everything on the page."""

    tasks: tuple[Task, ...]
    circuits: tuple[Silent, ...]
    lanes: tuple[Lane, ...]

    @property
    def parcels(self) -> int:
        """How many messages wait in lanes."""
        return sum(lane.row.parcels for lane in self.lanes)


async def show_queue(visit: Visit) -> Response:
    """The page."""
    return visit.show("messages/queue.html", queue=await _queue(visit), may_resolve=visit.may(Right.RESOLVE))


async def show_queue_list(visit: Visit) -> Response:
    """Its content alone, for the page that refreshes it."""
    return visit.show("messages/queue_list.html", queue=await _queue(visit), may_resolve=visit.may(Right.RESOLVE))


async def release_all(visit: Visit) -> Response:
    """Release the messages named in the form."""
    acts = visit.services.acts
    done = [await acts.release(message, by=visit.caller) for message in await _named(visit)]
    return _after(visit, done)


async def resend_all(visit: Visit) -> Response:
    """Send the messages named in the form once more."""
    acts = visit.services.acts
    done = [await acts.resend(message, by=visit.caller) for message in await _named(visit)]
    return _after(visit, done)


async def _named(visit: Visit) -> list[UUID]:
    """The messages of the form that the caller may see; others are passed over."""
    named: list[UUID] = []
    for text in visit.form.getlist("besked"):
        try:
            message = UUID(str(text))
        except ValueError:
            continue
        if await visit.services.tracking.get(message, glns=visit.caller.glns) is not None:
            named.append(message)
    return named


def _after(visit: Visit, done: Sequence[bool]) -> Response:
    address = local(visit.given("videre") or "/koe")
    if not any(done):
        return visit.go(address, flash="queue.not_done", tone="warn")
    return visit.go(address, flash="queue.done", count=str(sum(done)))


async def _queue(visit: Visit) -> Queue:
    tracking, glns = visit.services.tracking, visit.caller.glns
    texts, language = visit.services.pages.texts, visit.frame.language

    def words(code: str) -> str:
        return cause_in_words(code, texts, language)

    dead = await tracking.dead_letters(glns=glns)
    unconfirmed = await tracking.unconfirmed(glns=glns)
    tasks = [
        *_grouped("dead", [(words(row.reason), _of_dead(row)) for row in dead]),
        *_grouped("unconfirmed", [(words("acknowledgement.missing"), _of_unconfirmed(row)) for row in unconfirmed]),
    ]
    return Queue(
        tasks=tuple(tasks),
        circuits=await _circuits(visit),
        lanes=tuple(Lane(row=row, cause=words(row.last_code)) for row in await tracking.lanes(glns=glns)),
    )


def _grouped(kind: str, stuck: Iterable[tuple[str, Stuck]]) -> list[Task]:
    """One task a message, or one for many with the same receiver and cause; the oldest first."""

    def same(item: tuple[str, Stuck]) -> tuple[str, str]:
        return item[1].receiver_name, item[0]

    tasks: list[Task] = []
    for (_, cause), members in groupby(sorted(stuck, key=same), key=same):
        letters = sorted((letter for _, letter in members), key=lambda letter: letter.since)
        if len(letters) > ALONE_UP_TO:
            tasks.append(Task(kind=kind, cause=cause, letters=tuple(letters)))
        else:
            tasks += [Task(kind=kind, cause=cause, letters=(letter,)) for letter in letters]
    return sorted(tasks, key=lambda task: task.letters[0].since)


def _of_dead(row: DeadLetterRow) -> Stuck:
    return Stuck(
        message=row.message,
        name=standard_name(row.standard),
        sender_name=row.sender_name,
        receiver_name=row.receiver_name,
        since=row.at,
        tries=row.tries,
    )


def _of_unconfirmed(row: UnconfirmedRow) -> Stuck:
    return Stuck(
        message=row.message,
        name=standard_name(row.standard),
        sender_name=row.sender_name,
        receiver_name=row.receiver_name,
        since=row.since,
    )


async def _circuits(visit: Visit) -> tuple[Silent, ...]:
    """Endpoints that fail; one organisation's readers see only their own."""
    services = visit.services
    silent: list[Silent] = []
    for row in await services.tracking.circuits():
        endpoint = services.directory.endpoint(row.endpoint)
        if endpoint is None or not visit.caller.sees(endpoint.gln):
            continue
        cause = cause_in_words(row.code, services.pages.texts, visit.frame.language)
        silent.append(Silent(row=row, name=services.directory.name_of(endpoint.gln), cause=cause))
    return tuple(silent)
