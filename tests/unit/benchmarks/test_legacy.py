"""The benchmark of legacy letters: its letters are sound, and it measures what it says."""

from importlib.util import find_spec

import pytest

from samspil.benchmarks import BENCHMARKS, Options, legacy, run
from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import convert
from samspil.domain.issues import Verdict
from tests.conftest import SHARED


@pytest.fixture(autouse=True)
def one_call_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not looked at here: one call a round is enough."""
    monkeypatch.setattr(legacy, "ROUND_SECONDS", 0.0)


def test_it_is_listed() -> None:
    """`samspil bench legacy` finds it."""
    assert BENCHMARKS["legacy"] == "samspil.benchmarks.legacy"


@pytest.mark.parametrize("kind", interchanges())
def test_a_letter_is_accepted_and_comes_back_byte_for_byte(kind: str) -> None:
    """What is measured is sound: no finding and no loss either way."""
    payload = interchanges()[kind]
    there = convert(payload, to="oioxml")
    assert there.report.verdict is Verdict.ACCEPTED
    assert there.payload
    back = convert(there.payload, to="edifact")
    assert (back.payload, back.losses, back.report.issues) == (payload, (), ())


def test_every_step_is_measured_with_its_peer() -> None:
    """Both ways, reading, judging and cutting; pydifact where it is installed, lxml always."""
    figures = list(run("legacy", Options()))
    assert len([figure for figure in figures if figure.by == "samspil"]) == 7
    peers = {"lxml", "pydifact"} if find_spec("pydifact") else {"lxml"}
    assert {figure.by for figure in figures} == {"samspil", *peers}
    assert all(figure.value > 0 and figure.unit == "/s" for figure in figures)


@pytest.mark.skipif(not (SHARED / "data" / "edifact").is_dir(), reason="no official data: ../shared/data is not there")
def test_official_letters_are_measured_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--data` the official pairs, and binary letters by their size."""
    monkeypatch.setattr(legacy, "ROUNDS", 1)
    figures = list(run("legacy", Options(data=SHARED / "data")))
    assert len([figure for figure in figures if "official letters" in figure.what and figure.by == "samspil"]) == 7
    assert len([figure for figure in figures if figure.unit == "MB/s"]) == 2
