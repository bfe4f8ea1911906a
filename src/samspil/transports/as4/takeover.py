"""From what AS4 has receipted to the exchange: the message is taken out of its envelope and handed over.

A message waits in the vault until the exchange has committed it. A process that dies in between leaves it there; the
next one hands it over again, and the exchange knows it by its ids.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import NAMESPACE_OID, uuid5

import structlog

from samspil.access.callers import Caller
from samspil.access.rights import Right
from samspil.domain.issues import Failure, Issue, Unreachable
from samspil.domain.message import Format
from samspil.exchange.carriage import Arrival, Clock, Receipt
from samspil.formats.envelopes.markup import read_markup
from samspil.formats.envelopes.sbdh import read_sbdh
from samspil.formats.identify import identify
from samspil.transports.as4.vault import Vault, Waiting

log = structlog.get_logger(__name__)

WIRE = "as4"
LOOK_SECONDS = 5.0
_BATCH = 20


class Takeover:
    """Hands over what waits, woken when something was kept, and by looking now and then."""

    def __init__(self, vault: Vault, receive: Callable[[Arrival], Awaitable[Receipt]], clock: Clock) -> None:
        self._vault = vault
        self._receive = receive
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was kept."""
        self._woken.set()

    async def run(self) -> None:
        """Hand over for ever. That the database is away is no end: the next round tries again."""
        while True:
            self._woken.clear()
            try:
                while await self.round() == _BATCH:
                    pass
            except Unreachable as problem:
                log.warning("as4.trouble", problem=problem.code)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Hand over some of what waits; give their number. Errors: Unreachable; then all of them wait again."""
        return await self._vault.hand_over(self._give, at=self._clock(), most=_BATCH)

    async def _give(self, waiting: Waiting) -> str:
        """One message; the code of the problem where the exchange would not have it."""
        arrival = Arrival(payload=taken_out(waiting.payload), caller=caller_of(waiting.sender), wire=WIRE)
        try:
            receipt = await self._receive(arrival)
        except Unreachable:
            raise
        except Failure as problem:
            log.warning("as4.refused", code=problem.code)
            return problem.code
        except Exception:  # ours: set aside whole, with its mark, so that what comes after it goes on
            log.exception("as4.failed")
            return "as4.failed"
        log.info("as4.taken", message=str(receipt.id), status=receipt.status, repeated=receipt.repeated)
        return ""


def taken_out(payload: bytes) -> bytes:
    """What lies in an envelope; any other payload as it is. A broken envelope is the exchange's to judge."""
    if identify(payload).format is not Format.SBDH:
        return payload
    markup = read_markup(payload)
    content = None if isinstance(markup, Issue) else read_sbdh(markup).content
    return content.payload if content and content.payload is not None else payload


def caller_of(access_point: str) -> Caller:
    """On whose behalf: the access point that signed, which relays for all behind it."""
    return Caller(
        id=uuid5(NAMESPACE_OID, f"as4:{access_point}"), kind="client", name=WIRE, rights=frozenset({Right.RELAY})
    )
