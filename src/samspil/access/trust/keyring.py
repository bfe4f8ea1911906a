"""One consistent view of all keys and certificates of a site, and the questions that wires ask of it at a moment.

For signing at moment T: `signer(network, at=T)`. What partners should be told to encrypt for, and TLS shows:
`current(role, network, at=T)`. To open what came: `decryption_keys(network, at=T)`, or one of them by the certificate
that the message names: `decryption_key(certificate, at=T)`. To find a partner's certificate from a reference that
carries none, and to verify what it signed: `partner_certificates(network, party=…, at=T)`, and whether it holds then:
`trust(network).judge(certificate, role=…, at=T)`.

Rolling over: the new certificate is added while the old one still works, with the day from which it is used. Before
that day the old one signs and is told to partners, afterwards the new one; messages for either are opened until the old
one is removed or has been over for `GRACE`, longer than any sender goes on trying.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509

from samspil.access.trust.chain import Revocation, TrustList
from samspil.access.trust.expiry import Warn, warning_of
from samspil.access.trust.lists import addresses_of
from samspil.access.trust.reading import PrivateKey
from samspil.access.trust.roles import CertificateRole

DEFAULT_NETWORK = "default"
GRACE = timedelta(days=7)
"""How long after its end a certificate's key still opens messages: senders try for a day, and clocks and people err."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate that the site keeps, in the roles it is kept for. From `use_from` on it goes before older ones."""

    id: UUID
    network: str
    certificate: x509.Certificate
    roles: frozenset[CertificateRole]
    use_from: datetime

    def is_valid(self, *, at: datetime) -> bool:
        """Do its dates hold?"""
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCertificate(Held):
    """One of ours. `key` is None where the site's key does not open it."""

    key: PrivateKey | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCertificate(Held):
    """A partner's: its location number, or what else the network calls it."""

    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A certificate that ends soon, or has; `successor` is the one that will do its work, if there is one already."""

    held: Held
    warn: Warn
    successor: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Everything, as it stood at one revision of the register."""

    own: tuple[OwnCertificate, ...] = ()
    partners: tuple[PartnerCertificate, ...] = ()
    networks: Mapping[str, TrustList] = field(default_factory=dict[str, TrustList])

    def signer(self, network: str = DEFAULT_NETWORK, *, at: datetime) -> OwnCertificate | None:
        """The key that signs at a moment, with its certificate."""
        return self.current(CertificateRole.SIGN, network, at=at)

    def current(self, role: CertificateRole, network: str = DEFAULT_NETWORK, *, at: datetime) -> OwnCertificate | None:
        """Our certificate in a role: of those that hold, the one that took over last, if one has yet."""
        able = [each for each in self.own if _serves(each, role, network) and each.is_valid(at=at) and each.key]
        return max(able, key=lambda each: _precedence(each, at), default=None)

    def decryption_keys(self, network: str = DEFAULT_NETWORK, *, at: datetime) -> tuple[OwnCertificate, ...]:
        """Every key that a message may be encrypted for at a moment, the newest first."""
        able = (each for each in self.own if _serves(each, CertificateRole.ENCRYPT, network) and _opens(each, at))
        return tuple(sorted(able, key=lambda each: each.use_from, reverse=True))

    def decryption_key(self, recipient: x509.Certificate, *, at: datetime) -> OwnCertificate | None:
        """The key of the certificate that a message names as its recipient's, in whatever network."""
        able = (each for each in self.own if CertificateRole.ENCRYPT in each.roles and _opens(each, at))
        return next((each for each in able if each.certificate == recipient), None)

    def partner_certificates(
        self,
        network: str = DEFAULT_NETWORK,
        *,
        at: datetime,
        party: str | None = None,
        role: CertificateRole = CertificateRole.SIGN,
    ) -> tuple[PartnerCertificate, ...]:
        """Those that may verify a partner's signature (or have another role) at a moment, old and new, newest first.

        Their dates hold; whether the network believes them is `trust(network).judge`'s to say.
        """
        able = (
            each
            for each in self.partners
            if _serves(each, role, network) and party in {None, each.party} and each.is_valid(at=at)
        )
        return tuple(sorted(able, key=lambda each: _precedence(each, at), reverse=True))

    def trust(self, network: str = DEFAULT_NETWORK) -> TrustList:
        """Whom a network believes. One that nobody has told us of believes nobody."""
        return self.networks.get(network) or TrustList(network=network)

    def expiries(self, *, at: datetime) -> tuple[Expiry, ...]:
        """What ends within 60 days or has ended, the soonest first; anchors and authorities are not among them."""
        found = (self._expiry(each, at) for each in (*self.own, *self.partners))
        return tuple(
            sorted(
                (each for each in found if each is not None),
                key=lambda each: each.held.certificate.not_valid_after_utc,
            )
        )

    def list_addresses(self) -> frozenset[str]:
        """Where the revocation lists lie that judging these certificates takes, of networks that ask for lists."""
        asking = {name for name, each in self.networks.items() if each.revocation is not Revocation.OFF}
        held = (each.certificate for each in (*self.own, *self.partners) if each.network in asking)
        above = (item for name in asking for item in self.networks[name].intermediates)
        return frozenset(url for each in (*held, *above) for url in addresses_of(each))

    def _expiry(self, held: Held, at: datetime) -> Expiry | None:
        warn = warning_of(held.certificate, at=at)
        if warn is None:
            return None
        successor = next((each.id for each in self._successors(held)), None)
        return Expiry(held=held, warn=warn, successor=successor)

    def _successors(self, held: Held) -> Iterator[Held]:
        """Those that do the same work for the same party, and go on after it without a gap."""
        end = held.certificate.not_valid_after_utc
        for each in self.partners if isinstance(held, PartnerCertificate) else self.own:
            same = each.network == held.network and held.roles <= each.roles and _party(each) == _party(held)
            if same and each.is_valid(at=end) and each.certificate.not_valid_after_utc > end:
                yield each


def _serves(held: Held, role: CertificateRole, network: str) -> bool:
    return role in held.roles and held.network == network


def _opens(held: OwnCertificate, at: datetime) -> bool:
    begins, ends = held.certificate.not_valid_before_utc, held.certificate.not_valid_after_utc
    return held.key is not None and begins <= at <= ends + GRACE


def _precedence(held: Held, at: datetime) -> tuple[bool, float]:
    """Those that have taken over come before those that have not, and the latest of them first."""
    moment, has_begun = held.use_from.timestamp(), held.use_from <= at
    return has_begun, moment if has_begun else -moment


def _party(held: Held) -> str | None:
    return held.party if isinstance(held, PartnerCertificate) else None
