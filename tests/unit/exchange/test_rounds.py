"""Rounds go on whatever happens to one of them."""

import asyncio

from samspil.domain.issues import Unreachable
from samspil.exchange.rounds import Rounds


def test_a_failed_round_does_not_end_the_rounds() -> None:
    """A database that is away and a mistake of ours are both survived."""
    seen: list[int] = []
    four_rounds = asyncio.Event()

    async def look() -> None:
        seen.append(len(seen))
        if len(seen) == 4:
            four_rounds.set()
        if len(seen) == 1:
            raise Unreachable("database.unreachable")
        if len(seen) == 2:
            raise ZeroDivisionError

    async def main() -> None:
        rounds = Rounds("test", look, every_seconds=0.001)
        rounds.start()
        await asyncio.wait_for(four_rounds.wait(), 5)
        await rounds.stop()
        counted = len(seen)
        await asyncio.sleep(0.02)
        assert len(seen) == counted

    asyncio.run(main())


def test_stopping_what_never_began_is_fine() -> None:
    """A site that failed to start can be taken down."""

    async def look() -> None:
        raise AssertionError

    asyncio.run(Rounds("test", look, every_seconds=1).stop())
