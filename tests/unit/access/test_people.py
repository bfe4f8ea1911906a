"""People who log in: who may make them, change them, and end them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from samspil.access.callers import Caller
from samspil.access.people import (
    Person,
    add_person,
    change_own_password,
    change_person,
    list_people,
    remove_person,
    set_language,
    set_password,
)
from samspil.access.refusals import Refusal
from samspil.access.rights import RIGHTS, Role
from tests.unit.access.desk import CLINIC, HOSPITAL, PASSWORD, Desk

pytestmark = pytest.mark.anyio

NEW = "ni gule flodheste"


async def person(desk: Desk, **given: object) -> Person:
    """Add a person, a viewer of the whole site unless told otherwise."""
    fields: dict[str, object] = {"login": "kim", "name": "Kim Test", "role": Role.VIEWER, "password": PASSWORD}
    return await add_person(desk.database, desk.passwords, by=desk.by, **(fields | given))  # pyright: ignore[reportArgumentType]


async def test_a_person_is_kept_as_given(desk: Desk) -> None:
    """Login in small letters; the password only as an argon2id hash."""
    hospital = await desk.organisation()
    added = await person(desk, login=" Kim@Sygehus.example ", organisation=hospital.id, language="en")
    assert added.login == "kim@sygehus.example"
    assert await list_people(desk.database, by=desk.by) == [added]
    row = await desk.database.row("select password_hash from person")
    assert row
    assert row[0].startswith("$argon2id$")
    assert PASSWORD not in str(await desk.database.rows("select person::text from person"))
    assert ("person.add", "done", "local:tester") in await desk.audit()


def test_the_librarys_parameters_are_used() -> None:
    """The real thing, not the cheap one of the other tests: argon2id, 64 MiB, three rounds."""
    import asyncio

    from samspil.access.passwords import Passwords

    stored = asyncio.run(Passwords().hash(PASSWORD))
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"login": "k"}, "register.login.malformed"),
        ({"login": "kim test"}, "register.login.malformed"),
        ({"login": "kim\n"}, None),
        ({"login": "-kim"}, "register.login.malformed"),
        ({"login": "x" * 65}, "register.login.malformed"),
        ({"login": "søren"}, None),
        ({"name": ""}, "register.name.missing"),
        ({"password": "kort"}, "access.password.weak"),
        ({"password": "x" * 257}, "access.password.weak"),
        ({"password": "abababababab"}, "access.password.weak"),
        ({"login": "kimtest", "password": "Min KIMTEST 2026"}, "access.password.weak"),
        ({"name": "Vibeke Holm", "password": "vibeke elsker is"}, "access.password.weak"),
        ({"organisation": uuid4()}, "register.organisation.unknown"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, given: dict[str, object], code: str | None) -> None:
    """A login others can type, a password others cannot guess."""
    if code is None:
        assert await person(desk, **given)
        return
    with pytest.raises(Refusal) as refusal:
        await person(desk, **given)
    assert refusal.value.code == code
    assert await list_people(desk.database, by=desk.by) == []


async def test_a_login_is_one_persons(desk: Desk) -> None:
    """Whatever its case; free again once the person is removed."""
    first = await person(desk)
    with pytest.raises(Refusal, match=r"register\.login\.held"):
        await person(desk, login="KIM")
    await remove_person(desk.database, by=desk.by, person=first.id)
    second = await person(desk)
    assert await list_people(desk.database, by=desk.by) == [second]
    with pytest.raises(Refusal, match=r"register\.person\.unknown"):
        await remove_person(desk.database, by=desk.by, person=first.id)


async def test_another_role_ends_the_sessions(desk: Desk) -> None:
    """Another name does not."""
    old = await person(desk)
    token = await desk.sessions.open(login="kim", password=PASSWORD)
    renamed = await change_person(desk.database, by=desk.by, person=replace(old, name="Kim T. Test"))
    session = await desk.sessions.find(token)
    assert session
    assert session.person == renamed
    await change_person(desk.database, by=desk.by, person=replace(renamed, role=Role.OPERATOR))
    assert await desk.sessions.find(token) is None
    row = await desk.database.row("select facts from audit where act = 'person.change' order by id desc limit 1")
    assert row == ({"changed": ["role"]},)


async def test_a_new_password_ends_the_sessions(desk: Desk) -> None:
    """Given by an operator, or by oneself with the present one."""
    kim = await person(desk)
    by = kim.caller(None)
    first = await desk.sessions.open(login="kim", password=PASSWORD)
    with pytest.raises(Refusal, match=r"access\.password\.wrong"):
        await change_own_password(desk.database, desk.passwords, by=by, current="wrong", password=NEW)
    with pytest.raises(Refusal, match=r"access\.password\.weak"):
        await change_own_password(desk.database, desk.passwords, by=by, current=PASSWORD, password="kort")
    assert await desk.sessions.find(first)
    await change_own_password(desk.database, desk.passwords, by=by, current=PASSWORD, password=NEW)
    assert await desk.sessions.find(first) is None
    second = await desk.sessions.open(login="kim", password=NEW)
    await set_password(desk.database, desk.passwords, by=desk.by, person=kim.id, password=PASSWORD)
    assert await desk.sessions.find(second) is None
    assert await desk.sessions.open(login="kim", password=PASSWORD)
    with pytest.raises(Refusal, match=r"access\.right\.missing"):
        await set_password(desk.database, desk.passwords, by=by, person=kim.id, password=NEW)


async def test_ones_own_language(desk: Desk) -> None:
    """Everybody chooses it without asking anybody."""
    kim = await person(desk)
    await set_language(desk.database, by=kim.caller(None), language="en")
    assert await list_people(desk.database, by=desk.by) == [replace(kim, language="en")]


async def test_an_operator_of_one_organisation_has_its_people_only(
    desk: Desk, caller_of: Callable[..., Caller]
) -> None:
    """They make nobody for others, least of all for the whole site, and cannot move anybody there."""
    hospital, clinic = await desk.organisation(), await desk.organisation("Lægerne", CLINIC)
    operator = caller_of(hospital)
    own = await add_person(
        desk.database,
        desk.passwords,
        by=operator,
        login="mit",
        name="Mit",
        role=Role.OPERATOR,
        password=PASSWORD,
        organisation=hospital.id,
    )
    other, site = await person(desk, login="dit", organisation=clinic.id), await person(desk, login="alt")
    assert await list_people(desk.database, by=operator) == [own]
    for organisation in (clinic.id, None):
        with pytest.raises(Refusal, match=r"access\.site\.only"):
            await add_person(
                desk.database,
                desk.passwords,
                by=operator,
                login="nyt",
                name="Nyt",
                role=Role.VIEWER,
                password=PASSWORD,
                organisation=organisation,
            )
        with pytest.raises(Refusal, match=r"access\.site\.only"):
            await change_person(desk.database, by=operator, person=replace(own, organisation=organisation))
    for stranger in (other, site):
        for act in (
            lambda it=stranger: change_person(desk.database, by=operator, person=it),
            lambda it=stranger: set_password(desk.database, desk.passwords, by=operator, person=it.id, password=NEW),
            lambda it=stranger: remove_person(desk.database, by=operator, person=it.id),
        ):
            with pytest.raises(Refusal, match=r"register\.person\.unknown"):
                await act()


@pytest.mark.parametrize("role", Role)
def test_a_person_has_the_rights_of_the_role(role: Role) -> None:
    """Within their organisation's numbers."""
    kim = Person(id=uuid4(), login="kim", name="Kim", organisation=uuid4(), role=role)
    caller = kim.caller(frozenset({HOSPITAL}), origin="192.0.2.7")
    assert (caller.rights, caller.glns, caller.origin) == (RIGHTS[role], {HOSPITAL}, "192.0.2.7")
    assert caller.kind == "person"


async def test_a_role_of_a_newer_version_gives_the_least(desk: Desk) -> None:
    """During an upgrade two versions read one table."""
    await person(desk, role=Role.OPERATOR)
    await desk.database.execute("update person set role = 'emperor'")
    assert [item.role for item in await list_people(desk.database, by=desk.by)] == [Role.VIEWER]
