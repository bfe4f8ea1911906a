"""When a message is posted again, and when we give up."""

from datetime import timedelta

import pytest

from samspil.transports.as4.refusal import Ebms
from samspil.transports.as4.retrying import DEFAULT, Next, after
from tests.unit.transports.as4.partners import NOW


@pytest.mark.parametrize(
    ("said", "follows"),
    [
        ({"receipted": True}, Next.DONE),
        ({}, Next.AGAIN),
        ({"status": 200}, Next.AGAIN),
        ({"status": 204}, Next.AGAIN),
        ({"status": 503}, Next.AGAIN),
        ({"status": 429}, Next.AGAIN),
        ({"status": 408}, Next.AGAIN),
        ({"status": 404}, Next.GIVE_UP),
        ({"status": 500, "code": Ebms.INVALID_HEADER}, Next.GIVE_UP),
        ({"status": 400, "code": Ebms.OTHER}, Next.AGAIN),
        ({"code": Ebms.DELIVERY_FAILURE}, Next.AGAIN),
        ({"code": Ebms.INVALID_RECEIPT}, Next.AGAIN),
        ({"code": Ebms.FAILED_AUTHENTICATION}, Next.REFRESH),
        ({"code": Ebms.FAILED_DECRYPTION}, Next.REFRESH),
        ({"code": Ebms.FAILED_DECRYPTION, "refreshed": True}, Next.GIVE_UP),
        ({"code": Ebms.POLICY_NONCOMPLIANCE}, Next.GIVE_UP),
        ({"code": Ebms.VALUE_INCONSISTENT}, Next.GIVE_UP),
        ({"code": Ebms.MIME_INCONSISTENCY}, Next.GIVE_UP),
        ({"code": Ebms.MODE_MISMATCH}, Next.GIVE_UP),
        ({"code": Ebms.DECOMPRESSION_FAILURE}, Next.GIVE_UP),
        ({"code": "EBMS:4001"}, Next.GIVE_UP),
    ],
    ids=str,
)
def test_what_follows_a_try_is_told_by_its_answer(said: dict[str, object], follows: Next) -> None:
    """An empty answer is no receipt; an error's code tells more than its status."""
    assert after(**said) is follows  # pyright: ignore[reportArgumentType] - a row of keyword arguments


def test_waits_grow_repeat_and_end() -> None:
    """Ten seconds at first, an hour at last, for a day."""
    dues = [DEFAULT.due(tries=tries, first=NOW, now=NOW, chance=0.5) for tries in (1, 2, 7, 30)]
    assert [due - NOW for due in dues if due] == [timedelta(seconds=wait) for wait in (10, 30, 3600, 3600)]
    assert DEFAULT.due(tries=30, first=NOW, now=NOW + timedelta(hours=23, minutes=30), chance=0.5) is None


def test_waits_differ_by_a_fifth_at_most() -> None:
    """So that partners who failed together do not come back together."""
    dues = [DEFAULT.due(tries=7, first=NOW, now=NOW, chance=chance) for chance in (0.0, 1.0)]
    assert [due - NOW for due in dues if due] == [timedelta(minutes=48), timedelta(minutes=72)]
