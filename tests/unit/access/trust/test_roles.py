"""What a certificate's key may do decides its roles."""

from cryptography.hazmat.primitives.asymmetric import rsa

from samspil.access.trust.development import Authority
from samspil.access.trust.roles import CertificateRole, judge_role, roles_of
from tests.unit.access.trust.moments import BEGIN

SIGN, ENCRYPT, TLS = CertificateRole


def test_usage_allows_roles(issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """Signing and TLS take a digital signature, encryption the encipherment of keys."""
    for wanted, found in (([SIGN], (SIGN, TLS)), ([ENCRYPT], (ENCRYPT,)), ([SIGN, ENCRYPT], (SIGN, ENCRYPT, TLS))):
        assert roles_of(issuing.issue("X", roles=wanted, at=BEGIN, key=key).certificate) == found
    assert roles_of(issuing.certificate) == ()


def test_short_keys_have_no_role(issuing: Authority) -> None:
    """1024 bits have been broken for long."""
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    weak = issuing.issue("X", roles=[SIGN], at=BEGIN, key=short).certificate
    assert [issue.code for issue in judge_role(weak, SIGN)] == ["certificate.key.weak"]
