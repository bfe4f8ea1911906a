"""Ending a background task for good.

One request is not enough: until Python 3.12 `asyncio.wait_for`, which the database driver waits with, loses a
cancellation that comes in the moment the awaited thing is ready (CPython issue 81839). Whoever then waits for the
task's end waits for ever.
"""

import asyncio
from typing import Any

ASK_AGAIN = 0.5  # seconds


async def end(task: "asyncio.Task[Any] | None") -> None:
    """Cancel a task until it has ended; what it ends with is nobody's business any more."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=ASK_AGAIN)
    if task is not None and not task.cancelled():
        task.exception()  # looked at, so that nobody is told it was not
