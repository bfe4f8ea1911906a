"""A site for each test, on a database of its own."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.contract.http.site import Site, WithSite, open_site


@pytest.fixture
def with_site(database_url: str) -> WithSite:
    """Run a test's coroutine against a running site."""

    def run(story: Callable[[Site], Awaitable[None]]) -> None:
        async def main() -> None:
            async with open_site(database_url) as site:
                await story(site)

        asyncio.run(main())

    return run
