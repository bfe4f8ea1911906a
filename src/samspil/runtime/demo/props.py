"""Other people's systems as the demonstration needs them: one that is shut for a while, one that never answers."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

PIECE_BYTES = 65_536


class Door:
    """A way to a port that can be shut: while it is, nobody answers there, as when a system is down."""

    def __init__(self, host: str, port: int, *, leads_to: int) -> None:
        self._host = host
        self._port = port
        self._leads_to = leads_to
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Let traffic through from now on."""
        if self._server is None:
            self._server = await asyncio.start_server(self._pass, self._host, self._port, reuse_address=True)

    async def shut(self) -> None:
        """Let nobody through, and cut who is passing."""
        if self._server is not None:
            self._server.close()
            for task in self._passing:
                task.cancel()
            self._server = None

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(self._host, self._leads_to)
        except OSError:  # the site behind it is stopping
            writer.close()
            return
        for task in (
            asyncio.create_task(_copy(reader, there_writer)),
            asyncio.create_task(_copy(there_reader, writer)),
        ):
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.CancelledError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def silent_system(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """An application that takes every message and never acknowledges one."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
