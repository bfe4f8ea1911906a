"""The statements of delivery status: keep a report once, find reports again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from samspil.exchange.store.compression import pack, unpack
from samspil.storage.database import Database

_KEEP = """
insert into delivery_status (id, key, recorded, passing, component, succeeded, device, message, message_type, answers,
    entities, patient, sender_gln, sender_sor, sender_name, receiver_gln, receiver_sor, receiver_name, caller, codec,
    resource)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20::smallint, $21)
on conflict (key) do nothing
"""

_SEEN_BY = "($1::text[] is null or sender_gln = any($1) or receiver_gln = any($1))"
_COLUMNS = "id, codec, resource, sender_gln, receiver_gln"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatus:
    """A report as it is stored: its columns, and the resource's bytes."""

    id: UUID
    key: bytes
    recorded: datetime
    passing: str
    component: str
    succeeded: bool
    device: str
    message: str
    message_type: str
    answers: str | None
    entities: tuple[str, ...]
    patient: str | None
    sender: tuple[str, str, str]
    receiver: tuple[str, str, str]
    caller: UUID
    resource: bytes


@dataclass(frozen=True, slots=True)
class FoundStatus:
    """A report found again: whose it is, and its bytes."""

    id: UUID
    resource: bytes
    glns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from the first until (not including) the second; None is without end."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuery:
    """What to look for. `glns` limits to what an organisation may see; `texts` and `prefixes` go by search name."""

    glns: frozenset[str] | None = None
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    prefixes: Mapping[str, str] = field(default_factory=dict[str, str])
    succeeded: bool | None = None
    spans: tuple[Span, ...] = ()
    before: UUID | None = None
    limit: int = 50


_EQUAL = MappingProxyType(
    {
        "message": "message = {}",
        "answers": "answers = {}",
        "entity": "entities @> array[{}]",
        "patient": "patient = {}",
        "type": "lower(message_type) = lower({})",
        "passing": "passing = {}",
        "component": "component = {}",
        "sender_gln": "sender_gln = {}",
        "sender_sor": "sender_sor = {}",
        "receiver_gln": "receiver_gln = {}",
        "receiver_sor": "receiver_sor = {}",
        "participant_sor": "{} in (sender_sor, receiver_sor)",
        "sender": "{} in (sender_sor, sender_gln)",
        "receiver": "{} in (receiver_sor, receiver_gln)",
    }
)
_BEGINS = MappingProxyType(
    {
        "sender_name": "starts_with(lower(sender_name), lower({}))",
        "receiver_name": "starts_with(lower(receiver_name), lower({}))",
    }
)


class DeliveryStatusStore:
    """Reports in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, status: KeptStatus) -> UUID:
        """Keep a report. The same event again gives the id it was first kept under."""
        codec, resource = pack(status.resource)
        new = await self._database.execute(
            _KEEP,
            status.id,
            status.key,
            status.recorded,
            status.passing,
            status.component,
            status.succeeded,
            status.device,
            status.message,
            status.message_type,
            status.answers,
            list(status.entities),
            status.patient,
            *status.sender,
            *status.receiver,
            status.caller,
            codec,
            resource,
        )
        if new:
            return status.id
        row = await self._database.row("select id from delivery_status where key = $1", status.key)
        assert row is not None, "reports are never removed"
        return row[0]

    async def get(self, identifier: UUID, *, glns: frozenset[str] | None) -> FoundStatus | None:
        """A report by our id, if one of its parties is among `glns`."""
        row = await self._database.row(
            f"select {_COLUMNS} from delivery_status where {_SEEN_BY} and id = $2", _listed(glns), identifier
        )
        return _found(row) if row else None

    async def find(self, query: StatusQuery) -> list[FoundStatus]:
        """Reports, the newest first."""
        values: list[object] = [_listed(query.glns)]
        conditions = [_SEEN_BY]
        for text, value in _conditions(query):
            values.append(value)
            conditions.append(text.format(f"${len(values)}"))
        values.append(query.limit)
        rows = await self._database.rows(
            f"select {_COLUMNS} from delivery_status where {' and '.join(conditions)}"
            f" order by id desc limit ${len(values)}::int",
            *values,
        )
        return [_found(row) for row in rows]


def _conditions(query: StatusQuery) -> Iterator[tuple[str, object]]:
    """Each condition with the value that its place is for."""
    for name, text in query.texts.items():
        yield _EQUAL[name].replace("{}", "{}::text"), text
    for name, text in query.prefixes.items():
        yield _BEGINS[name].replace("{}", "{}::text"), text
    if query.succeeded is not None:
        yield "succeeded = {}", query.succeeded
    for span in query.spans:
        if span.since is not None:
            yield "recorded >= {}", span.since
        if span.until is not None:
            yield "recorded < {}", span.until
    if query.before is not None:
        yield "id < {}", query.before


def _listed(glns: frozenset[str] | None) -> list[str] | None:
    return None if glns is None else sorted(glns)


def _found(row: tuple[object, ...]) -> FoundStatus:
    identifier, codec, resource, sender, receiver = row
    assert isinstance(identifier, UUID) and isinstance(codec, int) and isinstance(resource, bytes)
    glns = tuple(dict.fromkeys(str(gln) for gln in (sender, receiver) if gln))
    return FoundStatus(identifier, unpack(codec, resource), glns)
