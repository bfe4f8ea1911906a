"""EDIFACT interchanges told by their UNH segments."""

from samspil.domain.message import Format, Identity, Kind
from samspil.formats.recognition.edifact import looks_like_edifact, recognise_edifact

UNH = b"UNH+1+MEDDIS:D:93A:UN:D9134L+DIS91'"
UNB = b"UNB+UNOC:3+5790000000012:14+5790000000029:14+260302:0915+K1'"
DIS91 = Identity(format=Format.EDIFACT, kind=Kind.MESSAGE, standard="DIS91", version="D9134L")


def test_it_is_told_with_and_without_una() -> None:
    """The service string advice may be missing."""
    assert recognise_edifact(UNB + UNH) == DIS91
    assert recognise_edifact(b"UNA:+.? '\r\n" + UNB + b"\r\n" + UNH) == DIS91


def test_separators_come_from_una() -> None:
    """A sender may choose other service characters."""
    text = b"UNA#*.? ~" + (UNB + UNH).replace(b"+", b"*").replace(b":", b"#").replace(b"'", b"~")
    assert recognise_edifact(text) == DIS91


def test_every_letter_is_counted() -> None:
    """Several letters in an interchange, and several interchanges, are so many parts."""
    assert recognise_edifact(UNB + UNH + b"UNT+2+1'" + UNH + b"UNT+2+2'UNZ+2+K1'").parts == 2
    assert recognise_edifact((UNB + UNH + b"UNT+2+1'UNZ+1+K1'") * 3).parts == 3


def test_a_header_inside_a_text_is_no_letter() -> None:
    """Behind a released terminator the words are data."""
    assert recognise_edifact(UNB + UNH + b"FTX+AAA+P00++he said ?'UNH+2+x?''UNT+3+1'").parts == 1
    assert recognise_edifact(UNB + UNH + b"FTX+AAA+P00++ends in ??'UNH+2+MEDDIS'").parts == 2


def test_a_line_break_inside_a_tag_means_nothing() -> None:
    """Senders who wrap at 80 characters may cut a tag in two."""
    assert recognise_edifact(UNB + UNH + b"UNT+2+1'U\r\nNH+2+MEDDIS:D:93A:UN:D9134L+DIS91'").parts == 2


def test_raw_bytes_of_a_binary_object_are_stepped_over() -> None:
    """An object that happens to hold a header does not count as a letter."""
    raw = b"\x00'UNH+9+MEDDIS'\xff"
    uno = b"UNO+1+AID:0123+OBJ:bin:dat:91+%d:14:1:A'" % len(raw)
    letter = b"UNH+1+MEDBIN:D:93A:UN:B0131X+BIN01'" + uno + raw + b"UNP+%d+1'UNT+4+1'" % len(raw)
    assert recognise_edifact(UNB + letter + UNH).parts == 2


def test_the_version_code_decides_against_the_type_number() -> None:
    """A wrong number in UNH does not change what the version code says."""
    assert recognise_edifact(UNB + UNH.replace(b"+DIS91", b"+DIS01")).standard == "DIS91"


def test_an_empty_header_leaves_the_standard_open() -> None:
    """Nothing is guessed."""
    assert recognise_edifact(UNB + b"UNH'BGM+EPI'") == Identity(format=Format.EDIFACT, kind=Kind.MESSAGE)


def test_receipts_are_told() -> None:
    """CONTRL letters are receipts."""
    assert recognise_edifact(UNB + b"UNH+1+CONTRL:D:93A:ZZ:C0330Q+CTL03'").kind is Kind.RECEIPT


def test_ordinary_words_are_no_interchange() -> None:
    """Only a service segment begins one."""
    assert not looks_like_edifact(b"UNBELIEVABLE")
    assert looks_like_edifact(b"\r\nUNB+UNOC:3")
