"""Nodes and database die at random moments under load; nothing promised is lost, doubled or answered otherwise."""

from collections.abc import Callable

import pytest

from tests.soak.kill import kill_and_count

KILLS = 10


@pytest.mark.timeout(400)
def test_ten_kills_lose_nothing(record_property: Callable[[str, object], None]) -> None:
    """The short form of the soak test: ten SIGKILLs of site A, site B and PostgreSQL."""
    count = kill_and_count(kills=KILLS, seed=71903)
    print(count)
    record_property("kill test", str(count))
    assert sum(count.kills.values()) == KILLS
    assert len(count.promised) > 50
    assert (count.lost, count.doubled, count.other_answers) == (0, 0, 0)
    assert count.acknowledged == len(count.promised)
