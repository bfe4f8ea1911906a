"""The exchange put together and running on one node: start it, hand it arrivals, stop it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from samspil.access.directory import Directory
from samspil.domain.message import Format
from samspil.exchange.acts import Acts
from samspil.exchange.carriage import Arrival, Carrier, Clock, Receipt
from samspil.exchange.deadlines import Deadlines
from samspil.exchange.delivery import Dispatcher
from samspil.exchange.journey import Desk, handle
from samspil.exchange.letters import Terms
from samspil.exchange.receipts import Answering
from samspil.exchange.resending import Resending
from samspil.exchange.rounds import Rounds
from samspil.exchange.schedule import Schedule
from samspil.exchange.store.accept import Acceptance
from samspil.exchange.store.arrivals import Arrivals
from samspil.exchange.store.months import Months
from samspil.exchange.store.nodes import Node
from samspil.exchange.store.outbox import Outbox
from samspil.exchange.store.searches import Searches
from samspil.exchange.store.transmissions import Transmissions
from samspil.exchange.tracking import Tracking
from samspil.storage.database import Database
from samspil.validation.judge import Examination, examine

DEADLINES_SECONDS = 5.0
MONTHS_SECONDS = 6 * 3600.0


def utc_now() -> datetime:
    """The clock of a running site."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a site may set: how long to wait for answers, how often to try."""

    terms: Terms = field(default_factory=Terms)
    schedule: Schedule = field(default_factory=Schedule)


class Engine:
    """One node's exchange.

    `tracking` is its read side, `acts` what operators do, `receive` the front door of every wire.
    """

    def __init__(
        self,
        database: Database,
        directory: Directory,
        carriers: Mapping[str, Carrier],
        *,
        rules: Rules | None = None,
        clock: Clock = utc_now,
        new_uuid: Callable[[], UUID] | None = None,
        judge: Callable[[bytes], Examination] = examine,
        on_judged: Callable[[Format, float], None] = lambda format, seconds: None,
    ) -> None:
        rules = rules or Rules()
        make_id = new_uuid or uuid4
        outbox, transmissions = Outbox(database), Transmissions(database)
        self._node = Node(database.dsn)
        self._months = Months(database, clock)
        self._dispatcher = Dispatcher(
            outbox=outbox,
            directory=directory,
            carriers=carriers,
            clock=clock,
            schedule=rules.schedule,
            answer_within=rules.terms.answer_within,
            node=self._node,
        )
        resending = Resending(
            transmissions=transmissions,
            outbox=outbox,
            directory=directory,
            dispatch=self._dispatcher,
            clock=clock,
            new_uuid=make_id,
            terms=rules.terms,
        )
        self._acceptance = Acceptance(database)
        self._desk = Desk(
            acceptance=self._acceptance,
            arrivals=Arrivals(database),
            directory=directory,
            answering=Answering(
                directory=directory, transmissions=transmissions, resending=resending, new_uuid=make_id
            ),
            dispatch=self._dispatcher,
            clock=clock,
            terms=rules.terms,
            judge=judge,
            on_judged=on_judged,
        )
        self.deadlines = Deadlines(
            transmissions=transmissions,
            outbox=outbox,
            resending=resending,
            clock=clock,
            terms=rules.terms,
            give_up=rules.schedule.give_up,
        )
        self._rounds = (
            Rounds("deadlines", self.deadlines.look, every_seconds=DEADLINES_SECONDS),
            Rounds("months", self._months.ensure, every_seconds=MONTHS_SECONDS),
        )
        self.tracking = Tracking(Searches(database), directory, clock)
        self.acts = Acts(database=database, resending=resending, dispatch=self._dispatcher, clock=clock)

    async def start(self) -> None:
        """Begin to accept and to deliver; what a dead node left behind goes on by itself."""
        await self._months.ensure()
        await self._node.start()
        self._acceptance.start()
        self._dispatcher.start()
        for rounds in self._rounds:
            rounds.start()

    async def stop(self) -> None:
        """Finish what is under way, and stop."""
        for rounds in self._rounds:
            await rounds.stop()
        await self._acceptance.stop()
        await self._dispatcher.stop()
        await self._node.stop()

    async def receive(self, arrival: Arrival) -> Receipt:
        """Carry one arrival; see `samspil.exchange.journey.handle`."""
        return await handle(arrival, self._desk)
