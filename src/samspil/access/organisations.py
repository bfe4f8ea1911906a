"""Organisations of the register: add, change, remove, list. Each act is one audited transaction.

Only a caller of the whole site changes organisations. Behind `samspil admin organisation add|list|remove`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID, uuid4

from samspil.access.acting import acting
from samspil.access.audit import Act
from samspil.access.callers import Caller
from samspil.access.directory import Organisation, OrganisationKind, danish_order
from samspil.access.refusals import Refusal, reaches, require
from samspil.access.rights import Right
from samspil.domain.identifiers import Gln, IllFormed, Sor
from samspil.storage.database import Database, Work

LONGEST_NAME = 200
_KINDS = {kind.value: kind for kind in OrganisationKind}

_ORGANISATIONS = """
select o.id, o.name, o.kind, o.sor, o.synthetic, o.lenient,
       array(select g.gln from organisation_gln g
             where g.organisation = o.id and g.held_until is null order by g.gln)
from organisation o
where o.removed_at is null
"""


async def add_organisation(
    database: Database,
    *,
    by: Caller,
    name: str,
    kind: OrganisationKind,
    glns: Sequence[str],
    sor: str | None = None,
    synthetic: bool = False,
    lenient: Iterable[str] = (),
) -> Organisation:
    """Add an organisation with its location numbers. Errors: Refusal for an ill-formed or held name, GLN or SOR."""
    async with acting(database, by=by, act=Act.ORGANISATION_ADD, whole_site=True) as deed:
        organisation = _checked(
            Organisation(
                id=uuid4(),
                name=name,
                kind=kind,
                glns=tuple(glns),
                sor=sor,
                synthetic=synthetic,
                lenient=frozenset(lenient),
            )
        )
        await deed.work.execute(
            "insert into organisation (id, name, kind, sor, synthetic, lenient) values ($1, $2, $3, $4, $5, $6)",
            *_row(organisation),
        )
        await _hold(deed.work, organisation.id, organisation.glns)
        deed.object_id, deed.concerns = organisation.id, organisation.glns
        return organisation


async def change_organisation(database: Database, *, by: Caller, organisation: Organisation) -> Organisation:
    """Store an organisation as it is to be: `replace(old, name=…)`. Location numbers left out are free from then on.

    The endpoints under them go with them. Errors: Refusal as in `add_organisation`, and for an unknown organisation.
    """
    async with acting(database, by=by, act=Act.ORGANISATION_CHANGE, object_id=organisation.id, whole_site=True) as deed:
        old = await get_organisation(deed.work, organisation.id)
        new = _checked(organisation)
        await deed.work.execute(
            "update organisation set name = $2, kind = $3, sor = $4, synthetic = $5, lenient = $6 where id = $1",
            *_row(new),
        )
        await _let_go(deed.work, old.id, [gln for gln in old.glns if gln not in new.glns])
        await _hold(deed.work, new.id, [gln for gln in new.glns if gln not in old.glns])
        deed.concerns = sorted({*old.glns, *new.glns})
        deed.facts["changed"] = changed_fields(old, new)
        return new


async def remove_organisation(database: Database, *, by: Caller, organisation: UUID) -> None:
    """Remove an organisation with its endpoints, clients and people; what they did stays. Errors: Refusal."""
    async with acting(database, by=by, act=Act.ORGANISATION_REMOVE, object_id=organisation, whole_site=True) as deed:
        old = await get_organisation(deed.work, organisation)
        await _let_go(deed.work, old.id, old.glns)
        for statement in (
            "delete from session using person where session.person = person.id and person.organisation = $1",
            "update person set removed_at = now() where organisation = $1 and removed_at is null",
            "update client set removed_at = now() where organisation = $1 and removed_at is null",
            "update organisation set removed_at = now() where id = $1",
        ):
            await deed.work.execute(statement, old.id)
        deed.concerns = old.glns


async def list_organisations(database: Database, *, by: Caller) -> list[Organisation]:
    """All organisations a caller administers, by name as Danes sort it. Errors: Refusal."""
    require(by, Right.ADMINISTER)
    found = [_organisation(row) for row in await database.rows(_ORGANISATIONS)]
    return sorted((item for item in found if reaches(by, item.id)), key=lambda item: danish_order(item.name))


async def load_organisations(work: Work) -> list[Organisation]:
    """Every organisation that is there."""
    return [_organisation(row) for row in await work.rows(_ORGANISATIONS)]


async def get_organisation(work: Work, identifier: UUID) -> Organisation:
    """One organisation that is there. Errors: Refusal."""
    row = await work.row(f"{_ORGANISATIONS} and o.id = $1 for update of o", identifier)
    if row is None:
        raise Refusal("register.organisation.unknown")
    return _organisation(row)


def _organisation(row: tuple[Any, ...]) -> Organisation:
    """One row as a value. During an upgrade a newer node may have written a kind that this one does not know."""
    identifier, name, kind, sor, synthetic, lenient, glns = row
    return Organisation(
        id=identifier,
        name=name,
        kind=_KINDS.get(kind, OrganisationKind.OTHER),
        glns=tuple(glns),
        sor=sor,
        synthetic=synthetic,
        lenient=frozenset(lenient),
    )


def changed_fields(old: object, new: object) -> list[str]:
    """The names of the fields in which two values of one dataclass differ: what changed, not to what."""
    return [part.name for part in fields(old) if getattr(old, part.name) != getattr(new, part.name)]  # pyright: ignore[reportArgumentType] - any dataclass


def checked_name(name: str) -> str:
    """A name with its blanks trimmed. Errors: Refusal."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refusal("register.name.missing")
    return name


async def _hold(work: Work, organisation: UUID, glns: Sequence[str]) -> None:
    await work.execute(
        "insert into organisation_gln (gln, organisation) select unnest($2::text[]), $1::uuid", organisation, list(glns)
    )


async def _let_go(work: Work, organisation: UUID, glns: Sequence[str]) -> None:
    """Free location numbers, and remove the endpoints that stood under them."""
    await work.execute(
        "update organisation_gln set held_until = now()"
        " where organisation = $1 and gln = any($2) and held_until is null",
        organisation,
        list(glns),
    )
    await work.execute(
        "update endpoint set removed_at = now(), active = false"
        " where organisation = $1 and gln = any($2) and removed_at is null",
        organisation,
        list(glns),
    )


def _row(item: Organisation) -> tuple[object, ...]:
    return item.id, item.name, item.kind.value, item.sor, item.synthetic, sorted(item.lenient)


def _checked(item: Organisation) -> Organisation:
    """The same organisation with everything well formed. Errors: Refusal."""
    if not item.glns:
        raise Refusal("register.gln.missing")
    try:
        glns = sorted({str(Gln(value.strip())) for value in item.glns})
    except IllFormed as problem:
        raise Refusal("register.gln.malformed", why=problem.why) from None
    try:
        sor = str(Sor(item.sor.strip())) if item.sor else None
    except IllFormed as problem:
        raise Refusal("register.sor.malformed", why=problem.why) from None
    return replace(item, name=checked_name(item.name), glns=tuple(glns), sor=sor)
