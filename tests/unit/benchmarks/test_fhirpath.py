"""The FHIRPath benchmark: it measures what it says, peers on the same questions."""

import pytest

from samspil.benchmarks import BENCHMARKS, Options, fhirpath, run


@pytest.fixture(autouse=True)
def one_call_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not looked at here: one call a round is enough."""
    monkeypatch.setattr(fhirpath, "ROUND_SECONDS", 0.0)


def test_it_is_listed() -> None:
    """`samspil bench fhirpath` finds it."""
    assert BENCHMARKS["fhirpath"] == "samspil.benchmarks.fhirpath"


def test_every_engine_answers_our_rules_as_we_do() -> None:
    """A rule that only we understand would make the comparison hollow; the Rust peer lacks resolve() and more."""
    figures = {(figure.by, figure.what): figure for figure in run("fhirpath", Options())}
    rules = len(fhirpath.RULES)
    ours = figures["samspil", "a rule asked, median"]
    assert ours.note == f"{rules} of {rules} questions answered alike"
    peer = figures.get(("fhirpathpy", "a rule asked, median"))
    assert peer is None or peer.note == ours.note
    assert all(figure.value > 0 and figure.unit == "µs" for figure in figures.values())
