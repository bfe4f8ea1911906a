"""What a running site does about its certificates unasked: fetches revocation lists, and warns before anything ends.

Every node does it; what one has fetched the others find and leave. A warning comes at the start and then once a day,
for what ends within 60 days and has no successor yet.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from samspil.access.certificates import Keyrings
from samspil.access.trust.keyring import Expiry, Keyring, OwnCertificate
from samspil.storage.database import Database
from samspil.transports.revocation import refresh_lists

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 600.0
WARN_EVERY = timedelta(days=1)


async def watch_certificates(database: Database, keyrings: Keyrings) -> None:
    """Do both, for ever."""
    warned: datetime | None = None
    while True:
        now = datetime.now(UTC)
        try:
            await refresh_lists(database, keyrings, at=now)
            if warned is None or now - warned >= WARN_EVERY:
                warn(await keyrings.current(), at=now)
                warned = now
        except Exception as problem:  # whatever it is, it is tried again; a watch that ended would never warn
            log.error("certificates not watched", problem=type(problem).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


def warn(keyring: Keyring, *, at: datetime) -> None:
    """A line for each certificate that ends soon, or has, and that nothing follows."""
    for each in unfollowed(keyring, at=at):
        log.warning(
            "certificate ends",
            certificate=str(each.held.id),
            kind="own" if isinstance(each.held, OwnCertificate) else "partner",
            due=each.held.certificate.not_valid_after_utc.isoformat(),
            limit=int(each.warn),
        )


def unfollowed(keyring: Keyring, *, at: datetime) -> list[Expiry]:
    """What ends within 60 days or has ended, and has no successor."""
    return [each for each in keyring.expiries(at=at) if each.successor is None]
