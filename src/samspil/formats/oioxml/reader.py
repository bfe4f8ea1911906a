"""OIOXML to letters: each message element read by its shape into the tree that both spellings share.

A document that is as it should be is read by `matching`; any other as a whole by `walking`, which finds every fault.
Elements without a known shape are read as they stand.
Source: MedCom's OIOXML schemas.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.shapes import editions, envelope_shape
from samspil.domain.issues import Issue, Location
from samspil.domain.message import Format, Identity
from samspil.formats.letters.faults import Fault, Unclean
from samspil.formats.letters.heads import episode_of, person_of
from samspil.formats.letters.letter import Dispatch, Letter
from samspil.formats.letters.parts import part_of
from samspil.formats.letters.tree import Path, Place, Tree, find, named, nearest, numbered
from samspil.formats.oioxml.markup import CLOSE, OPEN
from samspil.formats.oioxml.matching import Matcher, matcher
from samspil.formats.oioxml.syntax import Document, parse
from samspil.formats.oioxml.walking import Walk, local
from samspil.formats.part import Part

_START = re.compile(
    rf"\s*(?:{OPEN}\?xml[^{OPEN}{CLOSE}]*\?{CLOSE}\s*)?{OPEN}Emessage"
    r"""(?:\s+(?:xmlns=["']([^"']*)["']|xmlns:xsi=["'][^"']*["']|xsi:schemaLocation=["'][^"']*["']))*"""
    rf"\s*{CLOSE}\s*(?={OPEN}Envelope{CLOSE})"
)
_NAME = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_END = re.compile(rf"{OPEN}/Emessage{CLOSE}\s*")
_NO_LETTERS = frozenset({"Envelope", "Local_Elements"})
_WANTED = {"pluspositivkvitt": True, "minuspositivkvitt": False}


class Spot(Protocol):
    """Where in its document a letter stands, and with it the places of what it says."""

    def places(self) -> Iterator[Place]:
        """The paths in the letter and their spans."""
        ...

    def find(self, path: Path) -> Place | None:
        """One of them, if it can be told without looking through all."""
        ...

    def location(self, place: Place) -> Location:
        """A place as one in the payload."""
        ...


@dataclass(slots=True, eq=False)
class _Matched:
    """A letter that was read from marked text."""

    document: Document
    path: Path
    matcher: Matcher
    found: re.Match[str]

    def places(self) -> Iterator[Place]:
        return self.matcher.trace(self.found)

    def find(self, path: Path) -> Place | None:
        return self.matcher.place(self.found, path)

    def location(self, place: Place) -> Location:
        path, start, end = place
        return self.document.marked_place(((*self.path, *path), start, end))


@dataclass(slots=True, eq=False)
class _Walked:
    """A letter that was read from a parsed document."""

    document: Document
    path: Path

    def places(self) -> Iterator[Place]:
        size = len(self.path)
        for path, start, end in self.document.element_places:
            if path[:size] == self.path and not "".join(path[size : size + 1]).isdecimal():
                yield path[size:], start, end

    def find(self, path: Path) -> Place | None:
        return None

    def location(self, place: Place) -> Location:
        path, start, end = place
        return self.document.text_place(((*self.path, *path), start, end))


class OioxmlLetter(Letter):
    """A message element of an Emessage."""

    wire = Format.OIOXML

    def __init__(self, document: Document, name: str, spot: Spot, tree: Tree, faults: Sequence[Fault]) -> None:
        self.document = document
        self.payload = self.alone = document.payload
        self.name = name
        self.edition = editions().get((document.namespace, name))
        self.spot = spot
        self.envelope_faults: list[Fault] = []
        self._tree = tree
        self._faults = faults
        letter = tree.get("Letter")
        said = letter if isinstance(letter, dict) else {}
        self.version = self.edition.version if self.edition else _without_x(said.get("VersionCode"))
        self.type = self.edition.type if self.edition else _without_x(said.get("TypeCode"))

    def send(self, envelope: Tree, part: int) -> None:
        """Take what the envelope says, which stands before the first letter and holds for all."""
        self.part = part
        self.dispatch = Dispatch(
            identifier=str(envelope.get("Identifier", "")),
            day=str(find(envelope, ("Sent", "Date")) or ""),
            time=str(find(envelope, ("Sent", "Time")) or ""),
            sender=_ean(self._tree, "Sender"),
            receiver=_ean(self._tree, "Receiver"),
            receipt_wanted=_WANTED.get(str(envelope.get("AcknowledgementCode"))),
        )

    @property
    def tree(self) -> Tree:
        """What the letter says."""
        return self._tree

    @property
    def faults(self) -> Sequence[Fault]:
        """What was wrong with the letter itself."""
        return self._faults

    @property
    def byte_faults(self) -> Sequence[Fault]:
        """What was wrong with the bytes and the envelope."""
        return (*self.document.faults, *self.envelope_faults)

    def place(self, where: object) -> Location:
        """The place of an element, or of a path in the tree."""
        if isinstance(where, Location):
            return where
        if not isinstance(where, tuple):
            return self.document.element_place(where)  # pyright: ignore[reportArgumentType] - an element of ours
        place = self.spot.find(where) or nearest(where, self.spot.places())  # pyright: ignore[reportUnknownArgumentType]
        return self.spot.location(place) if place else Location()

    def places(self) -> Iterator[tuple[str, Location]]:
        """Every value's path in the tree and its place in the payload."""
        traced = list(self.spot.places())
        for place, following in zip(traced, [*traced[1:], ((), 0, 0)], strict=True):
            if following[0][: len(place[0])] != place[0]:
                yield named(place[0]), self.spot.location(place)


def _without_x(value: object) -> str:
    return str(value or "").strip().removeprefix("X")


def _ean(tree: Tree, party: str) -> str:
    found = find(tree, (party, "EANIdentifier"))
    return found.strip() if isinstance(found, str) else ""


def read(payload: bytes) -> tuple[Document, list[OioxmlLetter]]:
    """An Emessage and its letters. Never raises."""
    document = parse(payload)
    try:
        letters = _matched(document)
    except Unclean:
        letters = _walked(document)
    if len(letters) > 1:
        _separate(letters)
    return document, letters


def _separate(letters: Sequence[OioxmlLetter]) -> None:
    """Several letters in one Emessage: each alone with what stands around them all, and whether one pair wrote them."""
    payload, first = letters[0].payload, letters[0].dispatch
    places = [letter.place(()) for letter in letters]
    before, behind = payload[: places[0].start], payload[places[-1].end :]
    for letter, place in zip(letters, places, strict=True):
        letter.alone = before + payload[place.start : place.end] + behind
        if (letter.dispatch.sender, letter.dispatch.receiver) != (first.sender, first.receiver):
            letter.envelope_faults.append(Fault("oioxml.parties.differ", ()))


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The letters of an Emessage. Never raises; a payload without a letter is a part with a fatal issue."""
    document, letters = read(payload)
    if not letters:
        return (Part(part="1", identity=identity, payload=payload, issues=tuple(_unread(document))),)
    return tuple(map(_part, letters))


def _unread(document: Document) -> Iterator[Issue]:
    for fault in document.faults:
        where = fault.where if isinstance(fault.where, Location) else Location()
        yield finding(fault.code, where, severity=None, **dict(fault.facts))
    if document.root is not None:
        yield finding("oioxml.letter.missing", Location(path="/Emessage"))


def _matched(document: Document) -> list[OioxmlLetter]:
    """The letters of a document that is as it should be. Raises `Unclean` for any other."""
    text = document.marked
    start = _START.match(text) if text else None
    envelope = envelope_shape(start[1] or "") if start else None
    if not (text and start and envelope):
        raise Unclean
    document.namespace = start[1]
    position = start.end()
    said = Tree()
    letters: list[OioxmlLetter] = []
    counts: dict[str, int] = {}
    while not (end := _END.match(text, position)):
        name = opening[1] if (opening := _NAME.match(text, position)) else ""
        edition = editions().get((document.namespace, name))
        shape = edition.shape if edition else envelope if position == start.end() else None
        reading = matcher(name, shape) if shape else None
        found = reading.pattern.match(text, position) if reading else None
        if not (reading and found):
            raise Unclean
        position = found.end()
        tree = reading.file(found.groups())
        if not edition:
            said = tree
            continue
        counts[name] = counts.get(name, 0) + 1
        spot = _Matched(document, ("Emessage", *numbered(name, counts[name])), reading, found)
        letters.append(OioxmlLetter(document, name, spot, tree, ()))
        letters[-1].send(said, len(letters))
    if end.end() < len(text):
        raise Unclean
    return letters


def _walked(document: Document) -> list[OioxmlLetter]:
    """The letters of any document, with all that is wrong with them."""
    root = document.checked_root()
    if root is None:
        return []
    document.namespace = etree.QName(root).namespace or ""
    letters: list[OioxmlLetter] = []
    said, faults = Tree(), []
    counts: dict[str, int] = {}
    for item in root:
        name = local(item)
        counts[name] = counts.get(name, 0) + 1
        walk = Walk()
        if name == "Envelope" and not letters and not said:
            said, faults = walk.read(item, envelope_shape(document.namespace)), walk.faults
        elif name in _NO_LETTERS:
            document.has_local_elements = True
        else:
            edition = editions().get((document.namespace, name))
            tree = walk.read(item, edition.shape if edition else None)
            spot = _Walked(document, (local(root), *numbered(name, counts[name])))
            letters.append(OioxmlLetter(document, name, spot, tree, walk.faults))
            letters[-1].send(said, len(letters))
            letters[-1].envelope_faults.extend(faults or ([] if said else [Fault("oioxml.envelope.missing", ())]))
    return letters


def _part(letter: OioxmlLetter) -> Part:
    tree = letter.tree
    episode = episode_of(tree)
    identifier = find(tree, ("Letter", "Identifier"))
    return part_of(
        letter,
        message_id=identifier if isinstance(identifier, str) else "",
        episode=episode,
        person="" if episode else person_of(tree),
    )
