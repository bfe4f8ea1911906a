"""Encodings told from bytes, and places found again in the payload as it came."""

import pytest

from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, Source, is_utf8, sniff, to_utf8

TEXT = '{"navn":"Åse"}'


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        (TEXT.encode(), UTF_8),
        (TEXT.encode("utf-8-sig"), Encoding("utf-8", 3)),
        (TEXT.encode("utf-16"), Encoding("utf-16-le", 2)),
        (TEXT.encode("utf-16-le"), Encoding("utf-16-le")),
        (TEXT.encode("utf-16-be"), Encoding("utf-16-be")),
        (TEXT.encode("utf-32"), Encoding("utf-32-le", 4)),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', LATIN_1),
        (b"<?xml version='1.0' encoding='windows-1252'?><a/>", LATIN_1),
        (b"", UTF_8),
    ],
)
def test_the_first_bytes_tell_the_encoding(payload: bytes, encoding: Encoding) -> None:
    """A mark, zero bytes or an XML declaration decide; without any it is taken for UTF-8."""
    assert sniff(payload) == encoding


def test_latin_1_is_no_utf_8() -> None:
    """Danish letters in one byte each are not valid UTF-8."""
    assert not is_utf8(TEXT.encode("latin-1"))
    assert is_utf8(TEXT.encode())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_becomes_the_same_text(codec: str) -> None:
    """A reader sees the same UTF-8 whichever encoding the text came in."""
    payload = TEXT.encode(codec)
    assert to_utf8(payload, sniff(payload)) == TEXT.encode()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_place_in_the_text_is_found_again_in_the_payload(codec: str) -> None:
    """The bytes of a location, decoded, are the characters that the reader meant."""
    payload = "Å1\nÅÅ her".encode(codec)
    encoding = LATIN_1 if codec == "cp1252" else sniff(payload)
    source = Source(payload, encoding)
    start = source.in_payload(source.text.index(b"her"))
    where = source.location("p", start, source.in_payload(len(source.text)))
    assert payload[where.start : where.end].decode(encoding.codec) == "her"
    assert (where.line, where.column) == (2, 4)
