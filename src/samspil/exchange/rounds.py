"""Something done again and again in the background, whatever happens to one round of it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from samspil.domain.issues import Unreachable
from samspil.storage.ending import end

log = structlog.get_logger(__name__)


class Rounds:
    """Calls `look` every so many seconds until stopped. A round that fails is logged; the next one looks again."""

    def __init__(self, name: str, look: Callable[[], Awaitable[None]], *, every_seconds: float) -> None:
        self._name = name
        self._look = look
        self._every_seconds = every_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with a round at once."""
        self._task = asyncio.create_task(self._go_round())

    async def stop(self) -> None:
        """Stop, in the middle of a round if need be."""
        await end(self._task)

    async def _go_round(self) -> None:
        while True:
            try:
                await self._look()
            except Unreachable as problem:
                log.warning("round.waits", code=problem.code, worker=self._name)
            except Exception:  # nothing is lost: what this round left undone, the next one finds
                log.exception("round.failed", worker=self._name)
            await asyncio.sleep(self._every_seconds)
