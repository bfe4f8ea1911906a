"""What a certificate may be used for: the roles that we give keys, and what their certificates must allow.

Source: RFC 5280, 4.2.1.3 (key usage), 4.2.1.9 (basic constraints), 4.2.1.12 (extended key usage); eDelivery AS4 1.15
(RSA of 2048 bits at least).
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue

SHORTEST_RSA_BITS = 2048
SHORTEST_CURVE_BITS = 256
T = TypeVar("T", bound=x509.ExtensionType)

MODERN_KEYS = (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey, x25519.X25519PublicKey, x448.X448PublicKey)
TLS_PURPOSES = frozenset(
    {
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)


class CertificateRole(StrEnum):
    """What one of our keys, or a partner's certificate, is used for."""

    SIGN = "sign"  # messages and receipts
    ENCRYPT = "encrypt"  # what is sent to its owner
    TLS = "tls"  # the connection, as client or server


USAGES: Mapping[CertificateRole, tuple[str, ...]] = MappingProxyType(
    {
        CertificateRole.SIGN: ("digital_signature",),
        CertificateRole.ENCRYPT: ("key_encipherment", "key_agreement"),
        CertificateRole.TLS: ("digital_signature",),
    }
)
"""One of these key usages must be allowed, if the certificate says at all what its key is for."""


def roles_of(certificate: x509.Certificate) -> tuple[CertificateRole, ...]:
    """The roles that a certificate's usage allows. Which of them it is for, its owner decides."""
    return tuple(role for role in CertificateRole if not any(judge_role(certificate, role)))


def judge_role(certificate: x509.Certificate, role: CertificateRole) -> Iterator[Issue]:
    """What speaks against using a certificate in a role, whoever issued it."""
    try:
        usage = extension(certificate, x509.KeyUsage)
        constraints = extension(certificate, x509.BasicConstraints)
        purposes = extension(certificate, x509.ExtendedKeyUsage)
    except ValueError:
        yield finding("certificate.extensions.malformed")
        return
    if constraints is not None and constraints.ca:
        yield finding("certificate.usage.authority")
    if usage is not None and not any(getattr(usage, name) for name in USAGES[role]):
        yield finding("certificate.usage.wrong", role=role.value)
    if role is CertificateRole.TLS and purposes is not None and TLS_PURPOSES.isdisjoint(purposes):
        yield finding("certificate.usage.wrong", role=role.value)
    if not _is_strong(certificate):
        yield finding("certificate.key.weak")


def extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    """One extension, if the certificate has it. Errors: ValueError if its extensions cannot be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
    except x509.DuplicateExtension as problem:
        raise ValueError("an extension stands twice") from problem


def _is_strong(certificate: x509.Certificate) -> bool:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SHORTEST_RSA_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.key_size >= SHORTEST_CURVE_BITS
    return isinstance(key, MODERN_KEYS)
