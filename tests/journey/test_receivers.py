"""Receivers as they are: down, slow, talking nonsense; none holds up another, and every letter ends somewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from samspil.exchange.carriage import State
from samspil.exchange.store.searches import Query
from tests.journey.exchanging import CLINIC, HOSPITAL, PHARMACY, Site, client_of, endpoint, eventually, letter, site
from tests.partners import Answer, Partner, hang_up, partner, raw, silence, status

Story = Callable[[Site, Partner], Awaitable[None]]


@pytest.fixture
def with_partner(database_url: str) -> Callable[[Story, Answer], None]:
    """Run a story at a site whose hospital is a scripted partner, and whose pharmacy is a good one."""

    def run(story: Story, *answers: Answer) -> None:
        async def main() -> None:
            async with partner(*answers) as hospital, partner(status(202)) as pharmacy:
                endpoints = [endpoint(CLINIC), endpoint(HOSPITAL, hospital.url), endpoint(PHARMACY, pharmacy.url)]
                async with site(database_url, endpoints=endpoints) as it:
                    await story(it, hospital)

        asyncio.run(main())

    return run


Run = Callable[..., None]


@pytest.mark.parametrize("bad", [silence, hang_up, raw(b"\x00nonsense\r\n\r\n"), status(503)])
def test_a_bad_receiver_gets_it_when_it_is_well(with_partner: Run, bad: Answer) -> None:
    """After a failure the letter is tried again on schedule, and arrives."""

    async def story(it: Site, hospital: Partner) -> None:
        receipt = await it.take(letter(), caller=client_of(CLINIC))
        failed = await it.until(receipt.id, State.RETRYING)
        assert failed.waiting is not None
        assert failed.attempts[0].code.startswith("delivery.")
        it.clock.forward(timedelta(seconds=11))
        await it.until(receipt.id, State.DELIVERED)
        assert len(hospital.requests) == 2

    with_partner(story, bad, status(202))


def test_a_dead_receiver_never_slows_another(with_partner: Run) -> None:
    """While the hospital hangs, the pharmacy's letters arrive at once."""

    async def story(it: Site, hospital: Partner) -> None:
        for n in range(40):
            await it.take(letter(episode=str(n)), caller=client_of(CLINIC))
        began = asyncio.get_running_loop().time()
        receipts = [await it.take(letter(str(n), receiver=PHARMACY), caller=client_of(CLINIC)) for n in range(10)]
        for receipt in receipts:
            await it.until(receipt.id, State.DELIVERED)
        assert asyncio.get_running_loop().time() - began < 5.0
        assert hospital.requests

    with_partner(story, silence)


def test_a_receiver_that_fails_is_left_in_peace(with_partner: Run) -> None:
    """After five failures in a row the circuit opens; a probe closes it, and everything flows."""

    async def story(it: Site, hospital: Partner) -> None:
        receipts = [await it.take(letter(episode=str(n)), caller=client_of(CLINIC)) for n in range(5)]
        for receipt in receipts:
            await it.until(receipt.id, State.RETRYING)
        (circuit,) = await it.engine.tracking.circuits()
        assert circuit.open_until is not None
        seen = len(hospital.requests)
        late = await it.take(letter(episode="late"), caller=client_of(CLINIC))
        await asyncio.sleep(0.3)
        assert len(hospital.requests) == seen
        it.clock.forward(timedelta(seconds=61))
        for receipt in (*receipts, late):
            await it.until(receipt.id, State.DELIVERED)
        await eventually(lambda: _closed(it))

    with_partner(story, *[status(503)] * 5, status(202))


async def _closed(it: Site) -> bool:
    return not await it.engine.tracking.circuits()


def test_order_holds_for_one_patient(with_partner: Run) -> None:
    """Ten letters about one person arrive in the order they were accepted, though the second fails at first."""

    async def story(it: Site, hospital: Partner) -> None:
        letters = [letter(f"number {n}") for n in range(10)]
        receipts = [await it.take(one, caller=client_of(CLINIC)) for one in letters]
        await it.until(receipts[0].id, State.DELIVERED)
        await it.until(receipts[1].id, State.RETRYING)
        it.clock.forward(timedelta(seconds=11))
        for receipt in receipts:
            await it.until(receipt.id, State.DELIVERED)
        arrived = [request.body for request in hospital.requests]
        assert arrived == [letters[0], letters[1], *letters[1:]]

    with_partner(story, status(202), status(503), status(202))


def test_a_refusal_on_the_wire_is_final(with_partner: Run) -> None:
    """422 from the receiver: declined, not tried again, nothing awaited."""

    async def story(it: Site, hospital: Partner) -> None:
        receipt = await it.take(letter(), caller=client_of(CLINIC))
        await it.until(receipt.id, State.DECLINED)
        assert (await it.count("outbox"), await it.count("obligation")) == (0, 0)
        assert len(hospital.requests) == 1

    with_partner(story, status(422))


@pytest.mark.parametrize("code", [301, 401, 404, 409, 413])
def test_what_would_fail_again_is_a_persons(with_partner: Run, code: int) -> None:
    """A lasting failure goes to the dead letters at once, with its code."""

    async def story(it: Site, hospital: Partner) -> None:
        receipt = await it.take(letter(), caller=client_of(CLINIC))
        await it.until(receipt.id, State.DEAD)
        (dead,) = await it.engine.tracking.dead_letters(glns=frozenset({CLINIC.gln}))
        assert (dead.message, dead.reason) == (receipt.id, f"delivery.status.{code}")
        assert len(await it.engine.tracking.find(Query(state=State.DEAD))) == 1

    with_partner(story, status(code, headers="Location: http://127.0.0.1:1/\r\n"))


def test_what_waits_too_long_is_set_aside(with_partner: Run) -> None:
    """A day behind an open circuit, never tried: it is a person's all the same."""

    async def story(it: Site, hospital: Partner) -> None:
        receipts = [await it.take(letter(str(n)), caller=client_of(CLINIC)) for n in range(7)]
        await it.until(receipts[0].id, State.RETRYING)
        it.clock.forward(timedelta(hours=25))
        await it.engine.deadlines.look()
        for receipt in receipts:
            await it.until(receipt.id, State.DEAD)

    with_partner(story, hang_up)
