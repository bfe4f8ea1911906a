"""A letter's fields in EDIFACT, in the model and in OIOXML beside each other, and what the other spelling cannot hold.

The letter is converted to the spelling that it did not come in; both spellings tell where they say what. A field is a
value of the letter's tree; a date with its time is one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any

from samspil.catalogue.letter_names import name_of
from samspil.conversion.legacy import convert_letters
from samspil.conversion.losses import Loss
from samspil.domain.issues import Issue, Location, Phrase, Severity
from samspil.domain.message import Format
from samspil.domain.text import Text
from samspil.formats.edifact.reader import EdifactLetter
from samspil.formats.encoding import sniff
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.reading import letters_in
from samspil.formats.part import Part
from samspil.ui.source import Mark, Row, Span, lay_out

MOST_BYTES = 1_000_000
MOST_PLACES = 1500
"""Of a very long letter the beginning is enough: nobody reads on, and every field is looked for on both sides."""
MOST_MARKED_BYTES = 20_000
MOST_VALUE = 240
MOST_SPELT = 90
MOST_DEPTH = 8
_MOMENT = frozenset({"Date", "Time", "TimeWithSec"})
_STEP = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")

Places = dict[str, list[Location]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value: what it is called, what it says, and how each spelling has it (empty where it does not say it)."""

    number: int
    name: Phrase
    value: str
    edifact: str = ""
    oioxml: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The values in one element of the letter."""

    name: Phrase
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of characters of one field, or of none. `first`: the field begins here."""

    spans: tuple[Span, ...]
    number: int = 0
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a spelling; blanks before it are told as its depth."""

    depth: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One spelling. `made`: written by the conversion; else as it came."""

    format: Format
    lines: tuple[Line, ...]
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What the other spelling cannot hold."""

    name: Phrase
    path: str
    reason: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A letter side by side. Without its other side, `refusals` say why there is none."""

    groups: tuple[Group, ...]
    edifact: Side | None
    oioxml: Side | None
    losses: tuple[Lost, ...] = ()
    refusals: tuple[Phrase, ...] = ()


def side_by_side(part: Part) -> Sides | None:
    """The three columns of an accepted letter; None for what is no legacy letter, or is too large to look at."""
    letter = part.tree
    if not isinstance(letter, Letter) or letter.edition is None or len(letter.payload) > MOST_BYTES:
        return None
    other = Format.OIOXML if isinstance(letter, EdifactLetter) else Format.EDIFACT
    made = convert_letters([letter], to=other, version=None)
    twins = letters_in(made.outputs[0].payload) if made.outputs else None
    letters = {letter.wire: letter, **({other: twins[0]} if twins else {})}
    places = {wire: _places(each) for wire, each in letters.items()}
    trees = [each.tree for each in letters.values()]
    paths = _fields(places.get(Format.OIOXML), places.get(Format.EDIFACT))
    shown = [path for path in paths if _value(trees, path)]
    return Sides(
        groups=tuple(_groups(shown, trees, letters, places)),
        edifact=_side(letters.get(Format.EDIFACT), places, shown, made=other is Format.EDIFACT),
        oioxml=_side(letters.get(Format.OIOXML), places, shown, made=other is Format.OIOXML),
        losses=_losses(made.losses),
        refusals=_refusals(made.issues) if not twins else (),
    )


def _places(letter: Letter) -> Places:
    """Where a letter says what, by path."""
    found: Places = {}
    for path, where in islice(letter.places(), MOST_PLACES):
        if where.start is not None and where.end is not None and path:
            found.setdefault(path, []).append(where)
    if letter.wire is Format.EDIFACT:
        for path, where in _headers(letter):
            found.setdefault(path, [where])
    return found


def _headers(letter: Letter) -> Iterator[tuple[str, Location]]:
    """What UNB and the letter's UNH say, which are no rows of a letter's table."""
    element, component = _separators(letter.payload)
    sender = rb"UNB%b[^%b]*%b([^%b%b]*)[^%b]*" % ((element,) * 4 + (component, element))
    receiver = rb"%b([^%b%b]*)" % (element, element, component)
    heads = [("Sender/EANIdentifier", "Receiver/EANIdentifier", re.search(sender + receiver, letter.payload[:500]))]
    name = rb"UNH%b[^%b]*%b[^%b]*%b([^%b%b]*)%b([^%b%b']*)"
    name %= (element, element, element, element, component, component, element, element, element, component)
    units = list(islice(re.finditer(name, letter.payload), letter.part))
    heads += [("Letter/VersionCode", "Letter/TypeCode", units[-1])] if units else []
    for first, second, found in heads:
        for number, path in enumerate((first, second), start=1):
            if found and found[number]:
                yield path, Location(path=path, start=found.start(number), end=found.end(number))


def _separators(payload: bytes) -> tuple[bytes, bytes]:
    """The marks between elements and between components, for a pattern."""
    una = payload.find(b"UNA")
    marks = payload[una + 3 : una + 5] if 0 <= una < 8 else b":+"
    return re.escape(marks[1:2]), re.escape(marks[:1])


def _fields(oioxml: Places | None, edifact: Places | None) -> list[str]:
    """The paths of the letter's values in the order of OIOXML, whose leaves are the finest."""
    paths = dict.fromkeys(map(_whole, oioxml or ()))
    for path in edifact or ():
        if not any(known == path or known.startswith(f"{path}/") for known in paths):
            paths[path] = None
    order = {name: place for place, name in enumerate(dict.fromkeys(path.partition("/")[0] for path in paths))}
    return sorted(paths, key=lambda path: order[path.partition("/")[0]])


def _whole(path: str) -> str:
    """A date with its time is one field."""
    above, _, last = path.rpartition("/")
    return above if last in _MOMENT and above else path


def _groups(
    paths: Sequence[str], trees: Sequence[Any], letters: dict[Format, Letter], places: dict[Format, Places]
) -> Iterator[Group]:
    numbered = list(enumerate(paths, start=1))
    for name, together in groupby(numbered, key=lambda pair: pair[1].rpartition("/")[0]):
        fields = tuple(
            Field(
                number=number,
                name=_named(path.rpartition("/")[2]),
                value=_value(trees, path),
                edifact=_spelt(letters, places, Format.EDIFACT, path),
                oioxml=_spelt(letters, places, Format.OIOXML, path),
            )
            for number, path in together
        )
        yield Group(name=_named(name), fields=fields)


def _named(path: str) -> Phrase:
    """A path in plain words: `Drug[2]/NameOfDrug` is the second drug's name."""
    steps = [(name_of(name.partition("|")[0]), number) for name, number in _STEP.findall(path)]
    words = [(f"{said} {number}".strip(), f"{said.in_('da')} {number}".strip()) for said, number in steps]
    return Phrase(" · ".join(en for en, _ in words), da=" · ".join(da for _, da in words))


def _value(trees: Iterable[Any], path: str) -> str:
    """What the letter says there, in one line; empty where it says nothing."""
    for tree in trees:
        said = _said(_at(tree, path))
        if said:
            return said if len(said) <= MOST_VALUE else f"{said[:MOST_VALUE]}…"
    return ""


def _at(value: Any, path: str) -> Any:
    for name, number in _STEP.findall(path):
        value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, list):
            place = int(number or 1) - 1
            value = value[place] if place < len(value) else None
        if isinstance(value, tuple):
            value = value[1]
    return value


def _said(value: Any) -> str:
    if isinstance(value, dict) and value and value.keys() <= _MOMENT:
        return " ".join(str(value[key]) for key in ("Date", "Time", "TimeWithSec") if value.get(key))
    return " ".join(str(value).split()) if isinstance(value, str | Text) else ""


def _of(places: Places, path: str) -> list[Location]:
    """Where a field stands: at its own places, at those below it, or where what holds it is said as one."""
    own = places.get(path)
    if own:
        return own
    return [where for known, found in places.items() if known.startswith(f"{path}/") for where in found]


def _spelt(letters: dict[Format, Letter], places: dict[Format, Places], wire: Format, path: str) -> str:
    """How a spelling has a field, shortened."""
    letter = letters.get(wire)
    found = _of(places[wire], path) if letter else []
    if not letter or not found:
        return ""
    codec = sniff(letter.payload[:200]).codec if wire is Format.OIOXML else "latin-1"
    texts = dict.fromkeys(
        letter.payload[where.start : min(where.end or 0, (where.start or 0) + 4 * MOST_SPELT)].decode(codec, "replace")
        for where in found
    )
    text = " ".join(" ".join(texts).split())
    return text if len(text) <= MOST_SPELT else f"{text[:MOST_SPELT]}…"


def _side(letter: Letter | None, places: dict[Format, Places], paths: Sequence[str], *, made: bool) -> Side | None:
    """A spelling with its fields marked; what is too long to be read is not."""
    if letter is None:
        return None
    marks = [
        Mark(start=where.start, end=where.end, severity=Severity.NOTE, number=number)
        for number, path in enumerate(paths, start=1)
        for where in _of(places[letter.wire], path)
        if where.start is not None and where.end is not None and where.end - where.start < MOST_MARKED_BYTES
    ]
    source = lay_out(letter.payload, letter.wire, marks)
    return Side(format=letter.wire, lines=tuple(_lines(source.rows)), made=made)


def _lines(rows: Iterable[Row]) -> Iterator[Line]:
    """Rows with what belongs to one field held together."""
    told: set[int] = set()
    for row in rows:
        text = "".join(span.text for span in row.spans)
        blanks = len(text) - len(text.lstrip(" "))
        pieces: list[Piece] = []
        spans = [replace(span, text=span.text.lstrip(" ")) for span in row.spans[:1]] + list(row.spans[1:])
        for number, together in groupby(spans, key=lambda span: span.mark.number if span.mark else 0):
            pieces.append(Piece(spans=tuple(together), number=number, first=number not in told))
            told.add(number)
        yield Line(depth=min(max(row.indent, blanks // 2), MOST_DEPTH), pieces=tuple(pieces))


def _losses(losses: Iterable[Loss]) -> tuple[Lost, ...]:
    return tuple(
        Lost(name=_named(loss.path.replace("[1]", "")), path=loss.path, reason=loss.reason)
        for loss in dict.fromkeys(losses)
    )


def _refusals(issues: Iterable[Issue]) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(issue.message for issue in issues if issue.severity.rejects))
