"""Real PostgreSQL for tests: one embedded server a session (and worker), an empty migrated database a test.

`tests/conftest.py` names this module in `pytest_plugins`.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate

TEMPLATE = "migrated"
SHARED = "shared_by_tests"


@pytest.fixture(scope="session")
def new_home() -> Iterator[Callable[[], Path]]:
    """Make homes for sites, gone after the session: below /tmp, where every system user can pass.

    Below pytest's own closed folders a site that root starts would keep its data in /var/lib.
    """
    made: list[Path] = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="samspil-test-", dir="/tmp")))
        return made[-1]

    yield make
    for home in made:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres_server(new_home: Callable[[], Path]) -> Iterator[EmbeddedServer]:
    """A server in a home of its own."""
    home = new_home()
    with EmbeddedServer(home) as server:
        _forget_durability(server)
        yield server
        lock = home / "postgres" / "data" / "postmaster.pid"
        os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)  # at once: nobody needs its last checkpoint


@pytest.fixture(scope="session")
def migrated(postgres_server: EmbeddedServer) -> str:
    """The template of every test's database, and a copy of it that tests share one after the other."""
    asyncio.run(migrate(postgres_server.create(TEMPLATE)))
    return _copy_template(postgres_server, SHARED)


@pytest.fixture
def database_url(migrated: str) -> str:
    """The address of a migrated database without a row. Tests use it one after the other."""
    _empty(migrated)
    return migrated


@pytest.fixture(scope="session")
def _pair(postgres_server: EmbeddedServer, migrated: str) -> tuple[str, str]:
    """Two more copies that tests share one after the other."""
    assert migrated
    return _copy_template(postgres_server, "site_a"), _copy_template(postgres_server, "site_b")


@pytest.fixture
def two_databases(_pair: tuple[str, str]) -> tuple[str, str]:
    """The addresses of two migrated databases without a row, for tests of two sites."""
    for dsn in _pair:
        _empty(dsn)
    return _pair


@pytest.fixture
def new_database(postgres_server: EmbeddedServer, migrated: str) -> Iterator[Callable[[], str]]:
    """Make further migrated databases, for tests of several sites (140 ms each)."""
    made: list[str] = []
    numbers = count(1)

    def make() -> str:
        made.append(f"site_{next(numbers)}")
        return _copy_template(postgres_server, made[-1])

    yield make
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _forget_durability(server: EmbeddedServer) -> None:
    """Nobody keeps what tests write: no flush to the disk. Tests of durability start servers of their own."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set synchronous_commit = off")
        connection.execute("select pg_reload_conf()")


def _copy_template(server: EmbeddedServer, name: str) -> str:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        names = sql.Identifier(name), sql.Identifier(TEMPLATE)
        connection.execute(sql.SQL("create database {} template {}").format(*names))
    return server.dsn(name)


def _empty(dsn: str) -> None:
    """Delete every row: a hundred times quicker than TRUNCATE or a new database.

    Left connections of an earlier test are cut first; as a replica, the session passes the triggers that keep
    append-only tables as they are.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
        connection.execute("set session_replication_role = replica")
        tables = connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and not relispartition and relname <> 'schema_migration'"
        ).fetchall()
        deletions = [sql.SQL("delete from {}").format(sql.Identifier(str(name))) for (name,) in tables]
        if deletions:
            connection.execute(sql.SQL(";").join(deletions))
