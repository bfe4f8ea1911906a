"""People who log in: add, change, remove, list. Each act is one audited transaction.

A person belongs to one organisation, or to the whole site, and has one role. Behind
`samspil admin person add|list|remove`.
"""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from samspil.access.acting import acting
from samspil.access.audit import Act
from samspil.access.callers import Caller
from samspil.access.organisations import changed_fields, checked_name, get_organisation
from samspil.access.passwords import Passwords, check_strength
from samspil.access.refusals import Refusal, reaches, require
from samspil.access.rights import RIGHTS, Right, Role
from samspil.domain.issues import Language
from samspil.storage.database import Database, Work

LOGIN = re.compile(r"[a-z0-9æøå](?:[a-z0-9æøå._+@-]{0,62}[a-z0-9æøå])")

_ROLES = {role.value: role for role in Role}
_PEOPLE = "select id, login, name, organisation, role, language from person where removed_at is null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may log in. `organisation` None: the whole site."""

    id: UUID
    login: str
    name: str
    organisation: UUID | None
    role: Role
    language: Language = "da"

    def caller(self, glns: frozenset[str] | None, *, origin: str = "") -> Caller:
        """The person as the rest of samspil sees whoever asks."""
        return Caller(
            id=self.id,
            kind="person",
            name=self.login,
            organisation=self.organisation,
            glns=glns,
            rights=RIGHTS[self.role],
            origin=origin,
        )


async def add_person(
    database: Database,
    passwords: Passwords,
    *,
    by: Caller,
    login: str,
    name: str,
    role: Role,
    password: str,
    organisation: UUID | None = None,
    language: Language = "da",
) -> Person:
    """Add a person. Errors: Refusal for an ill-formed or held login, a weak password, an unknown organisation."""
    async with acting(database, by=by, act=Act.PERSON_ADD) as deed:
        if not reaches(by, organisation):
            raise Refusal("access.site.only")
        person = _checked(
            Person(id=uuid4(), login=login, name=name, organisation=organisation, role=role, language=language)
        )
        check_strength(password, login=person.login, name=person.name)
        if organisation is not None:
            deed.concerns = (await get_organisation(deed.work, organisation)).glns
        await deed.work.execute(
            "insert into person (id, login, name, organisation, role, language, password_hash)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            person.id,
            person.login,
            person.name,
            person.organisation,
            person.role.value,
            person.language,
            await passwords.hash(password),
        )
        deed.object_id = person.id
        deed.facts["role"] = person.role.value
        return person


async def change_person(database: Database, *, by: Caller, person: Person) -> Person:
    """Store a person as they are to be: `replace(old, role=…)`. Another role or organisation ends their sessions.

    Errors: Refusal.
    """
    async with acting(database, by=by, act=Act.PERSON_CHANGE, object_id=person.id) as deed:
        old = await _get(deed.work, by, person.id)
        new = _checked(person)
        if not reaches(by, new.organisation):
            raise Refusal("access.site.only")
        if new.organisation is not None:
            deed.concerns = (await get_organisation(deed.work, new.organisation)).glns
        await deed.work.execute(
            "update person set login = $2, name = $3, organisation = $4, role = $5, language = $6 where id = $1",
            new.id,
            new.login,
            new.name,
            new.organisation,
            new.role.value,
            new.language,
        )
        if (old.role, old.organisation) != (new.role, new.organisation):
            await _end_sessions(deed.work, new.id)
        deed.facts["changed"] = changed_fields(old, new)
        return new


async def set_password(database: Database, passwords: Passwords, *, by: Caller, person: UUID, password: str) -> None:
    """Give a person a new password, as an operator; all their sessions end. Errors: Refusal."""
    async with acting(database, by=by, act=Act.PERSON_PASSWORD, object_id=person) as deed:
        await _store_password(deed.work, passwords, await _get(deed.work, by, person), password)


async def remove_person(database: Database, *, by: Caller, person: UUID) -> None:
    """Remove a person; their sessions end, what they did stays. Errors: Refusal."""
    async with acting(database, by=by, act=Act.PERSON_REMOVE, object_id=person) as deed:
        await _get(deed.work, by, person)
        await deed.work.execute("update person set removed_at = now() where id = $1", person)
        await _end_sessions(deed.work, person)


async def list_people(database: Database, *, by: Caller) -> list[Person]:
    """The people a caller administers, by login. Errors: Refusal."""
    require(by, Right.ADMINISTER)
    found = [person_of(row) for row in await database.rows(f"{_PEOPLE} order by login")]
    return [item for item in found if reaches(by, item.organisation)]


async def set_language(database: Database, *, by: Caller, language: Language) -> None:
    """A person's own choice of language; needs no right, leaves no entry."""
    await database.execute("update person set language = $2 where id = $1 and removed_at is null", by.id, language)


async def change_own_password(
    database: Database, passwords: Passwords, *, by: Caller, current: str, password: str
) -> None:
    """Change one's own password, knowing the present one; all one's sessions end. Errors: Refusal."""
    async with acting(database, by=by, act=Act.PERSON_PASSWORD, object_id=by.id, right=None) as deed:
        row = await deed.work.row("select password_hash from person where id = $1 and removed_at is null", by.id)
        if not await passwords.verify(current, row[0] if row else None):
            raise Refusal("access.password.wrong")
        await _store_password(deed.work, passwords, await _get(deed.work, by, by.id), password)


def person_of(row: tuple[Any, ...]) -> Person:
    """One row of people as a value."""
    identifier, login, name, organisation, role, language = row
    known = _ROLES.get(role, Role.VIEWER)  # one that only a newer version knows gives the least here
    return Person(id=identifier, login=login, name=name, organisation=organisation, role=known, language=language)


async def _get(work: Work, by: Caller, identifier: UUID) -> Person:
    """Errors: Refusal if there is no such person, or they are none of the caller's."""
    row = await work.row(f"{_PEOPLE} and id = $1 for update", identifier)
    if row is None or not reaches(by, row[3]):
        raise Refusal("register.person.unknown")
    return person_of(row)


async def _store_password(work: Work, passwords: Passwords, person: Person, password: str) -> None:
    check_strength(password, login=person.login, name=person.name)
    stored = await passwords.hash(password)
    await work.execute("update person set password_hash = $2 where id = $1", person.id, stored)
    await _end_sessions(work, person.id)


async def _end_sessions(work: Work, person: UUID) -> None:
    await work.execute("delete from session where person = $1", person)


def _checked(person: Person) -> Person:
    """The same person with login and name well formed. Errors: Refusal."""
    login = person.login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Refusal("register.login.malformed")
    return replace(person, login=login, name=checked_name(person.name))
