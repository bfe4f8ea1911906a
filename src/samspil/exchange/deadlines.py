"""Acknowledgements that do not come: send again, at most as often as agreed, then ask a person.

Source: MedCom, reliable messaging: due in 30 minutes, resent at most twice with the same message id and content
in a new envelope; changed content is a person's matter, never ours.
"""

from datetime import timedelta
from uuid import UUID

from samspil.exchange.carriage import Clock
from samspil.exchange.letters import Terms
from samspil.exchange.resending import Resending
from samspil.exchange.store.outbox import Outbox
from samspil.exchange.store.transmissions import Overdue, Transmissions


class Deadlines:
    """Looks for overdue acknowledgements, and for parcels that nobody may try any more."""

    def __init__(
        self,
        *,
        transmissions: Transmissions,
        outbox: Outbox,
        resending: Resending,
        clock: Clock,
        terms: Terms,
        give_up: timedelta,
    ) -> None:
        self._transmissions = transmissions
        self._outbox = outbox
        self._resending = resending
        self._clock = clock
        self._terms = terms
        self._give_up = give_up

    async def look(self) -> None:
        """One round."""
        now = self._clock()
        for overdue in await self._transmissions.overdue(now):
            await self._remind(overdue)
        await self._outbox.expire(older_than=now - self._give_up, now=now)

    async def _remind(self, overdue: Overdue) -> None:
        now = self._clock()
        if overdue.still_queued:
            await self._transmissions.grant(overdue.message, now=now, more=self._terms.answer_within)
        elif overdue.resends_left > 0 and await self._may_resend(overdue.message):
            if not await self._resending.resend(overdue.message, cause="acknowledgement.missing"):
                await self._transmissions.unconfirmed(overdue.message, now=now)
        else:
            await self._transmissions.unconfirmed(overdue.message, now=now)

    async def _may_resend(self, message: UUID) -> bool:
        """Does the receiver's endpoint want resends by itself, or by a person's button?"""
        stored = await self._transmissions.stored(message)
        endpoint = self._resending.endpoint_for(stored) if stored else None
        return endpoint is not None and endpoint.resend == "auto"
