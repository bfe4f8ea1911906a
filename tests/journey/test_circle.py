"""A message's whole way between two sites, and every repetition the table of duplicates knows."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from samspil.domain.issues import Severity, Verdict
from samspil.exchange.carriage import Happening, Receipt, State
from samspil.exchange.journey import NotAllowed
from samspil.exchange.store.searches import Query
from samspil.exchange.stories import Passage, Verb
from samspil.formats.fhir.resend import with_new_envelope
from samspil.formats.identify import identify
from tests.journey.exchanging import (
    AT_B,
    CLINIC,
    HOSPITAL,
    OPERATOR,
    PEER,
    PHARMACY,
    SECONDS,
    Hand,
    Site,
    client_of,
    eventually,
    letter,
    two_sites,
)

MINUTES = timedelta(minutes=1)
Story = Callable[[Site, Site, Hand], Awaitable[None]]
Run = Callable[[Story], None]


@pytest.fixture
def between(two_databases: tuple[str, str]) -> Run:
    """Run a story between two sites with a database each."""

    def run(story: Story) -> None:
        async def main() -> None:
            async with two_sites(two_databases) as (a, b, hand):
                await story(a, b, hand)

        asyncio.run(main())

    return run


def code_of(receipt: Receipt) -> str:
    """The first finding's code in an answer."""
    return str(orjson.loads(receipt.body)["issues"][0]["code"])


async def only(site: Site, standard: str) -> list[object]:
    """The messages of a standard that a site has, as rows."""
    return list(await site.engine.tracking.find(Query(standard=standard)))


def test_a_letter_travels_and_its_acknowledgement_comes_home(between: Run) -> None:
    """Accepted at A, kept at B byte for byte, acknowledged by B, correlated at A; all seven stations passed."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        payload = letter()
        receipt = await a.take(payload, caller=client_of(CLINIC))
        assert receipt.status == 202
        home = await a.until(receipt.id, State.ACKNOWLEDGED)
        assert [station.passage for station in home.stations] == [Passage.DONE] * 7
        (arrived,) = await b.engine.tracking.find(Query(standard="CareCommunication"))
        assert await b.engine.tracking.payload(arrived.id, glns=frozenset({HOSPITAL.gln})) == payload
        (answer,) = await a.engine.tracking.find(Query(standard="Acknowledgement"))
        assert answer.id == home.answered_by[0].id
        assert identify(hand.carried[1]).standard == "Acknowledgement"
        assert (await a.count("outbox"), await a.count("obligation"), await b.count("outbox")) == (0, 0, 0)

    between(story)


def hasty(payload: bytes) -> bytes:
    """The letter with a priority that only letters about referrals may have."""
    root = orjson.loads(payload)
    for entry in root["entry"]:
        if entry["resource"]["resourceType"] == "Communication":
            entry["resource"]["priority"] = "asap"
    return orjson.dumps(root)


def test_a_partner_we_are_lenient_with_gets_its_faults_as_warnings(between: Run, captured_log: Path) -> None:
    """By agreement B lets a rule pass for one sender, answers ok with warnings, and logs it; A refuses the same."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        refused = await a.take(hasty(letter()), caller=client_of(CLINIC))
        assert refused.verdict is Verdict.REJECTED
        rules = {issue.rule for issue in refused.report.issues if issue.severity.rejects}
        partners = [replace(party, lenient=frozenset(rules)) for party in b.directory.organisations]
        b.directory.renew(partners, b.directory.endpoints)
        taken = await b.take(hasty(letter()), caller=PEER)
        assert taken.verdict is Verdict.ACCEPTED
        assert {issue.rule for issue in taken.report.issues if issue.severity is Severity.WARNING} == rules
        told = (await b.story(taken.id)).issues
        assert "exchange.rule.lenient" in [issue["code"] for issue in told]
        await eventually(b.quiet)
        (answer,) = (payload for payload in hand.carried if identify(payload).standard == "Acknowledgement")
        assert b'"code":"ok"' in answer
        assert b'"severity":"warning"' in answer
        spared.extend(rules)

    spared: list[str] = []
    between(story)
    logged = [line for line in captured_log.read_text().splitlines() if "rules.relaxed" in line]
    assert set(spared) == {code for line in logged for code in orjson.loads(line)["codes"]}


def test_an_acknowledgement_is_never_acknowledged(between: Run) -> None:
    """One letter means two deliveries, not three."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        receipt = await a.take(letter(), caller=client_of(CLINIC))
        await a.until(receipt.id, State.ACKNOWLEDGED)
        await asyncio.sleep(0.3)
        assert len(hand.carried) == 2

    between(story)


def test_the_same_bytes_again_get_the_same_answer(between: Run) -> None:
    """The client's answer was lost: it sends again, is answered byte for byte alike, and nothing is delivered twice."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        payload = letter()
        first = await a.take(payload, caller=client_of(CLINIC))
        await a.until(first.id, State.ACKNOWLEDGED)
        again = await a.take(payload, caller=client_of(CLINIC))
        assert (again.status, again.body, again.repeated) == (200, first.body, True)
        await asyncio.sleep(0.2)
        assert len(await only(b, "CareCommunication")) == 1
        assert len(hand.carried) == 2

    between(story)


def test_a_resend_in_a_new_envelope_is_known(between: Run) -> None:
    """New Bundle.id, same message: not shown again; B repeats its acknowledgement in a new envelope."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        payload = letter()
        receipt = await b.take(payload, caller=PEER)
        resent = with_new_envelope(payload, bundle_id=str(uuid4()), timestamp="2026-03-02T09:46:00+01:00")
        await b.until(receipt.id, State.DELIVERED)
        await eventually(b.quiet)
        again = await b.take(resent, caller=PEER)
        assert (again.status, again.body) == (200, receipt.body)
        await eventually(lambda: len(hand.carried) == 2)
        one, two = (orjson.loads(carried) for carried in hand.carried)
        assert one["id"] != two["id"]
        assert one["timestamp"] <= two["timestamp"]
        assert one["entry"] == two["entry"]
        assert len(await only(b, "CareCommunication")) == 1

    between(story)


def test_a_known_message_id_with_other_content_is_refused(between: Run) -> None:
    """409, whatever the envelope; the first message notes it."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        payload = letter("Hej")
        first = await a.take(payload, caller=client_of(CLINIC))
        changed = payload.replace(b">Hej<", b">Farvel<").replace(b'"Hej"', b'"Farvel"')
        renewed = with_new_envelope(changed, bundle_id=str(uuid4()), timestamp="2026-03-02T09:46:00+01:00")
        for other in (changed, renewed):
            refused = await a.take(other, caller=client_of(CLINIC))
            assert (refused.status, code_of(refused)) == (409, "exchange.id.conflict")
        noted = [event.kind for event in (await a.story(first.id)).events]
        assert noted.count(Happening.CONFLICT) == 2
        assert len(await only(a, "CareCommunication")) == 1

    between(story)


def test_a_reused_envelope_id_is_refused(between: Run) -> None:
    """An old Bundle.id on a new message breaks the rule; with an envelope of its own the message is taken."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        first, second = letter(), letter()
        await a.take(first, caller=client_of(CLINIC))
        envelope = orjson.loads(first)["id"]
        refused = await a.take(
            with_new_envelope(second, bundle_id=envelope, timestamp="2026-03-02T09:46:00+01:00"),
            caller=client_of(CLINIC),
        )
        assert (refused.status, code_of(refused)) == (409, "exchange.envelope.reused")
        assert (await a.take(second, caller=client_of(CLINIC))).status == 202

    between(story)


def test_nobody_speaks_for_another(between: Run) -> None:
    """A client may not hand over what another organisation sends; nothing is stored."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        with pytest.raises(NotAllowed):
            await a.take(letter(), caller=client_of(PHARMACY))
        assert await a.count("message") == 0

    between(story)


def test_an_unknown_receiver_is_told_at_once(between: Run) -> None:
    """The sender's own site refuses it with the reason, and keeps it with its report."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        receipt = await a.take(letter(receiver=PHARMACY), caller=client_of(CLINIC))
        assert (receipt.status, code_of(receipt)) == (422, "exchange.party.unknown")
        kept = await a.story(receipt.id)
        assert kept.row.state is State.REFUSED
        passages = {station.verb: station.passage for station in kept.stations}
        assert passages[Verb.VALIDATE] is Passage.DONE
        assert passages[Verb.ROUTE] is Passage.FAILED
        assert hand.carried == []

    between(story)


def test_a_refused_message_from_a_peer_is_answered_fatal(between: Run) -> None:
    """What another site handed over and we refuse is answered with a fatal-error acknowledgement."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        receipt = await b.take(letter(receiver=PHARMACY), caller=PEER)
        assert receipt.status == 422
        await eventually(lambda: bool(hand.carried))
        acknowledgement = orjson.loads(hand.carried[0])
        assert acknowledgement["entry"][0]["resource"]["response"]["code"] == "fatal-error"
        assert b"MSG_Receiver_Identifier_UNKNOWN" in hand.carried[0]

    between(story)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"{", b"<a", b"hello", b"UNB+", b'{"resourceType":"Patient"}'])
def test_rubbish_is_kept_with_its_report_and_answered_alike_again(between: Run, payload: bytes) -> None:
    """Any bytes get an answer with a stable code, are kept once, and get the same answer again."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        first = await a.take(payload, caller=client_of(CLINIC))
        assert first.status == 422
        assert code_of(first)
        again = await a.take(payload, caller=client_of(CLINIC))
        assert (again.status, again.body) == (422, first.body)
        assert await a.count("message") == 1

    between(story)


def test_a_lost_answer_after_the_commit_delivers_once(between: Run) -> None:
    """B has it, A does not know: A tries again, B recognises it, the reader sees it once."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        hand.script = ["lose"]
        receipt = await a.take(letter(), caller=client_of(CLINIC))
        await a.until(receipt.id, State.ACKNOWLEDGED, State.RETRYING)
        a.clock.forward(30 * SECONDS)
        await a.until(receipt.id, State.ACKNOWLEDGED)
        await eventually(a.quiet)
        assert len(await only(b, "CareCommunication")) == 1

    between(story)


def test_without_an_acknowledgement_it_is_sent_twice_more_then_a_person_is_asked(between: Run) -> None:
    """Due in 30 minutes, resent at most twice in new envelopes, then unconfirmed; a late answer still settles it."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        b.directory.renew([], [])  # B knows nobody: it refuses, and cannot tell A
        silent = SilentPeer(hand)
        hand.sites = {AT_B: silent}  # type: ignore[dict-item] - stands in for a site that never answers
        receipt = await a.take(letter(), caller=client_of(CLINIC))
        await a.until(receipt.id, State.DELIVERED)
        for sent in (2, 3):
            a.clock.forward(31 * MINUTES)
            await a.engine.deadlines.look()
            await eventually(lambda expected=sent: len(silent.taken) == expected)
            await a.until(receipt.id, State.DELIVERED)
        a.clock.forward(31 * MINUTES)
        await a.engine.deadlines.look()
        await a.until(receipt.id, State.UNCONFIRMED)
        (task,) = await a.engine.tracking.unconfirmed(glns=frozenset({CLINIC.gln}))
        assert task.message == receipt.id
        bundles = [orjson.loads(payload) for payload in silent.taken]
        assert len({bundle["id"] for bundle in bundles}) == 3
        assert len({bundle["entry"][0]["resource"]["id"] for bundle in bundles}) == 1

    between(story)


class SilentPeer:
    """Takes everything and never answers."""

    def __init__(self, hand: Hand) -> None:
        self.taken: list[bytes] = []
        self._hand = hand

    async def take(self, payload: bytes, *, caller: object) -> Receipt:
        """Say yes, and no more."""
        self.taken.append(payload)
        return Receipt(id=uuid4(), verdict=Verdict.ACCEPTED, status=202, body=b"{}")


def test_a_dead_letter_is_released_and_arrives(between: Run) -> None:
    """After a day of failures it is set aside; an operator puts it back on its path."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        hand.script = ["fail"]
        receipt = await a.take(letter(), caller=client_of(CLINIC))
        await a.until(receipt.id, State.RETRYING)
        hand.script = ["fail"] * 50
        a.clock.forward(timedelta(hours=25))
        await a.until(receipt.id, State.DEAD)
        hand.script = []
        assert await a.engine.acts.release(receipt.id, by=OPERATOR)
        await a.until(receipt.id, State.ACKNOWLEDGED)
        assert await a.engine.tracking.dead_letters(glns=None) == []

    between(story)


def test_a_dead_letter_is_returned(between: Run) -> None:
    """An operator gives it back to its sender with a reason; only who may resolve can."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        hand.script = ["fail"] * 50
        receipt = await a.take(letter(), caller=client_of(CLINIC))
        await a.until(receipt.id, State.RETRYING)
        a.clock.forward(timedelta(hours=25))
        await a.until(receipt.id, State.DEAD)
        assert not await a.engine.acts.give_back(receipt.id, by=client_of(CLINIC), reason="moved")
        assert await a.engine.acts.give_back(receipt.id, by=OPERATOR, reason="moved")
        story = await a.until(receipt.id, State.RETURNED)
        assert story.events[-1].cause == "moved"

    between(story)


def test_a_clock_that_jumps_loses_nothing(between: Run) -> None:
    """Forward by a year and back again in the middle of deliveries: every letter arrives once."""

    async def story(a: Site, b: Site, hand: Hand) -> None:
        hand.script = ["fail", "give", "lose"]
        receipts = [await a.take(letter(str(n)), caller=client_of(CLINIC)) for n in range(5)]
        a.clock.forward(timedelta(days=365))
        receipts += [await a.take(letter(str(n)), caller=client_of(CLINIC)) for n in range(5)]
        a.clock.forward(timedelta(days=-365))
        receipts += [await a.take(letter(str(n)), caller=client_of(CLINIC)) for n in range(5)]
        await asyncio.sleep(0.5)
        a.clock.forward(timedelta(days=365, minutes=10))
        for receipt in receipts:
            story = await a.until(receipt.id, State.ACKNOWLEDGED, State.DEAD)
            if story.row.state is State.DEAD:
                await a.engine.acts.release(receipt.id, by=OPERATOR)  # unless its answer was quicker
                await a.until(receipt.id, State.ACKNOWLEDGED)
        assert len(await only(b, "CareCommunication")) == 15

    between(story)
