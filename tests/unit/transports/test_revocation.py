"""Revocation lists are fetched from where certificates say, and count only if the right authority signed them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding

from samspil.access.callers import local_caller
from samspil.access.certificates import Keyrings, add_certificate, trust
from samspil.access.keys import SiteKey
from samspil.access.trust.development import Authority, new_authority
from samspil.access.trust.reading import Material
from samspil.access.trust.roles import CertificateRole
from samspil.storage.database import Database
from samspil.transports.revocation import AFTER_FAILURE, Fetched, refresh_lists

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BY = local_caller("tester")
SIGN = CertificateRole.SIGN


class Place:
    """A web server with one file, which it counts the askings for."""

    def __init__(self) -> None:
        self.content, self.asked, self.url = b"", 0, ""

    async def answer(self, _request: web.Request) -> web.Response:
        """The file."""
        self.asked += 1
        return web.Response(body=self.content) if self.content else web.Response(status=503)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Serve on a free port."""
        application = web.Application()
        application.router.add_get("/ca.crl", self.answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/ca.crl"
        try:
            yield
        finally:
            await runner.cleanup()


@pytest.fixture(scope="module")
def root() -> Authority:
    """An authority."""
    return new_authority("Prøverod", at=NOW)


def test_lists_are_fetched_renewed_and_checked(root: Authority, database_url: str) -> None:
    """Asked when due; a silent place, a stranger's list and rubbish leave what is kept; a newer list takes back."""

    async def act() -> None:
        place, database = Place(), await Database.open(database_url, connections=2)
        keyrings = Keyrings(database, SiteKey(b"k" * 32))
        try:
            async with place.open():
                await _walk(database, keyrings, place, root)
        finally:
            await database.close()

    asyncio.run(act())


async def _walk(database: Database, keyrings: Keyrings, place: Place, root: Authority) -> None:
    leaf = root.issue("Sygehuset", roles=[SIGN], at=NOW, lists_at=place.url).certificate
    await trust(database, by=BY, at=NOW, network="prove", material=Material((root.certificate,)))
    key = SiteKey(b"k" * 32)
    await add_certificate(
        database, key, by=BY, material=Material((leaf,)), at=NOW, network="prove", party="5790001382445"
    )

    async def asking(at: datetime) -> tuple[list[Fetched], list[str]]:
        fetched = await refresh_lists(database, keyrings, at=at)
        network = (await keyrings.current(fresh=True)).trust("prove")
        return fetched, [issue.code for issue in network.judge(leaf, role=SIGN, at=at)]

    unreachable = [Fetched(url=place.url, problem="certificate.list.unreachable")]
    assert await asking(NOW) == (unreachable, ["certificate.list.missing"])
    assert await asking(NOW) == ([], ["certificate.list.missing"])
    place.content = root.revocation_list(at=NOW, life=4 * DAY).public_bytes(Encoding.DER)
    later = NOW + AFTER_FAILURE
    assert await asking(later) == ([Fetched(url=place.url)], [])
    assert await asking(later + DAY / 2) == ([], [])
    assert await asking(later + DAY) == ([Fetched(url=place.url)], [])
    assert await database.row("select count(*) from audit where act = 'certificate.list'") == (1,)
    for wrong, code in (
        (new_authority("Prøverod", at=NOW).revocation_list(at=NOW + 3 * DAY), "certificate.list.foreign"),
        (root.revocation_list(at=NOW - DAY), "certificate.list.older"),
    ):
        place.content = wrong.public_bytes(Encoding.PEM)
        later += 2 * DAY if code.endswith("foreign") else AFTER_FAILURE
        assert await asking(later) == ([Fetched(url=place.url, problem=code)], [])
    place.content = b"rubbish"
    later += 2 * DAY
    assert (await asking(later))[1] == ["certificate.list.ended"]
    place.content = root.revocation_list(at=later, revoked=[leaf]).public_bytes(Encoding.DER)
    assert await asking(later + AFTER_FAILURE) == ([Fetched(url=place.url)], ["certificate.revoked"])
    assert place.asked == 7
