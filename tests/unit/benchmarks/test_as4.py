"""The AS4 benchmark: it measures what it says, beside what nobody can save."""

import pytest

from samspil.benchmarks import BENCHMARKS, Options, as4


def test_it_is_listed() -> None:
    """The command `samspil bench as4` finds it."""
    assert BENCHMARKS["as4"] == "samspil.benchmarks.as4"


def test_every_step_and_the_peer_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is done at least once, and the sum is the sum."""
    monkeypatch.setattr(as4, "ROUND_SECONDS", 0.0)
    figures = list(as4.steps())
    ours = [figure for figure in figures if figure.by == "samspil"]
    assert ours[4].value == pytest.approx(ours[0].value + ours[1].value)
    assert as4.PEER in {figure.by for figure in figures}
    assert all(figure.value > 0 and figure.unit == "ms" for figure in figures)


def test_circles_are_closed_between_two_processes() -> None:
    """Each message is committed at one, its receipt at the other; one that is not closed would raise."""
    assert as4.circles(Options(seconds=0.5, warm_up=0.1)).value > 0
