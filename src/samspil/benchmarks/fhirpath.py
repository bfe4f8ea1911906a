"""FHIRPath: microseconds a rule, ours beside fhirpathpy and fhirpathrs, on the same rules and the same letter.

Without official data the rules and the letter are ours; with it, the rules are all invariants that official packages
put on the resources of an official letter. An engine is measured on the rules it answers as we do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from samspil.catalogue.fhir.package_files import read_packages
from samspil.validation.fhirpath import BundleReferences, Environment, EvaluationError, compile_path
from samspil.validation.fhirpath.parser import parse

Json = dict[str, Any]
Ask = Callable[[], bool | None]

OFFICIAL_LETTER = Path("fhir/examples/carecommunication/Bundle-k7bfbc0c-553d-11ed-bdc3-0242ac120002.json")
OFFICIAL_PACKAGES = Path("fhir/packages")
ROUND_SECONDS = 0.004
RULES = (
    "type = 'message' implies entry.first().resource.is(MessageHeader)",
    "timestamp.exists() and id.exists()",
    "entry.where(resource.is(Patient)).count() = 1",
    "entry.all(resource.exists() and fullUrl.exists())",
    "entry.fullUrl.isDistinct()",
    "entry.resource.ofType(Provenance).all(target.reference.exists() and agent.who.exists())",
    "entry.resource.ofType(Patient).identifier.where(system = 'urn:oid:1.2.208.176.1.2').value.matches('^[0-9]{10}$')",
    "entry.resource.ofType(Organization).identifier.where(system = 'https://www.gs1.org/gln').all(value.length() = 13)",
    "entry.resource.ofType(Communication).category.coding.code in ('carecoordination' | 'medicine' | 'other')",
    "entry.resource.ofType(Communication).payload.all(extension.where(url.contains('datetime')).count() = 1)",
    "entry.resource.ofType(MessageHeader).destination.receiver.resolve().identifier.exists()",
    "entry.resource.meta.profile.all(startsWith('http://medcomfhir.dk/'))",
    "entry.resource.ofType(Encounter).episodeOfCare.identifier.exists() or entry.resource.ofType(Encounter).empty()",
    "iif(entry.resource.ofType(Patient).deceased.exists(), entry.resource.ofType(Encounter).exists(), true)",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One rule about one resource of a letter."""

    rule: str
    resource: Json
    around: Environment


Engine = Callable[[Question], Ask]


def run(options: Options) -> Iterator[Figure]:
    """Ask every engine every question; then compile every rule anew."""
    questions = list(_official(options.data) if options.data else _own())
    answers = [_answer(_samspil(question)) for question in questions]
    for name, engine in _engines().items():
        options.tell(f"{name}: {len(questions)} questions")
        times = list(_times(engine, questions, answers))
        note = f"{len(times)} of {len(questions)} questions answered alike"
        yield Figure(what="a rule asked, median", value=median(times), unit="µs", by=name, note=note)
        yield Figure(what="a rule asked, slowest", value=max(times), unit="µs", by=name)
    yield from _compiling({question.rule for question in questions})


def _own() -> Iterator[Question]:
    """Our rules about a letter of ours."""
    yield from _about(orjson.loads(Letters().next()), {"Bundle": RULES})


def _official(data: Path) -> Iterator[Question]:
    """The packages' rules about an official letter, those on whole resources."""
    rules: dict[str, list[str]] = {}
    for package in read_packages(data / OFFICIAL_PACKAGES):
        for definition in package.definitions:
            if definition.kind == "StructureDefinition":
                root = definition.read()["snapshot"]["element"][0]
                found = (one["expression"] for one in root.get("constraint", ()) if "expression" in one)
                rules.setdefault(root["path"], []).extend(found)
    kept = {kind: tuple(dict.fromkeys(each)) for kind, each in rules.items()}
    yield from _about(orjson.loads((data / OFFICIAL_LETTER).read_bytes()), kept)


def _about(bundle: Json, rules: dict[str, tuple[str, ...]]) -> Iterator[Question]:
    references = BundleReferences(bundle)
    for resource in (bundle, *(entry["resource"] for entry in bundle["entry"])):
        around = Environment(resource=resource, resolve=references)
        for rule in rules.get(resource["resourceType"], ()):
            yield Question(rule, resource, around)


def _engines() -> dict[str, Engine]:
    """Ours, and the peers that are installed."""
    known: dict[str, Engine] = {"samspil": _samspil}
    if find_spec("fhirpathpy"):
        known["fhirpathpy"] = _fhirpathpy
    if find_spec("fhirpathrs"):
        known["fhirpathrs"] = _fhirpathrs
    return known


def _samspil(question: Question) -> Ask:
    return partial(compile_path(question.rule).test, question.resource, question.around)


def _fhirpathpy(question: Question) -> Ask:
    """The peer, compiled, told how references resolve."""
    peer, models = import_module("fhirpathpy"), import_module("fhirpathpy.models")
    resolve = question.around.resolve

    def resolved(items: list[Any]) -> list[Any]:
        values = (getattr(item, "data", item) for item in items)
        texts = (value.get("reference") if isinstance(value, dict) else value for value in values)
        found = (resolve(text) for text in texts if resolve and isinstance(text, str))
        return [resource for resource in found if resource is not None]

    table = {"resolve": {"fn": resolved, "arity": {0: []}}}
    options = {"userInvocationTable": table, "traceFn": lambda *shown: None}
    path = peer.compile(question.rule, models.models["r4"], options)
    variables = {"resource": question.resource, "rootResource": question.resource}
    return lambda: _only(path(question.resource, variables))


def _fhirpathrs(question: Question) -> Ask:
    """The peer in Rust; it keeps no compiled form that Python could hold."""
    evaluate = import_module("fhirpathrs").evaluate
    return lambda: _only(evaluate(question.rule, question.resource))


def _only(found: Any) -> bool | None:
    """The only truth value of a result."""
    items = found if isinstance(found, list) else [found]
    return items[0] if len(items) == 1 and isinstance(items[0], bool) else None


def _answer(ask: Ask) -> bool | None:
    """The answer; None where there is none, a peer's panic included."""
    try:
        return ask()
    except EvaluationError:
        return None
    except BaseException as error:  # fhirpathrs panics in Rust, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return None


def _times(engine: Engine, questions: list[Question], answers: list[bool | None]) -> Iterator[float]:
    """Microseconds a question, for those that the engine answers as we do."""
    for question, answer in zip(questions, answers, strict=True):
        if answer is None:
            continue
        ask = engine(question)
        if _answer(ask) is answer:
            yield _microseconds(ask)


def _microseconds(ask: Callable[[], object]) -> float:
    """One call, from the best of three rounds."""
    began = perf_counter()
    ask()
    once = max(perf_counter() - began, 1e-7)
    times = max(1, int(ROUND_SECONDS / once))
    return min(_round(ask, times) for _ in range(3)) * 1e6


def _round(ask: Callable[[], object], times: int) -> float:
    began = perf_counter()
    for _ in range(times):
        ask()
    return (perf_counter() - began) / times


def _compiling(rules: Iterable[str]) -> Iterator[Figure]:
    """From a rule's text to something that can be asked."""
    ordered = sorted(rules)
    ours = [_microseconds(partial(compile_path.__wrapped__, rule)) for rule in ordered]
    yield Figure(what="a rule compiled, median", value=median(ours), unit="µs")
    reading = [_microseconds(partial(parse, rule)) for rule in ordered]
    yield Figure(what="a rule compiled, of which read", value=median(reading), unit="µs")
    if find_spec("fhirpathpy"):
        read = import_module("fhirpathpy").parse
        theirs = [_microseconds(partial(read, rule)) for rule in ordered]
        yield Figure(what="a rule compiled, median", value=median(theirs), unit="µs", by="fhirpathpy")
