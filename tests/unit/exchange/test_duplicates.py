"""The table of duplicates has an answer for everything."""

from itertools import product

import pytest

from samspil.exchange.duplicates import REPEATS, Repeat


def test_the_table_is_total() -> None:
    """Every combination of the three questions is answered."""
    assert set(REPEATS) == set(product((False, True), repeat=3))


@pytest.mark.parametrize(
    ("envelope_known", "message_known", "same", "verdict"),
    [
        (False, False, False, Repeat.NEW),
        (True, True, True, Repeat.DUPLICATE),
        (False, True, True, Repeat.RESENT),
        (True, False, False, Repeat.REUSED_ENVELOPE),
        (True, True, False, Repeat.CONFLICT),
        (False, True, False, Repeat.CONFLICT),
    ],
)
def test_the_standards_rows(envelope_known: bool, message_known: bool, same: bool, verdict: Repeat) -> None:
    """The four rows of reliable messaging, and ours for changed content under a known id."""
    assert REPEATS[envelope_known, message_known, same] is verdict
