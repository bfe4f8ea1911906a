"""A task is ended also when it loses the first request to end."""

import asyncio

from samspil.storage.ending import end


def test_a_lost_cancellation_is_asked_for_again() -> None:
    """The first request is swallowed, as Python 3.11 may do; the second ends the task."""
    asked = 0

    async def deaf_once() -> None:
        nonlocal asked
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1
                if asked > 1:
                    raise

    async def main() -> None:
        task = asyncio.create_task(deaf_once())
        await asyncio.sleep(0)
        await asyncio.wait_for(end(task), 5)
        assert task.cancelled()

    asyncio.run(main())
    assert asked == 2


def test_a_task_that_failed_has_ended_and_none_is_fine() -> None:
    """Its failure is not raised again here, nor told as never looked at."""

    async def fail() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await end(task)
        await end(None)

    asyncio.run(main())
