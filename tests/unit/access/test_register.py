"""What a node knows by heart follows the database within two seconds."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import psycopg
import pytest

from samspil.access.clients import add_client, remove_client
from samspil.access.directory import OrganisationKind
from samspil.access.endpoints import add_endpoint, change_endpoint
from samspil.access.organisations import change_organisation, remove_organisation
from samspil.access.register import Register
from samspil.access.rights import Right
from tests.unit.access.desk import CLINIC, HOSPITAL, Desk

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def watching(register: Register) -> AsyncGenerator[None]:
    """Let a register follow the database."""
    task = asyncio.create_task(register.watch())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def seconds_until(true: Callable[[], object], *, patience: float = 10) -> float:
    """How long it takes until something is so."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < patience
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_it_knows_what_is_there(desk: Desk) -> None:
    """Organisations, endpoints with their tokens, clients; and reads nothing while nothing changed."""
    hospital = await desk.organisation()
    endpoint = await add_endpoint(
        desk.database, desk.key, by=desk.by, gln=HOSPITAL, wire="http", url="https://x.example", bearer="odd-71903"
    )
    _, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND], organisation=hospital.id)
    register = await Register.open(desk.database, desk.key)
    assert register.directory.organisations == (hospital,)
    assert register.directory.find_endpoint(HOSPITAL) == endpoint
    assert register.clients.authenticate(token or "")
    assert not await register.refresh()
    await change_organisation(desk.database, by=desk.by, organisation=replace(hospital, name="Sygehus Øst"))
    assert await register.refresh()
    assert register.directory.name_of(HOSPITAL) == "Sygehus Øst"


async def test_every_kind_of_change_is_noticed(desk: Desk) -> None:
    """Each table bumps the revision, whoever changes it."""
    register = await Register.open(desk.database, desk.key)
    hospital = await desk.organisation()
    assert await register.refresh()
    endpoint = await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    assert await register.refresh()
    await change_endpoint(desk.database, desk.key, by=desk.by, endpoint=replace(endpoint, active=False))
    assert await register.refresh()
    assert register.directory.find_endpoint(HOSPITAL) is None
    await desk.database.execute("insert into capability (endpoint, standard) values ($1, 'A')", endpoint.id)
    assert await register.refresh()
    await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    assert await register.refresh()
    await remove_organisation(desk.database, by=desk.by, organisation=hospital.id)
    assert await register.refresh()
    assert register.directory.organisations == ()


async def test_a_change_is_followed_at_once(desk: Desk) -> None:
    """The database tells of it; a revoked token is refused well within two seconds."""
    client, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    register = await Register.open(desk.database, desk.key)
    async with watching(register):
        await asyncio.sleep(0.2)
        await remove_client(desk.database, by=desk.by, client=client.id)
        assert await seconds_until(lambda: register.clients.authenticate(token or "") is None) < 1.5


async def test_without_the_hint_it_asks(desk: Desk) -> None:
    """The listening connection is cut, again and again: a change is followed by asking once a second."""
    register = await Register.open(desk.database, desk.key)
    async with watching(register):
        await asyncio.sleep(0.2)
        async with desk.database.transaction() as work:
            await work.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'")
        await desk.organisation()
        assert await seconds_until(lambda: register.directory.organisations) < 2


async def test_an_uncommitted_change_is_not_believed(desk: Desk) -> None:
    """Only what is committed counts, and it is noticed then, though the revision was bumped before."""
    hospital = await desk.organisation()
    register = await Register.open(desk.database, desk.key)
    async with desk.database.transaction() as work:
        await work.execute("update organisation set name = 'Sygehus Øst' where id = $1", hospital.id)
        assert not await register.refresh()
    assert await register.refresh()
    assert register.directory.name_of(HOSPITAL) == "Sygehus Øst"


async def test_it_stands_while_the_database_is_away(desk: Desk, database_url: str) -> None:
    """Every connection is cut under it: the last view answers, and it follows again afterwards."""
    await desk.organisation()
    register = await Register.open(desk.database, desk.key)
    async with watching(register):
        await asyncio.sleep(0.1)
        for _ in range(3):
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            await asyncio.sleep(0.1)
        assert register.directory.find_organisation(HOSPITAL)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "insert into organisation (id, name, kind) values (gen_random_uuid(), 'Lægerne', 'clinic')"
            )
            connection.execute(
                "insert into organisation_gln (gln, organisation)"
                " select %s, id from organisation where kind = 'clinic'",
                [CLINIC],
            )
        assert await seconds_until(lambda: register.directory.find_organisation(CLINIC)) < 5


async def test_what_a_newer_version_wrote_does_not_stop_it(desk: Desk) -> None:
    """During an upgrade: an unknown kind of organisation is "other", an unknown wire is an endpoint all the same."""
    await desk.organisation()
    await add_endpoint(desk.database, desk.key, by=desk.by, gln=HOSPITAL)
    await desk.database.execute("update organisation set kind = 'spaceship'")
    await desk.database.execute("update endpoint set wire = 'telepathy', url = 'x:'")
    register = await Register.open(desk.database, desk.key)
    assert [item.kind for item in register.directory.organisations] == [OrganisationKind.OTHER]
    assert register.directory.find_endpoint(HOSPITAL)


async def test_a_follower_goes_on_after_any_failure(desk: Desk) -> None:
    """A table it cannot read for a while: the last view stands, and a revocation is seen once it can."""
    client, token = await add_client(desk.database, by=desk.by, name="EPJ", rights=[Right.SEND])
    register = await Register.open(desk.database, desk.key)
    async with watching(register):
        await desk.database.execute("alter table client rename to hidden")
        try:
            await desk.database.execute("update access_revision set revision = revision + 1")
            await asyncio.sleep(1.3)
            assert register.clients.authenticate(token or "")
        finally:
            await desk.database.execute("alter table hidden rename to client")
        await remove_client(desk.database, by=desk.by, client=client.id)
        assert await seconds_until(lambda: register.clients.authenticate(token or "") is None) < 2
