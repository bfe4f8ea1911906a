"""The source viewer shows every character once, in order, with rows and marks where they belong."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.domain.issues import Location, Severity
from samspil.domain.message import Format
from samspil.ui.source import MOST_BYTES, MOST_ROWS, Mark, Source, excerpt, lay_out


def shown(source: Source) -> str:
    """All characters of the source, without the breaks."""
    return "".join(span.text for row in source.rows for span in row.spans)


def mark(start: int, end: int, number: int = 1) -> Mark:
    """A mark of an error."""
    return Mark(start=start, end=end, severity=Severity.ERROR, number=number)


@given(st.binary(max_size=400), st.sampled_from(Format), st.integers(0, 400), st.integers(0, 60))
def test_any_bytes_are_laid_out_whole(payload: bytes, format_: Format, start: int, length: int) -> None:
    """Whatever the bytes and the mark, no character is lost, doubled or moved."""
    source = lay_out(payload, format_, [mark(start, start + length)])
    whole = lay_out(payload, Format.UNKNOWN)
    assert shown(source) == shown(whole)
    assert [row.number for row in source.rows] == list(range(1, len(source.rows) + 1))


@pytest.mark.parametrize(
    ("format_", "payload", "rows"),
    [
        (
            Format.FHIR_JSON,
            '{"a":[1,{"b":"x,{y}"}],"c":{}}',
            ["{", '"a":[', "1,", "{", '"b":"x,{y}"', "}", "],", '"c":{}', "}"],
        ),
        (Format.OIOXML, "<?xml?><A><B>x</B><C/></A>", ["<?xml?>", "<A>", "<B>x</B>", "<C/>", "</A>"]),
        (Format.EDIFACT, "UNA:+.? 'UNB+UNOC:3'FTX+a?'b'UNZ+1'", ["UNA:+.? '", "UNB+UNOC:3'", "FTX+a?'b'", "UNZ+1'"]),
    ],
)
def test_one_long_line_is_broken_where_its_format_allows(format_: Format, payload: str, rows: list[str]) -> None:
    """Structure becomes rows; what stands inside a text or behind a release mark does not."""
    filler = {"fhir-json": " ", "oioxml": " ", "edifact": "X"}[format_]
    source = lay_out(payload.encode() + filler.encode() * 300, format_)
    assert source.broken
    found = ["".join(span.text for span in row.spans).strip() for row in source.rows]
    assert [row for row in found if row.strip("X")] == rows


def test_the_senders_own_lines_are_kept() -> None:
    """A payload with line breaks is shown by them, and nothing is put in."""
    source = lay_out(b'{\n  "a": 1,\r\n  "b": 2\r}', Format.FHIR_JSON)
    assert not source.broken
    assert len(source.rows) == 4
    assert not any(row.soft for row in source.rows)


def test_marks_lie_over_their_characters() -> None:
    """The marked characters are those of the span, also beyond Latin letters."""
    payload = '{"navn":"Ærø","by":"Ø"}'.encode()
    start = payload.index('"Ø"'.encode())
    source = lay_out(payload, Format.FHIR_JSON, [mark(start, start + 4)])
    assert [span.text for row in source.rows for span in row.spans if span.mark] == ['"Ø"']


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
def test_marks_follow_into_other_encodings(codec: str) -> None:
    """A mark is a place in the bytes as they came, whatever they spell."""
    before, marked = "<A><B>blåbær</B>", "<C>rød"
    payload = (before + marked + "</C></A>").encode(codec)
    start = len(before.encode(codec))
    end = start + len(marked.encode(codec)) - len("".encode(codec))
    source = lay_out(payload, Format.OIOXML, [mark(start, end)])
    assert "".join(span.text for row in source.rows for span in row.spans if span.mark) == marked


def test_two_findings_at_one_place_both_lead_there() -> None:
    """Each finding knows its row, though only one colour is seen."""
    source = lay_out(b'{\n"a": 1\n}', Format.FHIR_JSON, [mark(2, 5, 1), mark(2, 5, 2), mark(9, 10, 3)])
    assert source.marked_rows == {1: 2, 2: 2, 3: 3}


def test_an_attachment_is_folded_and_a_text_is_not() -> None:
    """A long run without spaces is folded, with the count of what is left out; words are shown in full."""
    payload = b'{"data":"' + b"QUJD" * 1000 + b'","text":"' + b"ord " * 1000 + b'"}'
    source = lay_out(payload, Format.FHIR_JSON)
    folded = [span for row in source.rows for span in row.spans if span.folded]
    assert [span.folded + len(span.text) for span in folded] == [4002]
    assert "ord " * 1000 in shown(source)


def test_what_is_endless_is_cut_and_says_so() -> None:
    """Neither bytes nor rows without end reach a browser."""
    assert lay_out(b"x\n" * (MOST_ROWS + 10), Format.UNKNOWN).cut
    assert len(lay_out(b"x\n" * (MOST_ROWS + 10), Format.UNKNOWN).rows) == MOST_ROWS
    assert lay_out(b"x" * (MOST_BYTES + 1), Format.UNKNOWN).cut
    assert not lay_out(b"x", Format.UNKNOWN).cut


@pytest.mark.parametrize(
    "hostile", [b"<!--" * 60_000, b'<"' * 100_000, b"<a '" * 60_000, b'"' * 200_000, b"[" * 200_000, b"?" * 200_000]
)
@pytest.mark.timeout(20)
def test_hostile_bytes_take_no_longer_than_others(hostile: bytes) -> None:
    """No pattern falls into trying again and again."""
    for format_ in (Format.OIOXML, Format.FHIR_JSON, Format.EDIFACT):
        lay_out(hostile, format_)


def test_the_caret_stands_under_its_place() -> None:
    """The excerpt is one line, cut on both sides, and the caret line points at the marked part from below."""
    payload = b"UNB+UNOC:3'\nFTX+AAA+++blodtryk 120/80 og en lang tekst der bliver ved'\nUNT+2+1'"
    start = payload.index(b"120/80")
    found = excerpt(payload, Location(start=start, end=start + 6))
    assert found is not None
    assert (found.before, found.marked) == ("FTX+AAA+++blodtryk ", "120/80")
    assert found.after.endswith("…")
    line = found.before + found.marked + found.after
    assert re.fullmatch(r" +\^{6}", found.caret)
    assert line[found.caret.index("^") :].startswith("120/80")


@given(st.binary(max_size=200), st.integers(-5, 300), st.integers(-5, 300))
def test_an_excerpt_of_anything_is_one_line_or_nothing(payload: bytes, start: int, end: int) -> None:
    """A place outside the payload has no excerpt; every other has one without line breaks."""
    found = excerpt(payload, Location(start=start, end=end))
    if not 0 <= start <= end <= len(payload):
        assert found is None
    else:
        assert found is not None
        assert not re.search(r"[\r\n]", found.before + found.marked + found.after)
