"""The same FHIR message in a new envelope: Bundle.id and Bundle.timestamp replaced, every other byte as it was.

Source: MedCom FHIR reliable messaging: a resend keeps MessageHeader.id and content, and has a new Bundle.id and time.
"""

from datetime import datetime

import orjson

from samspil.domain.message import Format
from samspil.formats.fhir.reader import read_tree
from samspil.formats.fhir.tree import Tree
from samspil.formats.fhir.xml_writer import quoted
from samspil.formats.identify import identify


def renew_envelope(payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
    """The payload for another transmission."""
    return with_new_envelope(payload, bundle_id=envelope_id, timestamp=instant(now))


def with_new_envelope(payload: bytes, *, bundle_id: str, timestamp: str) -> bytes:
    """The payload with another Bundle.id and timestamp spliced in.

    Errors: ValueError if the payload is no FHIR bundle that states both: such a one was never sent.
    """
    tree = read_tree(payload, identify(payload).format)
    if not isinstance(tree, Tree) or not ({"id", "timestamp"} <= tree.root.keys()):
        raise ValueError("not a bundle with an id and a timestamp")
    literal = _json_literal if tree.format is Format.FHIR_JSON else quoted
    places = [(tree.span("id"), bundle_id), (tree.span("timestamp"), timestamp)]
    for (start, end), text in sorted(places, reverse=True):
        payload = payload[:start] + literal(text).encode(tree.source.encoding.codec) + payload[end:]
    return payload


def instant(moment: datetime) -> str:
    """A moment as FHIR writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")


def _json_literal(text: str) -> str:
    return orjson.dumps(text).decode()
