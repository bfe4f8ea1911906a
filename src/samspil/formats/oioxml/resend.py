"""An Emessage for another transmission: Envelope says a new id and time, everything else stays byte for byte."""

from datetime import datetime

from samspil.formats.letters.heads import DANISH
from samspil.formats.oioxml.syntax import parse


def renew_envelope(payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
    """The payload with a new envelope id and time; as it is, if its envelope cannot be found."""
    document = parse(payload)
    plain = document.plain
    if (
        plain is None
        or plain.name(plain.first) != "Envelope"
        or document.encoding.codec.startswith(("utf-16", "utf-32"))
    ):
        return payload
    local = now.astimezone(DANISH)
    changes = (
        (("Envelope", "Sent", "Date"), f"{local:%Y-%m-%d}"),
        (("Envelope", "Sent", "Time"), f"{local:%H:%M}"),
        (("Envelope", "Identifier"), envelope_id),
    )
    for path, value in reversed(changes):
        place = document.place(plain.find(path, plain.first))
        element = payload[place.start : place.end]
        opening, closing = element.find(b">") + 1, element.rfind(b"</")
        if not place.path.endswith(path[-1]) or closing < opening:
            return document.payload
        renewed = element[:opening] + value.encode("ascii") + element[closing:]
        payload = payload[: place.start] + renewed + payload[place.end :]
    return payload
