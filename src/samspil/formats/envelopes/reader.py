"""Opens envelopes: the payload inside is a part of its own, numbered under its envelope's.

Part "1" is the envelope, "1.1" what lies in it. The label on an envelope is not believed: the content is told by its
own bytes. What an envelope's header says is for the wires to read.
Sources: EHMI SBDH guide 2.0, `BinaryContent`; MedCom VANSEnvelope 1.0.4, `Message/Data`.
"""

from base64 import b64decode
from binascii import Error
from dataclasses import replace
from xml.parsers import expat

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.encoding import sniff, to_utf8
from samspil.formats.identify import identify
from samspil.formats.part import Part
from samspil.formats.readers import read_payload

_CONTENT = {Format.SBDH: "BinaryContent", Format.VANS: "Data"}
_BLANKS = b" \t\r\n"


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The envelope and the parts inside it. An envelope in an envelope is told, not opened."""
    found = _content(payload, _CONTENT[identity.format])
    if isinstance(found, Issue):
        return (Part(part="1", identity=identity, payload=payload, issues=(found,)),)
    envelope = Part(part="1", identity=identity, payload=payload)
    if found is None:
        return (envelope,)
    if identify(found).kind is Kind.ENVELOPE:
        return (replace(envelope, issues=(finding("envelope.nested"),)),)
    _, parts = read_payload(found)
    return (envelope, *(replace(part, part=f"1.{part.part}") for part in parts))


def _content(payload: bytes, name: str) -> bytes | Issue | None:
    """The decoded content of the first element of that name; None for an envelope without one."""
    text = to_utf8(payload, sniff(payload)).lstrip()
    pieces: list[str] = []
    inside = False
    seen = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal inside, seen
        inside = not seen and tag.rpartition(" ")[2] == name
        seen = seen or inside

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: pieces.append(data) if inside else None
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)
        return b64decode("".join(pieces).encode("ascii").translate(None, _BLANKS), validate=True) if seen else None
    except _DoctypeError:
        return finding("xml.doctype.refused")
    except expat.ExpatError:
        return finding("xml.broken")
    except (Error, ValueError):
        return finding("envelope.content.broken")


class _DoctypeError(Exception):
    """A document type declaration stands in the envelope."""


def _refuse(*_: object) -> None:
    raise _DoctypeError
