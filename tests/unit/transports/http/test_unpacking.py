"""A packed body is unpacked whole, or refused: damaged, unknown, or grown beyond reason."""

import gzip
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from samspil.transports.http.problems import Problem
from samspil.transports.http.unpacking import CODINGS, UNSUSPECTED_BYTES, unpack

LIMIT = 50_000_000


def raw_deflate(body: bytes) -> bytes:
    """Deflate without the zlib wrapping that its name promises."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
BODIES = [b"", b"x", b"UNB+UNOC:3+5790000121526" * 9, bytes(range(256)) * 9000]


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("body", BODIES, ids=len)
def test_what_was_packed_comes_out(coding: str, body: bytes) -> None:
    """Each coding gives back the bytes that went in."""
    assert unpack(PACKERS[coding](body), coding, limit_bytes=LIMIT) == body


@pytest.mark.parametrize("body", BODIES, ids=len)
def test_bare_deflate_is_taken_too(body: bytes) -> None:
    """Clients that leave the zlib wrapping out are understood."""
    assert unpack(raw_deflate(body), "deflate", limit_bytes=LIMIT) == body


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_several_members_are_one_body(coding: str) -> None:
    """gzip members and zstd frames that follow each other are read as one."""
    packed = PACKERS[coding](b"first ") + PACKERS[coding](b"second")
    assert unpack(packed, coding, limit_bytes=LIMIT) == b"first second"


@pytest.mark.parametrize("coding", PACKERS)
def test_every_shortening_is_noticed(coding: str) -> None:
    """A body cut anywhere is damaged, never a shorter message."""
    packed = PACKERS[coding](b"UNB+UNOC:3+5790000121526+5790000201389" * 3)
    for end in range(len(packed)):
        with pytest.raises(Problem) as refusal:
            unpack(packed[:end], coding, limit_bytes=LIMIT)
        assert refusal.value.code == "http.body.corrupt"


@pytest.mark.parametrize("coding", PACKERS)
def test_bytes_behind_the_end_are_noticed(coding: str) -> None:
    """What stands behind the packed body belongs to nothing."""
    with pytest.raises(Problem) as refusal:
        unpack(PACKERS[coding](b"whole") + b"more", coding, limit_bytes=LIMIT)
    assert refusal.value.code == "http.body.corrupt"


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_refused_before_it_fills_the_memory(coding: str) -> None:
    """A few kilobytes that stand for 300 MB are refused after a few of them."""
    bomb = PACKERS[coding](bytes(300_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as refusal:
            unpack(bomb, coding, limit_bytes=1_000_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refusal.value.code == "http.body.swollen"
    assert peak < max(UNSUSPECTED_BYTES, 200 * len(bomb)) + 80_000_000


@pytest.mark.parametrize("coding", PACKERS)
def test_the_limit_counts_unpacked_bytes(coding: str) -> None:
    """A body that unpacks to one byte too many is too large, however small it came."""
    packed = PACKERS[coding](bytes(1001))
    assert len(unpack(packed, coding, limit_bytes=1001)) == 1001
    with pytest.raises(Problem) as refusal:
        unpack(packed, coding, limit_bytes=1000)
    assert refusal.value.code == "http.body.large"


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, gzip", "zstd,identity", ""])
def test_other_codings_are_refused_with_those_that_are_known(coding: str) -> None:
    """An unknown coding, or more than one, is answered with what would be taken."""
    with pytest.raises(Problem) as refusal:
        unpack(b"anything", coding, limit_bytes=LIMIT)
    assert (refusal.value.code, refusal.value.status) == ("http.body.encoding", 415)
    assert (b"accept-encoding", b"gzip, deflate, zstd") in refusal.value.headers


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=400))
def test_any_bytes_are_unpacked_or_refused(coding: str, body: bytes) -> None:
    """Whatever comes, it is a body or a problem."""
    try:
        assert isinstance(unpack(body, coding, limit_bytes=LIMIT), bytes)
    except Problem as refusal:
        assert refusal.code in {"http.body.corrupt", "http.body.swollen"}
