"""A running site warns before its certificates end, in its log and in its metrics."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from samspil.access.callers import local_caller
from samspil.access.certificates import Keyrings, add_certificate
from samspil.access.keys import SiteKey
from samspil.access.trust.development import new_authority, new_key
from samspil.access.trust.keyring import Keyring, PartnerCertificate
from samspil.access.trust.reading import Material
from samspil.access.trust.roles import CertificateRole
from samspil.runtime.certificates import warn, watch_certificates
from samspil.runtime.metrics import Metrics
from samspil.storage.database import Database

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SIGN = CertificateRole.SIGN
CA, KEY = new_authority("Prøverod", at=NOW - 400 * DAY), new_key()


def partner(days: int, *, begins: datetime = NOW - 300 * DAY, party: str = "5790001382445") -> PartnerCertificate:
    """A partner's certificate with so many days left."""
    issued = CA.issue("Sygehuset", roles=[SIGN], at=begins, life=NOW + days * DAY - begins, key=KEY)
    return PartnerCertificate(
        id=uuid4(),
        network="prove",
        certificate=issued.certificate,
        roles=frozenset({SIGN}),
        use_from=begins,
        party=party,
    )


Lines = Callable[[], list[dict[str, Any]]]


def test_a_line_tells_of_what_ends_and_nothing_follows(lines: Lines) -> None:
    """With the threshold it has passed; what has a successor, or a long life, is not told."""
    followed, successor = partner(20, party="a"), partner(300, party="a")
    alone, ended = partner(5), partner(-1, party="b")
    warn(Keyring(partners=(followed, successor, alone, ended)), at=NOW)
    assert [(line["certificate"], line["limit"]) for line in lines()] == [(str(ended.id), 0), (str(alone.id), 7)]
    assert all(line["event"] == "certificate ends" and "dropped" not in line for line in lines())


def test_the_watch_warns_at_the_start(database_url: str, lines: Lines) -> None:
    """It goes on until it is ended, and counts for the metrics what it warned of."""
    issued = CA.issue("Os", roles=[SIGN], at=NOW - DAY, life=21 * DAY, key=KEY)

    async def act() -> None:
        database = await Database.open(database_url, connections=2)
        key = SiteKey(b"k" * 32)
        keyrings = Keyrings(database, key)
        material = Material((issued.certificate,), issued.key)
        await add_certificate(database, key, by=local_caller("tester"), material=material, at=NOW)
        watch = asyncio.create_task(watch_certificates(database, keyrings))
        while not any(line["event"] == "certificate ends" for line in lines()):  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)
        watch.cancel()
        metrics = Metrics()
        metrics.count_endings(await keyrings.current())
        found = [metrics.certificates.labels(days)._value.get() for days in (0, 7, 30, 60)]  # pyright: ignore[reportPrivateUsage] - the library offers no other way to one value
        assert found == [0, 0, 1, 1]
        await database.close()

    asyncio.run(asyncio.wait_for(act(), 20))
