"""The exchange's statements against a real PostgreSQL: what is stored once, claimed once, settled once."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from samspil.access.directory import Directory, Endpoint
from samspil.domain.issues import Verdict
from samspil.domain.message import Answer, AnswerCode, Format, Kind
from samspil.exchange.carriage import Carriage, Happening, Origin, Outcome, Result, State
from samspil.exchange.ids import uuid7
from samspil.exchange.store.accept import Acceptance
from samspil.exchange.store.arrivals import Arrivals
from samspil.exchange.store.months import Months
from samspil.exchange.store.outbox import Outbox, Resend, Tried
from samspil.exchange.store.searches import Query, Searches
from samspil.exchange.store.transmissions import Transmissions
from samspil.exchange.tracking import Tracking
from samspil.storage.database import Database

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
CLINIC, HOSPITAL = "5790000121526", "5790000201389"
ELSEWHERE = Endpoint(id=UUID(int=71903), organisation=UUID(int=71904), gln=HOSPITAL, wire="http", url="http://[::1]:1")
HALF_AN_HOUR = timedelta(minutes=30)
NODE = 71905


def letter(**changes: Any) -> Carriage:
    """A letter from the clinic to the hospital, queued, its acknowledgement awaited."""
    payload = changes.pop("payload", f"letter {uuid4()}".encode() * 40)
    plain = Carriage(
        id=uuid7(NOW),
        owner=CLINIC,
        origin=Origin.CLIENT,
        caller=UUID(int=71906),
        format=Format.FHIR_JSON,
        kind=Kind.MESSAGE,
        standard="CareCommunication",
        version="5.0",
        message_id=str(uuid4()),
        envelope_id=(envelope := str(uuid4())),
        seen_envelope=envelope,
        sender=CLINIC,
        receiver=HOSPITAL,
        subject="episode-71907",
        sent_at=NOW,
        payload=payload,
        sha256=hashlib.sha256(payload).digest(),
        verdict=Verdict.ACCEPTED,
        report=None,
        at=NOW,
        happening=Happening.ACCEPTED,
        evidence=b'{"judged_us":71}',
        seen_as=CLINIC,
        endpoint=ELSEWHERE,
        lane=UUID(int=71908),
        expects_answer_within=HALF_AN_HOUR,
        resends=2,
        http_body=b'{"id":"71909"}',
    )
    return replace(plain, **changes)


class Store:
    """Everything the exchange keeps, open on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.acceptance = Acceptance(database)
        self.arrivals = Arrivals(database)
        self.outbox = Outbox(database)
        self.transmissions = Transmissions(database)
        self.tracking = Tracking(Searches(database), Directory(), lambda: NOW)

    async def searches_for(self, identifier: str) -> list[UUID]:
        """Messages known by an id."""
        return [story.row.id for story in await self.tracking.trace(identifier, glns=None)]

    async def state_of(self, message: UUID) -> State:
        """Where a message is now."""
        story = await self.tracking.get(message, glns=None)
        assert story is not None
        return story.row.state

    async def claim(self, *, now: datetime = NOW, limit: int = 10) -> list[Any]:
        """Parcels for elsewhere."""
        return await self.outbox.claim(ELSEWHERE.id, now=now, limit=limit, node=NODE)


@pytest.fixture
def with_store(database_url: str) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Run a test's coroutine with an open store."""

    def run(story: Callable[[Store], Awaitable[None]]) -> None:
        async def main() -> None:
            database = await Database.open(database_url, connections=6)
            await Months(database, lambda: NOW).ensure()
            store = Store(database)
            store.acceptance.start()
            try:
                await story(store)
            finally:
                await store.acceptance.stop()
                await database.close()

        asyncio.run(main())

    return run


Run = Callable[[Callable[[Store], Awaitable[None]]], None]


def sent(parcel: Any, result: Result = Result.DELIVERED, *, at: datetime = NOW, due: datetime | None = None) -> Tried:
    """A finished try."""
    code = "" if result is Result.DELIVERED else "delivery.timeout"
    return Tried(parcel, Outcome(result=result, code=code, status=202, took_ms=7), at, due)


def test_a_letter_is_stored_once(with_store: Run) -> None:
    """The same ids again store nothing, and the first answer can be given again byte for byte."""

    async def story(store: Store) -> None:
        first = letter()
        assert await store.acceptance.accept([first])
        assert not await store.acceptance.accept([replace(first, id=uuid7(NOW))])
        traces = await store.arrivals.traces(first)
        assert (traces.by_message, traces.by_envelope, traces.sha256) == (first.id, first.id, first.sha256)
        answer = await store.arrivals.answer(first.id)
        assert answer is not None
        assert (answer.body, answer.status) == (first.http_body, 202)
        assert await store.arrivals.payload(first.id) == first.payload

    with_store(story)


def test_a_hundred_at_once_are_each_stored_once(with_store: Run) -> None:
    """Fifty letters, each brought twice at the same moment: fifty are new."""

    async def story(store: Store) -> None:
        letters = [letter(lane=None) for _ in range(50)]
        twice = [*letters, *(replace(one, id=uuid7(NOW)) for one in letters)]
        stored = await asyncio.gather(*(store.acceptance.accept([one]) for one in twice))
        assert sum(stored) == 50
        row = await store.database.row("select count(*), count(distinct message_id) from message")
        assert row == (50, 50)

    with_store(story)


def test_an_answer_stands_and_falls_with_its_letter(with_store: Run) -> None:
    """An acknowledgement is not stored when the letter it answers was known before."""

    async def story(store: Store) -> None:
        first = letter(happening=Happening.KEPT, endpoint=None, expects_answer_within=None)

        def answer() -> Carriage:
            made = letter(origin=Origin.MADE, happening=Happening.MADE, kind=Kind.RECEIPT, lane=None)
            return replace(made, expects_answer_within=None, sender=HOSPITAL, receiver=CLINIC)

        assert await store.acceptance.accept([first, answer()])
        again = replace(first, id=uuid7(NOW))
        assert not await store.acceptance.accept([again, answer()])
        assert await store.database.row("select count(*) from message") == (2,)

    with_store(story)


def test_order_holds_inside_a_lane(with_store: Run) -> None:
    """Only the head of a lane may leave; the next follows when it has arrived."""

    async def story(store: Store) -> None:
        first, second, aside = letter(), letter(), letter(lane=UUID(int=71910))
        for one in (first, second, aside):
            await store.acceptance.accept([one])
        parcels = await store.claim()
        assert {parcel.message for parcel in parcels} == {first.id, aside.id}
        assert parcels[0].payload in {first.payload, aside.payload}
        await store.outbox.sent([sent(parcel) for parcel in parcels], answer_within=HALF_AN_HOUR)
        assert [parcel.message for parcel in await store.claim()] == [second.id]
        assert await store.state_of(first.id) is State.DELIVERED

    with_store(story)


def test_a_failed_head_blocks_its_lane_until_it_steps_aside(with_store: Run) -> None:
    """The successor waits while the head is tried again, and goes once the head is a dead letter."""

    async def story(store: Store) -> None:
        first, second = letter(), letter()
        for one in (first, second):
            await store.acceptance.accept([one])
        later = NOW + timedelta(seconds=10)
        (parcel,) = await store.claim()
        await store.outbox.tried([sent(parcel, Result.TRY_AGAIN, due=later)])
        assert await store.claim() == []
        assert await store.state_of(first.id) is State.RETRYING
        (parcel,) = await store.claim(now=later)
        assert parcel.tries == 2
        await store.outbox.dead([sent(parcel, Result.FAILED, at=later)])
        assert await store.state_of(first.id) is State.DEAD
        assert [parcel.message for parcel in await store.claim(now=later)] == [second.id]
        (dead,) = await store.tracking.dead_letters(glns=None)
        assert (dead.message, dead.reason) == (first.id, "delivery.timeout")

    with_store(story)


def test_a_late_worker_changes_nothing(with_store: Run) -> None:
    """When a lease has run out and another has the parcel, the first one's word no longer counts."""

    async def story(store: Store) -> None:
        await store.acceptance.accept([letter()])
        (late,) = await store.claim()
        assert await store.claim() == []
        after_lease = NOW + timedelta(minutes=2)
        (newer,) = await store.claim(now=after_lease)
        assert newer.fence == late.fence + 1
        await store.outbox.sent([sent(late)], answer_within=HALF_AN_HOUR)
        assert await store.database.row("select count(*) from outbox") == (1,)
        await store.outbox.sent([sent(newer)], answer_within=HALF_AN_HOUR)
        assert await store.database.row("select count(*) from outbox") == (0,)

    with_store(story)


@pytest.mark.parametrize(
    ("code", "state", "owed"),
    [
        (AnswerCode.OK, State.ACKNOWLEDGED, 0),
        (AnswerCode.FATAL, State.DECLINED, 0),
        (AnswerCode.TRANSIENT, State.DELIVERED, 1),
    ],
)
def test_an_answer_settles_what_was_owed(with_store: Run, code: AnswerCode, state: State, owed: int) -> None:
    """ok and fatal-error settle; transient-error leaves the acknowledgement awaited."""

    async def story(store: Store) -> None:
        first = letter()
        await store.acceptance.accept([first])
        (parcel,) = await store.claim()
        await store.outbox.sent([sent(parcel)], answer_within=HALF_AN_HOUR)
        await store.acceptance.accept([answering(first, code)])
        assert await store.state_of(first.id) is state
        assert await store.database.row("select count(*) from obligation") == (owed,)

    with_store(story)


def test_an_answer_to_several_messages_settles_each(with_store: Run) -> None:
    """A CONTRL may answer all letters of an envelope; one it does not name stays owed."""

    async def story(store: Store) -> None:
        letters = [letter() for _ in range(3)]
        for one in letters:
            await store.acceptance.accept([one])
        for parcel in await store.claim():
            await store.outbox.sent([sent(parcel)], answer_within=HALF_AN_HOUR)
        first, second, third = letters
        await store.acceptance.accept([answering(first, AnswerCode.OK, second)])
        assert await store.state_of(first.id) is State.ACKNOWLEDGED
        assert await store.state_of(second.id) is State.ACKNOWLEDGED
        assert await store.state_of(third.id) is not State.ACKNOWLEDGED

    with_store(story)


def answering(original: Carriage, code: AnswerCode, *others: Carriage) -> Carriage:
    """The hospital's acknowledgement of a letter or several, as it arrives."""
    assert original.message_id is not None
    return letter(
        kind=Kind.RECEIPT,
        standard="Acknowledgement",
        origin=Origin.RELAY,
        happening=Happening.KEPT,
        endpoint=None,
        expects_answer_within=None,
        sender=HOSPITAL,
        receiver=CLINIC,
        seen_as=HOSPITAL,
        lane=None,
        answers=Answer(
            message_id=original.message_id, code=code, also=tuple(other.message_id or "" for other in others)
        ),
    )


def test_an_answer_quicker_than_our_own_bookkeeping_is_not_overwritten(with_store: Run) -> None:
    """The acknowledgement may be here before we have noted that the message arrived."""

    async def story(store: Store) -> None:
        first = letter()
        await store.acceptance.accept([first])
        (parcel,) = await store.claim()
        await store.acceptance.accept([answering(first, AnswerCode.OK)])
        await store.outbox.sent([sent(parcel)], answer_within=HALF_AN_HOUR)
        assert await store.state_of(first.id) is State.ACKNOWLEDGED

    with_store(story)


def test_a_try_without_answer_does_not_take_back_the_acknowledgement(with_store: Run) -> None:
    """The acknowledgement comes, then we give up waiting for the first try's own answer, and a second one gets it."""

    async def story(store: Store) -> None:
        first, later = letter(), NOW + timedelta(minutes=1)
        await store.acceptance.accept([first])
        (parcel,) = await store.claim()
        await store.acceptance.accept([answering(first, AnswerCode.OK)])
        await store.outbox.tried([sent(parcel, Result.TRY_AGAIN, due=later)])
        assert await store.state_of(first.id) is State.ACKNOWLEDGED
        (parcel,) = await store.claim(now=later)
        await store.outbox.sent([sent(parcel, at=later)], answer_within=HALF_AN_HOUR)
        assert await store.state_of(first.id) is State.ACKNOWLEDGED

    with_store(story)


def test_a_second_different_answer_is_logged_and_changes_nothing(with_store: Run) -> None:
    """A first ok is never followed by an error."""

    async def story(store: Store) -> None:
        first = letter()
        await store.acceptance.accept([first])
        for code in (AnswerCode.OK, AnswerCode.FATAL):
            await store.acceptance.accept([answering(first, code)])
        assert await store.state_of(first.id) is State.ACKNOWLEDGED
        told = await store.database.rows("select kind from event where message = $1 order by seq", first.id)
        assert [kind for (kind,) in told] == ["accepted", "acknowledged", "answered-again"]

    with_store(story)


def test_an_answer_to_nothing_is_logged_as_unmatched(with_store: Run) -> None:
    """An acknowledgement of a message we never sent is kept and says so."""

    async def story(store: Store) -> None:
        answer = answering(letter(), AnswerCode.OK)
        await store.acceptance.accept([answer])
        told = await store.database.rows("select kind from event where message = $1 order by seq", answer.id)
        assert [kind for (kind,) in told] == ["kept", "unmatched"]

    with_store(story)


def test_a_resend_travels_in_its_own_bytes(with_store: Run) -> None:
    """A resend is the same message in a new envelope; it is queued once, and the obligation counts it."""

    async def story(store: Store) -> None:
        first = letter()
        await store.acceptance.accept([first])
        (parcel,) = await store.claim()
        await store.outbox.sent([sent(parcel)], answer_within=HALF_AN_HOUR)
        late = NOW + timedelta(minutes=31)
        (overdue,) = await store.transmissions.overdue(late)
        assert (overdue.message, overdue.resends_left, overdue.still_queued) == (first.id, 2, False)
        again = Resend(
            message=first.id,
            parcel=uuid7(late),
            endpoint=ELSEWHERE.id,
            payload=b"the same in a new envelope",
            envelope_id="envelope-71911",
            seen_as=CLINIC,
            lane=first.lane,
            at=late,
            answer_within=HALF_AN_HOUR,
            cause="acknowledgement.missing",
        )
        assert await store.outbox.resend(again)
        assert not await store.outbox.resend(replace(again, parcel=uuid7(late)))
        (parcel,) = await store.claim(now=late)
        assert parcel.payload == b"the same in a new envelope"
        row = await store.database.row("select resends_left, due from obligation")
        assert row == (1, late + HALF_AN_HOUR)
        assert await store.searches_for("envelope-71911") == [first.id]

    with_store(story)


def test_unconfirmed_is_said_once(with_store: Run) -> None:
    """After the last resend the message is a person's task, once."""

    async def story(store: Store) -> None:
        first = letter(resends=0)
        await store.acceptance.accept([first])
        for _ in range(2):
            await store.transmissions.unconfirmed(first.id, now=NOW + HALF_AN_HOUR)
        assert await store.state_of(first.id) is State.UNCONFIRMED
        told = await store.database.row("select count(*) from event where kind = 'unconfirmed'")
        assert told == (1,)
        (row,) = await store.tracking.unconfirmed(glns=frozenset({CLINIC}))
        assert row.message == first.id
        assert await store.tracking.unconfirmed(glns=frozenset({"5790000000005"})) == []

    with_store(story)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query(), 3),
        (Query(glns=frozenset({CLINIC})), 3),
        (Query(glns=frozenset({"5790000000005"})), 0),
        (Query(state=State.WAITING), 2),
        (Query(state=State.REFUSED), 1),
        (Query(state=State.DEAD), 0),
        (Query(standard="CareCommunication", party=HOSPITAL, glns=frozenset({HOSPITAL})), 3),
        (Query(standard="HospitalNotification"), 0),
        (Query(since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1)), 3),
        (Query(since=NOW + timedelta(hours=1)), 0),
        (Query(limit=2), 2),
    ],
)
def test_searches(with_store: Run, query: Query, count: int) -> None:
    """Lists are limited to what eyes may see and to what was asked for."""

    async def story(store: Store) -> None:
        refused = letter(verdict=Verdict.REJECTED, happening=Happening.REFUSED, endpoint=None, report=b"[]")
        for one in (letter(), letter(), replace(refused, expects_answer_within=None)):
            await store.acceptance.accept([one])
        assert len(await store.tracking.find(query)) == count

    with_store(story)


def test_pages_follow_each_other(with_store: Run) -> None:
    """Asking on from the last row gives every message once, newest first."""

    async def story(store: Store) -> None:
        letters = [letter(id=uuid7(NOW + timedelta(seconds=n)), lane=None) for n in range(7)]
        for one in letters:
            await store.acceptance.accept([one])
        seen: list[UUID] = []
        page = await store.tracking.find(Query(limit=3))
        while page:
            seen += [row.id for row in page]
            page = await store.tracking.find(Query(limit=3, before=seen[-1], glns=frozenset({CLINIC})))
        assert seen == [one.id for one in reversed(letters)]

    with_store(story)


def test_without_an_endpoint_a_made_message_is_a_dead_letter(with_store: Run) -> None:
    """An acknowledgement to somebody we cannot reach waits for a person, and says why."""

    async def story(store: Store) -> None:
        first = letter(happening=Happening.KEPT, endpoint=None, expects_answer_within=None)
        answer = letter(
            origin=Origin.MADE,
            happening=Happening.MADE,
            kind=Kind.RECEIPT,
            endpoint=None,
            expects_answer_within=None,
            dead_reason="exchange.party.unknown",
        )
        await store.acceptance.accept([first, answer])
        assert await store.state_of(answer.id) is State.DEAD
        (dead,) = await store.tracking.dead_letters(glns=None)
        assert dead.reason == "exchange.party.unknown"

    with_store(story)
