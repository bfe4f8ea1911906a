"""A stored message sent once more: the same message id and content, in a new envelope."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from samspil.access.directory import Directory, Endpoint
from samspil.domain.identifiers import Gln
from samspil.exchange.carriage import Clock
from samspil.exchange.delivery import Dispatch
from samspil.exchange.letters import Terms
from samspil.exchange.routing import MAILBOX, lane_key
from samspil.exchange.store.outbox import Outbox, Resend
from samspil.exchange.store.transmissions import Stored, Transmissions
from samspil.formats.renewal import envelope_id_of, renew_envelope


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint and the lane to it."""

    endpoint: Endpoint
    lane: UUID | None


class Resending:
    """Sends a stored message once more, in a new envelope."""

    def __init__(
        self,
        *,
        transmissions: Transmissions,
        outbox: Outbox,
        directory: Directory,
        dispatch: Dispatch,
        clock: Clock,
        new_uuid: Callable[[], UUID],
        terms: Terms,
    ) -> None:
        self._transmissions = transmissions
        self._outbox = outbox
        self._directory = directory
        self._dispatch = dispatch
        self._clock = clock
        self._new_uuid = new_uuid
        self.terms = terms

    async def resend(self, message: UUID, *, cause: str) -> bool:
        """Queue it again. False when it is queued already or its receiver has no endpoint any more."""
        stored = await self._transmissions.stored(message)
        endpoint = self.endpoint_for(stored) if stored else None
        if stored is None or endpoint is None or stored.queued or endpoint.wire == MAILBOX:
            return False
        envelope_id, now = envelope_id_of(self._new_uuid(), stored.format), self._clock()
        again = Resend(
            message=message,
            parcel=self._new_uuid(),
            endpoint=endpoint.id,
            payload=renew_envelope(stored.payload, stored.format, envelope_id=envelope_id, now=now),
            envelope_id=envelope_id,
            seen_as=stored.sender,
            lane=lane_key(stored.sender, stored.receiver, stored.subject),
            at=now,
            answer_within=self.terms.answer_within,
            cause=cause,
        )
        queued = await self._outbox.resend(again)
        if queued:
            self._dispatch.wake(endpoint.id)
        return queued

    async def place_of(self, message: UUID) -> Place | None:
        """Where a message would go today, and in which lane."""
        stored = await self._transmissions.stored(message)
        endpoint = self.endpoint_for(stored) if stored else None
        if stored is None or endpoint is None or endpoint.wire == MAILBOX:
            return None
        return Place(endpoint, lane_key(stored.sender, stored.receiver, stored.subject))

    def endpoint_for(self, stored: Stored) -> Endpoint | None:
        """Where the message goes today."""
        if not Gln.fits(stored.receiver):
            return None
        return self._directory.find_endpoint(
            Gln(stored.receiver), standard=stored.standard, version=stored.version, at=self._clock()
        )
