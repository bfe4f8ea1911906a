"""Gzip for payloads, opened within bounds: neither the size nor the ratio may pass what is agreed.

Source: OASIS AS4 1.0, 3.1; RFC 1952.
"""

import gzip
import zlib

from samspil.transports.as4.mime import Limits
from samspil.transports.as4.refusal import Ebms, Refused

_CHUNK = 1 << 16


def compressed(content: bytes) -> bytes:
    """The content as one gzip member without name or time, so that the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def expanded(content: bytes, limits: Limits) -> bytes:
    """The content of one gzip member with nothing after it. Errors: Refused, EBMS:0303."""
    most = min(limits.payload_bytes, max(len(content) * limits.expansion, _CHUNK))
    machine = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        whole = machine.decompress(content, most + 1)
    except zlib.error as fault:
        raise Refused(Ebms.DECOMPRESSION_FAILURE, "not gzip") from fault
    if len(whole) > most:
        raise Refused(Ebms.DECOMPRESSION_FAILURE, "expands beyond what is allowed")
    if not machine.eof or machine.unused_data:
        raise Refused(Ebms.DECOMPRESSION_FAILURE, "cut off, or something follows")
    return whole
