"""Which key signs, is told, opens and verifies at each moment of a rollover."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from samspil.access.trust.chain import Revocation, TrustList
from samspil.access.trust.development import Authority
from samspil.access.trust.expiry import Warn
from samspil.access.trust.keyring import GRACE, Keyring, OwnCertificate, PartnerCertificate
from samspil.access.trust.roles import CertificateRole
from tests.unit.access.trust.moments import BEGIN, DAY

SIGN, ENCRYPT = CertificateRole.SIGN, CertificateRole.ENCRYPT
CLINIC, HOSPITAL = "5790000121526", "5790001382445"
PLACE = "http://crl.example/udsteder.crl"


class Shop:
    """Makes certificates of one network that live a hundred days."""

    def __init__(self, issuing: Authority, key: rsa.RSAPrivateKey) -> None:
        self._issuing, self._key = issuing, key

    def own(self, begins: datetime, *, use_from: datetime | None = None, network: str = "prove") -> OwnCertificate:
        """One of ours."""
        issued = self._issuing.issue(
            "Os", roles=[SIGN, ENCRYPT], at=begins, life=100 * DAY, lists_at=PLACE, key=self._key
        )
        return OwnCertificate(
            id=uuid4(),
            network=network,
            certificate=issued.certificate,
            roles=frozenset({SIGN, ENCRYPT}),
            use_from=use_from or begins,
            key=issued.key,
        )

    def partner(self, party: str, begins: datetime) -> PartnerCertificate:
        """A partner's."""
        own = self.own(begins)
        return PartnerCertificate(
            id=uuid4(),
            network="prove",
            certificate=own.certificate,
            roles=frozenset({SIGN}),
            use_from=begins,
            party=party,
        )


@pytest.fixture(scope="module")
def shop(issuing: Authority, key: rsa.RSAPrivateKey) -> Shop:
    """Where certificates come from."""
    return Shop(issuing, key)


def signs(keyring: Keyring, at: datetime) -> UUID | None:
    """Whose key signs."""
    found = keyring.signer("prove", at=at)
    return found and found.id


def test_a_rollover_has_an_overlap(shop: Shop) -> None:
    """The new one is here from day 80, signs from day 90, and messages for the old one open until its grace is over."""
    old = shop.own(BEGIN)
    new = shop.own(BEGIN + 80 * DAY, use_from=BEGIN + 90 * DAY)
    keyring = Keyring(own=(new, old))
    assert signs(keyring, BEGIN - DAY) is None
    for day, signing, opening in (
        (0, old, [old]),
        (79, old, [old]),
        (85, old, [new, old]),
        (90, new, [new, old]),
        (101, new, [new, old]),
        (100 + GRACE.days, new, [new, old]),
        (101 + GRACE.days, new, [new]),
    ):
        at = BEGIN + day * DAY
        assert signs(keyring, at) == signing.id, day
        assert keyring.current(ENCRYPT, "prove", at=at) == signing, day
        assert list(keyring.decryption_keys("prove", at=at)) == opening, day
        assert (keyring.decryption_key(old.certificate, at=at) == old) == (old in opening), day


def test_who_is_alone_signs_before_its_day(shop: Shop) -> None:
    """If the old one ends before the new one's day, the new one serves early rather than nobody."""
    old, late = shop.own(BEGIN), shop.own(BEGIN + 50 * DAY, use_from=BEGIN + 120 * DAY)
    keyring = Keyring(own=(old, late))
    assert signs(keyring, BEGIN + 99 * DAY) == old.id
    assert signs(keyring, BEGIN + 101 * DAY) == late.id


def test_networks_and_keys_are_kept_apart(shop: Shop) -> None:
    """Another network's certificate serves nothing here; nor does one whose key does not open."""
    other = shop.own(BEGIN, network="anden")
    locked = OwnCertificate(
        id=uuid4(), network="prove", certificate=other.certificate, roles=other.roles, use_from=BEGIN, key=None
    )
    keyring = Keyring(own=(other, locked))
    assert signs(keyring, BEGIN) is None
    assert keyring.decryption_keys("prove", at=BEGIN) == ()
    assert keyring.decryption_key(other.certificate, at=BEGIN) == other


def test_a_partners_old_and_new_certificates_verify(shop: Shop) -> None:
    """The newest first, each party its own; what has ended or not begun does not."""
    first, second = shop.partner(CLINIC, BEGIN), shop.partner(CLINIC, BEGIN + 80 * DAY)
    other = shop.partner(HOSPITAL, BEGIN)
    keyring = Keyring(partners=(first, second, other))
    assert keyring.partner_certificates("prove", at=BEGIN, party=CLINIC) == (first,)
    assert keyring.partner_certificates("prove", at=BEGIN + 90 * DAY, party=CLINIC) == (second, first)
    assert keyring.partner_certificates("prove", at=BEGIN + 101 * DAY) == (second,)
    assert keyring.partner_certificates("prove", at=BEGIN, role=ENCRYPT) == ()


def test_what_ends_is_told_with_its_successor(shop: Shop) -> None:
    """A successor goes on without a gap; one that begins too late is none."""
    old, new = shop.own(BEGIN), shop.own(BEGIN + 90 * DAY)
    late = shop.partner(HOSPITAL, BEGIN + 105 * DAY)
    theirs = shop.partner(HOSPITAL, BEGIN)
    keyring = Keyring(own=(new, old), partners=(late, theirs))
    told = {each.held.id: (each.warn, each.successor) for each in keyring.expiries(at=BEGIN + 95 * DAY)}
    assert told == {old.id: (Warn.WEEK, new.id), theirs.id: (Warn.WEEK, None)}
    assert keyring.expiries(at=BEGIN) == ()


def test_lists_are_fetched_for_networks_that_ask_for_them(shop: Shop, believing: TrustList) -> None:
    """A network without revocation needs none."""
    own = shop.own(BEGIN)
    asking = Keyring(own=(own,), networks={"prove": believing})
    assert asking.list_addresses() == {PLACE}
    silent = TrustList(network="prove", revocation=Revocation.OFF)
    assert Keyring(own=(own,), networks={"prove": silent}).list_addresses() == frozenset()
    assert asking.trust("ukendt").anchors == ()
