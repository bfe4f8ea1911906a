"""Whom a network believes, and whether a certificate holds there at a moment: all that speaks against it, in one pass.

The path to an anchor is found and proved by `cryptography`'s verifier. It tells yes or no; so the dates of the
certificate itself are judged apart, and the path at the nearest moment within them: a certificate that has run out and
was issued by a stranger gets both findings.
Source: RFC 5280, 6; the certificate policies of OCES (which policies count is the network's own setting).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from samspil.access.trust.lists import RevocationList, Standing, standing_of
from samspil.access.trust.roles import CertificateRole, extension, judge_role
from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue, Severity

LONGEST_PATH = 4
"""Authorities between a certificate and its anchor."""


class Revocation(StrEnum):
    """How much a network asks of revocation lists."""

    REQUIRED = "required"  # without a list of today nothing holds
    KNOWN = "known"  # lists that are there count; a missing one is told
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """One network's anchors, the authorities below them, and what it asks of certificates.

    `policies` are object identifiers: a certificate must name one of them, or one below it; empty asks for none.
    """

    network: str
    anchors: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    policies: tuple[str, ...] = ()
    revocation: Revocation = Revocation.REQUIRED
    lists: tuple[RevocationList, ...] = ()

    def judge(
        self,
        certificate: x509.Certificate,
        *,
        role: CertificateRole,
        at: datetime,
        brought: Sequence[x509.Certificate] = (),
    ) -> tuple[Issue, ...]:
        """All that speaks against a certificate in a role at a moment; what rejects has the severity error.

        `brought` are authorities that came with it: links at most, never anchors.
        """
        return tuple(self._judge(certificate, role, at, brought))

    def accepts(self, certificate: x509.Certificate, *, role: CertificateRole, at: datetime) -> bool:
        """Does the certificate hold?"""
        return not any(issue.severity.rejects for issue in self.judge(certificate, role=role, at=at))

    def _judge(
        self, certificate: x509.Certificate, role: CertificateRole, at: datetime, brought: Sequence[x509.Certificate]
    ) -> Iterator[Issue]:
        yield from judge_role(certificate, role)
        yield from judge_dates(certificate, at=at)
        yield from self._judge_policy(certificate)
        path = self.path(certificate, at=at, brought=brought)
        if path is None:
            yield self._why_no_path(certificate, at, brought)
        elif self.revocation is not Revocation.OFF:
            yield from self._judge_revocation(path, at)

    def path(
        self, certificate: x509.Certificate, *, at: datetime, brought: Sequence[x509.Certificate] = ()
    ) -> list[x509.Certificate] | None:
        """From the certificate up to its anchor, both included; None if there is none."""
        if not self.anchors:
            return None
        moment = min(max(at, certificate.not_valid_before_utc), certificate.not_valid_after_utc)
        verifier = (
            PolicyBuilder()
            .store(Store(list(self.anchors)))
            .time(moment)
            .max_chain_depth(LONGEST_PATH)
            .extension_policies(ca_policy=_authorities(), ee_policy=ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        try:
            return verifier.verify(certificate, [*self.intermediates, *brought]).chain
        except (VerificationError, ValueError, UnsupportedAlgorithm):
            return None

    def _why_no_path(self, certificate: x509.Certificate, at: datetime, brought: Sequence[x509.Certificate]) -> Issue:
        """The likeliest reason: nobody here is the issuer, one that is has run out, or the path is broken above."""
        known = (*self.anchors, *self.intermediates, *brought)
        issuers = [each for each in known if _has_signed(each, certificate)]
        if not issuers:
            return finding("certificate.issuer.unknown", network=self.network)
        if all(any(judge_dates(each, at=at)) for each in issuers):
            return finding("certificate.issuer.ended", network=self.network)
        return finding("certificate.path.broken", network=self.network)

    def _judge_policy(self, certificate: x509.Certificate) -> Iterator[Issue]:
        if not self.policies:
            return
        try:
            named = [
                each.policy_identifier.dotted_string for each in extension(certificate, x509.CertificatePolicies) or ()
            ]
        except ValueError:
            return  # told with the role already
        if not any(f"{name}.".startswith(f"{accepted}.") for name in named for accepted in self.policies):
            yield finding("certificate.policy.foreign", network=self.network)

    def _judge_revocation(self, path: list[x509.Certificate], at: datetime) -> Iterator[Issue]:
        """Every link but the anchor. What is not known rejects where the network asks for certainty."""
        severity = Severity.ERROR if self.revocation is Revocation.REQUIRED else Severity.WARNING
        for link, issuer in pairwise(path):
            code = "certificate" if link is path[0] else "certificate.issuer"
            answer = standing_of(link, issuer, self.lists, at=at)
            if answer.standing is Standing.REVOKED and answer.since is not None:
                yield finding(f"{code}.revoked", since=day(answer.since))
            elif answer.standing is Standing.STALE:
                yield finding("certificate.list.ended", severity=severity, network=self.network)
            elif answer.standing is Standing.UNKNOWN:
                yield finding("certificate.list.missing", severity=severity, network=self.network)


def judge_dates(certificate: x509.Certificate, *, at: datetime) -> Iterator[Issue]:
    """Is it not yet, or no longer, valid?"""
    if at < certificate.not_valid_before_utc:
        yield finding("certificate.early", since=day(certificate.not_valid_before_utc))
    if at > certificate.not_valid_after_utc:
        yield finding("certificate.ended", until=day(certificate.not_valid_after_utc))


def day(moment: datetime) -> str:
    """A moment as findings tell it."""
    return f"{moment:%Y-%m-%d}"


def is_authority(certificate: x509.Certificate) -> bool:
    """May the certificate's key issue others?"""
    try:
        constraints = extension(certificate, x509.BasicConstraints)
    except ValueError:
        return False
    return constraints is not None and constraints.ca


def _authorities() -> ExtensionPolicy:
    """What an authority's certificate must say; its key usage may be left out, as OpenSSL's own roots leave it."""
    return ExtensionPolicy.webpki_defaults_ca().may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_issuing)


def _require_issuing(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an authority that may not issue")


def _has_signed(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return is_authority(issuer)
