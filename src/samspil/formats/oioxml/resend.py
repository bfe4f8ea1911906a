"""An Emessage for another transmission: Envelope says a new id and time, everything else stays byte for byte."""

from datetime import datetime

from samspil.formats.encoding import LATIN_1
from samspil.formats.letters.heads import DANISH
from samspil.formats.oioxml.syntax import parse


def renew_envelope(payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
    """The payload with a new envelope id and time; as it is, if its envelope cannot be found."""
    document = parse(payload)
    if not (document.encoding.is_utf8 or document.encoding is LATIN_1):
        return payload
    local = now.astimezone(DANISH)
    wanted = {
        ("Sent", "Date"): f"{local:%Y-%m-%d}",
        ("Sent", "Time"): f"{local:%H:%M}",
        ("Identifier",): envelope_id,
    }
    places = {path: document.text_place((path, start, end)) for path, start, end in document.element_places[:9]}
    renewed = payload
    for path, value in reversed(wanted.items()):
        place = places.get(("Emessage", "Envelope", *path))
        element = payload[place.start : place.end] if place else b""
        opening, closing = element.find(b">") + 1, element.rfind(b"</")
        if not place or not place.start or closing < opening:
            return payload
        start = place.start
        renewed = renewed[: start + opening] + value.encode("ascii") + renewed[start + closing :]
    return renewed
