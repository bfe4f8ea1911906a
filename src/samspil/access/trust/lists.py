"""Revocation lists: is one fit to be believed at a moment, and does it take a certificate back?

A list counts for a certificate if it names the same issuer, that issuer signed it, it is complete for that kind of
certificate, and the moment lies between its two dates. Delta lists, lists of some reasons and lists about other
issuers' certificates are left aside: they never prove that a certificate still holds.
Source: RFC 5280, 5 and 6.3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from samspil.access.trust.roles import extension

CRL = x509.CertificateRevocationList
UNDERSTOOD = frozenset(
    {
        x509.CRLNumber.oid,
        x509.AuthorityKeyIdentifier.oid,
        x509.IssuingDistributionPoint.oid,
        x509.FreshestCRL.oid,
        x509.IssuerAlternativeName.oid,
    }
)


@dataclass(frozen=True, eq=False)
class RevocationList:
    """A list, read once: those of a national issuer name a hundred thousand certificates."""

    crl: CRL

    @cached_property
    def taken_back(self) -> Mapping[int, datetime]:
        """Since when, by serial number."""
        return {entry.serial_number: entry.revocation_date_utc for entry in self.crl}

    @cached_property
    def scope(self) -> x509.IssuingDistributionPoint | None:
        """Which of its issuer's certificates the list is about; None for all. Errors: ValueError."""
        try:
            if any(item.critical and item.oid not in UNDERSTOOD for item in self.crl.extensions):
                raise ValueError("a delta list, or one that asks for more than is understood here")
            return self.crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
        except x509.ExtensionNotFound:
            return None
        except x509.DuplicateExtension as problem:
            raise ValueError("an extension stands twice") from problem

    def is_current(self, *, at: datetime) -> bool:
        """Is this a moment that the list speaks for? One without an end speaks for none."""
        return self.crl.next_update_utc is not None and self.crl.last_update_utc <= at <= self.crl.next_update_utc

    def is_from(self, issuer: x509.Certificate) -> bool:
        """Did this authority sign the list, and may it?"""
        return self.crl.issuer == issuer.subject and _is_signed(self, issuer)

    def covers(self, certificate: x509.Certificate) -> bool:
        """Would the list name this certificate if it were taken back?"""
        try:
            scope = self.scope
            constraints = extension(certificate, x509.BasicConstraints)
            points = extension(certificate, x509.CRLDistributionPoints)
        except ValueError:
            return False
        if scope is None:
            return True
        if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
            return False
        is_authority = constraints is not None and constraints.ca
        if (scope.only_contains_ca_certs and not is_authority) or (scope.only_contains_user_certs and is_authority):
            return False
        return scope.full_name is None or not _names(points).isdisjoint(scope.full_name)


class Standing(Enum):
    """What the lists say of one certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    STALE = "stale"  # there are lists of its issuer, but none for this moment
    UNKNOWN = "unknown"  # there is no list


@dataclass(frozen=True, slots=True)
class Answer:
    """A standing, and since when a certificate is taken back."""

    standing: Standing
    since: datetime | None = None


def standing_of(
    certificate: x509.Certificate, issuer: x509.Certificate, lists: Iterable[RevocationList], *, at: datetime
) -> Answer:
    """What the lists say of a certificate at a moment. An entry that was dated after it did not count then."""
    answer = Answer(Standing.UNKNOWN)
    for each in lists:
        if each.crl.issuer != certificate.issuer or not each.covers(certificate) or not each.is_from(issuer):
            continue
        since = each.taken_back.get(certificate.serial_number)
        if since is not None and since <= at:
            return Answer(Standing.REVOKED, since)
        if each.is_current(at=at):
            answer = Answer(Standing.GOOD)
        elif answer.standing is Standing.UNKNOWN:
            answer = Answer(Standing.STALE)
    return answer


@lru_cache(maxsize=64)
def _is_signed(each: RevocationList, issuer: x509.Certificate) -> bool:
    try:
        usage = extension(issuer, x509.KeyUsage)
        signed = each.crl.is_signature_valid(issuer.public_key())  # pyright: ignore[reportArgumentType] - TypeError told
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return signed and (usage is None or usage.crl_sign)


def _names(points: x509.CRLDistributionPoints | None) -> frozenset[x509.GeneralName]:
    return frozenset(name for point in points or () for name in point.full_name or ())


def addresses_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where a certificate says that its issuer's list is fetched, over http or https."""
    try:
        names = _names(extension(certificate, x509.CRLDistributionPoints))
    except ValueError:
        return ()
    found = (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    return tuple(sorted(url for url in found if url.lower().startswith(("http://", "https://"))))
