"""Payloads on disk: zstd when it helps, as they are when it does not."""

import zstandard

PLAIN, ZSTD = 0, 1
_LEVEL = 3


def pack(payload: bytes) -> tuple[int, bytes]:
    """The codec and the bytes to store."""
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(payload)
    return (ZSTD, packed) if len(packed) < len(payload) else (PLAIN, payload)


def unpack(codec: int, stored: bytes) -> bytes:
    """The payload as it was received."""
    return zstandard.ZstdDecompressor().decompress(stored) if codec == ZSTD else bytes(stored)
