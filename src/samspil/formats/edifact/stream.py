"""Interchanges too large to hold: letter after letter, each as an interchange of its own, in bounded memory.

A letter's part holds that small interchange as its payload, and its places count in it. What only the trailer of the
whole tells (how many letters, which envelope) is told with the last letter, as the others have gone by then.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.edifact.interchange import trailer
from samspil.formats.edifact.reader import read_parts
from samspil.formats.edifact.syntax import Marks, marks_of
from samspil.formats.part import Part

_IDENTITY = Identity(format=Format.EDIFACT, kind=Kind.MESSAGE)
_UNA_BYTES = 9
_LONGEST_SEGMENT = 1 << 20
"""No segment is as long; a file without terminators is cut here, and found wrong."""


def stream_parts(chunks: Iterable[bytes]) -> Iterator[Part]:
    """The letters of a file that comes in pieces. Never raises on bytes."""
    gathering = _Gathering()
    for segment, marks in _segments(_Source(iter(chunks))):
        yield from gathering.take(segment, marks)
    yield from gathering.finish()


@dataclass(slots=True)
class _Source:
    """Pieces of a file, and how far in the last one the reader has come."""

    chunks: Iterator[bytes]
    buffer: bytes = b""
    at: int = 0

    def more(self) -> bool:
        """Fetch another piece."""
        chunk = next(self.chunks, None)
        if chunk is None:
            return False
        self.buffer, self.at = self.buffer[self.at :] + chunk, 0
        return True

    def take(self, size: int) -> bytes:
        """The next bytes, or as many as there are."""
        while len(self.buffer) - self.at < size and self.more():
            pass
        self.at, start = min(self.at + size, len(self.buffer)), self.at
        return self.buffer[start : self.at]

    def segment(self, token: re.Pattern[bytes]) -> bytes:
        """The next segment with its terminator; what is left without one at the end."""
        while not (found := token.match(self.buffer, self.at)):
            if len(self.buffer) - self.at > _LONGEST_SEGMENT or not self.more():
                return self.take(len(self.buffer) - self.at)
        self.at = found.end()
        return found[0]


def _segments(source: _Source) -> Iterator[tuple[bytes, Marks]]:
    """Every segment with the marks it is written in; an object's raw bytes go with its UNO."""
    marks = Marks()
    token = marks.segment()
    source.take(0)
    while segment := source.segment(token):
        if segment.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"UNA"):
            source.at -= len(segment)
            blanks = len(segment) - len(segment.lstrip(b" \t\r\n\xef\xbb\xbf"))
            segment = source.take(blanks + _UNA_BYTES)
            marks = marks_of(segment[blanks:])
            token = marks.segment()
        elif segment.lstrip(b" \t\r\n").startswith(b"UNO" + marks.element):
            segment += source.take(_object_size(segment, marks))
        yield segment, marks


def _object_size(segment: bytes, marks: Marks) -> int:
    elements = segment.split(marks.element)
    size = elements[4].split(marks.component)[0] if len(elements) > 4 else b""
    return int(size) if size.isdigit() and len(size) < 12 else 0


@dataclass(slots=True)
class _Gathering:
    """The letter being gathered, its envelope, and the letter before it."""

    una: bytes = b""
    header: bytes = b""
    letter: list[bytes] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    held: Part | None = None
    letters: int = 0
    in_envelope: int = 0

    def take(self, segment: bytes, marks: Marks) -> Iterator[Part]:
        """Take a segment; the letter before it if that is sure to be whole."""
        self.marks = marks
        tag = segment.lstrip(b" \t\r\n\xef\xbb\xbf")[:3]
        if tag == b"UNZ":
            yield from self._close(segment)
        elif tag in {b"UNA", b"UNB"} and not self.letter:
            if tag == b"UNA":
                self.una, self.header = segment, b""
            else:
                self.header += segment
        elif segment.strip():
            if tag == b"UNH" and self.letter:
                yield from self._end_letter()
            self.letter.append(segment)
            if tag == b"UNT":
                yield from self._end_letter()

    def finish(self) -> Iterator[Part]:
        """What is left at the end: a letter or an envelope that was not closed."""
        if self.letter or (self.header and not self.in_envelope):
            yield from self._end_letter(closed=False)
        if self.held:
            unclosed = [finding("edifact.unz.missing")] if self.header else []
            yield from self._give(unclosed)
        elif not self.letters:
            yield from read_parts(b"", _IDENTITY)

    def _end_letter(self, *, closed: bool = True) -> Iterator[Part]:
        """Read the letter gathered, and give the one before it."""
        yield from self._give([])
        self.letters += 1
        self.in_envelope += 1
        closing = trailer(self.header, self.marks) if closed else b""
        payload = b"".join((self.una, self.header, *self.letter, closing))
        self.letter = []
        self.held = replace(read_parts(payload, _IDENTITY)[0], part=str(self.letters))

    def _close(self, segment: bytes) -> Iterator[Part]:
        """The envelope's end: does it say what there was?"""
        if self.letter:
            yield from self._end_letter()
        said = segment.strip().removesuffix(self.marks.terminator).split(self.marks.element)
        count, reference = (*(one.decode("latin-1") for one in said[1:3]), "", "")[:2]
        wanted = (
            trailer(self.header, self.marks)
            .removesuffix(self.marks.terminator)
            .split(self.marks.element)[2]
            .decode("latin-1")
        )
        issues: list[Issue] = []
        if not reference:
            issues.append(finding("edifact.unz.reference"))
        elif reference != wanted and wanted:
            issues.append(finding("edifact.unz.mismatch"))
        if count != str(self.in_envelope):
            issues.append(finding("edifact.unz.count", found=count[:9], expected=str(self.in_envelope)))
        yield from self._give(issues)
        self.header, self.in_envelope = b"", 0

    def _give(self, issues: list[Issue]) -> Iterator[Part]:
        """The letter held back, with what its envelope's end said."""
        if self.held:
            yield replace(self.held, issues=(*self.held.issues, *issues)) if issues else self.held
        self.held = None
