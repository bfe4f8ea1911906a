"""The benchmark of judging: our letters are accepted, and whoever else is installed is measured beside us."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from samspil.benchmarks import BENCHMARKS, Options, run, validate
from samspil.benchmarks.letters import Letters
from samspil.domain.issues import Verdict
from samspil.validation.api import validate as judge

PEERS = {"fhir": "fhir.resources", "fhirkit": "fhirkit"}
WITH_PACKAGES = {"fhirpathpy": "fhirpathpy", "pyrofile_validator": "pyrofile"}


@pytest.fixture(autouse=True)
def one_call_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not looked at here: a few calls are enough."""
    monkeypatch.setattr(validate, "ROUNDS", 2)


def test_it_is_listed() -> None:
    """`samspil bench validate` finds it."""
    assert BENCHMARKS["validate"] == "samspil.benchmarks.validate"


def test_letters_that_are_measured_are_sound() -> None:
    """A refused letter would be judged for less."""
    assert judge(Letters().next()).verdict is Verdict.ACCEPTED


def test_every_peer_that_is_installed_is_measured() -> None:
    """Without official data: judging, a new process, and those who need no packages."""
    figures = list(run("validate", Options()))
    assert {figure.by for figure in figures} == {"samspil", "orjson"} | {
        PEERS[name] for name in PEERS if find_spec(name)
    }
    assert all(figure.value > 0 for figure in figures)
    assert {"ms", "times", "s", "MiB"} == {figure.unit for figure in figures}


def test_peers_with_packages_get_the_same_ones(shared: Path) -> None:
    """The same letter by the packages that its standard is built on; what a peer prints goes nowhere."""
    figures = list(validate._peers(Letters().next(), Options(data=shared)))  # pyright: ignore[reportPrivateUsage] - without the long part
    assert {figure.by for figure in figures} >= {WITH_PACKAGES[name] for name in WITH_PACKAGES if find_spec(name)}
