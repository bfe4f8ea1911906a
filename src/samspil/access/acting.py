"""An administrative act: one transaction, permitted before it starts, with its own audit entry.

A refused act leaves an entry too; it is written on its own, since the act's transaction is undone.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from psycopg.errors import UniqueViolation

from samspil.access.audit import Act, Outcome, record
from samspil.access.callers import Caller
from samspil.access.refusals import Refusal, require, require_whole_site
from samspil.access.rights import Right
from samspil.storage.database import Database, Work

TAKEN: Mapping[str, str] = {
    "organisation_gln_held": "register.gln.held",
    "organisation_sor": "register.sor.held",
    "person_login": "register.login.held",
    "client_certificate": "register.certificate.held",
    "certificate_held": "certificate.held",
    "capability_pkey": "register.capability.malformed",
}
"""What it means when a unique index refuses a row."""


@dataclass(slots=True)
class Deed:
    """The act under way: its statements run on `work`; what it turns out to be about is filled in on the way."""

    work: Work
    object_id: UUID | str = ""
    concerns: Sequence[str] = ()
    facts: dict[str, object] = field(default_factory=dict)


@asynccontextmanager
async def acting(
    database: Database,
    *,
    by: Caller,
    act: Act,
    object_id: UUID | str = "",
    right: Right | None = Right.ADMINISTER,
    whole_site: bool = False,
) -> AsyncGenerator[Deed]:
    """Run an administrative act and audit it. Errors: Refusal, audited, when it is not allowed or not possible."""
    kind = act.value.partition(".")[0]
    try:
        if right is not None:
            require(by, right)
        if whole_site:
            require_whole_site(by)
        async with database.transaction() as work:
            deed = Deed(work, object_id)
            try:
                yield deed
            except UniqueViolation as problem:
                raise Refusal(TAKEN[problem.diag.constraint_name or ""]) from None
            await record(
                work, by=by, act=act, object=kind, object_id=deed.object_id, concerns=deed.concerns, facts=deed.facts
            )
    except Refusal as refusal:
        await record(
            database,
            by=by,
            act=act,
            object=kind,
            object_id=object_id,
            outcome=Outcome.REFUSED,
            facts={"code": refusal.code},
        )
        raise
