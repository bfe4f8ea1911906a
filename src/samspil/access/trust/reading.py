"""Files of certificates, keys and revocation lists, in whatever form they come: PEM, DER or PKCS #12, told by content.

Nothing else raises than `Refusal`, whatever the bytes; a refusal never repeats them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from samspil.access.refusals import Refusal
from samspil.access.trust.lists import CRL

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey
T = TypeVar("T")

LARGEST_BYTES = 64 * 1024 * 1024
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \1-----", re.DOTALL)
_MOST_BLOCKS = 1000
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class Material:
    """What a file holds, in its order. `key` is one that belongs to one of the certificates, or stands alone."""

    certificates: tuple[x509.Certificate, ...] = ()
    key: PrivateKey | None = field(default=None, repr=False)
    lists: tuple[CRL, ...] = ()

    def __add__(self, other: "Material") -> "Material":
        """Both files' content. Errors: Refusal for two keys."""
        if self.key is not None and other.key is not None:
            raise Refusal("certificate.key.many")
        return Material(self.certificates + other.certificates, self.key or other.key, self.lists + other.lists)

    def leaf(self) -> x509.Certificate:
        """The certificate that the key belongs to; without a key the first. Errors: Refusal."""
        if not self.certificates:
            raise Refusal("certificate.file.empty")
        if self.key is None:
            return self.certificates[0]
        return next((item for item in self.certificates if belongs(self.key, item)), None) or _no_leaf()


def read_material(content: bytes, *, password: str = "") -> Material:
    """What a file holds. Errors: Refusal if that is nothing of ours, or locked with another password."""
    if len(content) > LARGEST_BYTES:
        raise Refusal("certificate.file.unreadable")
    if b"-----BEGIN " in content:
        return _read_pem(content, password)
    secret = password.encode() or None
    for read in (_certificate, _list, _key, _pkcs12):
        for each in dict.fromkeys((secret, None)):
            found = _attempt(lambda read=read, each=each: read(content, each))
            if found is not None:
                return found
    raise Refusal("certificate.key.locked" if _may_be_pkcs12(content) else "certificate.file.unreadable")


def belongs(key: PrivateKey, certificate: x509.Certificate) -> bool:
    """Is this the private half of the certificate's key?"""
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    try:
        return key.public_key().public_bytes(*form) == certificate.public_key().public_bytes(*form)
    except _BROKEN:
        return False


def key_text(key: PrivateKey) -> str:
    """A key as PEM, to be sealed at once."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def key_of(text: str) -> PrivateKey | None:
    """The key that `key_text` wrote; None for anything else."""
    return _attempt(lambda: _supported(load_pem_private_key(text.encode(), None)))


def _read_pem(content: bytes, password: str) -> Material:
    found, blocks = Material(), list(_BLOCK.finditer(content))
    if not blocks or len(blocks) > _MOST_BLOCKS:
        raise Refusal("certificate.file.unreadable")
    for block in blocks:
        found += _read_block(block[1], block[0], password)
    return found


def _read_block(label: bytes, block: bytes, password: str) -> Material:
    """One block of a PEM file. What is of another kind (parameters, public keys) is left aside."""
    if label in {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}:
        part = _attempt(lambda: Material(certificates=(x509.load_pem_x509_certificate(block),)))
    elif label == b"X509 CRL":
        part = _attempt(lambda: Material(lists=(x509.load_pem_x509_crl(block),)))
    elif label.endswith(b"PRIVATE KEY"):
        is_locked = b"ENCRYPTED" in block
        secret = password.encode() if is_locked else None
        part = _attempt(lambda: Material(key=_supported(load_pem_private_key(block, secret))))
        if part is None and is_locked:
            raise Refusal("certificate.key.locked")
    else:
        return Material()
    if part is None:
        raise Refusal("certificate.file.unreadable")
    return part


def _certificate(content: bytes, _password: bytes | None) -> Material:
    return Material(certificates=(x509.load_der_x509_certificate(content),))


def _list(content: bytes, _password: bytes | None) -> Material:
    return Material(lists=(x509.load_der_x509_crl(content),))


def _key(content: bytes, password: bytes | None) -> Material:
    return Material(key=_supported(load_der_private_key(content, password)))


def _pkcs12(content: bytes, password: bytes | None) -> Material:
    found = load_pkcs12(content, password)
    held = ([found.cert] if found.cert else []) + found.additional_certs
    return Material(tuple(item.certificate for item in held), _supported(found.key) if found.key else None)


def _may_be_pkcs12(content: bytes) -> bool:
    """Does it begin as PKCS #12 does: a sequence, version 3? Then it is the password that did not fit."""
    return content[:1] == b"\x30" and b"\x02\x01\x03" in content[:8]


def _supported(key: object) -> PrivateKey:
    if isinstance(key, PrivateKey):
        return key
    raise ValueError("a kind of key that nothing here uses")


def _attempt(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except _BROKEN:
        return None


def _no_leaf() -> x509.Certificate:
    raise Refusal("certificate.key.foreign")
