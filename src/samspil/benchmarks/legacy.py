"""EDIFACT and OIOXML: letters a second of one core, converted each way, read, judged and cut, beside two peers.

Every letter is taken in a loop of its own, and what is given is the mean over the letters: of their rates, and in the
note of their times, which the slowest letters rule. Peers do less on the same bytes: pydifact cuts a letter without its
raw bytes into segments, lxml parses and serialises without asking what an element means.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import process_time

from lxml import etree

from samspil.benchmarks import Figure, Options
from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import convert
from samspil.formats.edifact.syntax import scan
from samspil.formats.letters.reading import letters_in
from samspil.validation.judge import examine

MANIFEST = Path("edifact/manifest.json")
ROUNDS = 4
ROUND_SECONDS = 0.01
MEGABYTE = 1_000_000

Letters = Sequence[bytes]


def run(options: Options) -> Iterator[Figure]:
    """Our letters, then the official pairs and the binary letters among them."""
    edifact = list(interchanges().values())
    yield from _measure("our letters", edifact, [_twin(letter) for letter in edifact], options)
    manifest = options.data / MANIFEST if options.data else None
    if manifest is None or not manifest.is_file():
        return
    pairs = json.loads(manifest.read_bytes())["pairs"]
    plain = [pair for pair in pairs if pair["message"] != "MEDBIN"]
    yield from _measure("official letters", *_official(manifest, plain), options)
    binary = [pair for pair in pairs if pair["message"] == "MEDBIN"]
    for way, letters in zip(("EDIFACT to OIOXML", "OIOXML to EDIFACT"), _official(manifest, binary), strict=True):
        yield _throughput(f"{way}: binary letters", letters, "oioxml" if way.startswith("E") else "edifact")


def _official(manifest: Path, pairs: Sequence[dict[str, str]]) -> tuple[Letters, Letters]:
    sides = ([(manifest.parent / pair[side]).read_bytes() for pair in pairs] for side in ("edifact", "xml"))
    return next(sides), next(sides)


def _twin(letter: bytes) -> bytes:
    payload = convert(letter, to="oioxml").payload
    assert payload
    return payload


def _measure(what: str, edifact: Letters, oioxml: Letters, options: Options) -> Iterator[Figure]:
    """Each step on each letter, then the peers."""
    steps: list[tuple[str, Callable[[bytes], object], Letters]] = [
        ("EDIFACT to OIOXML, with its report", lambda payload: convert(payload, to="oioxml"), edifact),
        ("OIOXML to EDIFACT, with its report", lambda payload: convert(payload, to="edifact"), oioxml),
        ("read EDIFACT, without a report", _read, edifact),
        ("read OIOXML, without a report", _read, oioxml),
        ("read and judge EDIFACT, as it arrives", examine, edifact),
        ("read and judge OIOXML, as it arrives", examine, oioxml),
        ("cut EDIFACT into segments", _cut, edifact),
    ]
    for step, call, letters in steps:
        options.tell(f"{step}: {what}")
        yield _rate(f"{step}: {what}", call, letters)
    if find_spec("pydifact"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says of every letter which tables it does not have
            yield _rate(f"cut EDIFACT into segments: {what}", _pydifact(), edifact, by="pydifact")
    yield _rate(f"parse and serialise OIOXML: {what}", _lxml, oioxml, by="lxml")


def _read(payload: bytes) -> object:
    """What the letters say, every value in its place."""
    return [letter.tree for letter in letters_in(payload) or ()]


def _cut(payload: bytes) -> object:
    return list(scan(payload).segments())


def _pydifact() -> Callable[[bytes], object]:
    """The peer; it takes characters, and no line breaks inside segments."""
    parser = import_module("pydifact.parser").Parser
    return lambda payload: list(parser().parse(payload.decode("latin-1").replace("\r", "").replace("\n", "")))


def _lxml(payload: bytes) -> object:
    return etree.tostring(etree.fromstring(payload))


def _rate(what: str, call: Callable[[bytes], object], letters: Letters, *, by: str = "samspil") -> Figure:
    """The mean rate over letters; their mean time in the note."""
    times = [seconds(call, letter) for letter in letters]
    together = len(times) / sum(times)
    value = sum(1 / one for one in times) / len(times)
    return Figure(what=what, value=value, unit="/s", by=by, note=f"{together:,.0f} /s by the mean time")


def _throughput(what: str, letters: Letters, to: str) -> Figure:
    times = [seconds(lambda payload: convert(payload, to=to), letter) for letter in letters]
    return Figure(what=what, value=sum(map(len, letters)) / MEGABYTE / sum(times), unit="MB/s")


def seconds(call: Callable[[bytes], object], payload: bytes) -> float:
    """One call's time on a core, from the best of some rounds."""
    call(payload)  # imports and caches
    began = process_time()
    call(payload)
    times = max(1, int(ROUND_SECONDS / max(process_time() - began, 1e-6)))
    return min(_round(call, payload, times) for _ in range(ROUNDS))


def _round(call: Callable[[bytes], object], payload: bytes, times: int) -> float:
    began = process_time()
    for _ in range(times):
        call(payload)
    return max(process_time() - began, 1e-9) / times
