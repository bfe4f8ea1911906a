"""From a folder to the exchange: hand over each file that is ready, and put it away by what became of it.

A file leaves `taken` only after the exchange's commit. A process that dies in between leaves it there; the next one
hands it over again, and the exchange knows it by its ids. So nothing is lost, and nothing is carried twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import orjson
import structlog

from samspil.access.callers import Caller
from samspil.catalogue.findings import finding
from samspil.domain.issues import Failure, Issue, Unreachable
from samspil.exchange.carriage import Arrival, Clock, Receipt
from samspil.transports.folder.files import read_plain
from samspil.transports.folder.shelf import Shelf
from samspil.validation.lines import issue_line

log = structlog.get_logger(__name__)

WIRE = "folder"
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Intake:
    """Takes letters from one folder, one after the other, the oldest first.

    `caller` is on whose behalf; the register may change it. File work is done in a thread of the folder's own: a share
    that hangs holds up nobody else.
    """

    shelf: Shelf
    caller: Caller
    max_bytes: int
    receive: Callable[[Arrival], Awaitable[Receipt]]
    clock: Clock
    _hand: ThreadPoolExecutor = field(init=False)
    _trouble: str = ""

    def __post_init__(self) -> None:
        self._hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="folder")

    async def look(self) -> None:
        """One round. That the folder or the database is away is told once; the next round tries again."""
        trouble = ""
        try:
            for taken in await self._do(self.shelf.take_ready):
                await self._hand_over(taken)
        except OSError as problem:
            trouble = type(problem).__name__
        except Unreachable as problem:
            trouble = problem.code
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("folder.trouble", endpoint=str(self.caller.id), problem=trouble or None)

    def close(self) -> None:
        """Let another process take letters from here."""
        self._hand.submit(self.shelf.release)
        self._hand.shutdown(wait=False)

    async def _hand_over(self, taken: Path) -> None:
        """One file. Errors: OSError and Unreachable; it stays in `taken` then."""
        if (await self._do(taken.stat)).st_size > self.max_bytes:
            await self._refuse(taken, finding("folder.file.large", limit=str(self.max_bytes)))
            return
        try:
            payload = await self._do(read_plain, taken)
        except PermissionError:
            await self._refuse(taken, finding("folder.file.closed"))
            return
        try:
            receipt = await self.receive(Arrival(payload=payload, caller=self.caller, wire=WIRE))
        except Unreachable:
            raise
        except Failure as problem:  # whoever put it there may not
            await self._refuse(taken, finding(problem.code))
            return
        except Exception:  # ours: set aside whole, so that what comes after it goes on
            log.exception("folder.failed", endpoint=str(self.caller.id))
            await self._refuse(taken, finding("folder.file.failed"))
            return
        if receipt.status < 300:
            await self._do(self.shelf.accept, taken, receipt.id, self.clock())
        else:
            await self._do(self.shelf.refuse, taken, receipt.id, _indented(orjson.loads(receipt.body)))
        log.info("folder.taken", message=str(receipt.id), status=receipt.status, repeated=receipt.repeated)

    async def _refuse(self, taken: Path, issue: Issue) -> None:
        """Turn away what the exchange never stored."""
        identifier = uuid4()
        answer = {"id": None, "verdict": "rejected", "parts": [], "issues": [issue_line(issue, language="en")]}
        await self._do(self.shelf.refuse, taken, identifier, _indented(answer))
        log.warning("folder.refused", endpoint=str(self.caller.id), code=issue.code)

    async def _do(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._hand, work, *given)


def _indented(answer: object) -> bytes:
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
