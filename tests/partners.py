"""An unreliable partner: a bare TCP server on loopback that answers each request as the test says."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What the partner was sent."""

    head: str
    body: bytes = field(repr=False)


def status(code: int, *, body: bytes = b"{}", headers: str = "") -> Answer:
    """A well-formed answer with this status."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {code} Whatever\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        writer.write(head.encode() + body)

    return answer


def raw(text: bytes) -> Answer:
    """These bytes, whatever they are, and the connection is closed."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        writer.close()

    return answer


async def silence(_: Request, writer: asyncio.StreamWriter) -> None:
    """No answer at all, for a long time."""
    await asyncio.sleep(600)
    writer.close()


async def hang_up(_: Request, writer: asyncio.StreamWriter) -> None:
    """The connection is cut after the request was read."""
    writer.transport.abort()


async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
    """A fine status, and then a body without end."""
    writer.write(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _chunk in range(100_000):
        writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        await writer.drain()


class Partner:
    """What the partner does, and what it has seen. `answers` are used in turn; the last one stays."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/inbox"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests and answer them until the connection ends."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1])) if length else b""
                request = Request(head, body)
                self.requests.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                await answer(request, writer)
                if writer.is_closing():
                    return
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def partner(*answers: Answer) -> AsyncGenerator[Partner, None]:
    """A partner that listens for the length of an `async with`."""
    it = Partner(*answers)
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await it.serve(reader, writer)
        finally:
            connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
