"""Warnings come at 60, 30 and 7 days, and at the end."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from samspil.access.trust.development import Authority
from samspil.access.trust.expiry import Warn, judge_expiry, warning_of
from samspil.access.trust.roles import CertificateRole
from tests.unit.access.trust.moments import BEGIN, DAY

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("left", "warn"),
    [
        (60 * DAY + SECOND, None),
        (60 * DAY, Warn.SEASON),
        (30 * DAY + SECOND, Warn.SEASON),
        (30 * DAY, Warn.MONTH),
        (7 * DAY + SECOND, Warn.MONTH),
        (7 * DAY, Warn.WEEK),
        (timedelta(0), Warn.WEEK),
        (-SECOND, Warn.ENDED),
    ],
)
def test_each_warning_has_its_day(
    issuing: Authority, key: rsa.RSAPrivateKey, left: timedelta, warn: Warn | None
) -> None:
    """To the second: the moment it is due, and not one before."""
    leaf = issuing.issue("X", roles=[CertificateRole.SIGN], at=BEGIN, life=100 * DAY, key=key).certificate
    at = BEGIN + 100 * DAY - left
    assert warning_of(leaf, at=at) is warn
    issue = judge_expiry(leaf, at=at)
    assert (issue is None) == (warn in {None, Warn.ENDED})
    if issue is not None:
        assert f"{left.days} days" in issue.message and not issue.severity.rejects
