"""A payload laid out for reading: rows with numbers, marked places, and line breaks where the sender made none.

Not a byte is changed or reordered. A payload sent as one long line is broken where its format allows it; the rows
say so. Long runs without meaning for a reader (an attachment in base64) are folded, unless a finding points there.
"""

import codecs
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from samspil.domain.issues import Location, Severity
from samspil.domain.message import Format
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, sniff, to_utf8

MOST_BYTES = 512 * 1024
MOST_ROWS = 3000
MOST_TOKENS = 60_000
MOST_MARKED = 8000
FOLD_FROM = 600
_KEPT = 120
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place a finding points at. `number` is the finding's place in the list beside the source."""

    start: int
    end: int
    severity: Severity
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of one look. `begins`: the marks that start here; `folded`: how many characters are left out after."""

    text: str
    look: str = ""
    mark: Mark | None = None
    begins: tuple[Mark, ...] = ()
    folded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as shown. `soft` says that the break before it is ours."""

    number: int
    spans: tuple[Span, ...]
    indent: int = 0
    soft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The laid-out payload. `cut` tells that only its beginning is shown; `broken` that line breaks are ours."""

    rows: tuple[Row, ...]
    size_bytes: int
    cut: bool
    broken: bool

    @property
    def marked_rows(self) -> dict[int, int]:
        """The row in which each finding is marked first, by the finding's number."""
        return {mark.number: row.number for row in self.rows for span in row.spans for mark in span.begins}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """One line around a place: what stands before it, the place itself, what follows."""

    before: str
    marked: str
    after: str

    @property
    def caret(self) -> str:
        """A line of spaces and carets that points at the place from below."""
        return " " * len(self.before) + "^" * max(1, len(self.marked))


@dataclass(frozen=True, slots=True)
class _Token:
    """A run of bytes with one look; `indent` is set where a row may begin before it."""

    start: int
    end: int
    look: str = ""
    indent: int | None = None


def lay_out(payload: bytes, format_: Format, marks: Iterable[Mark] = ()) -> Source:
    """Lay out a payload, with the places of its findings marked."""
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
    shown, marked = _readable(payload[:MOST_BYTES], ordered)
    tokens = list(islice(_TOKENISERS.get(format_, _plain)(shown), MOST_TOKENS))
    broken = _is_one_long_line(shown) and any(token.indent is not None for token in tokens)
    rows = []
    cut = len(payload) > MOST_BYTES or len(tokens) == MOST_TOKENS
    for row in _rows(shown, tokens, _Marker(marked), broken=broken):
        if len(rows) == MOST_ROWS:
            cut = True
            break
        rows.append(row)
    return Source(rows=tuple(rows), size_bytes=len(payload), cut=cut, broken=broken)


def excerpt(payload: bytes, where: Location, *, around: int = 30) -> Excerpt | None:
    """The line around a place, or None where the place is not known."""
    start, end = where.start, where.end
    if start is None or end is None or not 0 <= start <= end <= len(payload):
        return None
    marked_end = min(end, start + 2 * around)
    encoding = _encoding(payload[:4] + payload[max(0, start - 4 * around) : marked_end + 4 * around])

    def spell(part: bytes) -> str:
        text = part.decode(encoding.codec, errors="ignore").lstrip("\ufeff")
        return _BREAK.sub("⏎", text).replace("\t", " ")

    before = spell(payload[max(0, start - 4 * around) : start]).rpartition("⏎")[2].lstrip()
    marked = spell(payload[start:marked_end]) + ("…" if marked_end < end else "")
    after = spell(payload[end : end + 4 * around]).partition("⏎")[0] if marked_end == end else ""
    return Excerpt(
        before=f"…{before[-around:]}" if len(before) > around else before,
        marked=marked,
        after=f"{after[:around]}…" if len(after) > around else after,
    )


def _readable(payload: bytes, marks: list[Mark]) -> tuple[bytes, list[Mark]]:
    """The payload as UTF-8, with its marks moved along and set to whole characters."""
    encoding = _encoding(payload)
    text = payload if encoding == UTF_8 else to_utf8(payload, encoding)

    def moved(place: int) -> int:
        if encoding == UTF_8:
            return place
        decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
        return len(decoder.decode(payload[encoding.mark_bytes : place]).encode())

    def whole(start: int, end: int) -> tuple[int, int]:
        while 0 < start < len(text) and text[start] & 0xC0 == 0x80:
            start -= 1
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end += 1
        return start, end

    places = [whole(moved(mark.start), moved(mark.end)) for mark in marks]
    return text, [replace(mark, start=start, end=end) for mark, (start, end) in zip(marks, places, strict=True)]


def _encoding(payload: bytes) -> Encoding:
    told = sniff(payload)
    if told != UTF_8:
        return told
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError as fault:
        return UTF_8 if fault.start > len(payload) - 4 else LATIN_1  # a character cut in two at the end is no fault
    return UTF_8


def _is_one_long_line(payload: bytes) -> bool:
    """Did the sender make no line breaks to speak of?"""
    return len(payload) > 200 * (payload.count(b"\n") + payload.count(b"\r") + 1)


# Tokenisers: cut bytes into runs that cover every byte; an unfinished run ends with the payload.

_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}\[\],:]|\s+|[^\s{}\[\],:"]+', re.DOTALL)


def _json(payload: bytes) -> Iterator[_Token]:
    depth = 0
    opened = False  # the token before opened a container
    fresh = False  # a row may begin before this token
    for found in _JSON.finditer(payload):
        run = found[0]
        start, end = found.span()
        if run.isspace():
            yield _Token(start, end, "space")
            continue
        indent = depth if fresh or opened else None
        if run in {b"}", b"]"}:
            depth = max(0, depth - 1)
            indent = None if opened else depth
        yield _Token(start, end, _json_look(run, payload[end : end + 8]), indent)
        opened = run in {b"{", b"["}
        depth += opened
        fresh = run == b","


def _json_look(run: bytes, following: bytes) -> str:
    if run[:1] == b'"':
        return "name" if following.lstrip()[:1] == b":" else "text"
    return "mark" if run in {b"{", b"}", b"[", b"]", b",", b":"} else "number"


_XML = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|</?[A-Za-z_](?:[^<>\"']|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+>?|[^<]+|<",
    re.DOTALL,
)


def _xml(payload: bytes) -> Iterator[_Token]:
    depth = 0
    after_text = False
    opened = False  # the tag before was an opening one: its end tag stays on the same row
    for found in _XML.finditer(payload):
        run = found[0]
        start, end = found.span()
        if run[:1] != b"<":
            blank = run.isspace()
            after_text = after_text or not blank
            yield _Token(start, end, "space" if blank else "text")
            continue
        closing = run[:2] == b"</"
        opening = not closing and run[:2] not in {b"<!", b"<?"} and run[-2:] != b"/>"
        if closing:
            depth = max(0, depth - 1)
        breaks = not after_text and not (closing and opened)
        yield from _tag(run, start, end, depth if breaks else None)
        depth += opening
        opened, after_text = opening, False


_PIECES = re.compile(rb"^<[/?!]?[^\s/?>]*|\"[^\"]*\"?|'[^']*'?|[^\"']+")


def _tag(run: bytes, start: int, end: int, indent: int | None) -> Iterator[_Token]:
    """One tag: its name, and its attributes' values."""
    if run[:4] == b"<!--" or run[:2] == b"<!":
        yield _Token(start, end, "quiet", indent)
        return
    for place, found in enumerate(_PIECES.finditer(run)):
        piece = found[0]
        look = "name" if place == 0 else "text" if piece[:1] in {b'"', b"'"} else "mark"
        yield _Token(start + found.start(), start + found.end(), look, indent if place == 0 else None)


def _edifact(payload: bytes) -> Iterator[_Token]:
    """Segments, each its tag and its elements. The service characters are what UNA says, else the usual ones."""
    start = payload.find(b"UNA")
    announced = 0 <= start < 8 and len(payload) >= start + 9
    release, end_mark = (payload[start + 6 : start + 7], payload[start + 8 : start + 9]) if announced else (b"?", b"'")
    place = 0
    if announced:
        place = start + 9
        yield _Token(0, place, "quiet", 0)
    stop, skip = re.escape(end_mark), re.escape(release)
    segments = re.compile(
        rb"(\s*)((?:[A-Z][A-Z0-9]{0,2})?)((?:" + skip + rb".|[^" + stop + skip + rb"])*+)(" + stop + rb"|\Z)", re.DOTALL
    )
    while place < len(payload):
        found = segments.match(payload, place)
        if found is None or found.end() == place:
            yield _Token(place, len(payload))
            return
        yield from (
            _Token(found.start(group), found.end(group), look, 0 if group == 2 else None)
            for group, look in ((1, "space"), (2, "name"), (3, "text"), (4, "mark"))
            if found[group]
        )
        place = found.end()


def _plain(payload: bytes) -> Iterator[_Token]:
    if payload:
        yield _Token(0, len(payload))


_TOKENISERS = {
    Format.FHIR_JSON: _json,
    Format.FHIR_XML: _xml,
    Format.OIOXML: _xml,
    Format.CDA: _xml,
    Format.SBDH: _xml,
    Format.VANS: _xml,
    Format.EBBP: _xml,
    Format.EDIFACT: _edifact,
}


# Rows: tokens cut at line breaks and at the edges of marks.


class _Marker:
    """Tells which mark lies over a place; where several do, the one that begins last, being the most exact."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._edges = sorted({edge for mark in marks for edge in (mark.start, mark.end)})
        self._over: list[Mark | None] = [None] * len(self._edges)
        for mark in marks:  # in the order they begin: later ones win
            for place in range(bisect_left(self._edges, mark.start), bisect_left(self._edges, mark.end)):
                self._over[place] = mark
        self._waiting = list(reversed(marks))

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, Mark | None]]:
        """Cut a range at the edges of marks."""
        place = bisect_right(self._edges, start) - 1
        while start < end:
            stop = min(end, self._edges[place + 1]) if place + 1 < len(self._edges) else end
            yield start, stop, self._over[place] if place >= 0 else None
            start, place = stop, place + 1

    def begin(self, end: int) -> tuple[Mark, ...]:
        """The marks that start before this place and have not been told of yet."""
        begun: list[Mark] = []
        while self._waiting and self._waiting[-1].start < end:
            begun.append(self._waiting.pop())
        return tuple(begun)


def _rows(payload: bytes, tokens: Iterable[_Token], marker: _Marker, *, broken: bool) -> Iterator[Row]:
    spans: list[Span] = []
    number, indent, soft = 1, 0, False
    for token in tokens:
        if broken and token.indent is not None and spans:
            yield Row(number=number, spans=tuple(spans), indent=indent, soft=soft)
            number, indent, soft, spans = number + 1, token.indent, True, []
        for start, end, mark in marker.pieces(token.start, token.end):
            begins = marker.begin(end)
            lines = _BREAK.split(payload[start:end].decode("utf-8", errors="replace").lstrip("\ufeff"))
            for place, line in enumerate(lines):
                if place:
                    yield Row(number=number, spans=tuple(spans), indent=indent, soft=soft)
                    number, indent, soft, spans = number + 1, 0, False, []
                if line or begins:
                    spans.append(_span(line, token.look, mark, begins))
                    begins = ()
    if spans:
        yield Row(number=number, spans=tuple(spans), indent=indent, soft=soft)


def _span(text: str, look: str, mark: Mark | None, begins: tuple[Mark, ...]) -> Span:
    """A run of characters; one that is long and has no space early on is an attachment, and is folded."""
    if mark is None and len(text) >= FOLD_FROM and " " not in text[:_KEPT]:
        kept = _KEPT
    else:
        kept = MOST_MARKED if mark is not None else len(text)
    return Span(text=text[:kept], look=look, mark=mark, begins=begins, folded=max(0, len(text) - kept))
