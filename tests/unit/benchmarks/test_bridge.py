"""The benchmark of the bridge: its messages are sound, cross both ways, and every step is measured."""

import pytest

from samspil.benchmarks import BENCHMARKS, Options, legacy, run
from samspil.benchmarks.bridge import directory, messages
from samspil.conversion.api import convert
from samspil.domain.issues import Verdict
from samspil.validation.api import validate


@pytest.fixture(autouse=True)
def one_call_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not looked at here: one call a round is enough."""
    monkeypatch.setattr(legacy, "ROUND_SECONDS", 0.0)


@pytest.mark.parametrize("standard", messages())
def test_a_message_crosses_both_ways(standard: str) -> None:
    """What is measured is sound: accepted as it stands, as a letter, and back as FHIR."""
    payload = messages()[standard]
    assert validate(payload).verdict is Verdict.ACCEPTED
    letter = convert(payload, to="oioxml", directory=directory()).payload
    assert letter
    back = convert(letter, to="fhir", directory=directory())
    assert [output.standard for output in back.outputs] == [standard]


def test_every_way_is_measured_with_its_peer() -> None:
    """`samspil bench bridge`: each message out and in, lxml beside it, and the mean."""
    assert BENCHMARKS["bridge"] == "samspil.benchmarks.bridge"
    figures = list(run("bridge", Options()))
    assert len([figure for figure in figures if figure.by == "samspil"]) == 7
    assert len([figure for figure in figures if figure.by == "lxml"]) == 3
    assert all(figure.value > 0 and figure.unit == "/s" for figure in figures)
