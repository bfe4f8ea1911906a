"""A running site as its operator meets it: up, ready, stopped, killed, and up again."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import SAMSPIL, Up, wait_for

READY_SECONDS = 5.0
"""From nothing but an installed package to a ready site, the database's first initialisation included."""


def patience(seconds: float) -> float:
    """The time something may take; four times as long on a machine that others keep busy."""
    busy = bool(os.environ.get("CI")) or os.getloadavg()[0] > 0.75 * (os.cpu_count() or 1)
    return 4 * seconds if busy else seconds


def test_an_empty_home_is_ready_within_five_seconds(up: Callable[..., Up]) -> None:
    """Database, schema, workers and server are up in less than five seconds, once installed."""
    site = up()
    took = site.wait_ready()
    assert took < patience(READY_SECONDS), f"{took:.1f} s"
    assert site.server_processes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_a_stop_leaves_no_process(up: Callable[..., Up], number: int) -> None:
    """Ctrl-C, and what a supervisor sends, end everything in good order: exit 0, the database stopped as well."""
    site = up()
    site.wait_ready()
    assert site.stop(number) == 0
    assert site.server_processes() == []
    assert "was interrupted" not in (site.home / "postgres.log").read_text()


def test_a_stop_in_the_middle_of_the_start_leaves_no_process(up: Callable[..., Up]) -> None:
    """Whoever changes their mind after half a second finds nothing running."""
    site = up()
    time.sleep(0.6)
    assert site.stop(signal.SIGTERM) in {0, 130, -signal.SIGTERM}
    assert wait_for(lambda: not site.server_processes())


def test_a_second_start_finds_its_data(up: Callable[..., Up], tmp_path: Path) -> None:
    """An organisation added before a stop is there after the next start."""
    first = up()
    first.wait_ready()
    assert first.stop() == 0
    environment = {**os.environ, "SAMSPIL_HOME": str(first.home)}
    words = ["admin", "organisation", "add", "Prøvekommunen", "--gln", "5790000121526", "--json"]
    subprocess.run([*SAMSPIL, *words], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
    second = up()
    second.wait_ready()
    listed = subprocess.run(
        [*SAMSPIL, "admin", "organisation", "list", "--json"],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert [json.loads(line)["name"] for line in listed.stdout.splitlines()] == ["Prøvekommunen"]
    assert second.server_processes(), "a command beside a running site shares its database and leaves it running"


def test_after_a_kill_the_next_start_goes_on(up: Callable[..., Up]) -> None:
    """kill -9 leaves a database behind that nobody stops; the next start takes it over, and its stop ends it."""
    killed = up()
    killed.wait_ready()
    killed.process.kill()
    killed.process.wait()
    again = up()
    again.wait_ready()
    assert again.stop() == 0
    assert wait_for(lambda: not again.server_processes())


def test_a_killed_database_comes_back_by_itself(up: Callable[..., Up]) -> None:
    """The site notices, starts it again, and is ready without anybody's help."""
    site = up()
    site.wait_ready()
    for number in site.server_processes():
        os.kill(number, signal.SIGKILL)
    assert wait_for(lambda: site.status("/readyz") != 200)
    site.wait_ready(seconds=90)
    assert site.stop() == 0


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Two sites on one port: the second says so before it starts a database, and exits with 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [*SAMSPIL, "up", "--port", port, "--home", str(tmp_path / "home"), "--lang", "en"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 2
    assert run.stderr.startswith(f"samspil: cannot listen on port {port}")
    assert len(run.stderr.splitlines()) == 1
    assert not (tmp_path / "home").exists()


def test_a_misspelt_setting_is_reported(up: Callable[..., Up]) -> None:
    """A variable that begins like ours and is none is told with the one that was meant."""
    site = up(SAMSPIL_PROT="8400")
    site.wait_ready()
    (told,) = [line for line in site.log() if line["event"] == "setting unknown"]
    assert (told["setting"], told["meant"]) == ("SAMSPIL_PROT", "SAMSPIL_PORT")


def test_an_external_database_is_used_and_left_alone(up: Callable[..., Up], database_url: str) -> None:
    """With SAMSPIL_DATABASE_URL no server of our own is started, and none is stopped."""
    site = up(SAMSPIL_DATABASE_URL=database_url)
    site.wait_ready()
    assert not (site.home / "postgres").exists()
    assert site.stop() == 0


def test_a_site_without_a_demo_has_no_way_in(up: Callable[..., Up]) -> None:
    """A plain start makes no login and lets nobody in without credentials, also not from its own machine."""
    site = up()
    site.wait_ready()
    assert site.status("/exchange/messages") == 401
    assert site.status("/metrics") == 401
    listed = subprocess.run(
        [*SAMSPIL, "admin", "person", "list", "--json"],
        env={**os.environ, "SAMSPIL_HOME": str(site.home)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert listed.stdout == b""
