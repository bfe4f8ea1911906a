"""A body is read whole within its limits, or refused as early as can be told."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from samspil.transports.http.limits import LARGE_BYTES, Gone, Intake, Limits
from samspil.transports.http.problems import Problem

MEGABYTE = 1_000_000


def arriving(
    *pieces: bytes, pauses: Iterable[float] = (), gone: bool = False
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """A caller that sends these pieces, each after its pause, and then perhaps leaves."""
    waits = list(pauses) + [0.0] * len(pieces)
    rest = list(pieces)

    async def receive() -> dict[str, Any]:
        if not rest:
            return {"type": "http.disconnect"}
        await asyncio.sleep(waits.pop(0))
        piece = rest.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(rest) or gone}

    return receive


def refused(reading: Awaitable[bytes]) -> Problem:
    """The problem that reading ends in."""

    async def read() -> Problem:
        with pytest.raises(Problem) as refusal:
            await reading
        return refusal.value

    return asyncio.run(read())


def test_a_body_is_read_whole() -> None:
    """One piece or many, empty ones among them: the same body."""
    intake = Intake(Limits())
    for pieces in ([b"abc"], [b"a", b"", b"bc"], [b"a", b"b", b"c", b""]):
        assert asyncio.run(intake.read([], arriving(*pieces))) == b"abc"
    assert asyncio.run(intake.read([], arriving(b""))) == b""


def test_too_large_by_its_own_word() -> None:
    """A Content-Length over the limit is refused before a byte is asked for."""
    intake = Intake(Limits(payload_bytes=10))

    async def never() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    problem = refused(intake.read([(b"content-length", b"11")], never))
    assert (problem.code, problem.status) == ("http.body.large", 413)
    assert refused(intake.read([(b"content-length", b"9" * 5000)], never)).status == 413


@pytest.mark.parametrize("length", [None, b"3", b"-1", b"many", b""])
def test_too_large_in_fact(length: bytes | None) -> None:
    """Whatever the Content-Length says, the first byte too many ends it."""
    headers = [] if length is None else [(b"content-length", length)]
    asked = 0
    receive = arriving(*[b"12345"] * 10)

    async def counted() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return await receive()

    assert refused(Intake(Limits(payload_bytes=10)).read(headers, counted)).code == "http.body.large"
    assert asked == 3
    assert refused(Intake(Limits(payload_bytes=10)).read(headers, arriving(b"12345678901"))).code == "http.body.large"


def test_silence_is_not_waited_out() -> None:
    """A body that stops in the middle is given up."""
    problem = refused(Intake(Limits(silence_seconds=0.05)).read([], arriving(b"a", b"b", pauses=[0, 5])))
    assert (problem.code, problem.status) == ("http.body.slow", 408)
    assert (b"connection", b"close") in problem.headers


def test_dripping_is_not_waited_out() -> None:
    """A byte now and then keeps no request alive, though no single silence is long."""
    limits = Limits(silence_seconds=5, grace_seconds=0.1, least_bytes_a_second=1000)
    problem = refused(Intake(limits).read([], arriving(*[b"x"] * 1000, pauses=[0.02] * 1000)))
    assert problem.code == "http.body.slow"


def test_all_of_it_must_come_in_time() -> None:
    """Fast enough, but for too long: given up."""
    limits = Limits(total_seconds=0.1, least_bytes_a_second=1)
    problem = refused(Intake(limits).read([], arriving(*[b"x" * 9999] * 1000, pauses=[0.02] * 1000)))
    assert problem.code == "http.body.slow"


def test_a_caller_that_leaves_gets_no_answer() -> None:
    """Half a body is nobody's message."""
    with pytest.raises(Gone):
        asyncio.run(Intake(Limits()).read([], arriving(b"half", gone=True)))


def test_large_bodies_share_their_room() -> None:
    """When the large bodies under way fill their share, another large one must wait and small ones need not."""
    limits = Limits(together_bytes=3 * LARGE_BYTES)
    intake = Intake(limits)
    large = bytes(LARGE_BYTES + 1)
    first = asyncio.run(intake.read([], arriving(large)))
    second = asyncio.run(intake.read([], arriving(large[:-9], large[-9:])))
    problem = refused(intake.read([], arriving(large)))
    assert (problem.code, problem.status) == ("http.server.busy", 503)
    assert (b"retry-after", b"5") in problem.headers
    assert asyncio.run(intake.read([], arriving(b"small"))) == b"small"
    for body in (first, second, b"small"):
        intake.let_go(body)
    assert intake.held_bytes == 0


@pytest.mark.parametrize("gone", [False, True])
def test_a_refused_body_takes_no_room(gone: bool) -> None:
    """Room is given back when a body is refused or its caller leaves."""
    intake = Intake(Limits(payload_bytes=3 * MEGABYTE))
    pieces = [bytes(MEGABYTE)] * (2 if gone else 4)
    with pytest.raises(Gone if gone else Problem):
        asyncio.run(intake.read([], arriving(*pieces, gone=gone)))
    assert intake.held_bytes == 0


def test_a_packed_body_counts_as_unpacked() -> None:
    """Room is counted in the bytes that are really held."""
    intake = Intake(Limits(together_bytes=3 * MEGABYTE))
    body = bytes(range(256)) * 10_000
    headers = [(b"content-encoding", b"GZIP")]
    unpacked = asyncio.run(intake.read(headers, arriving(gzip.compress(body))))
    assert unpacked == body
    assert intake.held_bytes == len(body)
    assert refused(intake.read(headers, arriving(gzip.compress(body)))).status == 503
    intake.let_go(unpacked)
    assert intake.held_bytes == 0


@pytest.mark.parametrize("coding", [b"identity", b" Identity ", b""])
def test_identity_is_no_coding(coding: bytes) -> None:
    """A body that says it is not packed is taken as it is."""
    assert asyncio.run(Intake(Limits()).read([(b"content-encoding", coding)], arriving(b"\x1f\x8b"))) == b"\x1f\x8b"
