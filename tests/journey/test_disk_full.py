"""The disk runs full under the database: callers are told to come again, nothing promised is lost, and it goes on."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from samspil.domain.issues import Fault, Unreachable
from samspil.exchange.carriage import Receipt, State
from samspil.exchange.store.searches import Query
from samspil.storage.embedded import EmbeddedServer
from samspil.storage.migrate import migrate
from tests.journey.exchanging import CLINIC, HOSPITAL, Site, client_of, endpoint, letter, site

SIZE_MB = 220


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes; needs root on Linux."""
    place = Path("/tmp") / f"samspil-small-{os.getpid()}"
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        place.rmdir()
        pytest.skip("no small disk to be had: mounting a tmpfs needs root on Linux")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Write a file until nothing more fits."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
        except OSError:
            return ballast


@pytest.mark.timeout(180)
def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    """Accepted before: still there. During: told to come again. After: accepted as if nothing had been."""

    async def story(dsn: str, server: EmbeddedServer) -> None:
        endpoints = [endpoint(CLINIC), endpoint(HOSPITAL)]
        async with site(dsn, endpoints=endpoints) as it:
            before = [await it.take(letter(str(n)), caller=client_of(CLINIC)) for n in range(5)]
            ballast = await asyncio.to_thread(fill, small_disk)
            refused = await _until_refused([letter(f"{n} " + "x" * 20_000) for n in range(400)], it)
            assert refused is not None, "the disk never ran full"
            await asyncio.to_thread(ballast.unlink)
            await asyncio.to_thread(_revive, server)
            receipt = await _insist(refused, it)
            assert receipt.status in {200, 202}
            for one in (*before, receipt):
                assert (await it.story(one.id)).row.state is State.DELIVERED
            kept = await it.engine.tracking.find(Query(standard="CareCommunication", limit=1000))
            assert {one.id for one in before} <= {row.id for row in kept}

    with EmbeddedServer(small_disk / "home") as server:
        dsn = server.dsn()
        asyncio.run(migrate(dsn))
        asyncio.run(story(dsn, server))


async def _until_refused(letters: list[bytes], it: Site) -> bytes | None:
    for one in letters:
        try:
            await it.take(one, caller=client_of(CLINIC))
        except Unreachable:
            return one
    return None


async def _insist(one: bytes, it: Site) -> Receipt:
    """Send the same bytes until they are taken, as a sender must."""
    for _ in range(60):
        try:
            return await it.take(one, caller=client_of(CLINIC))
        except Unreachable:
            await asyncio.sleep(0.5)
    raise AssertionError("not taken after 30 seconds")


def _revive(server: EmbeddedServer) -> None:
    """What the site's watch does every second."""
    for _ in range(20):
        try:
            server.revive()
        except Fault:
            continue
        return
