"""Stations' reports of where messages are (EDS): kept once each, whoever reports and however often.

A report is another's word or our own station's; both are kept alike. The same event reported again (same device,
message, envelope, step, moment and parties) is known again and changes nothing.
"""

import hashlib
from typing import Any
from uuid import UUID

import orjson

from samspil.access.callers import Caller
from samspil.domain.delivery_status import DeliveryStatus, Item, StatusParty
from samspil.domain.identifiers import Unchecked
from samspil.exchange.carriage import Clock
from samspil.exchange.ids import uuid7
from samspil.exchange.journey import NotAllowed
from samspil.exchange.store.delivery_status import DeliveryStatusStore, FoundStatus, KeptStatus, StatusQuery
from samspil.formats.fhir.delivery_status import write_delivery_status
from samspil.formats.subject import hidden_subject
from samspil.storage.database import Database

FOREIGN = "access.status.foreign"


class DeliveryStatuses:
    """The reports of one site."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store = DeliveryStatusStore(database)
        self._clock = clock

    async def keep(self, status: DeliveryStatus, resource: dict[str, Any], *, by: Caller) -> tuple[UUID, bytes | None]:
        """Keep a judged report: its id, and the resource as kept, or None when the event was known already.

        Errors: NotAllowed when the caller speaks for neither party.
        """
        if not any(by.speaks_for(gln) for gln in _glns(status)):
            raise NotAllowed(FOREIGN)
        moment = self._clock()
        identifier = uuid7(moment)
        stored = orjson.dumps(_named(resource, identifier))
        kept = await self._store.keep(_kept(status, identifier, stored, by))
        return kept, stored if kept == identifier else None

    async def report(self, status: DeliveryStatus, *, by: Caller) -> UUID:
        """Keep a report of a station of our own. Errors: Unwritable, NotAllowed."""
        identifier, _ = await self.keep(status, write_delivery_status(status), by=by)
        return identifier

    async def get(self, identifier: UUID, *, glns: frozenset[str] | None) -> FoundStatus | None:
        """A report that its reader may see."""
        return await self._store.get(identifier, glns=glns)

    async def find(self, query: StatusQuery) -> list[FoundStatus]:
        """Reports, the newest first."""
        return await self._store.find(query)


def hidden_patient(number: str) -> str:
    """How a patient's number stands in the store's index."""
    return hidden_subject("cpr", number)


def _glns(status: DeliveryStatus) -> list[str]:
    return [_text(party.gln) for party in (status.sender, status.receiver)]


def _named(resource: dict[str, Any], identifier: UUID) -> dict[str, Any]:
    """The resource under our id: whatever id it brought is its bringer's own."""
    rest = {name: value for name, value in resource.items() if name not in {"resourceType", "id"}}
    return {"resourceType": "AuditEvent", "id": str(identifier), **rest}


def _kept(status: DeliveryStatus, identifier: UUID, resource: bytes, by: Caller) -> KeptStatus:
    assert status.passing and status.component and status.recorded, "judged"
    items = (
        status.message,
        status.message_envelope,
        status.transport_envelope,
        status.answered_message,
        status.answered_transport_envelope,
    )
    return KeptStatus(
        id=identifier,
        key=_key(status),
        recorded=status.recorded,
        passing=status.passing.value,
        component=status.component.value,
        succeeded=status.succeeded,
        device=status.device,
        message=status.message.id,
        message_type=status.message.type,
        answers=_id(status.answered_message) or None,
        entities=tuple(dict.fromkeys(filter(None, map(_id, items)))),
        patient=hidden_patient(status.patient.reveal()) if status.patient else None,
        sender=_party(status.sender),
        receiver=_party(status.receiver),
        caller=by.id,
        resource=resource,
    )


def _key(status: DeliveryStatus) -> bytes:
    """What makes two reports one event."""
    assert status.passing and status.recorded, "judged"
    facts = (
        status.device,
        status.message.id,
        _id(status.transport_envelope),
        status.passing.value,
        f"{status.recorded.timestamp():.6f}",
        *_glns(status),
    )
    return hashlib.sha256(orjson.dumps(facts)).digest()


def _party(party: StatusParty) -> tuple[str, str, str]:
    return _text(party.gln), _text(party.sor), party.name


def _text(identifier: str | Unchecked | None) -> str:
    return identifier.reveal() if isinstance(identifier, Unchecked) else str(identifier or "")


def _id(item: Item | None) -> str:
    return item.id if item else ""
