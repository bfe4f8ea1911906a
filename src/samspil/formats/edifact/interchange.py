"""The envelopes: which letters an interchange holds, and whether its headers and trailers agree.

    UNB (UNH … UNT)* UNZ, again and again

Every letter keeps what its envelope says and what is wrong with it. Two-digit years are read in the century that
brings them nearest to the letter's own date (DTM 137), else between 1950 and 2049.
Sources: ISO 9735 syntax version 3, service segments; MedCom's EDIFACT profile.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, Marks, Scan
from samspil.formats.letters.faults import Fault

_SERVICE = re.compile(f"{END}UN([BHTZ])(?=[{ELEMENT}{COMPONENT}{END}])([^{END}]*)")
_APPROVED = re.compile(f"{END}DTM{ELEMENT}137{COMPONENT}(\\d{{4}})")
_ID = re.compile(r"[^\s].{0,13}")
_PIVOT = 50
_MOST_FAULTS = 20


@dataclass(slots=True)
class Envelope:
    """What UNB says. Empty where it says nothing."""

    sender: str = ""
    receiver: str = ""
    day: str = ""
    time: str = ""
    identifier: str = ""
    acknowledgement: str = ""
    number: int = 1
    start: int = 0
    faults: list[Fault] = field(default_factory=list)

    def note(self, fault: Fault) -> None:
        """Note a fault. Every letter tells its envelope's, so there are not more than a reader needs."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)


@dataclass(slots=True)
class Unit:
    """One letter's text, from its UNH to its UNT, and what UNH says. `start` and `end` are offsets in the scan."""

    envelope: Envelope
    number: int
    start: int
    end: int = 0
    reference: str = ""
    message: str = ""
    syntax: str = ""
    version: str = ""
    type: str = ""
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Progress:
    """Where the walk over the service segments has come."""

    envelope: Envelope | None = None
    unit: Unit | None = None
    in_envelope: int = 0
    envelopes: int = 0
    closed_at: int = 0


def cut(scan: Scan) -> tuple[list[Unit], list[Fault]]:
    """The letters of a payload in order, and the faults of a payload without any."""
    units: list[Unit] = []
    at = _Progress()
    text = scan.text
    for found in _SERVICE.finditer(text):
        start, kind = found.start() + 1, found[1]
        outside = at.unit is None and start != at.closed_at + 1 and kind != "T"
        elements = found[2].split(ELEMENT)
        if kind == "B":
            _open_envelope(at, elements, start)
        elif kind == "H":
            units.append(_open_unit(at, elements, start))
        elif kind == "T":
            _close_unit(at, elements, start, found.end() + 1, text)
        else:
            _close_envelope(at, elements, start)
        if outside and at.envelope:
            at.envelope.note(Fault("edifact.segment.outside", at.closed_at + 1))
        at.closed_at = found.end()
    return units, _end(at, units, text)


def _open_envelope(at: _Progress, elements: list[str], start: int) -> None:
    if at.envelope is not None and not at.in_envelope:
        at.envelope.note(Fault("edifact.unb.repeated", start))
        return
    _give_up(at, start)
    at.envelopes += 1
    at.envelope = _read_unb(elements, start, at.envelopes)
    at.in_envelope = 0


def _read_unb(elements: list[str], start: int, number: int) -> Envelope:
    """The envelope of a UNB segment."""
    said = [element.partition(COMPONENT) for element in (*elements, *[""] * (10 - len(elements)))]
    envelope = Envelope(
        sender=said[2][0],
        receiver=said[3][0],
        day=said[4][0],
        time=said[4][2].partition(COMPONENT)[0],
        identifier=said[5][0],
        acknowledgement=said[9][0],
        number=number,
        start=start,
    )
    fault = envelope.note
    if said[1] != ("UNOC", COMPONENT, "3"):
        fault(Fault("edifact.unb.syntax", start, (("found", "".join(said[1]).replace(COMPONENT, ":")[:12]),)))
    if not _ID.fullmatch(envelope.identifier):
        fault(Fault("edifact.unb.identifier" if not envelope.identifier else "edifact.unb.identifier.length", start))
    for name, value in (("sender", envelope.sender), ("receiver", envelope.receiver)):
        if not value:
            fault(Fault("edifact.unb.party", start, (("party", name),)))
    if not (is_day(envelope.day) and is_time(envelope.time)):
        fault(Fault("edifact.unb.date", start))
    if envelope.acknowledgement not in {"", "0", "1"}:
        fault(Fault("edifact.unb.acknowledgement", start, (("found", envelope.acknowledgement[:3]),)))
    return envelope


def trailer(header: bytes, marks: Marks) -> bytes:
    """The UNZ of one letter, with the reference that its UNB gives."""
    elements = header.strip().removesuffix(marks.terminator).split(marks.element)
    reference = elements[5] if len(elements) > 5 else b""
    return marks.element.join((b"UNZ", b"1", reference)) + marks.terminator


def is_day(text: str) -> bool:
    """YYMMDD?"""
    return len(text) == 6 and text.isdecimal() and 1 <= int(text[2:4]) <= 12 and 1 <= int(text[4:]) <= 31


def is_time(text: str) -> bool:
    """HHMM?"""
    return len(text) == 4 and text.isdecimal() and int(text[:2]) < 24 and int(text[2:]) < 60


def _open_unit(at: _Progress, elements: list[str], start: int) -> Unit:
    if at.envelope is None:
        at.envelope = Envelope(number=at.envelopes + 1)
        at.envelope.note(Fault("edifact.unb.missing", start))
    if at.unit is not None:
        at.unit.end = start
        at.unit.faults.append(Fault("edifact.unt.missing", start))
    at.in_envelope += 1
    at.unit = unit = Unit(at.envelope, at.in_envelope, start)
    unit.reference = elements[1] if len(elements) > 1 else ""
    said = elements[2].split(COMPONENT) if len(elements) > 2 else [""]
    unit.message = said[0]
    unit.syntax = COMPONENT.join(said[1:4]).replace(COMPONENT, ":")
    unit.version = said[4] if len(said) > 4 else ""
    unit.type = elements[3] if len(elements) > 3 else ""
    if not unit.version or not unit.message:
        unit.faults.append(Fault("edifact.unh.type", start))
    if not unit.reference:
        unit.faults.append(Fault("edifact.unh.reference", start))
    elif not _ID.fullmatch(unit.reference):
        unit.faults.append(Fault("edifact.unh.reference.length", start))
    return unit


def _close_unit(at: _Progress, elements: list[str], start: int, end: int, text: str) -> None:
    unit = at.unit
    if unit is None:
        if at.envelope:
            at.envelope.note(Fault("edifact.unt.unexpected", start))
        return
    unit.end = end
    at.unit = None
    count, reference = (*elements[1:3], "", "")[:2]
    true = text.count(END, unit.start, end)
    if not count and not reference:
        unit.faults.append(Fault("edifact.unt.empty", start))
    elif count != str(true):
        unit.faults.append(Fault("edifact.unt.count", start, (("found", count[:9]), ("expected", str(true)))))
    if reference != unit.reference and (count or reference) and unit.reference:
        unit.faults.append(Fault("edifact.unt.reference", start))
    unit.reference = unit.reference or reference


def _close_envelope(at: _Progress, elements: list[str], start: int) -> None:
    envelope = at.envelope
    if envelope is None:
        return
    if at.unit is not None:
        at.unit.end = start
        at.unit.faults.append(Fault("edifact.unt.missing", start))
        at.unit = None
    count, reference = (*elements[1:3], "", "")[:2]
    if not reference:
        envelope.note(Fault("edifact.unz.reference", start))
    elif reference != envelope.identifier and envelope.identifier:
        envelope.note(Fault("edifact.unz.mismatch", start))
    if count.partition(COMPONENT)[0] != str(at.in_envelope):
        facts = (("found", count[:9].replace(COMPONENT, ":")), ("expected", str(at.in_envelope)))
        envelope.note(Fault("edifact.unz.count", start, facts))
    at.envelope = None


def _give_up(at: _Progress, start: int) -> None:
    """The envelope before was not closed."""
    if at.unit is not None:
        at.unit.end = start
        at.unit.faults.append(Fault("edifact.unt.missing", start))
        at.unit = None
    if at.envelope is not None:
        at.envelope.note(Fault("edifact.unz.missing", start))


def _end(at: _Progress, units: list[Unit], text: str) -> list[Fault]:
    """What is left open at the end of the payload, and what stands behind it."""
    end = len(text) - 1
    _give_up(at, end)
    last = units[-1].envelope if units else None
    if at.closed_at < end and at.envelope is None and last:
        last.note(Fault("edifact.segment.outside", at.closed_at + 1))
    if units:
        return []
    return [*(at.envelope.faults if at.envelope else ()), Fault("edifact.letter.missing", 0)]


def dispatched(unit: Unit, text: str) -> Iterator[str]:
    """The envelope's date and time as OIOXML writes them."""
    envelope = unit.envelope
    if is_day(envelope.day):
        approved = _APPROVED.search(text, unit.start, unit.end)
        yield f"{century(int(envelope.day[:2]), approved and int(approved[1]))}-{envelope.day[2:4]}-{envelope.day[4:]}"
    else:
        yield ""
    yield f"{envelope.time[:2]}:{envelope.time[2:]}" if is_time(envelope.time) else ""


def century(year: int, near: int | None = None) -> int:
    """A two-digit year in full.

    >>> century(26, near=2026), century(26), century(94), century(99, near=2001)
    (2026, 2026, 1994, 1999)
    """
    if near is None:
        return year + (1900 if year >= _PIVOT else 2000)
    return near + (year - near + 50) % 100 - 50
