"""`samspil up` as a process of its own, as its operator meets it. What it logs may name nobody either.

`tests/conftest.py` names this module in `pytest_plugins`.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.people import assert_names_nobody

SAMSPIL = [sys.executable, "-m", "samspil"]


class Up:
    """One `samspil up`, in a process group of its own."""

    def __init__(self, home: Path, *options: str, **environment: str) -> None:
        self.home = home
        self.began = time.monotonic()
        self.stderr = (home.parent / f"{home.name}.stderr").open("w+")
        self.process = subprocess.Popen(
            [*SAMSPIL, "up", "--port", "0", "--lang", "en", *options],
            env={**os.environ, "SAMSPIL_HOME": str(home), "SAMSPIL_LOG_FORMAT": "json", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.stderr,
            start_new_session=True,
        )
        self.address = ""

    def said(self) -> str:
        """Everything on stderr so far."""
        return Path(self.stderr.name).read_text()

    def log(self) -> list[dict[str, object]]:
        """The lines of the log so far."""
        return [json.loads(line) for line in self.said().splitlines() if line.startswith("{")]

    def wait_ready(self, seconds: float = 90.0) -> float:
        """Wait until a message sent now would be stored; give how long that took from the start."""
        while not self.address or self.status("/readyz") != 200:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - self.began < seconds, self.said()
            found = re.search(r"http://127\.0\.0\.1:\d+", self.said())
            self.address = found[0] if found else ""
            time.sleep(0.02)
        return time.monotonic() - self.began

    def status(self, path: str) -> int:
        """The status of a GET; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except OSError:
            return 0

    def text(self, path: str) -> str:
        """What a GET answers."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.read().decode()

    def stop(self, number: int = signal.SIGINT, seconds: float = 60.0) -> int:
        """Send a signal to the process alone and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def end(self) -> None:
        """Leave nothing running, and see that the log named nobody."""
        if self.process.poll() is None:
            self.stop()
        self.stderr.close()
        assert_names_nobody(self.said())

    def server_processes(self) -> list[int]:
        """The database processes that work on this home."""
        found: list[int] = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                working_folder, command = (entry / "cwd").readlink(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"postgres" in command and working_folder.is_relative_to((self.home / "postgres").resolve()):
                found.append(int(entry.name))
        return found


@pytest.fixture
def up(new_home: Callable[[], Path]) -> Iterator[Callable[..., Up]]:
    """Start sites on one home; at the end none is left running."""
    started: list[Up] = []
    home = new_home()

    def start(*options: str, **environment: str) -> Up:
        started.append(Up(home, *options, **environment))
        return started[-1]

    yield start
    for site in started:
        site.end()


@pytest.fixture(scope="session")
def demo(new_home: Callable[[], Path]) -> Iterator[Up]:
    """A synthetic Denmark for everybody who only looks."""
    site = Up(new_home(), "--demo")
    site.wait_ready()
    yield site
    site.end()


def wait_for(what: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait until something is so; whether it became so in time."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
