"""Judging FHIR: milliseconds from bytes to a report with all rules, start-up and memory, beside what peers do.

Without official data a letter of ours is judged, every time another one. With it, the ten bundles of the timing list,
every example, and the official packages in place of our tables. Peers do less on the same bytes: `fhir.resources`
only parses, `fhirkit` knows R4 alone, `fhirpathpy` only asks the same invariants; `pyrofile` reads the same packages.
They are measured where they are installed (`uv sync --group oracle`).
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import orjson

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.letters import Letters
from samspil.validation.api import load_packages, validate
from samspil.validation.profiles.selection import Shelf

TIMING = Path("fhir/timing.json")
LETTER = Path("fhir/examples/carecommunication/Bundle-k7bfbc0c-553d-11ed-bdc3-0242ac120002.json")
PACKAGES = Path("fhir/packages")
ROUNDS = 60
SMALL_BYTES = 110_000

# What a new process costs from nothing to its first verdict: seconds, and the memory it then holds.
FIRST_VERDICT = """
import sys, time
begun = time.perf_counter()
import samspil
packages = samspil.load_packages(sys.argv[1]) if len(sys.argv) > 1 else None
loaded = time.perf_counter()
report = samspil.validate(sys.stdin.buffer.read(), packages=packages)
judged = time.perf_counter()
import json, resource
print(json.dumps([judged - begun, loaded - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def run(options: Options) -> Iterator[Figure]:
    """Our letters, then the official ones, start-up and memory, then the peers."""
    letters = Letters()
    options.tell("letters of ours")
    times = sorted(_milliseconds(partial(validate, letters.next())) for _ in range(ROUNDS * 5))
    note = f"{len(letters.next()) / 1000:.1f} KB, each judged once"
    yield Figure(what="a letter of ours, median", value=median(times), unit="ms", note=note)
    yield Figure(what="a letter of ours, 99th of 100", value=times[len(times) * 99 // 100], unit="ms")
    parsing = median(_milliseconds(partial(orjson.loads, letters.next())) for _ in range(ROUNDS * 5))
    yield Figure(what="the same parsed, nothing judged", value=parsing, unit="ms", by="orjson")
    yield Figure(what="a judgement in parsings", value=median(times) / parsing, unit="times")
    yield from _starts(letters.next(), None)
    if options.data is not None:
        yield from _official(options, options.data)
    yield from _peers(letters.next(), options)


def _official(options: Options, data: Path) -> Iterator[Figure]:
    """The official letter, the ten timing bundles by both front ends, and every example."""
    letter = (data / LETTER).read_bytes()
    yield Figure(what="the official letter of 18.2 KB", value=_typical(letter, None), unit="ms")
    files = [data / "fhir" / row["file"] for row in json.loads((data / TIMING).read_text())["bundles"]]
    options.tell("ten timing bundles")
    yield from _timed(files, None, "built-in")
    options.tell("the same by official packages")
    packages = load_packages(data / PACKAGES)
    yield from _timed(files, packages, "packages")
    yield from _starts(letter, data / PACKAGES)
    options.tell("every example")
    examples = sorted((data / "fhir" / "examples").rglob("*Bundle*.json"))
    times = {file: _typical(file.read_bytes(), None, rounds=12) for file in examples}
    yield Figure(what="every example, median", value=median(times.values()), unit="ms", note=f"{len(times)} bundles")
    small = max((value, file) for file, value in times.items() if file.stat().st_size < SMALL_BYTES)
    large = max((value, file) for file, value in times.items())
    yield Figure(what="the slowest example below 110 KB", value=small[0], unit="ms", note=_size(small[1]))
    yield Figure(what="the slowest example", value=large[0], unit="ms", note=_size(large[1]))


def _timed(files: list[Path], packages: object, rules: str) -> Iterator[Figure]:
    times = [_typical(file.read_bytes(), packages) for file in files]
    yield Figure(what=f"ten timing bundles, {rules}, median", value=median(times), unit="ms")
    yield Figure(what=f"ten timing bundles, {rules}, slowest", value=max(times), unit="ms")


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1000:.0f} KB"


def _typical(payload: bytes, packages: object, *, rounds: int = ROUNDS) -> float:
    """The median of several judgements, after one that compiles what is needed."""
    judge = partial(validate, payload, packages=packages)
    judge()
    return median(_milliseconds(judge) for _ in range(rounds))


def _milliseconds(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000


def _starts(payload: bytes, packages: Path | None) -> Iterator[Figure]:
    """A new process: import and first verdict, and memory after it."""
    rules = "built-in" if packages is None else "packages"
    command = [sys.executable, "-c", FIRST_VERDICT, *([str(packages)] if packages else [])]
    runs = [
        json.loads(subprocess.run(command, input=payload, capture_output=True, check=True).stdout) for _ in range(3)
    ]
    total, loaded, memory = min(runs)
    note = f"of which import{' and packages' if packages else ''} {loaded:.2f} s"
    yield Figure(what=f"import and first verdict, {rules}", value=total, unit="s", note=note)
    yield Figure(what=f"memory after it, {rules}", value=memory, unit="MiB")


def _peers(payload: bytes, options: Options) -> Iterator[Figure]:
    """What others do with the same bytes, as far as they are installed."""
    if find_spec("fhir") and find_spec("fhir.resources"):
        bundle = import_module("fhir.resources.R4B.bundle").Bundle
        read = partial(bundle.model_validate_json, payload)
        yield Figure(
            what="a letter parsed into classes, no profiles", value=_repeated(read), unit="ms", by="fhir.resources"
        )
    if find_spec("fhirkit"):
        judge = partial(import_module("fhirkit").validate, payload)
        yield Figure(what="a letter judged by R4 alone", value=_repeated(judge), unit="ms", by="fhirkit")
    if options.data is None:
        return
    packages = load_packages(options.data / PACKAGES)
    assert isinstance(packages, Shelf)
    if find_spec("fhirpathpy"):
        options.tell("fhirpathpy: the same invariants")
        yield _by_fhirpathpy(payload, packages)
    if find_spec("pyrofile_validator"):
        options.tell("pyrofile: the same packages")
        yield _by_pyrofile(payload, packages, options.data / PACKAGES)


def _repeated(act: Callable[[], object]) -> float:
    """The median of several calls, after one that does not count."""
    act()
    return median(_milliseconds(act) for _ in range(ROUNDS))


def _by_pyrofile(payload: bytes, packages: Shelf, folder: Path) -> Figure:
    """The letter judged by the peer with the packages that its standard is built on."""
    root = orjson.loads(payload)
    files = (folder / f"{one.name}-{one.version}.tgz" for one in packages.choose(root).rulebook.view.packages)
    named = {"localPackagePaths": [str(file) for file in files if file.is_file()], "terminology": {"mode": "local"}}
    with redirect_stdout(io.StringIO()):  # it prints what its invariants trace
        config = import_module("pyrofile_validator.config").ValidatorConfig.load_dict(named)
        judge = partial(import_module("pyrofile_validator").Validator(config).validate_resource, root)
        report = judge()
        value = median(_milliseconds(judge) for _ in range(5))
    note = f"finds {len(report.errors)} errors in this valid letter"
    return Figure(what="a letter judged by the same packages", value=value, unit="ms", by="pyrofile", note=note)


def _by_fhirpathpy(payload: bytes, packages: Shelf) -> Figure:
    """The invariants on whole resources of the profiles that a letter claims, compiled by the peer, asked once each."""
    peer, models = import_module("fhirpathpy"), import_module("fhirpathpy.models")
    root = orjson.loads(payload)
    questions = [
        (peer.compile(expression, models.models["r4"], {"traceFn": lambda *shown: None}), resource)
        for resource in (root, *(entry["resource"] for entry in root["entry"]))
        for expression in _expressions(packages, root, resource)
    ]

    def ask() -> None:
        for path, resource in questions:
            try:
                path(resource, {"resource": root, "rootResource": root})
            except Exception:  # what the peer cannot answer costs it nothing here
                continue

    value = median(_milliseconds(ask) for _ in range(5))
    note = f"{len(questions)} invariants on whole resources"
    return Figure(what="a letter's invariants alone", value=value, unit="ms", by="fhirpathpy", note=note)


def _expressions(packages: Shelf, root: dict[str, Any], resource: dict[str, Any]) -> list[str]:
    """The invariants that stand on the root element of the profiles a resource claims."""
    view = packages.choose(root).rulebook.view
    found: list[str] = []
    for canonical in resource.get("meta", {}).get("profile", ()):
        place = view.locate("StructureDefinition", canonical)
        if place is not None:
            package, address, version = place
            _, statements = package.profile(address, version)
            top = next(iter(statements))
            found += [row.expression for row in top.conditions if row.expression]
    return found
