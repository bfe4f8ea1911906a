"""Opens envelopes: the payload inside is a part of its own, numbered under its envelope's.

Part "1" is the envelope, "1.1" what lies in it. The label on an envelope is not believed: the content is told by its
own bytes. The envelope's part has an `Opened` as its tree, for the judge and for the wires.
Sources: EHMI SBDH guide 2.0.1, `BinaryContent`; MedCom VANSEnvelope 1.0.4, `Message/Data`.
"""

from dataclasses import dataclass, replace

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.envelopes.markup import Markup, read_markup
from samspil.formats.envelopes.sbdh import Sbdh, read_sbdh
from samspil.formats.envelopes.signal import Signal, read_signal
from samspil.formats.envelopes.vans import VansEnvelope, read_vans
from samspil.formats.identify import identify
from samspil.formats.part import Part
from samspil.formats.readers import read_payload


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that was read, and the parts found in it."""

    envelope: Sbdh | VansEnvelope | Signal
    markup: Markup
    parts: tuple[Part, ...] = ()


def read_parts(payload: bytes, identity: Identity) -> tuple[Part, ...]:
    """The envelope and the parts inside it. An envelope in an envelope is told, not opened."""
    envelope = Part(part="1", identity=identity, payload=payload)
    markup = read_markup(payload)
    if isinstance(markup, Issue):
        return (replace(envelope, issues=(markup,)),)
    read, content = _read(markup, identity.format)
    if isinstance(content, Issue):
        return (replace(envelope, issues=(content,), tree=Opened(read, markup)),)
    if content is None:
        return (replace(envelope, tree=Opened(read, markup)),)
    if identify(content).kind is Kind.ENVELOPE:
        return (replace(envelope, issues=(finding("envelope.nested"),), tree=Opened(read, markup)),)
    _, found = read_payload(content)
    parts = tuple(replace(part, part=f"1.{part.part}") for part in found)
    return (replace(envelope, tree=Opened(read, markup, parts)), *parts)


def _read(markup: Markup, format: Format) -> tuple[Sbdh | VansEnvelope | Signal, bytes | Issue | None]:
    """The envelope and its content; a finding in place of content that is no base64, None where there is none."""
    if format is Format.EBBP:
        return read_signal(markup), None
    if format is Format.VANS:
        vans = read_vans(markup)
        data = markup.root.find("Message", "Data")
        return vans, _content(vans.payload) if data else None
    sbdh = read_sbdh(markup)
    return sbdh, _content(sbdh.content.payload) if sbdh.content else None


def _content(payload: bytes | None) -> bytes | Issue:
    return finding("envelope.content.broken") if payload is None else payload
