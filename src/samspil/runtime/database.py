"""Which PostgreSQL a site uses: the one that its settings name, else the embedded one in its home."""

from collections.abc import Iterator
from contextlib import contextmanager

from samspil.runtime.settings import Settings


@contextmanager
def site_database(settings: Settings) -> Iterator[str]:
    """The address of the site's database, for as long as it is needed; the embedded server runs meanwhile.

    Several processes on one home share the embedded server; the last to leave stops it.
    Errors: Fault with a sentence for a person where the embedded server cannot run.
    """
    if settings.database_url:
        yield settings.database_url
        return
    from samspil.storage.embedded import EmbeddedServer  # noqa: PLC0415 - only Unix has one; a URL works everywhere

    server = EmbeddedServer(settings.folder)
    try:
        yield server.start()
    finally:
        server.stop()
