"""A database saved into a folder, and put back into an empty one; whole or not at all, both ways.

    folder/database.dump     pg_dump's custom format
    folder/manifest.json     when, which schema, and the dump's checksum

The site's key is no part of it (`access/keys.py`): keep that apart. Saving goes on beside the running site.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from samspil.domain.issues import Fault, Unreachable
from samspil.storage.migrate import migrations
from samspil.storage.wheel import Major, installation

DUMP, MANIFEST = "database.dump", "manifest.json"
FORM = 1
DUMP_OPTIONS = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s"]
RESTORE_OPTIONS = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]

_NEWEST = "select coalesce(max(number), 0) from schema_migration"
_RELATIONS = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is: enough to know, before anything is touched, whether it can be put back."""

    form: int
    samspil: str
    made_at: str
    postgres: int
    migration: int
    size_bytes: int
    sha256: str


def backup(dsn: str, folder: Path) -> Manifest:
    """Save a database into a folder that is empty or not there yet.

    Errors: Fault, and nothing is left behind; Unreachable.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Fault("database.backup.occupied", f"{folder} is not empty: name a new folder for the backup.")
    postgres, migration = _ask(dsn)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        dump = unfinished / DUMP
        _run("pg_dump", dsn, [*DUMP_OPTIONS, f"--file={dump}"], postgres)
        manifest = Manifest(
            form=FORM,
            samspil=metadata.version("samspil"),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgres=postgres,
            migration=migration,
            size_bytes=dump.stat().st_size,
            sha256=_checksum(dump),
        )
        _write(unfinished / MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")
        unfinished.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return manifest


def restore(dsn: str, folder: Path) -> Manifest:
    """Put a backup into an empty database. An older schema is brought up to date by `migrate` afterwards.

    Errors: Fault, and the database is as empty as before; Unreachable.
    """
    manifest = read_manifest(folder)
    dump = folder / DUMP
    if not dump.exists() or dump.stat().st_size != manifest.size_bytes or _checksum(dump) != manifest.sha256:
        raise Fault("database.backup.damaged", f"{dump} is not the file that was saved: take another backup.")
    newest = migrations()[-1].number
    if manifest.migration > newest:
        raise Fault(
            "database.schema.newer",
            f"The backup has migration {manifest.migration:04}, this samspil knows {newest:04}: "
            f"use samspil {manifest.samspil} or newer.",
        )
    with _connect(dsn) as connection:
        postgres = connection.info.server_version // 10_000
        if connection.execute(_RELATIONS).fetchone() != (0,):
            raise Fault("database.not_empty", "A backup is put back only into an empty database; this one has tables.")
    if postgres < manifest.postgres:
        raise Fault(
            "database.version.older",
            f"The backup is of PostgreSQL {manifest.postgres}, this server is {postgres}: "
            f"restore into {manifest.postgres} or newer.",
        )
    _run("pg_restore", dsn, [*RESTORE_OPTIONS, str(dump)], postgres)
    with _connect(dsn) as connection:
        connection.execute("analyze")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """What a folder's backup is. Errors: Fault if it holds none, or one of another form."""
    file = folder / MANIFEST
    if not file.exists():
        raise Fault("database.backup.missing", f"{folder} holds no whole backup: {MANIFEST} is not there.")
    try:
        found = json.loads(file.read_bytes())
        manifest = Manifest(**{name: kind(found[name]) for name, kind in Manifest.__annotations__.items()})
    except (ValueError, TypeError, KeyError):
        raise Fault("database.backup.damaged", f"{file} cannot be read: take another backup.") from None
    if manifest.form != FORM:
        raise Fault(
            "database.backup.form", f"{folder} was written in form {manifest.form}: use the samspil that wrote it."
        )
    return manifest


def _ask(dsn: str) -> tuple[int, int]:
    """The server's major version and the newest migration. Errors: Fault for a database that is none of ours."""
    with _connect(dsn) as connection:
        try:
            row = connection.execute(_NEWEST).fetchone()
        except psycopg.errors.UndefinedTable:
            raise Fault("database.empty", "There is nothing to save: the database has no tables of samspil.") from None
        return connection.info.server_version // 10_000, row[0] if row else 0


def _run(program: str, dsn: str, options: list[str], postgres: int) -> None:
    """Run one of PostgreSQL's programs. Errors: Fault with its own first words."""
    command, environment = call(_find(program, postgres), dsn, options)
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with our own options
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise Fault(f"database.{program}.failed", f"{program} failed: {lines[0]}")


def call(program: str, dsn: str, options: list[str]) -> tuple[list[str], dict[str, str]]:
    """A program's arguments and environment; a password goes by the latter, where `ps` does not see it."""
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    environment = {"LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})
    return [program, f"--dbname={make_conninfo('', **parts)}", *options], environment


def _find(program: str, postgres: int) -> str:
    """The program for a server of that major version: the wheel's own, else the system's."""
    majors: dict[int, Major] = {16: 16, 17: 18, 18: 18}
    if postgres in majors:
        try:
            return str(installation(majors[postgres]) / "bin" / program)
        except Fault:
            pass  # no wheel on this platform
    found = shutil.which(program)
    if found is None:
        raise Fault("database.program.missing", f"Install {program} of PostgreSQL {postgres} and try again.")
    return found


def _connect(dsn: str) -> "psycopg.Connection[tuple[int, ...]]":
    try:
        return psycopg.connect(dsn, autocommit=True)
    except psycopg.OperationalError as problem:
        raise Unreachable("database.unreachable", str(problem)) from problem


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())


def _sync(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
