"""Envelopes opened."""

import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from samspil.domain.issues import Verdict
from samspil.domain.message import Format
from samspil.formats.readers import read_payload
from samspil.validation.judge import examine
from tests.unit.formats.fhir.letters import letter, part_of

SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def sbdh(content: bytes) -> bytes:
    """A document with that content."""
    body = f"<BinaryContent>{content.decode()}</BinaryContent>"
    return f'<StandardBusinessDocument xmlns="{SBDH}">{body}</StandardBusinessDocument>'.encode()


def vans(content: bytes) -> bytes:
    """A VANS envelope with that content."""
    body = f"<Message><MetaInformation/><Data>{content.decode()}</Data></Message>"
    return f'<VANSEnvelope xmlns="urn:oio:medcom:vans-envelope:1.0.4">{body}</VANSEnvelope>'.encode()


@pytest.mark.parametrize("wrap", [sbdh, vans])
def test_what_lies_in_an_envelope_is_a_part_under_it(wrap: Callable[[bytes], bytes]) -> None:
    """Part 1 is the envelope, 1.1 the message, byte for byte as it was put in."""
    _, (envelope, inside) = read_payload(wrap(b64encode(letter())))
    assert (envelope.part, inside.part) == ("1", "1.1")
    assert inside.payload == letter()
    assert inside.head == part_of(letter()).head


def test_base64_may_be_wrapped_over_lines() -> None:
    """Blanks between its characters mean nothing."""
    content = b64encode(letter())
    wrapped = b"\n".join(content[place : place + 76] for place in range(0, len(content), 76))
    assert read_payload(sbdh(wrapped))[1][1].payload == letter()


def test_content_that_is_no_base64_is_unreadable() -> None:
    """The finding is the envelope's."""
    report = examine(sbdh(b"not base64!")).report
    assert [issue.code for issue in report.issues] == ["envelope.content.broken"]
    assert report.verdict is Verdict.UNREADABLE


def test_an_envelope_in_an_envelope_is_not_opened() -> None:
    """No nesting makes reading go deeper."""
    _, parts = read_payload(sbdh(b64encode(sbdh(b64encode(letter())))))
    assert [(part.part, [issue.code for issue in part.issues]) for part in parts] == [("1", ["envelope.nested"])]


def test_the_official_envelopes_hold_what_their_manifest_says(shared: Path) -> None:
    """The content is taken out byte for byte and told by its bytes: some labelled FHIR hold OIOXML."""
    formats = {
        "FHIR XML": Format.FHIR_XML,
        "FHIR JSON": Format.FHIR_JSON,
        "OIOXML (XREF01)": Format.OIOXML,
        "OIOXML labelled FHIR": Format.OIOXML,
        "ebBP ReceiptAcknowledgement": Format.EBBP,
    }
    folder, checked = shared / "sbdh", 0
    for row in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["envelopes"]:
        _, parts = read_payload((folder / row["file"]).read_bytes())
        if row["well_formed"] and row.get("content_sha256"):
            inside = parts[1]
            assert sha256(inside.payload).hexdigest() == row["content_sha256"], row["file"]
            assert inside.identity.format is formats[row["payload"]], row["file"]
            checked += 1
    assert checked >= 12
