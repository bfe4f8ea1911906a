"""Listens, serves, and stops in good order: the process around one site or several.

A stop is asked for by SIGINT, SIGTERM or SIGHUP: no request is taken in any more, those under way get their answer,
deliveries in the air land, and the embedded database is stopped. A second signal stops the waiting.
"""

import asyncio
import contextlib
import signal
import socket
import ssl
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from samspil.runtime.settings import Settings
from samspil.transports.http.wire import wire

Application = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
BACKLOG = 2048
KEEP_ALIVE_SECONDS = 20
SWITCH_SECONDS = 0.0005
"""How long a thread that has something to commit waits for the one that judges. Python's own 5 ms, waited for at each
of a commit's steps, made a commit last ten times as long as the disk needs."""


class PortTaken(Exception):
    """Somebody else listens there, or we may not."""


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to us: several may run in one process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Nothing to do; `run_until_signal` watches."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Errors: PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as problem:
        raise PortTaken(problem.strerror or "") from None


@asynccontextmanager
async def listening(application: Application, settings: Settings, door: socket.socket) -> AsyncGenerator[None]:
    """Answer on a socket for the length of an `async with`; at its end, let requests under way be answered."""
    server = _Server(
        uvicorn.Config(
            application,
            http=wire(head_seconds=settings.header_seconds),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
            **_tls(settings),
        )
    )
    task = asyncio.create_task(server.serve(sockets=[door]))
    await server.up.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await task


def _tls(settings: Settings) -> dict[str, Any]:
    """uvicorn's options for HTTPS, with client certificates asked for where an authority is named."""
    if not settings.tls_certificate:
        return {}
    asked = {"ssl_ca_certs": settings.tls_client_ca, "ssl_cert_reqs": ssl.CERT_OPTIONAL}
    return {
        "ssl_certfile": settings.tls_certificate,
        "ssl_keyfile": settings.tls_key or None,
        **(asked if settings.tls_client_ca else {}),
    }


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run `main` in a loop of its own; the event it is given is set when a stop is asked for."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner, contextlib.suppress(asyncio.CancelledError):
        runner.run(_until_signal(main))


def stop_by_exception() -> None:
    """Until a loop runs: let every signal that stops us unwind what is open, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in STOPS:
        signal.signal(number, interrupt)


async def _until_signal(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop, task = asyncio.Event(), asyncio.current_task()

    def asked() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for number in STOPS:
            loop.add_signal_handler(number, asked)
    await main(stop)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop  # psycopg's asynchronous connections need it there
    import uvloop  # noqa: PLC0415 - not made for Windows

    return uvloop.new_event_loop
