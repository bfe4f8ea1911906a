"""A certificate holds in a network at a moment, or every reason why not is told."""

import inspect
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from samspil.access.trust.chain import Revocation, TrustList
from samspil.access.trust.development import Authority, new_authority
from samspil.access.trust.lists import RevocationList
from samspil.access.trust.reading import read_material
from samspil.access.trust.roles import CertificateRole
from samspil.domain.issues import Issue
from tests.unit.access.trust.moments import BEGIN, DAY, SOON

SIGN, ENCRYPT = CertificateRole.SIGN, CertificateRole.ENCRYPT
OCES = "1.2.208.169.1.1"


@pytest.fixture(scope="module")
def leaf(issuing: Authority, key: rsa.RSAPrivateKey) -> x509.Certificate:
    """One that signs, for ten days."""
    return issuing.issue("Klinikken", roles=[SIGN], at=BEGIN, life=10 * DAY, key=key).certificate


def codes(issues: tuple[Issue, ...]) -> set[str]:
    """What the issues are."""
    return {issue.code for issue in issues}


def judged(
    network: TrustList, certificate: x509.Certificate, at: datetime = SOON, role: CertificateRole = SIGN
) -> set[str]:
    """What is said of a certificate."""
    return codes(network.judge(certificate, role=role, at=at))


def test_a_whole_certificate_holds(believing: TrustList, leaf: x509.Certificate) -> None:
    """Issued by an authority below the anchor, in time, for its use, and not taken back: nothing is said."""
    assert judged(believing, leaf) == set()
    assert believing.accepts(leaf, role=SIGN, at=SOON)
    assert [len(path) for path in [believing.path(leaf, at=SOON)] if path] == [3]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (BEGIN - DAY, "certificate.early"),
        (BEGIN, None),
        (BEGIN + 10 * DAY, None),
        (BEGIN + 11 * DAY, "certificate.ended"),
    ],
)
def test_it_holds_between_its_dates(
    believing: TrustList, leaf: x509.Certificate, at: datetime, code: str | None
) -> None:
    """The first and the last second are within; before and after, the date is told and the rest judged all the same."""
    network = replace(believing, revocation=Revocation.OFF)
    assert judged(network, leaf, at) == ({code} if code else set())


def test_another_use_is_refused(believing: TrustList, leaf: x509.Certificate, issuing: Authority) -> None:
    """A signing certificate does not encrypt, and an authority's is used for nothing of ours."""
    assert judged(believing, leaf, role=ENCRYPT) == {"certificate.usage.wrong"}
    assert "certificate.usage.authority" in judged(believing, issuing.certificate)


def test_a_strangers_certificate_is_refused(believing: TrustList, key: rsa.RSAPrivateKey) -> None:
    """An issuer that only carries the known name has not signed with the known key."""
    stranger = new_authority("Prøveudsteder", at=BEGIN)
    forged = stranger.issue("Klinikken", roles=[SIGN], at=BEGIN, key=key).certificate
    assert judged(believing, forged) == {"certificate.issuer.unknown"}
    assert codes(believing.judge(forged, role=SIGN, at=SOON, brought=[stranger.certificate])) == {
        "certificate.path.broken"
    }


def test_all_faults_are_told_at_once(believing: TrustList, key: rsa.RSAPrivateKey) -> None:
    """A certificate that has ended, from a stranger, of no policy, for another use."""
    stranger = new_authority("Fremmed", at=BEGIN - 30 * DAY)
    old = stranger.issue("X", roles=[ENCRYPT], at=BEGIN - 20 * DAY, life=10 * DAY, key=key).certificate
    network = replace(believing, policies=(OCES,))
    assert judged(network, old) == {
        "certificate.ended",
        "certificate.issuer.unknown",
        "certificate.policy.foreign",
        "certificate.usage.wrong",
    }


def test_what_openssl_issued_holds(tmp_path: Path) -> None:
    """A stranger's tool: its root says nothing of key usage, its leaf is named and used as OCES certificates are."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    usage = "keyUsage=critical,digitalSignature,keyEncipherment,dataEncipherment\nextendedKeyUsage=emailProtection\n"
    (tmp_path / "leaf.cnf").write_text(f"basicConstraints=critical,CA:false\n{usage}certificatePolicies={OCES}.1\n")
    subject = "/C=DK/O=Prøveklinikken/2.5.4.97=NTRDK-12345678/CN=Prøve"
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /C=DK/CN=Root -days 100",
        f"req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -utf8 -subj {subject}",
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -out leaf.pem -days 50 -extfile leaf.cnf",
        "pkcs12 -export -in leaf.pem -inkey leaf.key -certfile root.pem -passout pass:odd-71903 -out leaf.p12",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    found = read_material((tmp_path / "leaf.p12").read_bytes(), password="odd-71903")
    anchors = read_material((tmp_path / "root.pem").read_bytes()).certificates
    network = TrustList(network="prove", anchors=anchors, policies=(OCES,), revocation=Revocation.OFF)
    at = found.leaf().not_valid_before_utc + DAY
    assert judged(network, found.leaf(), at) == set()
    assert judged(network, found.leaf(), at, role=ENCRYPT) == set()


def test_an_authority_that_may_not_issue_is_none(root: Authority, key: rsa.RSAPrivateKey) -> None:
    """It is called an authority, and its key usage says otherwise."""
    builder = x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Halv")]))
    builder = builder.issuer_name(root.certificate.subject).public_key(key.public_key()).serial_number(71903)
    builder = builder.not_valid_before(BEGIN).not_valid_after(BEGIN + 30 * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    allowed = dict.fromkeys(inspect.signature(x509.KeyUsage).parameters, False) | {"digital_signature": True}
    half = Authority(builder.add_extension(x509.KeyUsage(**allowed), critical=True).sign(root.key, SHA256()), key)
    leaf = half.issue("Klinikken", roles=[SIGN], at=BEGIN, key=key).certificate
    network = TrustList(
        network="prove", anchors=(root.certificate,), intermediates=(half.certificate,), revocation=Revocation.OFF
    )
    assert judged(network, leaf) == {"certificate.path.broken"}


def test_a_network_that_believes_nobody_refuses_all(leaf: x509.Certificate) -> None:
    """Without an anchor there is no path."""
    assert judged(TrustList(network="ny"), leaf) == {"certificate.issuer.unknown"}


def test_authorities_that_are_brought_are_links_and_no_anchors(
    root: Authority, issuing: Authority, believing: TrustList, leaf: x509.Certificate, key: rsa.RSAPrivateKey
) -> None:
    """A message may bring the authority in between; a whole foreign path that it brings proves nothing."""
    bare = replace(believing, intermediates=(), revocation=Revocation.OFF)
    assert judged(bare, leaf) == {"certificate.issuer.unknown"}
    assert bare.judge(leaf, role=SIGN, at=SOON, brought=[issuing.certificate]) == ()
    foreign = new_authority("Fremmed rod", at=BEGIN)
    theirs = foreign.issue("X", roles=[SIGN], at=BEGIN, key=key).certificate
    assert codes(bare.judge(theirs, role=SIGN, at=SOON, brought=[foreign.certificate])) == {"certificate.path.broken"}


def test_a_leaf_issues_nothing(believing: TrustList, issuing: Authority, key: rsa.RSAPrivateKey) -> None:
    """Who holds a certificate cannot make others with it."""
    leaf = issuing.issue("Klinikken", roles=[SIGN], at=BEGIN, key=key)
    forged = Authority(leaf.certificate, leaf.key).issue("Sygehuset", roles=[SIGN], at=BEGIN, key=key).certificate
    assert judged(believing, forged) == {"certificate.issuer.unknown"}
    assert codes(believing.judge(forged, role=SIGN, at=SOON, brought=[leaf.certificate])) != set()


def test_an_authority_that_has_ended_is_told_as_such(root: Authority, key: rsa.RSAPrivateKey) -> None:
    """The certificate itself still has its dates."""
    short = root.authority("Kort", at=BEGIN, life=2 * DAY)
    leaf = short.issue("Klinikken", roles=[SIGN], at=BEGIN, life=10 * DAY, key=key).certificate
    network = TrustList(
        network="prove",
        anchors=(root.certificate,),
        intermediates=(short.certificate,),
        revocation=Revocation.OFF,
    )
    assert judged(network, leaf) == set()
    assert judged(network, leaf, BEGIN + 3 * DAY) == {"certificate.issuer.ended"}


@pytest.mark.parametrize(
    ("named", "holds"), [(f"{OCES}.3.4", True), (OCES, True), (f"{OCES}7.3", False), ("1.3.6.1.4.1.5923", False)]
)
def test_a_network_may_ask_for_a_policy(
    believing: TrustList, issuing: Authority, key: rsa.RSAPrivateKey, named: str, holds: bool
) -> None:
    """The one it names, or one below it; a number that only begins with the same digits is another."""
    leaf = issuing.issue("Klinikken", roles=[SIGN], at=BEGIN, policies=[named], key=key).certificate
    network = replace(believing, policies=(OCES,))
    assert judged(network, leaf) == (set() if holds else {"certificate.policy.foreign"})


def test_what_is_taken_back_is_refused_from_then_on(
    root: Authority, issuing: Authority, believing: TrustList, leaf: x509.Certificate
) -> None:
    """Judged by the moment: what was signed the day before still holds."""
    later = issuing.revocation_list(at=BEGIN + 2 * DAY, revoked=[leaf])
    network = replace(believing, lists=(*believing.lists, RevocationList(later)))
    assert judged(network, leaf, BEGIN + DAY) == set()
    assert judged(network, leaf, BEGIN + 3 * DAY) == {"certificate.revoked"}
    fallen = RevocationList(root.revocation_list(at=BEGIN, revoked=[issuing.certificate]))
    network = replace(believing, lists=(*believing.lists, fallen))
    assert judged(network, leaf) == {"certificate.issuer.revoked"}


def test_a_list_that_has_ended_proves_nothing(
    root: Authority, issuing: Authority, believing: TrustList, leaf: x509.Certificate
) -> None:
    """Refused where the network asks for certainty, told where it does not, and nothing where it asks for no lists."""
    short = RevocationList(issuing.revocation_list(at=BEGIN, life=DAY / 2))
    network = replace(believing, lists=(believing.lists[0], short))
    assert judged(network, leaf) == {"certificate.list.ended"}
    assert not network.accepts(leaf, role=SIGN, at=SOON)
    assert replace(network, revocation=Revocation.KNOWN).accepts(leaf, role=SIGN, at=SOON)
    assert judged(replace(network, revocation=Revocation.OFF), leaf) == set()
    revoked = RevocationList(issuing.revocation_list(at=BEGIN, life=DAY / 2, revoked=[leaf]))
    known = replace(believing, lists=(believing.lists[0], revoked), revocation=Revocation.KNOWN)
    assert judged(known, leaf) == {"certificate.revoked"}


def test_a_missing_list_is_told(believing: TrustList, leaf: x509.Certificate) -> None:
    """As one that has ended."""
    network = replace(believing, lists=())
    assert judged(network, leaf) == {"certificate.list.missing"}
    assert not network.accepts(leaf, role=SIGN, at=SOON)
    assert replace(network, revocation=Revocation.KNOWN).accepts(leaf, role=SIGN, at=SOON)
