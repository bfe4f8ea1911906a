"""Couriers: one for each endpoint that has something due, so that a dead or slow receiver holds up nobody else.

A courier claims the heads of its lanes under a lease, carries several at a time, and writes down how they went;
when nothing is due it goes home. The dispatcher sends couriers out when it is woken and once a second.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from samspil.access.directory import Directory, Endpoint
from samspil.domain.issues import Unreachable
from samspil.exchange.breaker import Circuit, Current
from samspil.exchange.carriage import Carrier, Clock, Outcome, Parcel, Result
from samspil.exchange.rounds import Rounds
from samspil.exchange.schedule import Schedule
from samspil.exchange.store.nodes import Node
from samspil.exchange.store.outbox import Outbox, Tried

log = structlog.get_logger(__name__)

WINDOW = 64  # parcels in the air to one endpoint
LARGE_AT_ONCE = 2
CLOSE_BEHIND = 0.005  # seconds: one commit for many outcomes
LOOK_AGAIN = 1.0  # seconds between two looks at what is due


class Dispatch(Protocol):
    """Whom to tell that an endpoint has something due."""

    def wake(self, endpoint: UUID) -> None:
        """A hint; the tables tell the truth."""
        ...


@dataclass(slots=True)
class Courier:
    """Carries what is due to one endpoint until nothing is."""

    endpoint: UUID
    outbox: Outbox
    directory: Directory
    carriers: Mapping[str, Carrier]
    clock: Clock
    schedule: Schedule
    answer_within: timedelta
    node: Node
    large: asyncio.Semaphore
    called: bool = True
    closing: bool = False
    _air: set["asyncio.Task[Tried]"] = field(default_factory=set["asyncio.Task[Tried]"])
    _circuit: Circuit = field(default_factory=Circuit)

    async def work(self) -> None:
        """Claim, carry, write down; go home when nothing is due. Errors: Unreachable when the database is away."""
        self._circuit = await self.outbox.circuit(self.endpoint)
        try:
            while True:
                claimed = await self._claim()
                if not self._air and not claimed and not self.called:
                    return
                if self._air:
                    await self._settle()
        finally:
            await self._land()

    async def _claim(self) -> int:
        """Take more parcels when there is room; the circuit says how many may fly."""
        self.called = False
        room = self._room() - len(self._air)
        if self.closing or room <= 0 or (self._air and room < WINDOW // 4):
            return 0
        parcels = await self.outbox.claim(self.endpoint, now=self.clock(), limit=room, node=self.node.number)
        for parcel in parcels:
            self._air.add(asyncio.create_task(self._carry(parcel)))
        return len(parcels)

    def _room(self) -> int:
        match self._circuit.current(self.clock()):
            case Current.CLOSED:
                return WINDOW
            case Current.PROBING:
                return 1
            case Current.OPEN:
                return 0

    async def _carry(self, parcel: Parcel) -> Tried:
        endpoint = self.directory.endpoint(self.endpoint)
        carrier = self.carriers.get(endpoint.wire) if endpoint else None
        if endpoint is None or carrier is None:
            outcome = Outcome(result=Result.FAILED, code="delivery.endpoint.gone")
        else:
            outcome = await self._hand_over(parcel, carrier, endpoint)
        now = self.clock()
        due = None
        if outcome.result is Result.TRY_AGAIN:
            chance = random.random()  # noqa: S311 - spreads load, keeps no secret
            due = self.schedule.next_try(
                tries=parcel.tries, began=parcel.created_at, now=now, chance=chance, asked=outcome.retry_after
            )
        return Tried(parcel, outcome, now, due)

    async def _hand_over(self, parcel: Parcel, carrier: Carrier, endpoint: Endpoint) -> Outcome:
        if parcel.payload is not None:
            return await carrier.carry(parcel, parcel.payload, endpoint)
        async with self.large:  # few large payloads in memory at a time, whoever they are for
            return await carrier.carry(parcel, await self.outbox.payload(parcel.sha256), endpoint)

    async def _settle(self) -> None:
        """Wait for the first to come back, a moment for those close behind, and write them down together."""
        await asyncio.wait(self._air, return_when=asyncio.FIRST_COMPLETED)
        if len(self._air) > 1:
            await asyncio.sleep(CLOSE_BEHIND)
        done = {task for task in self._air if task.done()}
        self._air -= done
        await self._write([task.result() for task in done])

    async def _land(self) -> None:
        """Wait for what is in the air: a parcel that was handed over should be known as such."""
        if self._air:
            done, _ = await asyncio.wait(self._air)
            self._air = set()
            await self._write([task.result() for task in done])

    async def _write(self, tried: list[Tried]) -> None:
        await self.outbox.sent(
            [t for t in tried if t.outcome.result is Result.DELIVERED], answer_within=self.answer_within
        )
        await self.outbox.declined([t for t in tried if t.outcome.result is Result.DECLINED])
        await self.outbox.tried([t for t in tried if t.next_due is not None])
        await self.outbox.dead([t for t in tried if _is_dead(t)])
        for t in tried:
            await self._mind_circuit(t)

    async def _mind_circuit(self, tried: Tried) -> None:
        before = self._circuit
        if tried.outcome.counts_against_endpoint:
            self._circuit = before.after_failure(tried.outcome.code, tried.at)
        elif before.failures:
            self._circuit = before.after_success()
        if self._circuit != before:
            await self.outbox.set_circuit(self.endpoint, self._circuit, now=tried.at)
            if self._circuit.open_until != before.open_until:
                log.warning("circuit", endpoint=str(self.endpoint), open=self._circuit.open_until is not None,
                            code=tried.outcome.code)  # fmt: skip


def _is_dead(tried: Tried) -> bool:
    return tried.outcome.result is Result.FAILED or (
        tried.outcome.result is Result.TRY_AGAIN and tried.next_due is None
    )


class Dispatcher:
    """Sends a courier to every endpoint that has something due."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        directory: Directory,
        carriers: Mapping[str, Carrier],
        clock: Clock,
        schedule: Schedule,
        answer_within: timedelta,
        node: Node,
    ) -> None:
        self._outbox = outbox
        self._directory = directory
        self._carriers = carriers
        self._clock = clock
        self._schedule = schedule
        self._answer_within = answer_within
        self._node = node
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._couriers: dict[UUID, Courier] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._rounds = Rounds("dispatch", self._look, every_seconds=LOOK_AGAIN)
        self._closing = False

    def start(self) -> None:
        """Begin to look for work."""
        self._closing = False
        self._rounds.start()

    async def stop(self) -> None:
        """Send nobody out any more, and wait for those under way."""
        self._closing = True
        await self._rounds.stop()
        for courier in self._couriers.values():
            courier.closing = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def wake(self, endpoint: UUID) -> None:
        """Something for this endpoint was just committed."""
        courier = self._couriers.get(endpoint)
        if courier is not None:
            courier.called = True
        elif not self._closing:
            self._send_out(endpoint)

    def _send_out(self, endpoint: UUID) -> None:
        courier = Courier(
            endpoint=endpoint,
            outbox=self._outbox,
            directory=self._directory,
            carriers=self._carriers,
            clock=self._clock,
            schedule=self._schedule,
            answer_within=self._answer_within,
            node=self._node,
            large=self._large,
        )
        self._couriers[endpoint] = courier
        self._tasks[endpoint] = asyncio.create_task(self._employ(courier))

    async def _employ(self, courier: Courier) -> None:
        """Let a courier work. Whatever stops it, its parcels' leases run out and another takes them."""
        done = False
        try:
            await courier.work()
            done = True
        except Unreachable as problem:
            log.warning("courier.stopped", endpoint=str(courier.endpoint), code=problem.code)
        except Exception:
            log.exception("courier.failed", endpoint=str(courier.endpoint))
        finally:
            del self._couriers[courier.endpoint], self._tasks[courier.endpoint]
            if done and courier.called and not self._closing:
                self.wake(courier.endpoint)

    async def _look(self) -> None:
        """Whatever nobody woke us for: parcels whose wait is over, and what other nodes accepted."""
        for endpoint in await self._outbox.endpoints_due(self._clock()):
            self.wake(endpoint)
