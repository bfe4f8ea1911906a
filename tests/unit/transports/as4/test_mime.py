"""Multipart messages taken apart: strictly, and within bounds."""

from dataclasses import replace

import pytest

from samspil.transports.as4.mime import LIMITS, Attachment, Package, named_by, read_package, write_package
from samspil.transports.as4.refusal import Ebms, Refused

SOAP = "Content-Type: application/soap+xml\r\nContent-ID: <root>\r\n\r\n<a/>"
PART = "Content-Type: application/octet-stream\r\nContent-ID: <one>\r\n\r\n1"
TYPE = 'multipart/related; type="application/soap+xml"; boundary=b'


def body(*parts: str, end: str = "--") -> bytes:
    """Parts between delimiters."""
    return ("".join(f"--b\r\n{part}\r\n" for part in parts) + f"--b{end}").encode("latin-1")


def test_what_we_write_we_read_back() -> None:
    """Content of every byte, also such as look like a boundary, and nothing."""
    contents = (bytes(range(256)), b"\r\n--other\r\n", b"", b"\r\n")
    attachments = tuple(
        Attachment(f"part-{number}@x", content, "application/octet-stream") for number, content in enumerate(contents)
    )
    package = Package(b"<a/>", attachments)
    content_type, written = write_package(package, boundary="b-71903")
    assert read_package(content_type, written) == package


def test_a_signal_is_bare_soap() -> None:
    """Without attachments nothing is wrapped."""
    content_type, written = write_package(Package(b"<a/>"), boundary="")
    assert (content_type, read_package(content_type, written)) == (
        "application/soap+xml; charset=UTF-8",
        Package(b"<a/>"),
    )


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        (TYPE, body(SOAP, PART)),
        (TYPE, b"\r\n" + body(SOAP, PART) + b"\r\nepilogue"),
        (TYPE + '; start="<root>"', body(SOAP, PART)),
        (TYPE, body(SOAP, PART.replace("\r\n\r\n1", "\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ=="))),
        (TYPE, body(SOAP, PART.replace("<one>", "\r\n <one>"))),
        (TYPE.replace("boundary=b", 'boundary="b"'), body(SOAP, PART)),
        (TYPE.upper().replace("BOUNDARY=B", "BOUNDARY=b"), body(SOAP, PART)),
    ],
    ids=["plain", "preamble", "start", "base64", "folded", "quoted", "capitals"],
)
def test_the_ways_in_which_products_write_it_are_read(content_type: str, raw: bytes) -> None:
    """All give the same two parts."""
    package = read_package(content_type, raw)
    assert (package.soap, [(part.content_id, part.content) for part in package.attachments]) == (
        b"<a/>",
        [("one", b"1")],
    )


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        ("text/xml", b"<a/>"),
        ("multipart/mixed; boundary=b", body(SOAP)),
        ("multipart/related; boundary=b; type=text/xml", body(SOAP)),
        ("multipart/related", body(SOAP)),
        (TYPE + "; boundary=c", body(SOAP)),
        (TYPE + "; ???", body(SOAP)),
        (TYPE, b""),
        (TYPE, b"text" + body(SOAP)),
        (TYPE, body(end="--")),
        (TYPE, body(SOAP, end="")),
        (TYPE, body(SOAP).replace(b"\r\n", b"\n")),
        (TYPE, body(PART, SOAP)),
        (TYPE + '; start="<one>"', body(SOAP, PART)),
        (TYPE, body(SOAP, PART, PART)),
        (TYPE, body(SOAP, PART.replace("Content-ID: <one>\r\n", ""))),
        (TYPE, body(SOAP, "no colon\r\n\r\n1")),
        (TYPE, body(SOAP, "Content-ID: <a>\r\nContent-ID: <b>\r\n\r\n1")),
        (TYPE, body(SOAP, PART.replace("\r\n\r\n1", "\r\nContent-Transfer-Encoding: base64\r\n\r\n?"))),
        (TYPE, body(SOAP, PART.replace("\r\n\r\n1", "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n1"))),
        (TYPE, body(SOAP, "X: " + "y" * 9000 + "\r\n\r\n1")),
        (TYPE, body(SOAP, "".join(f"X-{number}: y\r\n" for number in range(50)) + "\r\n1")),
        (TYPE, body(SOAP, "X: \xff\r\n\r\n1")),
        (TYPE, body(*[SOAP] + [PART.replace("one", str(number)) for number in range(40)])),
        ("application/soap+xml", b""),
    ],
)
def test_what_is_not_well_packed_is_refused(content_type: str, raw: bytes) -> None:
    """Never guessed at."""
    with pytest.raises(Refused) as refused:
        read_package(content_type, raw)
    assert refused.value.code is Ebms.MIME_INCONSISTENCY


def test_sizes_are_bounded() -> None:
    """The whole message, and its SOAP part."""
    for limits in (replace(LIMITS, message_bytes=10), replace(LIMITS, soap_bytes=3)):
        with pytest.raises(Refused):
            read_package(TYPE, body(SOAP, PART), limits=limits)


def test_a_content_id_is_decoded_before_it_is_compared() -> None:
    """As RFC 2392 has it; any other URL is outside of the message."""
    assert named_by("cid:a%40b%2Bc") == "a@b+c"
    with pytest.raises(Refused) as refused:
        named_by("http://x/")
    assert refused.value.code is Ebms.EXTERNAL_PAYLOAD
