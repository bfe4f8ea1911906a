"""Keys and certificates: which we hold, which we believe, and whether one may be used now.

Nothing here is fetched: certificates, trust anchors and the numbers of revoked ones are given. A certificate is loaded
once, for the same few partners come again and again.
Source: RFC 5280; eDelivery AS4 1.15 (RSA of 2048 bits at least).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa

from samspil.transports.as4.refusal import Ebms, Refused

_LONGEST_CHAIN = 4


@lru_cache(maxsize=1024)
def load_certificate(der: bytes) -> x509.Certificate:
    """The certificate that DER bytes spell. Errors: Refused, EBMS:0101."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as fault:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "a certificate cannot be read") from fault


@lru_cache(maxsize=1024)
def public_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    """The certificate's RSA key. Errors: Refused for any other kind."""
    try:
        key = certificate.public_key()
    except ValueError as fault:
        raise Refused(Ebms.FAILED_AUTHENTICATION, "a certificate's key cannot be read") from fault
    if not isinstance(key, rsa.RSAPublicKey):
        raise Refused(Ebms.POLICY_NONCOMPLIANCE, "not an RSA key")
    return key


@lru_cache(maxsize=1024)
def subject_key_id(certificate: x509.Certificate) -> bytes | None:
    """The certificate's subject key identifier, if it has one."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        return None
    return found.value.digest


@dataclass(frozen=True)
class Certificates:
    """Certificates that we hold, found by how a partner names them. Make one, and keep it."""

    all: tuple[x509.Certificate, ...] = ()
    by_subject_key: Mapping[bytes, x509.Certificate] = field(init=False)
    by_serial: Mapping[tuple[frozenset[tuple[str, str]], int], x509.Certificate] = field(init=False)

    def __post_init__(self) -> None:
        keyed = {identifier: item for item in self.all if (identifier := subject_key_id(item))}
        numbered = {(name_key(item.issuer), item.serial_number): item for item in self.all}
        object.__setattr__(self, "by_subject_key", MappingProxyType(keyed))
        object.__setattr__(self, "by_serial", MappingProxyType(numbered))


def name_key(name: x509.Name) -> frozenset[tuple[str, str]]:
    """A distinguished name for comparison: attributes whatever their order, values but for case and blanks."""
    return frozenset(
        (attribute.oid.dotted_string, " ".join(str(attribute.value).split()).casefold()) for attribute in name
    )


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key of ours with its certificate."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate


@dataclass(frozen=True)
class OwnKeys:
    """Our private keys, found by their certificates. Make one, and keep it."""

    keys: tuple[OwnKey, ...] = ()
    certificates: Certificates = field(init=False)
    by_certificate: Mapping[x509.Certificate, OwnKey] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificates", Certificates(tuple(key.certificate for key in self.keys)))
        object.__setattr__(self, "by_certificate", MappingProxyType({key.certificate: key for key in self.keys}))


@dataclass(frozen=True)
class Trust:
    """Whom a network believes: its anchors and intermediates, and which certificates were taken back (issuer, number).

    `revoked` is empty where nobody keeps lists; `checks_dates` is switched off only to look at old recordings.
    """

    anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()
    revoked: frozenset[tuple[bytes, int]] = frozenset()
    min_rsa_bits: int = 2048
    checks_dates: bool = True

    def require(self, certificate: x509.Certificate, *, now: datetime) -> None:
        """Errors: Refused, EBMS:0101, unless the certificate may sign today and its chain ends in an anchor."""
        if public_key(certificate).key_size < self.min_rsa_bits:
            raise Refused(Ebms.POLICY_NONCOMPLIANCE, "the key is too short")
        if not _may_sign(certificate):
            raise Refused(Ebms.FAILED_AUTHENTICATION, "the certificate is not for signing")
        for link in self._chain(certificate):
            if self.checks_dates and not link.not_valid_before_utc <= now <= link.not_valid_after_utc:
                raise Refused(Ebms.FAILED_AUTHENTICATION, "a certificate is not valid today")
            if (link.issuer.public_bytes(), link.serial_number) in self.revoked:
                raise Refused(Ebms.FAILED_AUTHENTICATION, "a certificate was taken back")

    def _chain(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        """From the certificate up to its anchor."""
        chain = [certificate]
        for _ in range(_LONGEST_CHAIN):
            if chain[-1] in self.anchors:
                return chain
            issuer = _issuer_of(chain[-1], (*self.anchors, *self.intermediates))
            if issuer is None:
                break
            chain.append(issuer)
        raise Refused(Ebms.FAILED_AUTHENTICATION, "the chain does not end in an anchor")


def _issuer_of(certificate: x509.Certificate, among: Iterable[x509.Certificate]) -> x509.Certificate | None:
    return next((issuer for issuer in among if issuer != certificate and _has_issued(issuer, certificate)), None)


@lru_cache(maxsize=4096)
def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Is the one a certificate authority whose key signed the other?"""
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return constraints.value.ca


@lru_cache(maxsize=1024)
def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.value.digital_signature


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name: what a party calls itself. Empty without one, or with several."""
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 else ""
