"""A publisher's signature holds for exactly the bytes that are given back, and for nothing else."""

from collections.abc import Callable

import pytest

from samspil.formats.smp.model import Edition
from samspil.formats.smp.reader import read_smp
from samspil.formats.smp.writer import write_service_metadata
from samspil.transports.discovery.signature import Unsigned, sign_document, verify_document
from tests.unit.formats.smp.test_writer import METADATA
from tests.unit.transports.as4.partners import authority, own_key

PUBLISHER = own_key("SMP-71903")


def signed(edition: Edition = Edition.ONE) -> bytes:
    """The metadata with a signature."""
    return sign_document(
        write_service_metadata(METADATA, edition), key=PUBLISHER.key, certificate=PUBLISHER.certificate
    )


@pytest.mark.parametrize("edition", Edition)
def test_what_is_signed_is_verified_and_read(edition: Edition) -> None:
    """The bytes that come back are the document without its signature, and the signer is named."""
    verified = verify_document(signed(edition))
    assert verified.signer == PUBLISHER.certificate
    assert read_smp(verified.content) == read_smp(write_service_metadata(METADATA, edition))
    assert b"Signature" not in verified.content.replace(b"RequireBusinessLevelSignature", b"")


def test_whitespace_and_comments_around_the_signature_do_no_harm() -> None:
    """Text behind the signature belongs to the document; comments are covered by none."""
    end = b"</SignedServiceMetadata>"
    plain = write_service_metadata(METADATA, Edition.ONE).replace(end, b"\n  \n" + end)
    payload = sign_document(plain, key=PUBLISHER.key, certificate=PUBLISHER.certificate)
    moved = payload.replace(b"<SignedServiceMetadata ", b"<!-- x --><SignedServiceMetadata ")
    start, stop = moved.index(b"<Signature "), moved.index(b"</Signature>") + len(b"</Signature>")
    signature, rest = moved[start:stop], moved[:start] + moved[stop:]
    between = rest.index(b"\n  \n") + 2
    assert verify_document(rest[:between] + signature + rest[between:]).signer == PUBLISHER.certificate


def changed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """One thing in the signed document replaced."""

    def change(payload: bytes) -> bytes:
        assert old in payload
        return payload.replace(old, new)

    return change


def wrapped(payload: bytes) -> bytes:
    """The signed document inside another of the same kind: the classic wrapping attack."""
    inner = payload.partition(b"?>")[2]
    outer = b'<SignedServiceMetadata xmlns="http://docs.oasis-open.org/bdxr/ns/SMP/2016/05">'
    return outer + inner + b"</SignedServiceMetadata>"


def doubled(payload: bytes) -> bytes:
    """A second signature beside the first."""
    start, stop = payload.index(b"<Signature "), payload.index(b"</Signature>") + len(b"</Signature>")
    return payload[:stop] + payload[start:stop] + payload[stop:]


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "address": changed(b"https://ap.example", b"https://evil.example"),
    "identifier": changed(b"5790000121526", b"5790000201389"),
    "wrapping": wrapped,
    "second signature": doubled,
    "no signature": lambda payload: write_service_metadata(METADATA, Edition.ONE),
    "weak digest": changed(b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"),
    "weak method": changed(b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1"),
    "keyed by a secret": changed(b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#hmac-sha1"),
    "part only": changed(b'URI=""', b'URI="#part"'),
    "foreign reference": changed(b'URI=""', b'URI="http://127.0.0.1:1/"'),
    "xslt": changed(b"xmldsig#enveloped-signature", b"xmldsig#other"),
    "transform more": changed(
        b"</Transforms>", b'<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></Transforms>'
    ),
    "no base64": changed(b"<DigestValue>", b"<DigestValue>!"),
    "no certificate": changed(b"X509Certificate>", b"X509Other>"),
    "broken certificate": changed(b"<X509Certificate>", b"<X509Certificate>AAAA"),
    "doctype": changed(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'),
    "cut off": lambda payload: payload[:-9],
    "too large": lambda payload: payload + b" " * 1_000_001,
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_what_was_tampered_with_is_refused(attack: Callable[[bytes], bytes]) -> None:
    """Every change to the document, the signature or what it may use ends with a refusal."""
    with pytest.raises(Unsigned):
        verify_document(attack(signed()))


def test_a_short_key_is_refused() -> None:
    """An RSA key below 2,048 bits signs nothing here, however right its signature."""
    short = authority().issue("short", bits=1024)
    payload = sign_document(write_service_metadata(METADATA, Edition.ONE), key=short.key, certificate=short.certificate)
    with pytest.raises(Unsigned, match="2,048"):
        verify_document(payload)


def test_another_key_than_the_certificates_is_refused() -> None:
    """Who shows a certificate without having its key has signed nothing."""
    payload = sign_document(
        write_service_metadata(METADATA, Edition.ONE), key=own_key("other").key, certificate=PUBLISHER.certificate
    )
    with pytest.raises(Unsigned, match="the signature fits"):
        verify_document(payload)
