"""Measured claims: every figure in docs/performance.md comes from here, beside a named peer.

Each benchmark is a module with `run(options) -> Iterable[Figure]`, named in `BENCHMARKS`. A peer is measured in the
same run on the same bytes, so that figures may be read as ratios on any machine.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

BENCHMARKS = {
    "read": "samspil.benchmarks.read",
    "validate": "samspil.benchmarks.validate",
    "exchange": "samspil.benchmarks.exchange",
    "fhirpath": "samspil.benchmarks.fhirpath",
    "legacy": "samspil.benchmarks.legacy",
    "as4": "samspil.benchmarks.as4",
    "bridge": "samspil.benchmarks.bridge",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run may be told. `data` is a folder of official data; without it our own messages are measured.

    `stored`: measure the exchange also at sites that have stored so many messages before (4 KB each on disk).
    """

    seconds: float = 120.0
    warm_up: float = 20.0
    data: Path | None = None
    stored: int = 0
    tell: Callable[[str], None] = lambda text: None
    """Told now and then how far it is; for a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number: of what, how much, in which unit, by whom."""

    what: str
    value: float
    unit: str
    by: str = "samspil"
    note: str = ""


class Benchmark(Protocol):
    """What a benchmark's module offers."""

    def run(self, options: Options) -> Iterable[Figure]:
        """Measure; give the figures as they come."""
        ...


def run(name: str, options: Options) -> Iterator[Figure]:
    """Run one benchmark. Errors: KeyError for a name that there is none of."""
    yield from cast("Benchmark", import_module(BENCHMARKS[name])).run(options)
