"""Which revocation lists count for a certificate."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256

from samspil.access.trust.development import Authority, new_authority
from samspil.access.trust.lists import RevocationList, Standing, addresses_of, standing_of
from samspil.access.trust.roles import CertificateRole
from tests.unit.access.trust.moments import BEGIN, SOON

PLACE = "http://crl.example/udsteder.crl"


def issued(issuing: Authority, key: rsa.RSAPrivateKey) -> x509.Certificate:
    """A certificate that names where its issuer's list lies."""
    return issuing.issue("X", roles=[CertificateRole.SIGN], at=BEGIN, lists_at=PLACE, key=key).certificate


def scoped(issuing: Authority, revoked: x509.Certificate, **scope: object) -> RevocationList:
    """A list of a part of the issuer's certificates that takes one back."""
    nothing: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    extension = x509.IssuingDistributionPoint(**{**nothing, **scope})  # pyright: ignore[reportArgumentType] - a table
    entry = x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(BEGIN).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuing.certificate.subject)
    builder = builder.last_update(BEGIN).next_update(SOON).add_revoked_certificate(entry)
    return RevocationList(builder.add_extension(extension, critical=True).sign(issuing.key, SHA256()))


def test_a_list_counts_if_the_issuer_signed_it(issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """One that carries the issuer's name and another's signature is passed over."""
    leaf = issued(issuing, key)
    forged = new_authority("Prøveudsteder", at=BEGIN).revocation_list(at=BEGIN, revoked=[leaf])
    assert standing_of(leaf, issuing.certificate, [RevocationList(forged)], at=SOON).standing is Standing.UNKNOWN
    real = RevocationList(issuing.revocation_list(at=BEGIN, revoked=[leaf]))
    assert standing_of(leaf, issuing.certificate, [RevocationList(forged), real], at=SOON).since == BEGIN


def test_a_list_counts_for_its_part_only(issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """Of authorities, of some reasons, of another place, of other issuers: it says nothing of this certificate."""
    leaf = issued(issuing, key)
    here, elsewhere = x509.UniformResourceIdentifier(PLACE), x509.UniformResourceIdentifier("http://crl.example/2.crl")
    reasons = frozenset({x509.ReasonFlags.key_compromise})
    for scope, standing in (
        ({"only_contains_user_certs": True}, Standing.REVOKED),
        ({"full_name": [here]}, Standing.REVOKED),
        ({"full_name": [elsewhere]}, Standing.UNKNOWN),
        ({"only_contains_ca_certs": True}, Standing.UNKNOWN),
        ({"full_name": [here], "only_some_reasons": reasons}, Standing.UNKNOWN),
        ({"full_name": [here], "indirect_crl": True}, Standing.UNKNOWN),
    ):
        assert standing_of(leaf, issuing.certificate, [scoped(issuing, leaf, **scope)], at=SOON).standing is standing


def test_a_delta_list_is_left_aside(issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """Alone it does not prove that a certificate holds."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuing.certificate.subject)
    builder = builder.last_update(BEGIN).next_update(SOON).add_extension(x509.DeltaCRLIndicator(1), critical=True)
    delta = RevocationList(builder.sign(issuing.key, SHA256()))
    leaf = issued(issuing, key)
    assert standing_of(leaf, issuing.certificate, [delta], at=SOON).standing is Standing.UNKNOWN


def test_a_certificate_names_the_places_of_lists(issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """Over http and https; another kind of address, or none, is no place to fetch from."""
    assert addresses_of(issued(issuing, key)) == (PLACE,)
    sign = [CertificateRole.SIGN]
    other = issuing.issue("X", roles=sign, at=BEGIN, lists_at="ldap://directory.example/x", key=key).certificate
    assert addresses_of(other) == ()
    assert addresses_of(issuing.certificate) == ()
