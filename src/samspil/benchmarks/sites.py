"""Two real sites for a benchmark or a soak: one embedded cluster with a database each, a process each, and their peers.

The sites are started as an operator starts them (`samspil up`), on loopback, and know each other: site A is home to
a clinic, site B to a hospital; each reaches the other over HTTP with a bearer token.
"""

import asyncio
import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from samspil.access.callers import SYSTEM
from samspil.access.clients import add_client
from samspil.access.directory import OrganisationKind
from samspil.access.endpoints import add_endpoint
from samspil.access.keys import SiteKey
from samspil.access.organisations import add_organisation
from samspil.access.rights import Right
from samspil.storage.database import Database
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate

CLINIC_GLN, CLINIC_SOR = "5790000121526", "265161000016000"
HOSPITAL_GLN, HOSPITAL_SOR = "5790000201389", "953741000016009"


@dataclass(slots=True, kw_only=True)
class Site:
    """One site: where it listens, its database, and its process while it runs."""

    name: str
    port: int
    dsn: str
    home: Path
    key: str
    environment: dict[str, str] = field(default_factory=dict[str, str])
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait_seconds: float = 20.0) -> None:
        """Start the process and wait until it says it is ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "site.log").open("ab") as log:
            self.process = self._launch(log)
        self.wait_ready(wait_seconds)

    def _launch(self, log: BinaryIO) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "samspil", "up", "--port", str(self.port), "--home", str(self.home)],
            env={
                **os.environ,
                "SAMSPIL_DATABASE_URL": self.dsn,
                "SAMSPIL_SITE_KEY": self.key,
                "SAMSPIL_LOG_FORMAT": "json",
                "SAMSPIL_LOG_LEVEL": "warning",
                "SAMSPIL_METRICS_PUBLIC": "true",
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

    def wait_ready(self, seconds: float) -> None:
        """Wait for /readyz. Errors: RuntimeError with the end of its log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        tail = (self.home / "site.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"site {self.name} did not get ready:\n{tail}")

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, *, wait_seconds: float = 20.0) -> None:
        """Ask it to stop, and wait; kill it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sites that know each other. `token` lets the clinic's own system hand messages to site A."""

    server: EmbeddedServer
    a: Site
    b: Site
    token: str
    reader_token: str


@contextmanager
def two_sites(
    folder: Path, *, environment: dict[str, str] | None = None, start: bool = True
) -> Generator[Pair, None, None]:
    """Make and start a pair of sites in an empty folder; stop everything at the end."""
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(folder))
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        a, b = (
            Site(
                name=name,
                port=free_port(),
                dsn=server.create(f"site_{name}"),
                home=folder / name,
                key=key,
                environment=environment or {},
            )
            for name in ("a", "b")
        )
        token, reader_token = asyncio.run(_introduce(a, b, SiteKey.load(folder, given=key)))
        pair = Pair(server=server, a=a, b=b, token=token, reader_token=reader_token)
        for site in (a, b):
            stack.callback(site.stop)
            if start:
                site.start()
        yield pair


async def _introduce(a: Site, b: Site, key: SiteKey) -> tuple[str, str]:
    """Register both parties at both sites; give the tokens of the clinic's system and of the hospital's reader."""
    for site in (a, b):
        await migrate(site.dsn)
    at_a, at_b = await Database.open(a.dsn, connections=2), await Database.open(b.dsn, connections=2)
    try:
        a_token_for_b = await _peer(at_a, "site b")
        b_token_for_a = await _peer(at_b, "site a")
        clinic = await _party(at_a, "Lægehuset Bækken", OrganisationKind.CLINIC, CLINIC_GLN, CLINIC_SOR)
        hospital = await _party(at_b, "Fjordby Sygehus", OrganisationKind.HOSPITAL, HOSPITAL_GLN, HOSPITAL_SOR)
        await _party(at_a, "Fjordby Sygehus", OrganisationKind.HOSPITAL, HOSPITAL_GLN, HOSPITAL_SOR)
        await _party(at_b, "Lægehuset Bækken", OrganisationKind.CLINIC, CLINIC_GLN, CLINIC_SOR)
        await add_endpoint(at_a, key, by=SYSTEM, gln=CLINIC_GLN)
        await add_endpoint(at_b, key, by=SYSTEM, gln=HOSPITAL_GLN)
        inbox = "/exchange/messages"
        await add_endpoint(
            at_a, key, by=SYSTEM, gln=HOSPITAL_GLN, wire="http", url=f"{b.url}{inbox}", bearer=b_token_for_a
        )
        await add_endpoint(
            at_b, key, by=SYSTEM, gln=CLINIC_GLN, wire="http", url=f"{a.url}{inbox}", bearer=a_token_for_b
        )
        rights = (Right.SEND, Right.READ, Right.OPEN)
        _, token = await add_client(at_a, by=SYSTEM, name="journal", rights=rights, organisation=clinic)
        _, reader = await add_client(at_b, by=SYSTEM, name="reader", rights=rights, organisation=hospital)
        assert token is not None
        assert reader is not None
        return token, reader
    finally:
        await at_a.close()
        await at_b.close()


async def _party(database: Database, name: str, kind: OrganisationKind, gln: str, sor: str) -> UUID:
    added = await add_organisation(database, by=SYSTEM, name=name, kind=kind, glns=(gln,), sor=sor, synthetic=True)
    return added.id


async def _peer(database: Database, name: str) -> str:
    _, token = await add_client(database, by=SYSTEM, name=name, rights=(Right.RELAY,))
    assert token is not None
    return token


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
