"""An authority for developing and testing, with certificates of any role: real ones, which nobody else believes.

The moment and the lifetime are arguments; numbers and keys are random.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from samspil.access.trust.roles import CertificateRole

AUTHORITY_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=397)
LIST_LIFE = timedelta(days=30)
KEY_BITS = 2048
_USAGES = {
    CertificateRole.SIGN: {"digital_signature": True},
    CertificateRole.ENCRYPT: {"key_encipherment": True},
    CertificateRole.TLS: {"digital_signature": True, "key_encipherment": True},
}
_AUTHORITY = {"key_cert_sign": True, "crl_sign": True}
_PURPOSES = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authority(Issued):
    """One that issues."""

    def authority(self, name: str, *, at: datetime, life: timedelta = AUTHORITY_LIFE) -> "Authority":
        """An authority below this one."""
        return _authority(name, at, life, issuer=self)

    def issue(
        self,
        name: str,
        *,
        roles: Iterable[CertificateRole],
        at: datetime,
        life: timedelta = LEAF_LIFE,
        hosts: Iterable[str] = (),
        policies: Iterable[str] = (),
        lists_at: str = "",
        key: rsa.RSAPrivateKey | None = None,
    ) -> Issued:
        """A certificate for roles. `hosts` are the names that a TLS server answers to."""
        wanted = frozenset(roles)
        key = key or new_key()
        usage = _usage(*(_USAGES[role] for role in wanted))
        builder = _builder(name, self.certificate.subject, key, at, at + life)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(usage, critical=True).add_extension(_issuer_id(self), critical=False)
        if CertificateRole.TLS in wanted:
            builder = builder.add_extension(x509.ExtendedKeyUsage(_PURPOSES), critical=False)
        if names := [x509.DNSName(host) for host in hosts]:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if stated := [x509.PolicyInformation(x509.ObjectIdentifier(policy), None) for policy in policies]:
            builder = builder.add_extension(x509.CertificatePolicies(stated), critical=False)
        if lists_at:
            builder = builder.add_extension(_points(lists_at), critical=False)
        return Issued(builder.sign(self.key, SHA256()), key)

    def revocation_list(
        self,
        *,
        at: datetime,
        revoked: Iterable[x509.Certificate] = (),
        life: timedelta = LIST_LIFE,
        number: int = 1,
    ) -> x509.CertificateRevocationList:
        """The authority's list, with what it takes back at this moment."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(at)
            .next_update(at + life)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(_issuer_id(self), critical=False)
        )
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, SHA256())


def new_authority(name: str, *, at: datetime, life: timedelta = AUTHORITY_LIFE) -> Authority:
    """An authority of its own: an anchor."""
    return _authority(name, at, life)


def new_key() -> rsa.RSAPrivateKey:
    """A key as eDelivery asks for."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _authority(name: str, at: datetime, life: timedelta, *, issuer: Authority | None = None) -> Authority:
    key = new_key()
    signer = issuer.key if issuer else key
    builder = _builder(name, issuer.certificate.subject if issuer else _name(name), key, at, at + life)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(_AUTHORITY), critical=True)
    if issuer:
        builder = builder.add_extension(_issuer_id(issuer), critical=False)
    return Authority(builder.sign(signer, SHA256()), key)


def _builder(
    name: str, issuer: x509.Name, key: rsa.RSAPrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _issuer_id(issuer: Issued) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _points(url: str) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
    return x509.CRLDistributionPoints([point])


def _usage(*wanted: dict[str, bool]) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    allowed = {name for each in wanted for name in each}
    return x509.KeyUsage(**{name: name in allowed for name in every})
