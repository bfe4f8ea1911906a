"""Which PostgreSQL a site uses: the one that its settings name, else the embedded one in its home."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from samspil.runtime.settings import Settings


class Embedded(Protocol):
    """What is asked of the embedded server while it runs."""

    def create(self, database: str) -> str:
        """Make a database unless it is there; give its address."""
        ...

    async def watch(self) -> None:
        """Start the server again whenever it dies, for ever."""
        ...


@dataclass(frozen=True, slots=True)
class SiteDatabase:
    """The address of the site's database; `server` is ours to look after, or None for somebody else's."""

    dsn: str = field(repr=False)
    server: Embedded | None = None

    async def watch(self) -> None:
        """Keep the embedded server alive, for ever; somebody else's is theirs to keep."""
        if self.server is None:
            await asyncio.Event().wait()
        else:
            await self.server.watch()


@contextmanager
def site_database(settings: Settings) -> Generator[SiteDatabase]:
    """The site's database, for as long as it is needed; the embedded server runs meanwhile.

    Several processes on one home share the embedded server; the last to leave stops it.
    Errors: Fault with a sentence for a person where the embedded server cannot run.
    """
    if settings.database_url:
        yield SiteDatabase(settings.database_url)
        return
    from samspil.storage.embedded import EmbeddedServer  # noqa: PLC0415 - only Unix has one; a URL works everywhere

    server = EmbeddedServer(settings.folder)
    try:
        yield SiteDatabase(server.start(), server)
    finally:
        server.stop()
