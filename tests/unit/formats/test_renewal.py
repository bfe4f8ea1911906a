"""A letter sent again: a new envelope around the same bytes, and known to be the same by whoever compares."""

from datetime import UTC, datetime

import pytest

from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import convert
from samspil.domain.issues import Verdict
from samspil.domain.message import Format
from samspil.formats.letters.sameness import same_content
from samspil.formats.renewal import renew_envelope
from samspil.validation.judge import examine

NOW = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)
LETTERS = interchanges()


def twin(kind: str) -> bytes:
    """A letter as OIOXML."""
    payload = convert(LETTERS[kind], to="oioxml").payload
    assert payload
    return payload


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("spelling", [Format.EDIFACT, Format.OIOXML])
def test_only_the_envelope_changes(kind: str, spelling: Format) -> None:
    """A new id and Danish time of day; every byte outside the envelope stays."""
    payload = LETTERS[kind] if spelling is Format.EDIFACT else twin(kind)
    renewed = renew_envelope(payload, spelling, envelope_id="NY00000000001", now=NOW)
    before, after = examine(payload).parts[0].head, examine(renewed)
    head = after.parts[0].head
    assert before
    assert head
    assert after.report.verdict is Verdict.ACCEPTED
    assert (head.envelope_id, head.sent_at) == ("NY00000000001", datetime.fromisoformat("2026-07-01T23:30+02:00"))
    assert head.message_id == before.message_id
    letter = slice(payload.find(b"UNH"), payload.rfind(b"UNZ")) if spelling is Format.EDIFACT else slice(400, None)
    assert payload[letter][:-60] in renewed
    assert same_content(payload, renewed)


def test_line_breaks_and_comments_around_the_envelope_stay() -> None:
    """What a sender wrote by hand is not tidied up."""
    lines = LETTERS["DIS91"].replace(b"'", b"'\r\n")
    renewed = renew_envelope(lines, Format.EDIFACT, envelope_id="NY1", now=NOW)
    assert renewed.count(b"'\r\n") == lines.count(b"'\r\n")
    spaced = twin("DIS91").replace(b"<Envelope>", b"<!-- kuvert -->\n  <Envelope>")
    again = renew_envelope(spaced, Format.OIOXML, envelope_id="NY1", now=NOW)
    assert b"<!-- kuvert -->\n  <Envelope>" in again
    assert b"<Identifier>NY1</Identifier>" in again


@pytest.mark.parametrize("payload", [b"", b"UNA:+.? '", b"UNH+1+X'", b"<Emessage/>", b"<Emessage", b"\xff\xfe<\x00"])
def test_what_has_no_envelope_is_left_alone(payload: bytes) -> None:
    """Nothing is written into bytes that are no whole envelope."""
    for spelling in (Format.EDIFACT, Format.OIOXML):
        assert renew_envelope(payload, spelling, envelope_id="NY1", now=NOW) == payload


def test_two_envelopes_are_not_renewed() -> None:
    """Which of them should get the id nobody can say."""
    payload = LETTERS["DIS91"] + LETTERS["DIS20"].removeprefix(b"UNA:+.? '")
    assert renew_envelope(payload, Format.EDIFACT, envelope_id="NY1", now=NOW) == payload
