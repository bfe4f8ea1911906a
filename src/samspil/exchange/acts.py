"""What an operator may do with a message that is stuck: send it again, release it, return it to its sender.

Each act checks the right, changes the tables in one statement, and is written to the audit by who did it.
"""

from uuid import UUID

from samspil.access.audit import Act, Outcome, record
from samspil.access.callers import Caller
from samspil.access.rights import Right
from samspil.exchange.carriage import Clock
from samspil.exchange.delivery import Dispatch
from samspil.exchange.resending import Resending
from samspil.storage.database import Database, Work

# A dead letter goes back to the outbox, to wherever its receiver is today; its place in the lane is at the end.
_RELEASE = """
with letter as (
        update dead_letter set settled = $2, outcome = 'released', by = $3
        where message = $1 and settled is null returning id, message, owner),
     back as (
        insert into outbox (id, message, owner, endpoint, format, payload, lane, expects, created_at, due)
        select l.id, l.message, l.owner, $4::uuid, m.format, m.payload, $5::uuid,
               m.origin = 'client' and m.kind = 'message', $2, $2
        from letter l join message m on m.id = l.message returning message, owner, expects),
     owed as (
        insert into obligation (message, owner, kind, due, resends_left)
        select message, owner, 'acknowledgement', $6, $7::int from back where expects
        on conflict (message) do update set due = $6, unconfirmed = null),
     told as (
        insert into event (message, at, kind, state, evidence)
        select message, $2, 'released', 'waiting', json_build_object('by', $3::uuid) from back)
select count(*) from back
"""

# Whatever was waiting for it, waits no more: its sender has it back, with the reason.
_RETURN = """
with letters as (
        update dead_letter set settled = $2, outcome = 'returned', by = $3
        where message = $1 and settled is null returning message),
     parcels as (delete from outbox where message = $1 and (lease_until is null or lease_until <= $2)
                 returning message),
     owed as (delete from obligation where message = $1 and unconfirmed is not null returning message),
     touched as (select message from letters union select message from parcels union select message from owed),
     told as (
        insert into event (message, at, kind, state, cause, evidence)
        select message, $2, 'returned', 'returned', $4, json_build_object('by', $3::uuid) from touched)
select count(*) from touched
"""


class Acts:
    """An operator's acts. Each says whether there was anything to do."""

    def __init__(self, *, database: Database, resending: Resending, dispatch: Dispatch, clock: Clock) -> None:
        self._database = database
        self._resending = resending
        self._dispatch = dispatch
        self._clock = clock

    async def resend(self, message: UUID, *, by: Caller) -> bool:
        """Send a delivered or unconfirmed message once more, in a new envelope."""
        done = by.may(Right.RESOLVE) and await self._resending.resend(message, cause="operator")
        await self._note(by, Act.MESSAGE_RESEND, message, done=done)
        return done

    async def release(self, message: UUID, *, by: Caller) -> bool:
        """Put a dead letter back on its path, to its receiver's endpoint of today."""
        place = await self._resending.place_of(message)
        if not by.may(Right.RESOLVE) or place is None:
            await self._note(by, Act.MESSAGE_RELEASE, message, done=False)
            return False
        now, terms = self._clock(), self._resending.terms
        async with self._database.transaction() as work:
            row = await work.row(
                _RELEASE, message, now, by.id, place.endpoint.id, place.lane, now + terms.answer_within, terms.resends
            )
            done = bool(row and row[0])
            await self._note(by, Act.MESSAGE_RELEASE, message, done=done, work=work)
        if done:
            self._dispatch.wake(place.endpoint.id)
        return done

    async def give_back(self, message: UUID, *, by: Caller, reason: str) -> bool:
        """Return a stuck message to its sender: it is settled here, and says why."""
        if not by.may(Right.RESOLVE):
            await self._note(by, Act.MESSAGE_RETURN, message, done=False)
            return False
        async with self._database.transaction() as work:
            row = await work.row(_RETURN, message, self._clock(), by.id, reason)
            done = bool(row and row[0])
            await self._note(by, Act.MESSAGE_RETURN, message, done=done, work=work)
        return done

    async def _note(self, by: Caller, act: Act, message: UUID, *, done: bool, work: Work | None = None) -> None:
        """Write the act to the audit, where the message's own parties can read it."""
        row = await (work or self._database).row("select sender, receiver from message where id = $1", message)
        await record(
            work or self._database,
            by=by,
            act=act,
            object="message",
            object_id=message,
            outcome=Outcome.DONE if done else Outcome.REFUSED,
            concerns=[gln for gln in row or () if gln],
        )
