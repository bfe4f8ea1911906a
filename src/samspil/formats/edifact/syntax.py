"""EDIFACT's characters: bytes to marked text and back.

`scan` gives one string in which the service characters are control characters and every other character is data,
so that the rest need not know of release, UNA, line breaks or charsets. `END` opens the text and closes every segment.
Nothing here knows what a segment means, but for UNO, whose raw bytes must be stepped over by their stated length.
Places are offsets in that text until a finding is made: `Scan.place` then looks up the byte.
Sources: ISO 9735 syntax version 3; MedCom's EDIFACT profile (UNOC, service characters, MEDBIN).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from samspil.domain.issues import Location
from samspil.formats.encoding import sniff
from samspil.formats.letters.faults import Fault

END, ELEMENT, COMPONENT = "\x1d", "\x1e", "\x1f"
OBJECT = "\x04"
"""Stands in text to be written where an object's raw bytes go."""

UNA = b"UNA:+.? '"
_HELD = b"\x00"  # a released release character, while the others are undone
_REFUSED = b"\x7f"  # stands for a control character, which neither EDIFACT nor XML may carry
_MARK = {b"'": b"\x1d", b"+": b"\x1e", b":": b"\x1f"}
_C1 = bytes(range(0x80, 0xA0))
_NOT_C1 = bytes(byte for byte in range(256) if byte not in _C1)
_PAIR = re.compile(rb"[\xc2\xc3][\x80-\xbf]")
_BEFORE = b" \t\r\n\xef\xbb\xbf"
_BLANKS = re.compile(END + r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """The service characters of one interchange."""

    component: bytes = b":"
    element: bytes = b"+"
    release: bytes = b"?"
    terminator: bytes = b"'"

    def table(self) -> bytes:
        """Bytes to marked bytes: service characters to their marks, control characters to one that is refused."""
        table = bytearray(range(256))
        for byte in (*range(9), 11, 12, *range(14, 32)):
            table[byte] = _REFUSED[0]
        for mine, mark in zip((self.terminator, self.element, self.component), _MARK.values(), strict=True):
            table[mine[0]] = mark[0]
        return bytes(table)

    def segment(self) -> re.Pattern[bytes]:
        """What matches a segment with the blanks before it; its text is the first group."""
        return _segment(self.release, self.terminator)


@lru_cache(maxsize=32)
def _segment(release: bytes, terminator: bytes) -> re.Pattern[bytes]:
    escape, stop = re.escape(release), re.escape(terminator)
    text = rb"[ \t\r\n]*((?:[^%b%b]++|%b[\r\n]*.)*+)%b" % (escape, stop, escape, stop)
    return re.compile(text, re.DOTALL)


_STANDARD = Marks()
_STANDARD_TABLE = _STANDARD.table()


@dataclass(eq=False)
class Scan:
    """A payload's characters: marked text, the raw objects in it, and what was wrong with the bytes themselves."""

    payload: bytes = field(repr=False)
    text: str = field(repr=False)
    marks: Marks = _STANDARD
    objects: tuple[bytes, ...] = field(default=(), repr=False)
    faults: tuple[Fault, ...] = ()

    def segments(self) -> Iterator[list[list[str]]]:
        """Every segment as a list of elements, each a list of components; the tag is the first."""
        for segment in self.text[1:].split(END)[:-1]:
            yield [element.split(COMPONENT) for element in segment.split(ELEMENT)]

    def place(self, offset: int, path: str) -> Location:
        """The place in the payload of an offset in the text: of a segment if it is at its tag, else of a component."""
        start, end = self.span(offset)
        head = self.text[self.text.rfind(END, 0, offset) + 1 : offset]
        if element := head.count(ELEMENT):
            start, end = self._component(start, end, element, head.count(COMPONENT, head.rfind(ELEMENT) + 1))
        line = bisect_left(self._lines, start)
        before = self._lines[line - 1] if line else -1
        return Location(path=path, start=start, end=end, line=line + 1, column=start - before)

    def span(self, offset: int) -> tuple[int, int]:
        """The byte range of the segment that an offset lies in. The walk goes on from where the last one ended."""
        payload, ends, starts, token = self.payload, self._ends, self._starts, self.marks.segment()
        while ends[-1] < offset and (following := self.text.find(END, ends[-1] + 1)) >= 0:
            found = token.match(payload, starts[-1])
            start = found.end() if found else len(payload)
            if found and found[1].startswith(b"UNO" + self.marks.element):
                start += len(next(self._unmeasured, b""))
            ends.append(following)
            starts.append(start)
        start = starts[max(bisect_left(ends, offset) - 1, 0)]
        if found := token.match(payload, start):
            return found.start(1), found.end()
        return len(payload) - len(payload[start:].lstrip(_BEFORE)), len(payload)

    def _component(self, start: int, end: int, element: int, component: int) -> tuple[int, int]:
        """The byte range of a component in a segment; both counted after the tag, components from 0."""
        escaped = re.compile(rb"%b[\r\n]*." % re.escape(self.marks.release), re.DOTALL)
        segment = escaped.sub(lambda found: bytes(len(found[0])), self.payload[start : end - 1])
        elements = segment.split(self.marks.element)
        if element >= len(elements):
            return start, end
        components = elements[element].split(self.marks.component)
        begin = start + sum(len(one) + 1 for one in (*elements[:element], *components[:component]))
        return begin, begin + len(components[min(component, len(components) - 1)])

    @cached_property
    def first(self) -> int:
        """Where the first segment after UNA begins."""
        start = len(self.payload) - len(self.payload.lstrip(_BEFORE))
        return start + (9 if self.payload[start : start + 3] == b"UNA" else 0)

    @cached_property
    def _ends(self) -> list[int]:
        """Where segments end in the text, as far as has been asked; `_starts`: where the next one starts in bytes."""
        return [0]

    @cached_property
    def _starts(self) -> list[int]:
        return [self.first]

    @cached_property
    def _unmeasured(self) -> Iterator[bytes]:
        return iter(self.objects)

    @cached_property
    def _lines(self) -> list[int]:
        return [found.start() for found in re.finditer(b"\n", self.payload)]


def scan(payload: bytes) -> Scan:
    """Cut a payload's bytes into marked text and objects. Never raises; what is wrong is in `faults`."""
    faults: list[Fault] = []
    start = len(payload) - len(payload.lstrip(_BEFORE))
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in payload[start : start + 4]:
        faults.append(Fault("edifact.charset.unicode", 0))
        payload = payload.decode(sniff(payload).codec, "replace").lstrip("\ufeff").encode("latin-1", "replace")
        start = 0
    marks, first = _marks(payload, start)
    if not first:
        faults.append(Fault("edifact.una.missing", 0))
    body, objects = payload[start + first :], ()
    if b"UNO" + marks.element in body:
        body, objects, wrong = _without_objects(body, marks)
        faults.extend(wrong)
    text, wrong = _characters(body, marks)
    if wrong:
        faults.extend(wrong)
    return Scan(payload, text, marks, tuple(objects), tuple(faults))


def _marks(payload: bytes, start: int) -> tuple[Marks, int]:
    """The service characters, and how many bytes UNA takes."""
    una = payload[start : start + 9]
    if una == UNA:
        return _STANDARD, 9
    if not una.startswith(b"UNA") or len(una) < 9:
        return _STANDARD, 0
    return marks_of(una), 9


@lru_cache(maxsize=32)
def marks_of(una: bytes) -> Marks:
    """The service characters that a UNA names."""
    return Marks(una[3:4], una[4:5], una[6:7], una[8:9])


def _characters(body: bytes, marks: Marks) -> tuple[str, list[Fault]]:
    """Marked text of bytes without objects."""
    table = _STANDARD_TABLE if marks is _STANDARD else marks.table()
    marked = body.translate(table, b"\r\n")
    faults: list[Fault] = []
    stray = marks.release in marked
    if stray:
        marked = _unreleased(marked, marks)
        stray = marks.release in marked
        marked = marked.replace(_HELD, marks.release)
    text = _decoded(marked, faults)
    if text.startswith(" ") or f"{END} " in text or f"{END}\t" in text:
        text = _BLANKS.sub(END, END + text)[1:].lstrip()
    text = END + text
    if text[-1] != END:
        faults.append(Fault("edifact.segment.unterminated", len(text) - 1))
        text += END
    if stray:
        faults.extend(_stray_releases(body, marks, text))
    return text, faults


def _unreleased(marked: bytes, marks: Marks) -> bytes:
    """Make every released character data. What then is left of the release character stood alone."""
    release = marks.release
    marked = marked.replace(release * 2, _HELD)
    for mine, mark in zip((marks.terminator, marks.element, marks.component), _MARK.values(), strict=True):
        marked = marked.replace(release + mark, mine)
    return marked


def _decoded(marked: bytes, faults: list[Fault]) -> str:
    """ISO 8859-1, or UTF-8 where somebody sent that; both told."""
    if _REFUSED in marked:
        faults.append(Fault("edifact.charset.control", marked.index(_REFUSED) + 1))
    if marked.isascii():
        return marked.decode("ascii")
    try:
        text = marked.decode("utf-8")
    except UnicodeDecodeError:
        text = marked.decode("latin-1")
        if (b"\xc3" in marked or b"\xc2" in marked) and (pair := _PAIR.search(marked)):
            faults.append(Fault("edifact.charset.mixed", pair.start() + 1))
        elif odd := marked.translate(None, _NOT_C1):
            faults.append(Fault("edifact.charset.c1", marked.index(odd[:1]) + 1))
        return text
    first = next(place for place, character in enumerate(text) if character > "\x7f")
    faults.append(Fault("edifact.charset.utf8", first + 1))
    return text


def _stray_releases(body: bytes, marks: Marks, text: str) -> Iterator[Fault]:
    """Each release character that releases nothing."""
    plain = body.translate(None, b"\r\n")
    special = b"".join((marks.release, marks.terminator, marks.element, marks.component))
    token = re.compile(rb"%b([%b]?)" % (re.escape(marks.release), re.escape(special)), re.DOTALL)
    released = 0
    for found in token.finditer(plain):
        if found[1]:
            released += 1
        else:
            yield Fault("edifact.release.stray", min(found.start() - released + 1, len(text) - 1))


def _without_objects(body: bytes, marks: Marks) -> tuple[bytes, list[bytes], list[Fault]]:
    """The text around raw objects, and the objects."""
    pieces, objects, faults = list[bytes](), list[bytes](), list[Fault]()
    done = 0
    for start, size in _objects(body, marks):
        end = start + size
        if body[end:].lstrip(b"\r\n ")[:3] != b"UNP":
            faults.append(Fault("edifact.object.size", sum(map(len, pieces)) + start - done - 1))
            found = body.find(b"UNP" + marks.element, start)
            end = found if found >= 0 else min(end, len(body))
        objects.append(body[start:end])
        pieces.append(body[done:start])
        done = end
    return b"".join((*pieces, body[done:])), objects, faults


def _objects(body: bytes, marks: Marks) -> Iterator[tuple[int, int]]:
    """Where each object's bytes start, and how many its UNO states."""
    token = re.compile(rb"%b[\r\n \t]*UNO(?=%b)" % (re.escape(marks.terminator), re.escape(marks.element)))
    position = 0
    while found := token.search(body, position):
        position = found.end()
        before = body[max(0, found.start() - 64) : found.start()]
        if (len(before) - len(before.rstrip(marks.release))) % 2:
            continue
        stop = body.find(marks.terminator, position)
        elements = body[position : stop if stop >= 0 else len(body)].split(marks.element)
        size = elements[4].split(marks.component)[0] if len(elements) > 4 else b""
        if stop < 0 or not size.isdigit() or len(size) > 11:
            continue
        yield stop + 1, int(size)
        position = stop + 1 + int(size)


# ------------------------------------------------------------------------------------------------------- writing
_SERVICE = bytes.maketrans(b"\x1d\x1e\x1f", b"'+:")
_EMPTY_ENDS = (
    (f"{COMPONENT}{ELEMENT}", ELEMENT),
    (f"{COMPONENT}{END}", END),
    (f"{ELEMENT}{END}", END),
)


def trimmed(text: str) -> str:
    """Marked text without empty components and elements at the end of elements and segments."""
    for ends, end in _EMPTY_ENDS:
        while ends in text:
            text = text.replace(ends, end)
    return text


def encoded(text: str, objects: tuple[bytes, ...] = ()) -> bytes:
    """Marked text as EDIFACT bytes: data released, marks made service characters, raw objects in their places.

    Errors: UnicodeEncodeError for a character that is not of ISO 8859-1.
    """
    data = text.encode("latin-1")
    for character in (b"?", b"+", b":", b"'"):
        if character in data:
            data = data.replace(character, b"?" + character)
    pieces = data.translate(_SERVICE).split(OBJECT.encode())
    if len(pieces) == 1:
        return UNA + pieces[0]
    whole = [UNA, pieces[0]]
    for raw, piece in zip(objects, pieces[1:], strict=True):
        whole += [raw, piece]
    return b"".join(whole)
