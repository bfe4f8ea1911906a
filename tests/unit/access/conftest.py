"""A register on a real database, and the people who act on it."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from samspil.access.callers import Caller, local_caller
from samspil.access.directory import Organisation
from samspil.access.keys import SiteKey
from samspil.access.passwords import Passwords
from samspil.access.people import Person
from samspil.access.rights import Role
from samspil.storage.database import Database
from tests.unit.access.desk import Clock, Desk


@pytest.fixture
def anyio_backend() -> str:
    """Tests of access run on asyncio, as samspil does."""
    return "asyncio"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """An empty register. Its password hashes are cheap."""
    database = await Database.open(database_url, connections=6)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield Desk(database, SiteKey(b"k" * 32), passwords, Clock(), local_caller("tester"))
    await database.close()


@pytest.fixture
def caller_of() -> Callable[..., Caller]:
    """A person of one organisation, or of the whole site, as a caller."""

    def make(organisation: Organisation | None, role: Role = Role.OPERATOR) -> Caller:
        person = Person(
            id=uuid4(),
            login="kim",
            name="Kim",
            organisation=None if organisation is None else organisation.id,
            role=role,
        )
        return person.caller(None if organisation is None else frozenset(organisation.glns))

    return make
