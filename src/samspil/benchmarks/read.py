"""Identify, read and judge: microseconds of one core for one message, beside orjson.loads of the same bytes.

Nothing is kept between calls but what a running site keeps. Each measurement is the median of several means, so that
a neighbour on the machine does not count.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import orjson

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.letters import Letters
from samspil.formats.identify import identify
from samspil.formats.readers import read_payload
from samspil.validation.judge import examine

PEER = "orjson.loads"
ROUNDS = 5
ROUND_SECONDS = 0.2
OFFICIAL = "fhir/examples/carecommunication/Bundle-k7bfbc0c-553d-11ed-bdc3-0242ac120002.json"


def run(options: Options) -> Iterator[Figure]:
    """Measure our own letter, then the official one and all official bundles if they are there."""
    letter = Letters().next()
    yield from _measure(f"our letter, {len(letter) / 1000:.1f} KB", letter)
    if options.data is not None:
        official = options.data / OFFICIAL
        if official.is_file():
            payload = official.read_bytes()
            yield from _measure(f"official letter, {len(payload) / 1000:.1f} KB", payload)
        yield from _measure_all(sorted((options.data / "fhir" / "examples").rglob("*.json")), options)


def _measure(what: str, payload: bytes) -> Iterator[Figure]:
    """Each step on one payload, and the peer."""
    steps: dict[str, Callable[[bytes], object]] = {
        "identify": identify,
        "read its head": read_payload,
        "read it whole": lambda payload: [part.build() for part in read_payload(payload)[1]],
        "judge by all rules": examine,
    }
    for step, call in steps.items():
        yield Figure(what=f"{step}: {what}", value=microseconds(call, payload), unit="µs")
    yield Figure(what=f"parse: {what}", value=microseconds(orjson.loads, payload), unit="µs", by=PEER)


def _measure_all(files: list[Path], options: Options) -> Iterator[Figure]:
    """All bundles, each alone; the median of their times."""
    times: dict[str, list[float]] = {"samspil": [], PEER: []}
    for number, file in enumerate(files, 1):
        options.tell(f"{number}/{len(files)} {file.name}")
        payload = file.read_bytes()
        times["samspil"].append(microseconds(examine, payload, rounds=3, seconds=0.02))
        times[PEER].append(microseconds(orjson.loads, payload, rounds=3, seconds=0.02))
    for by, values in times.items():
        if values:
            step = "judge by all rules" if by == "samspil" else "parse"
            what = f"{step}: median of {len(values)} official bundles"
            yield Figure(what=what, value=median(values), unit="µs", by=by, note=f"slowest {max(values):,.0f} µs")


def microseconds(
    call: Callable[[bytes], object], payload: bytes, *, rounds: int = ROUNDS, seconds: float = ROUND_SECONDS
) -> float:
    """The median over rounds of one call's mean time."""
    call(payload)  # imports and caches
    return median(_mean(call, payload, seconds) for _ in range(rounds))


def _mean(call: Callable[[bytes], object], payload: bytes, seconds: float) -> float:
    calls, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        call(payload)
        calls += 1
    return elapsed / calls * 1_000_000
