"""How much and how slowly a request's body may come: read whole, or refused as early as can be told.

What is refused: a body over the limit (by its Content-Length, else at the first byte too many), one that stalls or
drips, one that unpacks to too much, and a large one while the large ones under way already fill their share of memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from samspil.transports.http.negotiation import Headers, header
from samspil.transports.http.problems import Problem
from samspil.transports.http.unpacking import unpack

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LARGE_BYTES = 1 << 20
"""Bodies up to this size are always taken; larger ones share a budget."""
INLINE_BYTES = 1 << 15
"""Packed bodies up to this size are unpacked at once, larger ones in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request, and all large ones together, may take."""

    payload_bytes: int = 100_000_000
    silence_seconds: float = 20.0
    total_seconds: float = 600.0
    least_bytes_a_second: int = 1024
    grace_seconds: float = 10.0
    together_bytes: int = 400_000_000


class Gone(Exception):
    """The caller left before its request was whole: there is nobody to answer, and nothing was stored."""


class Intake:
    """Reads bodies within the limits, and knows how many bytes of large ones are held just now."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held_bytes = 0
        self._at_once_bytes = min(LARGE_BYTES, limits.payload_bytes)

    async def read(self, headers: Headers, receive: Receive) -> bytes:
        """The whole body, its Content-Encoding undone. Who takes a body lets it go again.

        Errors: Problem, Gone; then nothing is held.
        """
        coding = header(headers, b"content-encoding")
        length = header(headers, b"content-length")
        if length is not None and length.isdigit() and int(length[:20]) > self.limits.payload_bytes:
            raise self._too_large()
        body, more = await self._piece(receive, self.limits.silence_seconds)
        if more or len(body) > self._at_once_bytes:
            body = await self._gather(receive, body, more)
        if coding is None or (name := coding.decode("latin-1").strip().lower()) in {"", "identity"}:
            return body
        try:
            unpacked = await self._unpack(body, name)
        finally:
            self.let_go(body)
        self._hold(0, len(unpacked))
        return unpacked

    def let_go(self, body: bytes) -> None:
        """The body is no longer needed."""
        self._hold(len(body), 0)

    async def _gather(self, receive: Receive, first: bytes, more: bool) -> bytes:
        """A body in several pieces: its pace is looked at before each piece that must be waited for."""
        limits, clock = self.limits, asyncio.get_running_loop().time
        began, body, held = clock(), bytearray(first), 0
        try:
            while True:
                if len(body) > limits.payload_bytes:
                    raise self._too_large()
                held = self._hold(held, len(body))
                if not more:
                    held = 0  # it is its taker's from here
                    return bytes(body)
                elapsed = clock() - began
                if elapsed > limits.grace_seconds and len(body) < elapsed * limits.least_bytes_a_second:
                    raise self._too_slow()
                piece, more = await self._piece(receive, min(limits.silence_seconds, limits.total_seconds - elapsed))
                body += piece
        finally:
            self._hold(held, 0)

    def _hold(self, before: int, after: int) -> int:
        """Count a large body that has grown, shrunk or gone; give its new size."""
        growth = (after if after > LARGE_BYTES else 0) - (before if before > LARGE_BYTES else 0)
        if growth > 0 and self.held_bytes + growth > self.limits.together_bytes:
            raise Problem("http.server.busy", retry_after_seconds=5)
        self.held_bytes += growth
        return after

    async def _piece(self, receive: Receive, seconds: float) -> tuple[bytes, bool]:
        try:
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            raise self._too_slow() from None
        if message["type"] == "http.disconnect":
            raise Gone
        return message.get("body", b""), message.get("more_body", False)

    async def _unpack(self, body: bytes, coding: str) -> bytes:
        limit = self.limits.payload_bytes
        if len(body) <= INLINE_BYTES:
            return unpack(body, coding, limit_bytes=limit)
        return await asyncio.to_thread(unpack, body, coding, limit_bytes=limit)

    def _too_large(self) -> Problem:
        return Problem("http.body.large", limit=str(self.limits.payload_bytes))

    def _too_slow(self) -> Problem:
        return Problem(
            "http.body.slow",
            headers=((b"connection", b"close"),),
            progress=str(self.limits.least_bytes_a_second),
            seconds=f"{self.limits.total_seconds:g}",
        )
