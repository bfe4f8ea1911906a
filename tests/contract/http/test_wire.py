"""A bare connection meets a patient but not endless server: slow, endless, broken, pipelined and half-sent requests."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil.transports.http.answers import json_answer, send_answer
from samspil.transports.http.limits import Gone, Intake, Limits
from samspil.transports.http.problems import Problem
from samspil.transports.http.wire import HEAD_BYTES, HEAD_COUNT, wire
from tests.contract.http.serving import Served, read_to_end, serving

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LIMITS = Limits(payload_bytes=1_000_000, silence_seconds=0.5, grace_seconds=0.5, least_bytes_a_second=1000)
QUICK = wire(head_seconds=0.6, reader_seconds=0.6, linger_seconds=0.6)


class Counting:
    """An application that reads a body within the limits and tells its length."""

    def __init__(self) -> None:
        self.intake = Intake(LIMITS)
        self.bodies: list[int] = []
        self.left = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/large":
            answer = json_answer("x" * 30_000_000)
        elif scope["path"] == "/deaf":
            answer = json_answer("not read")
        else:
            try:
                body = await self.intake.read(scope["headers"], receive)
                self.bodies.append(len(body))
                self.intake.let_go(body)
                answer = json_answer(len(body))
            except Problem as problem:
                answer = problem.answer("en")
            except Gone:
                self.left += 1
                return
        await send_answer(answer, send)


@pytest.fixture(scope="module")
def application() -> Counting:
    """The application behind the server."""
    return Counting()


@pytest.fixture(scope="module")
def served(application: Counting) -> Iterator[Served]:
    """A server with little patience, for all tests of this file."""
    with serving(application, QUICK, keep_alive_seconds=1) as server:
        yield server


def post(body: bytes, *headers: bytes, path: bytes = b"/") -> bytes:
    """A request with a body."""
    rows = (b"Host: localhost", b"Content-Length: %d" % len(body), *headers)
    return b"POST " + path + b" HTTP/1.1\r\n" + b"\r\n".join(rows) + b"\r\n\r\n" + body


def statuses(answers: bytes) -> list[int]:
    """The status of each answer in a stream of them."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answers) if status != b"100"]


def problem(answers: bytes) -> dict[str, Any]:
    """The problem document of the last answer."""
    head, _, body = answers.rpartition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.rpartition(b"HTTP/1.1 ")[2]
    return orjson.loads(body)


def test_an_ordinary_request_is_answered(served: Served) -> None:
    """The class changes nothing for those who behave."""
    assert served.answer_to(post(b"hello", b"Connection: close")).endswith(b"\r\n\r\n5")


@pytest.mark.parametrize("sent", [b"", b"P", b"POST / HTTP/1.1\r\nHost: a\r\nX: "], ids=["nothing", "letter", "head"])
def test_a_head_that_does_not_come_is_not_waited_for(served: Served, sent: bytes) -> None:
    """The connection closes in time; who had begun is told why."""
    began = time.monotonic()
    answer = served.answer_to(sent)
    assert time.monotonic() - began < 3
    if sent:
        assert problem(answer)["code"] == "http.head.slow"
    else:
        assert answer == b""


def test_dripping_a_head_keeps_nothing_alive(served: Served) -> None:
    """A byte now and then does not start the clock anew."""
    began = time.monotonic()
    with served.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        try:
            while time.monotonic() - began < 5:
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - began < 3


def test_empty_lines_keep_nothing_alive(served: Served) -> None:
    """Line ends between requests are no request."""
    began = time.monotonic()
    with served.connect() as connection:
        try:
            while time.monotonic() - began < 5:
                connection.sendall(b"\r\n")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - began < 3


def test_a_head_without_end_is_refused(served: Served) -> None:
    """Neither one endless header nor an endless row of them fills the memory."""
    for filler in (b"x" * HEAD_BYTES * 6, b"X: 1\r\n" * HEAD_BYTES):
        answer = served.answer_to(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + filler)
        assert statuses(answer) == [431]
        assert problem(answer)["code"] == "http.head.large"


def test_many_or_long_headers_are_refused_whole(served: Served) -> None:
    """A head that came in one piece is measured too, and its body is not taken for anything."""
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(HEAD_COUNT + 1))
    long = b"X: " + b"x" * HEAD_BYTES + b"\r\n"
    for rows in (many, long):
        answer = served.answer_to(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n" + rows + b"\r\nGET ")
        assert statuses(answer) == [431]


def test_a_long_address_is_part_of_the_head(served: Served) -> None:
    """The request line counts."""
    assert statuses(served.answer_to(b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\nHost: a\r\n\r\n")) == [431]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"UNB+UNOC:3+5790000121526:14'\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        b"GET /\xe6\xf8\xe5 HTTP/1.1\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ],
)  # fmt: skip
def test_garbage_is_refused_in_words(served: Served, garbage: bytes) -> None:
    """What is no request gets a problem document, and the connection ends."""
    answer = served.answer_to(garbage)
    assert statuses(answer) == [400]
    document = problem(answer)
    assert document["code"] == "http.request.malformed"
    assert document["remedy"]


def _pieces() -> st.SearchStrategy[list[bytes]]:
    """Bytes that are nearly requests, cut and mixed."""
    good = [post(b"hello"), post(b""), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n"]
    tokens = st.sampled_from(
        [*good, b"POST / HTTP/1.1\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"Upgrade: x\r\n", b": ", b" "]
    )
    return st.lists(tokens | st.binary(max_size=30), max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=_pieces())
def test_any_bytes_get_an_end(served: Served, pieces: list[bytes]) -> None:
    """Whatever comes over the wire, the connection ends soon, and never with a fault of ours."""
    with served.connect(5) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(1)
        except OSError:
            pass  # refused already
        answer = read_to_end(connection)
    assert set(statuses(answer)) <= {200, 400, 408, 431}


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    """Requests sent ahead wait for their turn."""
    sent = post(b"a") + post(b"bb") + post(b"ccc" * 50_000) + post(b"", b"Connection: close")
    answer = served.answer_to(sent)
    assert statuses(answer) == [200] * 4
    assert [piece.split(b"\r\n")[0] for piece in answer.split(b"\r\n\r\n")[1:]] == [
        b"1HTTP/1.1 200 OK",
        b"2HTTP/1.1 200 OK",
        b"150000HTTP/1.1 200 OK",
        b"0",
    ]


def test_garbage_behind_a_request_does_not_cost_its_answer(served: Served) -> None:
    """The whole request is answered; then the connection closes, and nobody talks in between."""
    for garbage in (b"\x00garbage\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * HEAD_BYTES + b"\r\n\r\n"):
        answer = served.answer_to(post(b"hello") + garbage)
        assert statuses(answer) == [200]
        assert answer.endswith(b"\r\n\r\n5")


def test_a_body_that_stops_is_given_up(served: Served, application: Counting) -> None:
    """Half a body is refused in time, with a reason, and is no message."""
    before = len(application.bodies)
    began = time.monotonic()
    answer = served.answer_to(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
    assert time.monotonic() - began < 3
    assert statuses(answer) == [408]
    assert problem(answer)["code"] == "http.body.slow"
    assert len(application.bodies) == before


def test_a_body_that_drips_is_given_up(served: Served) -> None:
    """A byte now and then is too slow, though it never stops."""
    began = time.monotonic()
    with served.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
        try:
            while time.monotonic() - began < 5:
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - began < 3


def test_a_caller_that_leaves_halfway_is_forgotten(served: Served, application: Counting) -> None:
    """Nothing is taken in of a body whose sender left."""
    before = application.left, len(application.bodies)
    with served.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
        time.sleep(0.1)
    deadline = time.monotonic() + 3
    while application.left == before[0] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (application.left, len(application.bodies)) == (before[0] + 1, before[1])


@pytest.mark.parametrize("head", [b"Content-Length: 2000000", b"Transfer-Encoding: chunked"])
def test_too_large_is_said_while_the_caller_still_sends(served: Served, head: bytes) -> None:
    """A caller that sends all before it listens hears the refusal, not a reset."""
    body = b"x" * 2_000_000 if b"Length" in head else b"1e8480\r\n" + b"x" * 2_000_000 + b"\r\n0\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n" + body)
        answer = connection.recv(65536)
        assert statuses(answer) == [413]
        connection.sendall(post(b"next", b"Connection: close"))
        assert read_to_end(connection).endswith(b"\r\n\r\n4")


def test_a_body_without_end_is_not_read_for_ever(served: Served) -> None:
    """After the refusal the rest is thrown away for a little while only."""
    began = time.monotonic()
    with served.connect() as connection:
        connection.sendall(b"POST /deaf HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while time.monotonic() - began < 8:
                connection.sendall(b"ffff\r\n" + b"x" * 65535 + b"\r\n")
        except OSError:
            pass
    assert time.monotonic() - began < 4


def test_who_waits_for_a_go_ahead_gets_the_refusal_first(served: Served) -> None:
    """With Expect: 100-continue a body that is too large is never sent."""
    sent = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n"
    with served.connect() as connection:
        connection.sendall(sent)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
    with served.connect() as connection:
        connection.sendall(sent.replace(b"2000000", b"3"))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert connection.recv(65536).endswith(b"\r\n\r\n3")


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"5;x=" + b"y" * 9 + b"\r\nhelloWRONG", b"5\r\nhel\x00lo toolong\r\n"])
def test_a_broken_chunk_ends_the_request(served: Served, application: Counting, chunk: bytes) -> None:
    """A body whose framing breaks is no body."""
    before = len(application.bodies)
    answer = served.answer_to(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
    assert statuses(answer) == [400]
    assert len(application.bodies) == before


def test_one_who_closes_his_half_still_gets_the_answer(served: Served) -> None:
    """A caller may say that it has sent all it will."""
    with served.connect() as connection:
        connection.sendall(post(b"hello"))
        connection.shutdown(1)
        assert read_to_end(connection).endswith(b"\r\n\r\n5")


def test_a_reader_that_does_not_read_is_dropped(served: Served) -> None:
    """A large answer is not held for ever for somebody who does not take it."""
    with served.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(1.5)
        assert len(read_to_end(connection)) < 30_000_000


def test_a_slow_reader_gets_it_all(served: Served) -> None:
    """Who reads slowly but steadily is not cut off."""
    with served.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        total = 0
        while piece := connection.recv(1_000_000):
            total += len(piece)
            time.sleep(0.02)
        assert total > 30_000_000


def test_an_idle_connection_is_closed(served: Served) -> None:
    """Keep-alive has an end."""
    began = time.monotonic()
    with served.connect() as connection:
        connection.sendall(post(b"hello"))
        assert read_to_end(connection).endswith(b"\r\n\r\n5")
    assert 0.5 < time.monotonic() - began < 3


@pytest.mark.parametrize("offer", [b"Upgrade: websocket", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ"])
@pytest.mark.parametrize("tail", [b"", b", close"])
def test_an_offer_of_another_protocol_is_passed_over(served: Served, offer: bytes, tail: bytes) -> None:
    """We speak HTTP/1.1 and nothing else; the request is served with its body, and so is the next."""
    sent = post(b"hello", b"Connection: Upgrade, HTTP2-Settings" + tail, offer)
    answer = served.answer_to(sent + post(b"abc", b"Connection: close"))
    assert re.findall(rb"\r\n\r\n([0-9]+)", answer) == ([b"5"] if tail else [b"5", b"3"])


def test_an_offer_may_come_in_pieces(served: Served) -> None:
    """Wherever the bytes are cut, the body is the same."""
    sent = post(b"hello", b"Connection: Upgrade, close", b"Upgrade: h2c")
    for cut in range(1, len(sent), 7):
        with served.connect() as connection:
            connection.sendall(sent[:cut])
            time.sleep(0.003)
            connection.sendall(sent[cut:])
            assert read_to_end(connection).endswith(b"\r\n\r\n5")
