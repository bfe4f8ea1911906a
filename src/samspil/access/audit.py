"""Who did what to which object, when, with what outcome and why: written once, never changed.

Every administrative act and every reading of a payload leaves an entry. The register's own acts write theirs
themselves, in the transaction that does the act (`acting.py`). An entry never holds a word about a patient: objects
are named by our ids, organisations by their location numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import orjson

from samspil.access.callers import Caller
from samspil.access.refusals import require
from samspil.access.rights import Right
from samspil.storage.database import Database, Work

LONGEST_TEXT = 500


class Act(StrEnum):
    """What can be done that is worth an entry."""

    ORGANISATION_ADD = "organisation.add"
    ORGANISATION_CHANGE = "organisation.change"
    ORGANISATION_REMOVE = "organisation.remove"
    ENDPOINT_ADD = "endpoint.add"
    ENDPOINT_CHANGE = "endpoint.change"
    ENDPOINT_REMOVE = "endpoint.remove"
    CLIENT_ADD = "client.add"
    CLIENT_RENEW = "client.renew"
    CLIENT_REMOVE = "client.remove"
    PERSON_ADD = "person.add"
    PERSON_CHANGE = "person.change"
    PERSON_PASSWORD = "person.password"  # noqa: S105 - the name of an act
    PERSON_REMOVE = "person.remove"
    SESSION_OPEN = "session.open"
    SESSION_CLOSE = "session.close"
    MESSAGE_OPEN = "message.open"  # what it says was shown
    MESSAGE_TAKE = "message.take"  # its bytes were handed out
    MESSAGE_RESEND = "message.resend"
    MESSAGE_RELEASE = "message.release"
    MESSAGE_RETURN = "message.return"
    STATUS_READ = "status.read"  # delivery statuses, which may name a patient, were handed out
    CERTIFICATE_ADD = "certificate.add"
    CERTIFICATE_REMOVE = "certificate.remove"
    CERTIFICATE_TRUST = "certificate.trust"  # whom a network believes, and what it asks for
    CERTIFICATE_LIST = "certificate.list"  # a newer revocation list counts from now on
    AUDIT_READ = "audit.read"
    DATABASE_BACKUP = "database.backup"
    DATABASE_RESTORE = "database.restore"


class Outcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit."""

    id: int
    at: datetime
    caller: UUID
    kind: str
    name: str
    act: str
    object: str
    object_id: str
    outcome: Outcome
    purpose: str
    concerns: tuple[str, ...]
    origin: str
    facts: Mapping[str, Any] | None


_RECORD = """
insert into audit (caller, kind, name, act, object, object_id, outcome, purpose, concerns, origin, facts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb)
"""

_FIND = """
select id, at, caller, kind, name, act, object, object_id, outcome, purpose, concerns, origin, facts
from audit
where ($1::text[] is null or concerns && $1 or caller = $2)
  and ($3::text is null or object_id = $3)
  and ($4::text is null or act = $4)
  and ($5::timestamptz is null or (at, id) < ($5, $6::bigint))
order by at desc, id desc
limit $7
"""


async def record(
    work: Database | Work,
    *,
    by: Caller,
    act: Act,
    object: str = "",
    object_id: UUID | str = "",
    outcome: Outcome = Outcome.DONE,
    purpose: str = "",
    concerns: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write an entry. Give the transaction's `Work` where the act itself is one, so that neither stands alone.

    `object` is the kind of thing (`message`), `object_id` our id of it, `concerns` the location numbers of the
    organisations it is about: those may read the entry. `purpose` is the caller's own reason, cut at 500 characters.
    """
    await work.execute(
        _RECORD,
        by.id,
        by.kind,
        by.name,
        act.value,
        object,
        str(object_id),
        outcome.value,
        purpose[:LONGEST_TEXT],
        list(concerns),
        by.origin,
        orjson.dumps(facts).decode() if facts else None,
    )


async def find_entries(
    database: Database,
    *,
    by: Caller,
    object_id: UUID | str | None = None,
    act: Act | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The newest entries, or those before a time and id. An organisation sees what concerns it, and its own acts.

    Errors: Refusal without the right to read the audit.
    """
    require(by, Right.AUDIT)
    rows = await database.rows(
        _FIND,
        None if by.glns is None else sorted(by.glns),
        by.id,
        None if object_id is None else str(object_id),
        None if act is None else act.value,
        *(before or (None, None)),
        limit,
    )
    return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Entry:
    *_, concerns, origin, facts = row
    return Entry(
        id=row[0],
        at=row[1].astimezone(UTC),
        caller=row[2],
        kind=row[3],
        name=row[4],
        act=row[5],
        object=row[6],
        object_id=row[7],
        outcome=Outcome(row[8]),
        purpose=row[9],
        concerns=tuple(concerns),
        origin=origin,
        facts=cast("Mapping[str, Any] | None", facts),
    )
