"""The schema's migrations: numbered SQL files that are applied in order, once, and never undone.

`migrations/NNNN_name.sql` holds one step. Each is one transaction, written into `schema_migration` by the same
transaction; a lock lets several nodes start at once. An applied file is never edited: its checksum would differ,
and two sites of one version would have two schemas.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from samspil.domain.issues import Fault, Unreachable

SOURCE = files("samspil.storage").joinpath("migrations")
FILE_NAME = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")
LOCK = 0x73616D73_70696C  # "samspil"; any number that no other program takes

TABLE = """
create table if not exists schema_migration (
    number int primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
)
"""


class State(StrEnum):
    """Where a migration stands in one database."""

    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    """Applied, but its file is not the one that was."""
    UNKNOWN = "unknown"
    """Applied by a newer samspil: this one has no such file."""


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """One migration as `samspil db status` shows it."""

    number: int
    name: str
    state: State
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, the same whatever line ends a checkout gave it."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Applied:
    """One row of `schema_migration`."""

    number: int
    name: str
    checksum: str
    applied_at: datetime


def migrations(source: Traversable = SOURCE) -> list[Migration]:
    """All migrations of this version, in order. Errors: ValueError (our mistake) for a number that stands twice."""
    found: dict[int, Migration] = {}
    for file in source.iterdir():
        match = FILE_NAME.fullmatch(file.name)
        if match is None:
            continue
        number = int(match[1])
        if number in found:
            raise ValueError(f"migration {number:04} stands twice: {found[number].name} and {match[2]}")
        found[number] = Migration(number, match[2], file.read_text(encoding="utf-8"))
    return [found[number] for number in sorted(found)]


async def migrate(dsn: str, *, source: Traversable = SOURCE) -> list[int]:
    """Bring a database up to this version; give the numbers applied now, none if there was nothing to do.

    Errors: Fault, and nothing applied, where the database's history is not the beginning of ours; Unreachable.
    """
    ours = migrations(source)
    done: list[int] = []
    async with await _connect(dsn) as connection:
        await connection.execute("set client_min_messages = warning")
        while (number := await _apply_next(connection, ours)) is not None:
            done.append(number)
    return done


async def status(dsn: str, *, source: Traversable = SOURCE) -> list[MigrationStatus]:
    """Every migration of this version and of the database, in order. Errors: Unreachable."""
    async with await _connect(dsn) as connection:
        return _compare(migrations(source), await _applied(connection))


async def _apply_next(connection: AsyncConnection, ours: Sequence[Migration]) -> int | None:
    """Apply the first pending migration, if there is one. The lock ends with the transaction, as poolers demand."""
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        await connection.execute(TABLE)
        pending = _pending(ours, await _applied(connection))
        if not pending:
            return None
        step = pending[0]
        try:
            await connection.execute(step.sql.encode())
        except psycopg.Error as problem:
            why = problem.diag.message_primary or type(problem).__name__
            raise Fault(
                "database.migration.failed", f"Migration {step.number:04} {step.name} was undone: {why}."
            ) from problem
        await connection.execute(
            "insert into schema_migration (number, name, checksum) values (%s, %s, %s)",
            [step.number, step.name, step.checksum],
        )
        return step.number


def _pending(ours: Sequence[Migration], applied: Sequence[_Applied]) -> list[Migration]:
    """What is left to apply. Errors: Fault where the database's history is not the beginning of ours."""
    states = _compare(ours, applied)
    for entry in states:
        if entry.state is State.UNKNOWN:
            raise Fault(
                "database.schema.newer",
                f"The database has migration {entry.number:04} {entry.name}, which this samspil does not know: "
                "use the version that wrote it, or a newer one.",
            )
        if entry.state is State.CHANGED:
            raise Fault(
                "database.schema.changed",
                f"Migration {entry.number:04} {entry.name} was applied with another text than it has now: "
                "put the file back as it was, and write the change as a new migration.",
            )
    newest = max((entry.number for entry in applied), default=0)
    pending = [step for step in ours if step.number not in {entry.number for entry in applied}]
    if pending and pending[0].number < newest:
        raise Fault(
            "database.schema.gap",
            f"Migration {pending[0].number:04} {pending[0].name} is older than the database's newest, {newest:04}: "
            "give it a higher number.",
        )
    return pending


def _compare(ours: Sequence[Migration], applied: Sequence[_Applied]) -> list[MigrationStatus]:
    known = {step.number: step for step in ours}
    entries = {step.number: MigrationStatus(step.number, step.name, State.PENDING) for step in ours}
    for row in applied:
        entries[row.number] = MigrationStatus(row.number, row.name, _state(known.get(row.number), row), row.applied_at)
    return [entries[number] for number in sorted(entries)]


def _state(step: Migration | None, row: _Applied) -> State:
    if step is None:
        return State.UNKNOWN
    return State.APPLIED if step.checksum == row.checksum else State.CHANGED


async def _applied(connection: AsyncConnection) -> list[_Applied]:
    """The database's history; empty before the first migration."""
    async with connection.cursor() as cursor:
        await cursor.execute("select to_regclass('schema_migration') is not null")
        if await cursor.fetchone() != (True,):
            return []
    async with connection.cursor(row_factory=class_row(_Applied)) as cursor:
        await cursor.execute("select number, name, checksum, applied_at from schema_migration order by number")
        return await cursor.fetchall()


async def _connect(dsn: str) -> AsyncConnection:
    try:
        return await AsyncConnection.connect(dsn, autocommit=True)
    except psycopg.OperationalError as problem:
        raise Unreachable("database.unreachable", str(problem)) from problem
