"""Which characters a payload's bytes spell, told from the bytes themselves.

Readers work on UTF-8; places in findings are bytes of the payload as it came. `Source` carries both.
Sources: Unicode 15 §23.8 (byte order mark), RFC 4627 §3 (zero bytes tell UTF-16 and UTF-32), XML 1.0 appendix F.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from samspil.domain.issues import Location

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ZEROS = {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,30})["']""")
_LATIN = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """A character encoding: Python's name for it, and the length of the byte order mark in front."""

    codec: str = "utf-8"
    mark_bytes: int = 0

    @property
    def is_utf8(self) -> bool:
        """Are the bytes UTF-8, with or without a mark?"""
        return self.codec == "utf-8"


UTF_8 = Encoding()
LATIN_1 = Encoding("cp1252")
"""Bytes that are not Unicode: read as windows-1252, of which ISO 8859-1's printable characters are a part."""


def sniff(payload: bytes) -> Encoding:
    """The encoding that the first bytes tell: mark, zero bytes, XML declaration; else UTF-8, unproved."""
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            return Encoding(codec, len(mark))
    head = payload[:4]
    if len(head) == 4 and 0 in head:
        zeros = "".join("x" if byte else "0" for byte in head)
        return Encoding(_ZEROS.get(zeros, "utf-8"))
    declared = _DECLARED.match(payload)
    if declared and declared[1].decode("ascii").lower() in _LATIN:
        return LATIN_1
    return UTF_8


def is_utf8(payload: bytes) -> bool:
    """Do all bytes decode as UTF-8?"""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def to_utf8(payload: bytes, encoding: Encoding) -> bytes:
    """The same characters as UTF-8 without a mark. What does not decode becomes U+FFFD, never an exception."""
    body = payload[encoding.mark_bytes :] if encoding.mark_bytes else payload
    if encoding.is_utf8:
        return body
    return body.decode(encoding.codec, "replace").encode("utf-8", "replace")


@dataclass(frozen=True)
class Source:
    """A payload and how it is encoded: tells a reader's places in bytes of the payload, lines and columns."""

    payload: bytes = field(repr=False)
    encoding: Encoding = UTF_8

    @cached_property
    def text(self) -> bytes:
        """The characters as UTF-8 without a mark."""
        return to_utf8(self.payload, self.encoding)

    def in_payload(self, offset: int) -> int:
        """Where in the payload a place in `text` lies."""
        if not self.encoding.is_utf8:
            offset = len(self.text[:offset].decode("utf-8", "replace").encode(self.encoding.codec, "replace"))
        return offset + self.encoding.mark_bytes

    def location(self, path: str, start: int, end: int) -> Location:
        """The location of `payload[start:end]`: line, and column in characters."""
        mark, codec = self.encoding.mark_bytes, self.encoding.codec
        if self.encoding.is_utf8:
            line_start = max(mark, self.payload.rfind(b"\n", mark, start) + 1)
            line = self.payload.count(b"\n", mark, start) + 1
            before = self.payload[line_start:start].decode(codec, "replace")
        else:
            text = self.payload[mark:start].decode(codec, "replace")
            line = text.count("\n") + 1
            before = text.rpartition("\n")[2]
        return Location(path=path, start=start, end=end, line=line, column=len(before) + 1)
