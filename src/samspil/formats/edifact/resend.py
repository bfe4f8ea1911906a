"""An interchange for another transmission: UNB and UNZ say a new id and time, everything else stays byte for byte."""

from datetime import datetime

from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END, Scan, scan
from samspil.formats.letters.heads import DANISH

_TIME, _ID = 4, 5


def renew_envelope(payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
    """The payload with a new envelope id and time; as it is, if it does not hold exactly one whole envelope."""
    source = scan(payload)
    unb, unz = source.text.find(f"{END}UNB{ELEMENT}"), source.text.rfind(f"{END}UNZ{ELEMENT}")
    if unb < 0 or unz < 0 or source.text.count(f"{END}UNB{ELEMENT}") != 1:
        return payload
    local = now.astimezone(DANISH)
    changes = (
        (unb, _TIME, 0, f"{local:%y%m%d}"),
        (unb, _TIME, 1, f"{local:%H%M}"),
        (unb, _ID, 0, envelope_id),
        (unz, 2, 0, envelope_id),
    )
    renewed = source.payload
    for segment, element, component, value in reversed(changes):
        start, end = _span(source, segment + 1, element, component)
        renewed = renewed[:start] + value.encode("latin-1") + renewed[end:]
    return renewed


def _span(source: Scan, start: int, element: int, component: int) -> tuple[int, int]:
    """The bytes of a component."""
    segment = source.text[start : source.text.index(END, start)]
    before = segment.split(ELEMENT)[:element]
    inside = (segment.split(ELEMENT)[element : element + 1] or [""])[0].split(COMPONENT)[:component]
    place = source.place(start + sum(len(one) + 1 for one in (*before, *inside)), "")
    return place.start or 0, place.end or 0
