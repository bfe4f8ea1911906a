"""Several letters in one envelope: each part is carried on alone."""

import pytest

from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import convert
from samspil.domain.issues import Verdict
from samspil.domain.message import Format
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.reading import read_letters
from samspil.validation.judge import examine

LETTERS = list(interchanges().values())
HEADER, TRAILER = LETTERS[0][: LETTERS[0].index(b"UNH")], b"UNZ+%d+K0001'"
UNITS = [one[one.index(b"UNH") : one.rindex(b"UNZ")] for one in LETTERS]
EDIFACT = HEADER + b"\r\n".join(UNITS) + TRAILER % len(UNITS)


def said(payload: bytes) -> list[object]:
    """What the letters of a payload say."""
    return [part.tree.tree for part in read_letters(payload) or () if isinstance(part.tree, Letter)]


def oioxml() -> bytes:
    """Two letters of one kind in one Emessage."""
    payload = convert(LETTERS[0], to="oioxml").payload
    assert payload
    start, end = payload.index(b"<DischargeLetter>"), payload.index(b"</Emessage>")
    return payload[:end] + b"\n<!-- and again -->\n" + payload[start:end] + b"\n</Emessage>"


@pytest.mark.parametrize(
    "payload", [EDIFACT, b"\n" + EDIFACT.replace(b"'", b"'\r\n"), oioxml()], ids=["", "lines", "xml"]
)
def test_each_part_is_an_envelope_of_its_own(payload: bytes) -> None:
    """A part's payload holds its letter and no other, is accepted as it stands, and says the same."""
    parts = examine(payload).parts
    together = said(payload)
    assert len(parts) > 1
    for number, part in enumerate(parts):
        alone = examine(part.payload)
        assert [one.head for one in alone.parts] == [part.head]
        assert alone.report.verdict is Verdict.ACCEPTED
        assert [issue.code for issue in alone.report.issues] == []
        assert said(part.payload) == [together[number]]


def test_a_letter_that_came_alone_is_carried_byte_for_byte() -> None:
    """Nothing is taken apart that need not be."""
    for payload in LETTERS:
        (part,) = examine(payload).parts
        assert part.payload is payload


def test_raw_objects_go_with_their_letter() -> None:
    """A binary letter among others keeps its bytes, quotation marks and all."""
    raw = b"a'b+c:d?'\r\n\x00"
    objects = b"UNO+1+AID:0123456789ABCDEF0123456789ABCDEF+OBJ:T:TXT:91+%d:14:1:A'" % len(raw)
    unit = b"UNH+B1+MEDBIN:D:93A:UN:B0130X+BIN01'BGM+OBJ++9+NA'" + objects + raw + b"UNP+%d+1'UNT+5+B1'" % len(raw)
    payload = HEADER + unit + UNITS[0] + unit + TRAILER % 3
    parts = read_letters(payload)
    assert parts
    assert [part.identity.format for part in parts] == [Format.EDIFACT] * 3
    assert [part.payload.count(raw) for part in parts] == [1, 0, 1]
    assert parts[2].payload == HEADER + unit + TRAILER % 1


def test_a_receipt_for_several_letters_names_each() -> None:
    """A CONTRL that answers two letters of an envelope settles both, each once."""
    unit = (
        b"UNH+R1+CONTRL:D:93A:ZZ:C0330Q+CTL03'UCI+K0001+5790000000012:14+5790000000036:14+7'"
        b"UCM+B0001+MEDDIS:D:93A:UN:D9134L+7'UCM+B0002+MEDDIS:D:93A:UN:D9134L+7'UCM+B0001+MEDDIS:D:93A:UN:D9134L+7'"
        b"UNT+6+R1'"
    )
    (part,) = examine(HEADER + unit + TRAILER % 1).parts
    assert part.head
    assert part.head.answers
    assert (part.head.answers.message_id, part.head.answers.also) == ("B0001", ("B0002",))
