"""How soon a certificate ends: the three warnings, at 60, 30 and 7 days, and the end itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum

from cryptography import x509

from samspil.access.trust.chain import day
from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue, Severity


class Warn(IntEnum):
    """The most days that are left."""

    ENDED = 0
    WEEK = 7
    MONTH = 30
    SEASON = 60


SEVERITIES: Mapping[Warn, Severity] = {
    Warn.ENDED: Severity.ERROR,
    Warn.WEEK: Severity.WARNING,
    Warn.MONTH: Severity.WARNING,
    Warn.SEASON: Severity.NOTE,
}


def warning_of(certificate: x509.Certificate, *, at: datetime) -> Warn | None:
    """The warning that is due at a moment, if any. A certificate with 60 days left to the second has the first."""
    left = certificate.not_valid_after_utc - at
    if left < timedelta(0):
        return Warn.ENDED
    return next((each for each in (Warn.WEEK, Warn.MONTH, Warn.SEASON) if left <= timedelta(days=each)), None)


def judge_expiry(certificate: x509.Certificate, *, at: datetime) -> Issue | None:
    """That warning as a finding. That it has ended is `judge_dates`' to tell."""
    due = warning_of(certificate, at=at)
    if due is None or due is Warn.ENDED:
        return None
    until = certificate.not_valid_after_utc
    return finding("certificate.ends", severity=SEVERITIES[due], until=day(until), days=str((until - at).days))
