"""VANS envelopes written, read again, judged and answered."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from samspil.domain.issues import Issue, Verdict
from samspil.domain.message import Kind
from samspil.formats.envelopes.markup import read_markup
from samspil.formats.envelopes.vans import (
    EndPoint,
    Meta,
    ReceiptKind,
    VansEnvelope,
    read_vans,
    vans_receipt_for,
    write_vans,
)
from samspil.formats.envelopes.writing import Unwritable
from samspil.validation.judge import examine
from tests.unit.formats.fhir.letters import letter

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
META = Meta(
    identifier="5d0a7c1e-1111-4222-8333-5a6f9b7d1f02",
    format="HL7",
    name="MCM:FDIS91#carecoordination",
    version="5.0",
    size=str(len(letter())),
    transport="reliable",
    transform="false",
    tags=(("MCM:MIME", "application/fhir+json"),),
)
ENVELOPE = VansEnvelope(
    sender=EndPoint("5790000121526"),
    receiver=EndPoint("5790000201389"),
    identifier="5d0a7c1e-1111-4222-8333-5a6f9b7d1f01",
    sent="2026-03-02T09:15:00+01:00",
    meta=META,
    payload=letter(),
)


def read(payload: bytes) -> VansEnvelope:
    """The envelope that bytes spell."""
    markup = read_markup(payload)
    assert not isinstance(markup, Issue)
    return read_vans(markup)


def test_what_we_write_we_read_back_and_find_no_fault_with() -> None:
    """The payload comes out byte for byte."""
    assert read(write_vans(ENVELOPE)) == ENVELOPE
    report = examine(write_vans(ENVELOPE)).report
    assert (report.parts[0].issues, report.verdict) == ((), Verdict.ACCEPTED)


@pytest.mark.parametrize("kind", list(ReceiptKind))
def test_a_receipt_tells_what_it_answers_without_the_envelope(kind: ReceiptKind) -> None:
    """It carries the answered message's facts; parties swap; it is a receipt, and never answered."""
    text = "" if kind is ReceiptKind.POSITIVE_MESSAGE else "ukendt_lokationsnummer"
    answer = vans_receipt_for(ENVELOPE, identifier=META.identifier, now=NOW, kind=kind, error_text=text)
    back = read(write_vans(answer))
    assert (back.sender, back.receiver) == (ENVELOPE.receiver, ENVELOPE.sender)
    assert back.receipt and back.receipt.original_envelope == ENVELOPE.identifier
    assert back.receipt.original == META
    examination = examine(write_vans(answer))
    assert (examination.identity.kind, examination.report.issues) == (Kind.RECEIPT, ())
    with pytest.raises(ValueError, match="never answered"):
        vans_receipt_for(back, identifier=META.identifier, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "1"}, "EnvelopeIdentifier"),
        ({"sender": EndPoint("")}, "SenderID"),
        ({"receiver": EndPoint("5790000201389", "GLN")}, "EndPointType"),
        ({"sent": "2. marts 2026"}, "SentDateTime"),
        ({"payload": None}, "Data"),
        ({"meta": None}, "MetaInformation"),
        ({"meta": replace(META, size="1")}, "SizeInBytes"),
        ({"meta": replace(META, format="FHIR")}, "Format"),
        ({"meta": replace(META, tags=(("a", "b"),) * 6)}, "ServiceTag"),
    ],
)
def test_only_what_the_schema_has_is_written(changes: dict[str, Any], field: str) -> None:
    """The refusal names the field."""
    with pytest.raises(Unwritable, match=field):
        write_vans(replace(ENVELOPE, **changes))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("5790000121526", "5790000121527", "envelope.vans.party"),
        ('EndPointType="EAN">5790000201389', 'EndPointType="GLN">5790000201389', "envelope.vans.party.type"),
        ("<EnvelopeIdentifier>5d0a7c1e", "<EnvelopeIdentifier>x", "envelope.vans.identifier"),
        ("<EnvelopeIdentifier>5d0a7c1e", "<EnvelopeIdentifier>zd0a7c1e", None),
        ("+01:00</SentDateTime>", "</SentDateTime>", "envelope.vans.offset"),
        ("T09:15:00", "T09-15-00", "envelope.vans.moment"),
        ("<SizeInBytes>", "<SizeInBytes>1", "envelope.vans.size"),
        ("<Format>HL7", "<Format>FHIR", "envelope.vans.format"),
        ("reliable", "unreliable", "envelope.vans.unreliable"),
        ("reliable", "courier", "envelope.vans.transport"),
        ("1.0.4", "1.0.3", "envelope.vans.edition"),
        ("<Format>HL7", "<Format>XML", "envelope.content.label"),
        ("MCM:FDIS91", "MCM:FDIS20", "envelope.vans.label"),
    ],
)
def test_each_fault_is_a_finding_of_its_own(old: str, new: str, code: str | None) -> None:
    """And what the published pattern lets through is read."""
    changed = write_vans(ENVELOPE).decode().replace(old, new, 1).encode()
    assert changed != write_vans(ENVELOPE)
    assert [issue.code for issue in examine(changed).report.parts[0].issues] == ([code] if code else [])


def test_a_time_without_offset_is_danish_summer_or_winter() -> None:
    """One hour from UTC in March's first days, two in July."""
    moments = [replace(ENVELOPE, sent=f"2026-{month}-02T09:15:00").sent_at for month in ("03", "07")]
    assert [moment.astimezone(UTC).hour for moment in moments if moment] == [8, 7]
