"""The connection itself: uvicorn's HTTP protocol, made impatient, and well spoken when it refuses.

It bounds what the server leaves open: how long a request's head may take and how large it may be, how long an
answer may wait for its reader, how long the rest of a refused body is read and thrown away. The body's own pace is
`limits.py`'s business. It also shows the caller's TLS certificate to the application, and passes over an offer to
speak another protocol.
"""

import ssl
from asyncio import BaseTransport, Transport
from asyncio.events import TimerHandle
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from samspil.transports.http.answers import ALWAYS
from samspil.transports.http.problems import Problem

HEAD_BYTES = 64 * 1024
HEAD_COUNT = 100


_OFFER = frozenset({b"connection", b"upgrade", b"http2-settings"})


class HeadTooLarge(Exception):
    """Stops the parser in the middle of a request."""


class Wire(HttpToolsProtocol):
    """One connection. `wire()` makes a kind of it with other patience."""

    head_seconds = 10.0
    reader_seconds = 30.0
    linger_seconds = 5.0

    _in_head = False  # a request has begun, and its head is not whole
    _requests = 0
    _head_bytes = 0  # of that head, without the piece in hand
    _piece_bytes = 0  # of the piece in hand
    _deaf = False  # nothing more is taken in; an answer under way may still go out
    _due: float | None = None
    _timer: TimerHandle | None = None
    _reader_deadline: TimerHandle | None = None
    _extensions: dict[str, object] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Start waiting for the first request."""
        super().connection_made(cast("Transport", transport))
        self._extensions = _tls_extension(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; refuse a head that grows without end."""
        self._unset_keepalive_if_required()
        if self._deaf:
            return
        requests, self._piece_bytes = self._requests, len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._pass_over_offer(data[offer.args[0] :])
        except httptools.HttpParserError:
            self._refuse(Problem("http.request.malformed"))
        if self._in_head and self._requests == requests:
            self._head_bytes += self._piece_bytes
            if self._head_bytes > HEAD_BYTES:
                self._refuse(_head_too_large())

    def eof_received(self) -> bool:  # type: ignore[override] - None and False mean the same to the transport
        """A caller that has sent all it will still gets its answer; TLS knows no half-closed connection."""
        if self.scheme == "https" or not self._answering() or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        """A request begins: its head must be whole in time."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._requests += 1
        if self._extensions is not None:
            cast("dict[str, Any]", self.scope)["extensions"] = self._extensions
        self._wait(self.head_seconds)

    def on_headers_complete(self) -> None:
        """The head is whole. Errors: HeadTooLarge, which ends the parsing."""
        if len(self.headers) > HEAD_COUNT or self._is_head_large():
            self._refuse(_head_too_large())
            raise HeadTooLarge
        self._in_head = False
        self._due = None
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole; if it has its answer already, the next may come."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait(self.timeout_keep_alive)

    def on_response_complete(self) -> None:
        """The answer is written; what is still coming of its request is waited for a little while."""
        super().on_response_complete()
        if not (self.pipeline or self._in_head or self.transport.is_closing()):
            self._wait(self.linger_seconds if self.cycle.more_body else self.timeout_keep_alive)

    def pause_writing(self) -> None:
        """The reader does not keep up: wait, but not for ever."""
        super().pause_writing()
        self._reader_deadline = self.loop.call_later(self.reader_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader keeps up again."""
        if self._reader_deadline is not None:
            self._reader_deadline.cancel()
            self._reader_deadline = None
        super().resume_writing()

    def _pass_over_offer(self, rest: bytes) -> None:
        """Read a request that offers another protocol once more, without the offer.

        QUIRK: Java's HttpClient offers h2c with every request, bodies included; a parser that has seen the offer
        takes the body for the other protocol (RFC 9110, 7.8 lets a server ignore it).
        """
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT":
            self._refuse(Problem("http.request.malformed"))
            return
        self.parser = httptools.HttpRequestParser(self)  # the old one would take nothing in after "close"
        closing = any(name == b"connection" and b"close" in value.lower() for name, value in self.headers)
        kept = [(name, value) for name, value in self.headers if name not in _OFFER]
        rows = [*kept, (b"connection", b"close" if closing else b"keep-alive")]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in rows)
        line = method + b" " + self.url + b" HTTP/" + version + b"\r\n"
        self.data_received(line + head + b"\r\n" + rest)

    def _refuse(self, problem: Problem) -> None:
        """Take nothing more in; say why, unless an answer is under way: nobody talks over that."""
        if self._deaf or self.transport.is_closing():
            return
        self._deaf = True
        if self._answering():
            if not self.cycle.more_body:  # the fault stands behind a whole request, which gets its answer
                self.cycle.keep_alive = False
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not (self._answering() and self.cycle.response_started):
            self.transport.write(_spelt(problem))
        self.transport.close()

    def _answering(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _is_head_large(self) -> bool:
        """Only what came in large pieces needs to be measured."""
        if self._head_bytes + self._piece_bytes <= HEAD_BYTES:
            return False
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES

    def _wait(self, seconds: float) -> None:
        """Something must happen by then. Set for every request, so a timer under way is left to find out."""
        self._due = self.loop.time() + seconds
        if self._timer is None or self._timer.when() > self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self.loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._due > self.loop.time():
            self._timer = self.loop.call_at(self._due, self._look)
        else:
            self._give_up()

    def _give_up(self) -> None:
        if self._in_head:
            self._refuse(Problem("http.head.slow", seconds=f"{self.head_seconds:g}"))
        else:
            self.transport.close()


def wire(*, head_seconds: float = 10.0, reader_seconds: float = 30.0, linger_seconds: float = 5.0) -> type[Wire]:
    """The protocol class to give uvicorn as `http`."""
    patience = {"head_seconds": head_seconds, "reader_seconds": reader_seconds, "linger_seconds": linger_seconds}
    return type("Wire", (Wire,), patience)


def _head_too_large() -> Problem:
    return Problem("http.head.large", limit=str(HEAD_BYTES), count=str(HEAD_COUNT))


def _spelt(problem: Problem) -> bytes:
    """A refusal as bytes on the wire, for requests that never reach the application."""
    answer = problem.answer("en")
    headers = (
        *ALWAYS,
        (b"content-type", answer.media_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"connection", b"close"),
    )
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[answer.status] + head + b"\r\n" + answer.body


def _tls_extension(transport: BaseTransport) -> dict[str, object] | None:
    """The caller's certificate as the ASGI TLS extension spells it, if it showed one that the server verified."""
    connection = transport.get_extra_info("ssl_object")
    certificate = None if connection is None else connection.getpeercert(binary_form=True)
    if certificate is None:
        return None
    return {"tls": {"client_cert_chain": (ssl.DER_cert_to_PEM_cert(certificate),)}}
