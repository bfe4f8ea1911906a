"""Any bytes are certificates, keys and lists, or a refusal that says what is wrong."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from samspil.access.refusals import Refusal
from samspil.access.trust.development import Authority, Issued, new_key
from samspil.access.trust.reading import key_of, key_text, read_material
from samspil.access.trust.roles import CertificateRole
from tests.unit.access.trust.moments import BEGIN

PASSWORD = "odd-password-71903"


@pytest.fixture(scope="module")
def leaf(issuing: Authority, key: rsa.RSAPrivateKey) -> Issued:
    """A certificate with its key."""
    return issuing.issue("Klinikken", roles=[CertificateRole.SIGN], at=BEGIN, key=key)


def locked(leaf: Issued) -> bytes:
    """Its key behind a password."""
    return leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode()))


def test_pem_der_and_pkcs12_hold_the_same(leaf: Issued, issuing: Authority) -> None:
    """With and without a password, in any order, with text between."""
    certificate, above = leaf.certificate, issuing.certificate
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (above, certificate))
    for content, password in (
        (b"Bag Attributes\n" + pem + key_text(leaf.key).encode(), ""),
        (pem + key_text(leaf.key).encode(), PASSWORD),
        (locked(leaf) + pem, PASSWORD),
        (serialize_key_and_certificates(b"x", leaf.key, certificate, [above], NoEncryption()), ""),
        (
            serialize_key_and_certificates(
                b"x", leaf.key, certificate, [above], BestAvailableEncryption(PASSWORD.encode())
            ),
            PASSWORD,
        ),
    ):
        found = read_material(content, password=password)
        assert set(found.certificates) == {above, certificate}
        assert found.leaf() == certificate
        assert found.key is not None and key_text(found.key) == key_text(leaf.key)
    der = certificate.public_bytes(Encoding.DER)
    assert read_material(der).certificates == (certificate,)
    each = issuing.revocation_list(at=BEGIN)
    for form in (Encoding.DER, Encoding.PEM):
        assert read_material(each.public_bytes(form)).lists == (each,)


@pytest.mark.parametrize("password", ["", "another"])
def test_a_wrong_password_is_told_as_such(leaf: Issued, password: str) -> None:
    """And not as a file that cannot be read."""
    pkcs12 = serialize_key_and_certificates(
        b"x", leaf.key, leaf.certificate, None, BestAvailableEncryption(PASSWORD.encode())
    )
    for content in (locked(leaf), pkcs12):
        with pytest.raises(Refusal, match=r"certificate\.key\.locked"):
            read_material(content, password=password)


def test_a_key_of_another_certificate_is_refused(leaf: Issued, issuing: Authority) -> None:
    """And two keys at once, and no certificate at all."""
    other = read_material(key_text(new_key()).encode())
    with pytest.raises(Refusal, match=r"certificate\.key\.foreign"):
        (read_material(leaf.certificate.public_bytes(Encoding.PEM)) + other).leaf()
    with pytest.raises(Refusal, match=r"certificate\.key\.many"):
        read_material(key_text(leaf.key).encode() + key_text(leaf.key).encode())
    with pytest.raises(Refusal, match=r"certificate\.file\.empty"):
        other.leaf()


def test_garbage_is_refused(leaf: Issued) -> None:
    """Cut, changed and random bytes give material or a refusal, and nothing else."""
    whole = key_text(leaf.key).encode() + leaf.certificate.public_bytes(Encoding.PEM)
    chance = random.Random(71903)
    pieces = [b"", b"\x30", b"-----BEGIN CERTIFICATE-----", b"-----BEGIN X-----\n-----END X-----", b"\xff" * 99]
    pieces += [chance.randbytes(chance.randrange(1, 400)) for _ in range(50)]
    for _ in range(200):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        pieces.append(bytes(broken[: chance.randrange(1, len(broken) + 1)]))
    refused = 0
    for piece in pieces:
        try:
            read_material(piece)
        except Refusal as refusal:
            assert refusal.code.startswith("certificate.")
            refused += 1
    assert refused > 100
    with pytest.raises(Refusal, match=r"certificate\.file\.unreadable"):
        read_material(b"-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----\n")


def test_a_key_is_written_and_read(leaf: Issued) -> None:
    """What is no key is None."""
    text = key_text(leaf.key)
    found = key_of(text)
    assert found is not None and key_text(found) == text
    assert key_of("nonsense") is None
    assert text not in repr(read_material(text.encode()))
