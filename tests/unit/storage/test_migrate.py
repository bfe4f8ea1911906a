"""Migrations are applied once, in order, whole or not at all."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from samspil.domain.issues import Fault, Unreachable
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import State, migrate, migrations, status


@pytest.fixture
def empty_database(postgres_server: EmbeddedServer, request: pytest.FixtureRequest) -> str:
    """A database without a table."""
    name = f"migrate_{abs(hash(request.node.name)):x}"
    return postgres_server.create(name)


@pytest.fixture
def steps(tmp_path: Path) -> Callable[..., Path]:
    """Write migration files: `steps(first="create table …")` is 0001_first.sql."""

    def write(**texts: str) -> Path:
        for number, (name, text) in enumerate(texts.items(), start=1):
            (tmp_path / f"{number:04}_{name}.sql").write_text(text)
        return tmp_path

    return write


def tables(dsn: str) -> set[str]:
    """Names of all tables."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {str(name) for (name,) in rows}


def test_steps_are_applied_once_and_in_order(empty_database: str, steps: Callable[..., Path]) -> None:
    """The first call applies all, the second has nothing to do."""
    source = steps(first="create table a(x int); insert into a values (71903);", second="alter table a add y int;")
    assert asyncio.run(migrate(empty_database, source=source)) == [1, 2]
    assert asyncio.run(migrate(empty_database, source=source)) == []
    assert [
        (entry.number, entry.name, entry.state) for entry in asyncio.run(status(empty_database, source=source))
    ] == [
        (1, "first", State.APPLIED),
        (2, "second", State.APPLIED),
    ]


def test_status_changes_nothing(empty_database: str, steps: Callable[..., Path]) -> None:
    """Asking an empty database leaves it empty."""
    entries = asyncio.run(status(empty_database, source=steps(first="create table a()")))
    assert [(entry.state, entry.applied_at) for entry in entries] == [(State.PENDING, None)]
    assert tables(empty_database) == set()


def test_a_faulty_step_leaves_nothing(empty_database: str, steps: Callable[..., Path]) -> None:
    """What stands before the fault in the same file is undone; the steps before it stay."""
    source = steps(first="create table a()", second="create table b(); create table a();")
    with pytest.raises(Fault, match='0002 second was undone: relation "a" already exists') as fault:
        asyncio.run(migrate(empty_database, source=source))
    assert fault.value.code == "database.migration.failed"
    assert tables(empty_database) == {"a", "schema_migration"}


def test_nodes_starting_together_apply_each_step_once(empty_database: str, steps: Callable[..., Path]) -> None:
    """Five nodes at once: every step runs once, and all of them go on."""
    source = steps(first="select pg_sleep(0.1); create table a();", second="create table b();")

    async def start() -> list[list[int]]:
        return await asyncio.gather(*(migrate(empty_database, source=source) for _ in range(5)))

    assert sorted(number for numbers in asyncio.run(start()) for number in numbers) == [1, 2]


def test_an_edited_step_is_refused(empty_database: str, steps: Callable[..., Path]) -> None:
    """A file that was applied must stay as it was; line ends do not count."""
    source = steps(first="create table a();\n-- x\n")
    asyncio.run(migrate(empty_database, source=source))
    (source / "0001_first.sql").write_bytes(b"create table a();\r\n-- x\r\n")
    assert asyncio.run(migrate(empty_database, source=source)) == []
    steps(first="create table a(x int);", second="create table b();")
    with pytest.raises(Fault, match="0001 first was applied with another text"):
        asyncio.run(migrate(empty_database, source=source))
    assert [entry.state for entry in asyncio.run(status(empty_database, source=source))] == [
        State.CHANGED,
        State.PENDING,
    ]
    assert "b" not in tables(empty_database)


def test_a_newer_database_is_refused(empty_database: str, steps: Callable[..., Path]) -> None:
    """An older samspil does not touch what a newer one wrote."""
    source = steps(first="create table a()", second="create table b()")
    asyncio.run(migrate(empty_database, source=source))
    (source / "0002_second.sql").unlink()
    with pytest.raises(Fault, match="0002 second, which this samspil does not know") as fault:
        asyncio.run(migrate(empty_database, source=source))
    assert fault.value.code == "database.schema.newer"
    assert [entry.state for entry in asyncio.run(status(empty_database, source=source))] == [
        State.APPLIED,
        State.UNKNOWN,
    ]


def test_a_step_cannot_be_put_in_between(empty_database: str, steps: Callable[..., Path]) -> None:
    """A new file with a number below the newest applied would run in another order on other sites."""
    source = steps(first="create table a()", second="create table b()")
    (source / "0001_first.sql").rename(source / "0003_third.sql")
    asyncio.run(migrate(empty_database, source=source))
    steps(first="create table c()")
    with pytest.raises(Fault, match="0001 first is older than the database's newest, 0003"):
        asyncio.run(migrate(empty_database, source=source))


def test_a_number_stands_once(tmp_path: Path) -> None:
    """Two files with one number are our mistake."""
    (tmp_path / "0001_a.sql").write_text("")
    (tmp_path / "0001_b.sql").write_text("")
    with pytest.raises(ValueError, match="0001 stands twice"):
        migrations(tmp_path)


def test_our_migrations_count_from_one(migrated: str) -> None:
    """No number is left out, and the template every test copies has them all."""
    ours = migrations()
    assert [step.number for step in ours] == list(range(1, len(ours) + 1))
    assert {entry.state for entry in asyncio.run(status(migrated))} == {State.APPLIED}


def test_no_server_is_unreachable(tmp_path: Path) -> None:
    """A server that does not answer is not a fault of the schema."""
    with pytest.raises(Unreachable):
        asyncio.run(migrate(f"host={tmp_path} dbname=none"))
