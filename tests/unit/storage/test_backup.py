"""A backup is whole or none, and comes back only into an empty database."""

import asyncio
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from samspil.domain.issues import Fault, Unreachable
from samspil.storage.backup import DUMP, MANIFEST, backup, call, read_manifest, restore
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate, migrations

NUMBER = "urn:gln-71903"


@pytest.fixture
def filled(database_url: str) -> str:
    """A migrated database with a few rows, one of them binary."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into organisation (id, name, kind) values (gen_random_uuid(), %s, 'other')", [NUMBER]
        )
        connection.execute("insert into login_attempt values (%s, 3, now(), now())", [bytes(range(256)) * 4])
        connection.execute(
            "insert into audit (caller, kind, name, act, outcome)"
            " select gen_random_uuid(), 'system', 'x', 'y', 'done' from generate_series(1, 500)"
        )
    return database_url


@pytest.fixture
def empty(postgres_server: EmbeddedServer, request: pytest.FixtureRequest) -> str:
    """A database without a table."""
    return postgres_server.create(f"restore_{abs(hash(request.node.name)):x}")


def count(dsn: str, table: str) -> int:
    """Rows of a table."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row
    return int(row[0])


def relations(dsn: str) -> int:
    """Tables of a database."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert row
    return int(row[0])


def test_what_was_saved_comes_back(filled: str, empty: str, tmp_path: Path) -> None:
    """Every row, the schema's number and what guards it; the folder must be new."""
    made = backup(filled, tmp_path / "saved")
    assert made == read_manifest(tmp_path / "saved") == restore(empty, tmp_path / "saved")
    assert made.migration == migrations()[-1].number
    assert (count(empty, "organisation"), count(empty, "audit")) == (1, 500)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select key from login_attempt").fetchone() == (bytes(range(256)) * 4,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute("delete from audit")
    with pytest.raises(Fault, match="is not empty"):
        backup(filled, tmp_path / "saved")


def test_an_empty_folder_will_do(filled: str, tmp_path: Path) -> None:
    """Somebody made the folder beforehand."""
    (tmp_path / "made").mkdir()
    assert backup(filled, tmp_path / "made") == read_manifest(tmp_path / "made")


def test_a_full_database_is_not_written_over(filled: str, tmp_path: Path) -> None:
    """Restoring where tables are is refused, and changes nothing."""
    backup(filled, tmp_path / "saved")
    with pytest.raises(Fault, match="only into an empty database") as fault:
        restore(filled, tmp_path / "saved")
    assert fault.value.code == "database.not_empty"
    assert count(filled, "organisation") == 1


@pytest.mark.parametrize("place", [0, 5000, -1])
def test_a_damaged_dump_is_refused(filled: str, empty: str, tmp_path: Path, place: int) -> None:
    """One byte turned over, anywhere: nothing is restored."""
    backup(filled, tmp_path / "saved")
    dump = tmp_path / "saved" / DUMP
    content = bytearray(dump.read_bytes())
    content[place] ^= 1
    dump.write_bytes(content)
    with pytest.raises(Fault, match="is not the file that was saved"):
        restore(empty, tmp_path / "saved")
    assert relations(empty) == 0


def test_a_cut_dump_is_refused(filled: str, empty: str, tmp_path: Path) -> None:
    """A copy that ran out of disk."""
    backup(filled, tmp_path / "saved")
    dump = tmp_path / "saved" / DUMP
    dump.write_bytes(dump.read_bytes()[:-100])
    with pytest.raises(Fault, match="is not the file that was saved"):
        restore(empty, tmp_path / "saved")


def test_a_restore_that_fails_half_way_leaves_nothing(filled: str, empty: str, tmp_path: Path) -> None:
    """Damage that the checksum does not show, because it was made anew: still all or nothing."""
    backup(filled, tmp_path / "saved")
    dump, manifest = tmp_path / "saved" / DUMP, tmp_path / "saved" / MANIFEST
    content = dump.read_bytes()[:-2000]
    dump.write_bytes(content)
    told = json.loads(manifest.read_text()) | {
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    manifest.write_text(json.dumps(told))
    with pytest.raises(Fault, match="pg_restore failed"):
        restore(empty, tmp_path / "saved")
    assert relations(empty) == 0


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"migration": 9999}, "migration 9999, this samspil knows"),
        ({"form": 2}, "written in form 2"),
        ({"postgres": 99}, "restore into 99 or newer"),
        ({"migration": "many"}, "cannot be read"),
        ({"sha256": None}, "is not the file that was saved"),
    ],
)
def test_what_we_cannot_put_back_is_refused(
    filled: str, empty: str, tmp_path: Path, told: dict[str, object], sentence: str
) -> None:
    """A newer schema, a newer form, a newer PostgreSQL, a manifest somebody edited: a sentence each."""
    backup(filled, tmp_path / "saved")
    manifest = tmp_path / "saved" / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | told))
    with pytest.raises(Fault, match=sentence):
        restore(empty, tmp_path / "saved")
    assert relations(empty) == 0


def test_a_folder_without_a_manifest_is_no_backup(empty: str, tmp_path: Path) -> None:
    """What a killed backup leaves under its temporary name, or any other folder."""
    with pytest.raises(Fault, match=r"no whole backup: manifest\.json is not there"):
        restore(empty, tmp_path)


def test_a_failed_backup_leaves_nothing(postgres_server: EmbeddedServer, empty: str, tmp_path: Path) -> None:
    """An empty database, a database that is not there, a dump that fails: no folder, not even half a one."""
    with pytest.raises(Fault, match="nothing to save"):
        backup(empty, tmp_path / "saved")
    with pytest.raises(Unreachable):
        backup(postgres_server.dsn("not_there"), tmp_path / "saved")
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create table schema_migration as select 1 as number")
        connection.execute("create table closed (x int)")
        connection.execute("create role halfway login")
        connection.execute("grant select on schema_migration to halfway")
    with pytest.raises(Fault, match=r"pg_dump failed: .*permission denied"):
        backup(empty.replace("samspil@", "halfway@"), tmp_path / "saved")
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_not_in_the_arguments() -> None:
    """`ps` shows everybody's arguments: the password goes another way."""
    arguments, environment = call("pg_dump", "postgresql://operator:odd-secret-71903@db.example/samspil", ["--quiet"])
    assert not any("odd-secret" in word for word in arguments)
    assert environment["PGPASSWORD"] == "odd-secret-71903"
    assert "host=db.example" in arguments[1]


def test_the_oldest_postgres_can_be_saved_and_restored(tmp_path: Path) -> None:
    """PostgreSQL 16: its own pg_dump and pg_restore; into an 18 it comes back too."""
    home = Path(tempfile.mkdtemp(prefix="samspil-test-16-", dir="/tmp"))
    try:
        with EmbeddedServer(home, major=16) as server:
            asyncio.run(migrate(server.dsn()))
            assert backup(server.dsn(), tmp_path / "saved").postgres == 16
            restore(server.create("again"), tmp_path / "saved")
            assert asyncio.run(migrate(server.dsn("again"))) == []
    finally:
        shutil.rmtree(home)
