"""A real PostgreSQL of our own, in the site's home folder: started with the site, stopped with the last that uses it.

Processes on one home share one server. Each holds a shared lock on `postgres.users` while it does; whoever leaves
last stops the server. The kernel gives a killed process's lock back, so nothing has to be cleaned up by hand. Starts
and stops wait for each other on `postgres.gate`.

    home/postgres.gate, postgres.users      locks
    home/postgres.log                       what the server says
    home/postgres/                          the server's own: data/, sock/, programs/ (a copy, where needed)

Started as root with a home that the server's user cannot reach (`/root/…`), the last folder lies in /var/lib/samspil
and `home/postgres` is a link to it.
"""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
import structlog
from psycopg import sql

from samspil.domain.issues import Fault
from samspil.storage.account import Account, server_account
from samspil.storage.locks import FileLock
from samspil.storage.stale import remove_stale_lock
from samspil.storage.wheel import Major, installation, runnable

log = structlog.get_logger(__name__)

USER = "samspil"
DATABASE = "samspil"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107  # sockaddr_un's sun_path, without its closing zero
LOG_BYTES = 10_000_000
PATIENCE_SECONDS = 5  # with a predecessor's lock, before it is looked at
ELSEWHERE = Path("/var/lib/samspil")
DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# Left by a predecessor that was killed: gone as soon as the kernel has buried it, sometimes seconds later.
PASSES_BY_ITSELF = re.compile(rb"lock file .* already exists|pre-existing shared memory block")

# Terse errors without their statement: a detail line would put the values of a row, a person's data, into the log.
SETTINGS = """\
# Written by samspil at each start. Settings of your own belong into local.conf beside this file.
include 'postgresql.conf'
listen_addresses = ''
port = 5432
unix_socket_directories = '{sock}'
unix_socket_permissions = 0700
fsync = on
full_page_writes = on
synchronous_commit = on
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
default_text_search_config = 'pg_catalog.danish'
autovacuum_naptime = 10s
log_error_verbosity = terse
log_min_error_statement = panic
"""


class EmbeddedServer:
    """The server of one home folder, as one process sees it."""

    def __init__(self, home: Path, *, major: Major = 18) -> None:
        self.home = home.absolute()
        self.major: Major = major
        self._users = FileLock(self.home / "postgres.users")
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, timeout: float = 60) -> str:
        """Start the server, or share the one that runs; give the address of the site's database.

        Errors: Fault with a sentence for a person, where the server cannot run or does not answer in time.
        """
        with _told(), self._gate(timeout):
            self._users.share()
            try:
                self._bring_up(timeout)
                return self.create(DATABASE)
            except BaseException:  # Ctrl-C too: leave no server behind
                self._leave()
                raise

    def stop(self) -> None:
        """Leave the server; the last to leave stops it. Without a start before, nothing happens."""
        if self._users.held:
            with self._gate():
                self._leave()

    def revive(self) -> bool:
        """Start the server again if it died under us; true if it had. Errors: Fault as at the start."""
        if not self._users.held or self._alive():
            return False
        with _told(), self._gate():
            self._bring_up(60)
        return True

    async def watch(self, *, every_seconds: float = 1.0) -> None:
        """Revive the server whenever it dies, for ever, also when a first try fails: a full disk may be emptied."""
        while True:
            await asyncio.sleep(every_seconds)
            try:
                if await asyncio.to_thread(self.revive):
                    log.warning("database.revived")
            except Fault as fault:
                log.error("database.dead", code=fault.code)

    def dsn(self, database: str = DATABASE) -> str:
        """The address of a database on this server."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._sock), safe='')}"

    def create(self, database: str) -> str:
        """Make a database unless it is there; give its address."""
        if not DATABASE_NAME.fullmatch(database):
            raise ValueError(f"not a name for a database: {database!r}")
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # another was quicker
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        return self.dsn(database)

    def answers(self) -> bool:
        """Does a server answer on this home's socket?"""
        if not (self._sock / SOCKET).exists():
            return False
        try:
            psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def process_id(self) -> int | None:
        """The running server's first process, whoever started it; None when none has noted itself."""
        try:
            return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    @cached_property
    def _account(self) -> Account:
        """Who runs the server: whoever owns the data that are there, be we root or not."""
        place = self.home / "postgres"
        if os.geteuid() == 0 and (place / "data").exists():
            owner = place.stat()
            return Account(owner.st_uid, owner.st_gid)
        return server_account()

    @cached_property
    def _place(self) -> Path:
        """The folder that belongs to the server, made if need be."""
        self.home.mkdir(parents=True, exist_ok=True)
        link = self.home / "postgres"
        if link.is_symlink() and not link.exists():
            raise Fault("database.folder.gone", f"{link} points to {link.readlink()}, which is not there any more.")
        _let_pass(self.home, self._account)
        if not link.exists() and not self._account.may_pass(self.home):
            link.symlink_to(_place_elsewhere(self.home))
        place = link.resolve()
        _own(place, self._account)
        if not self._account.may_pass(place):
            raise Fault("database.folder.closed", f"The server's user may not pass {place} and the folders above it.")
        return place

    @property
    def _data(self) -> Path:
        return self._place / "data"

    @cached_property
    def _sock(self) -> Path:
        """The folder of the socket, in a short place where the home's path is too long for one."""
        near = self._place / "sock"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_PATH_BYTES:
            return near
        name = "samspil-" + hashlib.sha256(os.fsencode(self._place)).hexdigest()[:16]
        return Path("/tmp" if self._account.uid is None else "/run", name)  # noqa: S108 - _own checks whose it is

    @cached_property
    def _programs(self) -> Path:
        return runnable(installation(self.major), account=self._account, keep=self._place / "programs") / "bin"

    def _bring_up(self, timeout: float) -> None:
        """Make the server answer, whatever that takes."""
        if self.answers():
            return
        _own(self._sock, self._account)
        if not self._data.exists():
            self._initialise()
        found = (self._data / "PG_VERSION").read_text().strip()
        if found != str(self.major):
            raise Fault(
                "database.version.differs",
                f"The data in {self._data} are of PostgreSQL {found}, this is {self.major}: "
                "back them up with the version that wrote them, and restore the backup into an empty home.",
            )
        settings = SETTINGS.format(sock=str(self._sock).replace("'", "''"))
        if (self._data / "local.conf").exists():
            settings += "include 'local.conf'\n"
        _write(self._data / "app.conf", settings, self._account)
        self._launch(timeout)

    def _initialise(self) -> None:
        """Make the data folder, under another name first: one that is there is whole."""
        unfinished = self._place / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        options = ["--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--data-checksums", f"--username={USER}"]
        if self.major >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        code, said = self._account.run([self._programs / "initdb", "-D", unfinished, *options])
        if code:
            raise Fault("database.not_made", f"PostgreSQL could not make its data folder: {said.strip()[-500:]}")
        unfinished.rename(self._data)

    def _launch(self, timeout: float) -> None:
        """Run the server until it answers, again where a killed predecessor stands in the way for a while."""
        command = [self._programs / "postgres", "-D", self._data, "-c", f"config_file={self._data / 'app.conf'}"]
        words = self.home / "postgres.log"
        if words.exists() and words.stat().st_size > LOG_BYTES:
            words.replace(words.with_suffix(".log.1"))
        words.touch(mode=0o600)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            with words.open("ab") as output:
                mark = output.tell()
                self._server = self._account.launch(command, output=output)
            while self._server.poll() is None and time.monotonic() < end:
                if self.answers():
                    return
                time.sleep(0.02)
            if self.answers():
                return  # the predecessor came up after all
            said = words.read_bytes()[mark:]
            if self._server.poll() is not None and not PASSES_BY_ITSELF.search(said):
                raise Fault("database.not_started", f"PostgreSQL stopped at its start: {_reason(said)} See {words}.")
            if time.monotonic() > end - timeout + PATIENCE_SECONDS:
                remove_stale_lock(self._data)
            time.sleep(0.3)
        raise Fault("database.not_started", f"PostgreSQL did not answer within {timeout:g} seconds. See {words}.")

    def _alive(self) -> bool:
        """Is the server there? Our own child is asked of the kernel, another's by a connection."""
        own = self._server is not None and self._server.poll() is None
        return own or self.answers()

    def _gate(self, timeout: float = 60) -> AbstractContextManager[None]:
        """One process at a time starts or stops the server."""
        return FileLock(self.home / "postgres.gate").alone(timeout=timeout)

    def _leave(self) -> None:
        """Be counted among the users no longer; as the last, stop the server."""
        try:
            if self._users.take():
                self._halt()
        finally:
            self._users.release()

    def _halt(self) -> None:
        """Stop the server in good order, whoever started it."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # "fast": roll back what is open, write a checkpoint, end
            try:
                self._server.wait(60)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        elif self.answers():
            self._account.run([self._programs / "pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop"])


@contextmanager
def _told() -> Generator[None]:
    """A folder that cannot be made, a disk that is full: a sentence instead of a traceback."""
    try:
        yield
    except OSError as problem:
        raise Fault("database.files.failed", f"{problem.filename or 'A file'}: {problem.strerror}.") from problem
    except psycopg.Error as problem:
        why = problem.diag.message_primary or str(problem)
        raise Fault("database.not_started", f"PostgreSQL started, but refused its first work: {why}.") from problem


def _let_pass(home: Path, account: Account) -> None:
    """Open a home of ours that is closed to all others just so far that the account can pass it."""
    found = home.stat()
    closed = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if account.gid is not None and closed and found.st_uid == os.geteuid():
        os.chown(home, -1, account.gid)
        home.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)


def _place_elsewhere(home: Path) -> Path:
    """A new folder for a server whose user cannot reach the home; a note in it tells people whose it is."""
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    place = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=ELSEWHERE))
    (place / "home.txt").write_text(f"{home}\n", encoding="utf-8")
    return place


def _own(folder: Path, account: Account) -> None:
    """Make a folder that only the account may enter. Errors: Fault if somebody else's lies there already."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise Fault("database.folder.taken", f"{folder} is not a folder.")
    account.give(folder)
    if account.uid is None and folder.stat().st_uid != os.geteuid():
        raise Fault("database.folder.taken", f"{folder} belongs to another user.")
    folder.chmod(0o700)


def _write(file: Path, text: str, account: Account) -> None:
    """Write a file of the account's whole or not at all, never through a link that lies in its place."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(text)
    account.give(Path(name))
    Path(name).replace(file)


def _reason(said: bytes) -> str:
    """The last complaint in what the server said, as a sentence."""
    complaints = re.findall(rb"(?:FATAL|PANIC):\s+([^\n]*)", said) or said.strip().splitlines()
    return complaints[-1].decode(errors="replace").rstrip(".") + "." if complaints else ""
