"""A real uvicorn on a loopback port, in a thread, with our connection class."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from samspil.transports.http.wire import Wire, wire


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server listens."""

    port: int

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout: float = 10.0) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def answer_to(self, sent: bytes, timeout: float = 10.0) -> bytes:
        """Send bytes, and give everything that comes back until the server closes."""
        with self.connect(timeout) as connection:
            connection.sendall(sent)
            return read_to_end(connection)


def read_to_end(connection: socket.socket) -> bytes:
    """Everything until the other side closes, kindly or not."""
    found = bytearray()
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return bytes(found)
        if not piece:
            return bytes(found)
        found += piece


@contextmanager
def serving(
    app: Any, protocol: type[Wire] | None = None, *, keep_alive_seconds: int = 5, tls: dict[str, Any] | None = None
) -> Generator[Served]:
    """Serve an application until the block ends."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        loop="uvloop",
        http=protocol or wire(),
        ws="none",
        lifespan="auto",
        log_config=None,
        access_log=False,
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=2,
        server_header=False,
        **(tls or {}),
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield Served(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive(), "the server did not stop"
