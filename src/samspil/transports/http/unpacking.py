"""Undo a body's Content-Encoding without letting a small body grow into a huge one.

Sources: RFC 9110, section 8.4 (codings); RFC 1950, 1951, 1952 (deflate, gzip); RFC 8878, RFC 9659 (zstd, window 8 MB).
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import zstandard

from samspil.transports.http.problems import Problem

STEP_BYTES = 1 << 20
"""Most bytes one step of inflating gives."""
SLICE_BYTES = 1 << 16
ZSTD_SLICE_BYTES = 1 << 10
"""A zstd block of four bytes may stand for 128 KiB, so one slice gives 32 MiB at most."""
ZSTD_WINDOW_BYTES = 1 << 23
UNSUSPECTED_BYTES = 4 << 20
"""Up to here a body may grow by any factor."""
MOST_GROWTH = 200
"""Above that, by this factor. Real messages, even padded ones, grow less than 100 times."""


def unpack(body: bytes, coding: str, *, limit_bytes: int) -> bytes:
    """The body with its coding undone.

    Errors: Problem for a coding not known here, a damaged body, one that grows too much, and one over the limit.
    """
    pieces_of = CODINGS.get(coding)
    if pieces_of is None:
        raise Problem("http.body.encoding", known=KNOWN, headers=((b"accept-encoding", KNOWN.encode()),))
    suspect = max(UNSUSPECTED_BYTES, MOST_GROWTH * len(body))
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in pieces_of(body):
            size += len(piece)
            if size > limit_bytes:
                raise Problem("http.body.large", limit=str(limit_bytes))
            if size > suspect:
                raise Problem("http.body.swollen")
            pieces.append(piece)
    except (zlib.error, zstandard.ZstdError) as damage:
        raise Problem("http.body.corrupt") from damage
    return b"".join(pieces)


def _gzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, zlib.MAX_WBITS | 16, members=True)


def _deflate(body: bytes) -> Iterator[bytes]:
    # QUIRK: RFC 9110, 8.4.1.2 means the zlib form; many clients send bare deflate under the same name.
    wrapped = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, members=False)


def _inflate(body: bytes, window: int, *, members: bool) -> Iterator[bytes]:
    decoder = zlib.decompressobj(window)
    for start in range(0, len(body), SLICE_BYTES):
        rest = body[start : start + SLICE_BYTES]
        while rest:
            if decoder.eof:
                if not members:
                    raise zlib.error("bytes after the end")
                decoder = zlib.decompressobj(window)
            yield decoder.decompress(rest, STEP_BYTES)
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    while not decoder.eof:
        piece = decoder.decompress(b"", STEP_BYTES)
        if not piece:
            raise zlib.error("ends in the middle")
        yield piece


def _zstd(body: bytes) -> Iterator[bytes]:
    maker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
    decoder = maker.decompressobj()
    for start in range(0, len(body), ZSTD_SLICE_BYTES):
        rest = body[start : start + ZSTD_SLICE_BYTES]
        while rest:
            if decoder.eof:
                decoder = maker.decompressobj()
            yield decoder.decompress(rest)
            rest = decoder.unused_data if decoder.eof else b""
    if not decoder.eof:
        raise zstandard.ZstdError("ends in the middle")


CODINGS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = MappingProxyType(
    {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "zstd": _zstd}
)
KNOWN = "gzip, deflate, zstd"
