"""EDIFACT to letters: an interchange's bytes to parts, each with its head at once and the rest when somebody looks."""

import re
from collections.abc import Iterator, Sequence

from samspil.catalogue.legacy.layouts import Layout, find_layout
from samspil.catalogue.standards import by_version_code
from samspil.domain.issues import Issue, Location
from samspil.domain.message import Format, Identity
from samspil.formats.edifact.interchange import Envelope, Unit, cut, dispatched, trailer
from samspil.formats.edifact.irregular import Work, after_reading
from samspil.formats.edifact.lenient import LenientReader
from samspil.formats.edifact.matching import matcher, read_clean, trace
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, Scan, scan
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.letter import Dispatch, Letter
from samspil.formats.letters.parts import part_of
from samspil.formats.letters.tree import Path, Tree, named, nearest, put
from samspil.formats.oioxml.writer import Twin, write_twin
from samspil.formats.part import Part

_EPISODE = re.compile(f"{END}RFF{ELEMENT}REI{COMPONENT}([^{END}{ELEMENT}{COMPONENT}]+){END}")
_REFERRAL_EPISODE = re.compile(
    f"{END}RFF{ELEMENT}ROI{COMPONENT}([^_{END}{ELEMENT}{COMPONENT}][^{END}{ELEMENT}{COMPONENT}]*){END}"
)
_PERSON = re.compile(f"{END}PNA{ELEMENT}PA[TS]{ELEMENT}([^{END}{ELEMENT}{COMPONENT}]+){COMPONENT}")
_FROM_UNB = {("Sender", "EANIdentifier"), ("Receiver", "EANIdentifier")}
_OBJECT = f"{END}UNO{ELEMENT}"


class EdifactLetter(Letter):
    """A letter of an interchange."""

    wire = Format.EDIFACT

    def __init__(self, source: Scan, unit: Unit, part: int) -> None:
        self.payload = self.alone = source.payload
        self.part = part
        self.version = unit.version
        self.unit = unit
        self.layout: Layout | None = find_layout(unit.version)
        self.edition = self.layout.edition if self.layout else None
        self.type = self.layout.type if self.layout else unit.type
        day, time = dispatched(unit, source.text)
        envelope = unit.envelope
        self.dispatch = Dispatch(
            identifier=envelope.identifier,
            day=day,
            time=time,
            sender=envelope.sender,
            receiver=envelope.receiver,
            receipt_wanted=envelope.acknowledgement == "1",
        )
        self.scan = source
        self._reading: tuple[Tree, Sequence[Fault]] | None = None
        self._twin: Twin | None = None

    @property
    def tree(self) -> Tree:
        """What the letter says."""
        return self._read()[0]

    @property
    def faults(self) -> Sequence[Fault]:
        """What was wrong with the letter itself."""
        return self._read()[1]

    @property
    def byte_faults(self) -> Sequence[Fault]:
        """What was wrong with the bytes, the envelope and the letter's header and trailer."""
        unit = self.unit
        if not (self.scan.faults or unit.envelope.faults or unit.faults):
            return ()
        return (*self.scan.faults, *unit.envelope.faults, *unit.faults)

    def _read(self) -> tuple[Tree, Sequence[Fault]]:
        """The tree and the faults, read when somebody first asks."""
        if self._reading is None:
            self._reading = self._read_now()
        return self._reading

    def _read_now(self) -> tuple[Tree, Sequence[Fault]]:
        machine = matcher(self.version)
        if machine is None:
            return self._opening(None), self._no_layout()
        unit, text = self.unit, self.scan.text
        faults: Sequence[Fault] = ()
        tree = self._opening(machine.layout)
        if not read_clean(machine, tree, text, unit.start, unit.end):
            tree = self._opening(machine.layout)
            lenient = LenientReader(machine, tree, text)
            lenient.read(unit.start, unit.end)
            faults = lenient.faults
        work = Work(objects=self._objects())
        after_reading(machine.layout, tree, work)
        return tree, (*faults, *work.faults) if work.faults else faults

    @property
    def twin(self) -> Twin | None:
        """The letter's OIOXML twin, by which it is judged; None if its layout is not known."""
        if self._twin is None and self.edition:
            self._twin = write_twin(self.edition, self.tree)
        return self._twin

    def _opening(self, layout: Layout | None) -> Tree:
        """What is known before the first segment: UNH, UNB, and what the type fixes."""
        unit = self.unit
        tree: Tree = {
            "Letter": {"Identifier": unit.reference, "VersionCode": f"X{unit.version}"},
            "Sender": {"EANIdentifier": unit.envelope.sender},
            "Receiver": {"EANIdentifier": unit.envelope.receiver},
        }
        if layout:
            tree["Letter"]["StatisticalCode"] = layout.statistical
            if not layout.is_receipt:
                tree["Letter"]["TypeCode"] = f"X{layout.type}"
            for path, word in layout.constants:
                put(tree, path, word)
        return tree

    def _no_layout(self) -> Sequence[Fault]:
        """A version that is known but whose layout is not public, or one that nobody knows."""
        if not self.version:
            return ()
        known = self.version in by_version_code()
        code = "edifact.version.layout" if known else "edifact.version.unknown"
        return (Fault(code, self.unit.start, (("version", self.version[:9]),)),)

    def _objects(self) -> list[bytes]:
        if not self.scan.objects:
            return []
        text, unit = self.scan.text, self.unit
        first = text.count(_OBJECT, 0, unit.start)
        return list(self.scan.objects[first : first + text.count(_OBJECT, unit.start, unit.end)])

    # ------------------------------------------------------------------------------------------------------ places
    def place(self, where: object) -> Location:
        """The place of an offset in the marked text, or of a path in the tree."""
        if isinstance(where, int):
            return self.scan.place(where, self._path(where))
        path = where if isinstance(where, tuple) else (str(where),)  # pyright: ignore[reportUnknownVariableType]
        offset = self.unit.envelope.start if path in _FROM_UNB else self._nearest(path)
        return self.scan.place(offset, self._path(offset))

    def _nearest(self, path: tuple[str, ...]) -> int:
        """The offset of a path, or of what shares most of it."""
        place = nearest(path, ((steps, offset, 0) for steps, offset in self._traced()))
        return place[1] if place else self.unit.start

    def _traced(self) -> Iterator[tuple[Path, int]]:
        """Every value's path and offset, as far as the letter is in canonical order."""
        machine = matcher(self.version)
        text, unit = self.scan.text, self.unit
        position = text.index(END, unit.start) + 1
        for part in machine.groups if machine else ():
            found, number = part.pattern.match(text, position, unit.end), 0
            while found:
                number += 1
                yield from trace(part, found, number)
                position = found.end()
                again = part.group.many or part.group.chunked
                found = part.pattern.match(text, position, unit.end) if again else None

    def _path(self, offset: int) -> str:
        """An offset as a reader's path: `UNH 1 > NAD 2 > 3.1`; in the envelope `UNB 1 > UNZ`."""
        text, unit = self.scan.text, self.unit
        start = text.rfind(END, 0, offset) + 1
        tag = text[start : start + 3]
        if tag == "UNB":
            steps = [f"UNB {text.count(f'{END}UNB', 0, start + 3)}"]
        elif tag == "UNZ" or not unit.start <= offset < unit.end:
            steps = [f"UNB {unit.envelope.number}", tag or "end"]
        else:
            steps = [f"UNH {unit.number}"]
            if tag != "UNH":
                steps.append(f"{tag} {text.count(f'{END}{tag}', unit.start, start + 3)}")
        if element := text.count(ELEMENT, start, offset):
            component = text.count(COMPONENT, text.rfind(ELEMENT, start, offset), offset)
            steps.append(f"{element}.{component + 1}")
        return " > ".join(steps)

    def places(self) -> Iterator[tuple[str, Location]]:
        """Every value's path in the tree and its place in the payload."""
        for steps, offset in self._traced():
            if not any(step.startswith(".") for step in steps):
                yield named(steps), self.scan.place(offset, self._path(offset))


def read(payload: bytes) -> tuple[Scan, list[EdifactLetter], list[Fault]]:
    """The characters of an interchange, its letters, and the faults of one without any. Never raises."""
    source = scan(payload)
    units, faults = cut(source)
    letters = [EdifactLetter(source, unit, number) for number, unit in enumerate(units, start=1)]
    if len(letters) > 1:
        for letter in letters:
            letter.alone = _separate(letter)
    return source, letters, faults


def _separate(letter: EdifactLetter) -> bytes:
    """The interchange with this letter only: its own UNB, and a UNZ that counts one."""
    source, unit = letter.scan, letter.unit
    first, last = source.span(unit.start), source.span(unit.end - 1)
    header = source.payload[slice(*source.span(unit.envelope.start))] if unit.envelope.start else b""
    una, own = source.payload[: source.first], source.payload[first[0] : last[1]]
    return b"".join((una, header, own, trailer(header, source.marks)))


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The letters of an interchange. Never raises; a payload without a letter is a part with a fatal issue."""
    source, letters, faults = read(payload)
    if not letters:
        return (Part(part="1", identity=identity, payload=payload, issues=tuple(_unread(source, faults))),)
    return tuple(_part(letter, source) for letter in letters)


def _unread(source: Scan, faults: Sequence[Fault]) -> Iterator[Issue]:
    letter = EdifactLetter(source, Unit(Envelope(), 0, 0), 1)
    return (letter.issue(fault) for fault in (*source.faults, *faults))


def _part(letter: EdifactLetter, source: Scan) -> Part:
    unit, text = letter.unit, source.text
    episodes = _REFERRAL_EPISODE if unit.message == "MEDREF" else _EPISODE
    episode = episodes.search(text, unit.start, unit.end)
    person = None if episode else _PERSON.search(text, unit.start, unit.end)
    return part_of(
        letter,
        message_id=unit.reference,
        episode=episode[1] if episode else "",
        person=person[1] if person else "",
    )
