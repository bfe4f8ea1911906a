"""Official packages, examples and mutations, judged by both front ends: our own tables, and the packages themselves."""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageFiles
from samspil.domain.issues import Issue, Report, Severity, Verdict
from samspil.validation.judge import examine
from samspil.validation.profiles.expressions import ExpressionInvariants
from samspil.validation.profiles.faults import Unjudged
from samspil.validation.profiles.invariants import find_test, is_vacuous
from samspil.validation.profiles.ir import Invariant
from samspil.validation.profiles.library import Library
from samspil.validation.profiles.official import shelf_of
from samspil.validation.profiles.packages import OfficialPackage
from samspil.validation.profiles.rulebook import Test
from samspil.validation.profiles.scene import Scene
from samspil.validation.profiles.selection import Shelf
from tests.conftest import SHARED
from tests.fhir_packages import manifest, official, official_core, package_files
from tests.interop.fhir_mutations import Mutation, Mutator
from tests.interop.fhir_xml import twin

__all__ = ["official", "official_core", "package_files"]

FHIR = SHARED / "data" / "fhir"
EXAMPLES = manifest(SHARED / "data") if FHIR.is_dir() else []
CASES = orjson.loads((FHIR / "negative.json").read_bytes())["cases"] if FHIR.is_dir() else []
CHECKED_WITHOUT_DATA = pytest.mark.skipif(not EXAMPLES, reason="no official data: ../shared/data is not there")

# R4's con-3 compares a concept with a text, so as published it warns of any condition without a clinical status; our
# function warns of problems only, as the rule means. Both are warnings.
KNOWN_DIFFERENCES = {"Condition#con-3", "samspil#fhir.packages.missing"}  # the folder lacks hl7.terminology.r4


def key(issue: Issue) -> tuple[str, str, str, str]:
    """A finding without its sentences and its bytes."""
    return issue.severity.value, issue.code, issue.rule, str(issue.where)


def keys(report: Report) -> list[tuple[str, str, str, str]]:
    """A report's findings in an order of their own, known differences left out."""
    return sorted(key(issue) for issue in report.issues if issue.rule not in KNOWN_DIFFERENCES)


def rules_broken(report: Report) -> set[str]:
    """The rules that turn a message away."""
    return {issue.rule for issue in report.issues if issue.severity in (Severity.ERROR, Severity.FATAL)}


def named(row: dict[str, Any]) -> str:
    """An example's name."""
    return str(row["file"])[-60:]


@pytest.mark.parametrize("row", EXAMPLES, ids=named)
def test_an_official_example_is_judged_as_its_manifest_says(row: dict[str, Any], official: Shelf) -> None:
    """By our own tables and by the packages: the published verdict, the same findings, and no false alarm."""
    built_in, by_packages = examine(row["payload"]).report, examine(row["payload"], packages=official).report
    assert (built_in.verdict is Verdict.ACCEPTED) is row["expected_valid"], keys(built_in)
    assert keys(by_packages) == keys(built_in)


@pytest.mark.parametrize("row", EXAMPLES, ids=named)
def test_xml_is_judged_like_json(row: dict[str, Any]) -> None:
    """The XML twin of an example has the same findings under the same paths."""
    assert keys(examine(twin(orjson.loads(row["payload"]))).report) == keys(examine(row["payload"]).report)


@CHECKED_WITHOUT_DATA
def test_official_r4_agrees_with_our_tables_of_it(
    package_files: tuple[PackageFiles, ...], official_core: PackageFiles
) -> None:
    """With the official R4 package underneath, every example is judged the same."""
    shelf = shelf_of((*package_files, official_core))
    for row in EXAMPLES:
        assert keys(examine(row["payload"], packages=shelf).report) == keys(examine(row["payload"]).report), named(row)


def edited(case: dict[str, Any]) -> dict[str, Any]:
    """A case's example with its edits made."""
    root = orjson.loads((FHIR / case["base"]["file"]).read_bytes())
    for edit in case["edits"]:
        words = [word.replace("~1", "/").replace("~0", "~") for word in edit["path"].split("/")[1:]]
        holder: Any = root
        for word in words[:-1]:
            holder = holder[int(word)] if isinstance(holder, list) else holder[word]
        step: Any = int(words[-1]) if isinstance(holder, list) else words[-1]
        if edit["op"] == "remove":
            del holder[step]
        else:
            holder[step] = edit["value"]
    return root


def expected_rule(case: dict[str, Any]) -> str:
    """The rule that a case says is broken, as a finding names it; our own rules by their beginning."""
    if case["level"] == "business":
        return "samspil#"
    profile = case["rule"]["profile"].removeprefix("R4 ")
    element = case["rule"]["element_or_invariant"].split(" ")[0]
    return f"{profile}#{'Communication.' + element if element.startswith('payload') else element}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_official_mutation_is_rejected_by_the_rule_it_names(case: dict[str, Any], official: Shelf) -> None:
    """Both front ends turn it away, and say which rule it breaks."""
    payload = orjson.dumps(edited(case))
    for report in (examine(payload).report, examine(payload, packages=official).report):
        assert report.verdict is Verdict.REJECTED
        assert any(rule.startswith(expected_rule(case)) for rule in rules_broken(report)), rules_broken(report)


# ---- mutations of our own: each element rule of each profile broken once

LARGEST_BYTES = 60_000
PER_FAMILY = 7
# Findings that FHIRPath adds where a named function has no result: a cascade of what has been told already.
CASCADES = {
    "medcom-careCommunication-communication#medcom-careCommunication-6",
    "medcom-careCommunication-communication#medcom-careCommunication-9",
    "medcom-messaging-acknowledgement#medcom-acknowledgement-1",
}


def bases() -> Iterator[dict[str, Any]]:
    """Some sound examples of each family, not too large."""
    taken: dict[str, int] = {}
    for row in EXAMPLES:
        family = row["file"].partition("/")[0]
        if row["expected_valid"] and row["bytes"] < LARGEST_BYTES and taken.get(family, 0) < PER_FAMILY:
            taken[family] = taken.get(family, 0) + 1
            yield row


def mutations(shelf: Shelf) -> dict[tuple[str, str], Mutation]:
    """One mutation for each rule and way of breaking it."""
    found: dict[tuple[str, str], Mutation] = {}
    for row in bases():
        for mutation in Mutator(orjson.loads(row["payload"]), shelf).mutations():
            found.setdefault((mutation.rule, mutation.kind), mutation)
    return found


@CHECKED_WITHOUT_DATA
def test_every_element_rule_is_enforced(official: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    """Each rule, broken once, turns the message away with both front ends, and nearly always by its own name."""
    table: list[tuple[str, str, str, str]] = []
    for (rule, kind), mutation in mutations(official).items():
        payload = orjson.dumps(mutation.root)
        built_in, by_packages = examine(payload).report, examine(payload, packages=official).report
        broken = rules_broken(built_in)
        assert built_in.verdict is by_packages.verdict, (rule, kind)
        assert rules_broken(by_packages) - CASCADES == broken - CASCADES, (rule, kind)
        if not mutation.leaves_slice:
            assert built_in.verdict is not Verdict.ACCEPTED, (rule, kind, mutation.steps)
        told = "itself" if rule in broken else ", ".join(sorted(broken)[:2]) or "-"
        table.append((rule, kind, built_in.verdict.value, told))
    with capsys.disabled():
        print(f"\n{len(table)} mutations")
        for line in table:
            print("  ".join(line))
    by_itself = [line for line in table if line[3] == "itself"]
    assert len(table) >= 500
    assert len(by_itself) >= 0.85 * len(table)


def repetitions(root: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The message with each list of its resources one item longer, one at a time: what takes one item meets two."""

    def lists(holder: dict[str, Any], name: str) -> Iterator[tuple[str, list[Any]]]:
        for key, value in holder.items():
            if isinstance(value, list) and value and isinstance(value[0], dict | str):
                yield f"{name}.{key}", value
            for inner in value if isinstance(value, list) else (value,):
                if isinstance(inner, dict) and key not in {"entry", "contained"}:
                    yield from lists(inner, f"{name}.{key}")

    for entry in root["entry"]:
        for name, value in lists(entry["resource"], entry["resource"]["resourceType"]):
            last = value[-1]
            value.append("http://example.org/StructureDefinition/other" if name.endswith("meta.profile") else last)
            yield name, root
            value.pop()


@CHECKED_WITHOUT_DATA
def test_front_ends_agree_where_elements_stand_twice(official: Shelf) -> None:
    """An expression that takes one item has no answer for two; both front ends then judge alike, note or not."""
    seen: set[tuple[str, str]] = set()
    differing: list[tuple[str, str, list[str]]] = []
    for row in bases():
        family = row["file"].partition("/")[0]
        for name, root in repetitions(orjson.loads(row["payload"])):
            if (family, name) in seen:
                continue
            seen.add((family, name))
            payload = orjson.dumps(root)
            built_in, by_packages = examine(payload).report, examine(payload, packages=official).report
            difference = (rules_broken(built_in) ^ rules_broken(by_packages)) - CASCADES
            if built_in.verdict is not by_packages.verdict or difference:
                differing.append((family, name, sorted(difference)))
    assert differing == []
    assert len(seen) > 120


def test_a_changed_example_is_a_copy() -> None:
    """Mutations leave the message they are made of as it was."""
    if not EXAMPLES:
        pytest.skip("no official data: ../shared/data is not there")
    root = orjson.loads(EXAMPLES[0]["payload"])
    before = copy.deepcopy(root)
    from samspil.validation.profiles.judge import builtin_shelf

    list(Mutator(root, builtin_shelf()).mutations())
    assert root == before


def test_packages_need_not_be_there(tmp_path: Path) -> None:
    """A folder without packages is wrong use, and is told as such."""
    from samspil.validation.api import load_packages

    with pytest.raises(ValueError, match="holds no FHIR package"):
        load_packages(tmp_path)


# ---- named functions against the published expressions


class BothInvariants:
    """Tests every invariant twice, by function and by published expression, and notes where they differ."""

    ours = False
    unusable: Mapping[str, str] = MappingProxyType({})

    def __init__(self) -> None:
        self.differences: set[str] = set()
        self.asked = 0
        self._expressions = ExpressionInvariants()

    def test(self, invariant: Invariant, *, type_name: str = "") -> Test | None:
        """A test that asks both."""
        by_path = self._expressions.test(invariant, type_name=type_name)
        by_name = find_test(invariant)
        if by_name is None:
            assert is_vacuous(invariant) or "messaging-messagedefinition" in invariant.rule, invariant.rule
            return by_path

        def both(value: Any, scene: Scene) -> bool | Unjudged | None:
            self.asked += 1
            kept = by_name(value, scene)
            published = by_path(value, scene) if by_path is not None else None
            passes = kept is not False if invariant.core else kept is True
            if passes is not (published is not False if invariant.core else published is True):
                self.differences.add(invariant.rule)
            return kept

        return both


# Where the named function decides otherwise than the expression, and why.
DECIDED_OTHERWISE = {
    "Condition#con-3": "the expression compares a concept with a text, so it warns of every condition without a status",
    "Bundle#bdl-3": "a bundle without a type gives the comparison no result; the missing type is told by itself",
    "Bundle#bdl-4": "as bdl-3",
    "Bundle#bdl-11": "a document without a first resource gives the expression no result; it does not begin as it must",
    "Bundle#bdl-12": "as bdl-11, of a message",
}


@CHECKED_WITHOUT_DATA
def test_named_functions_keep_the_published_expressions(
    package_files: tuple[PackageFiles, ...], official_core: PackageFiles
) -> None:
    """On every example and every mutation, function and expression say the same."""
    packages = [OfficialPackage(files) for files in package_files]
    both = BothInvariants()
    shelf = Shelf(Library(packages, core=OfficialPackage(official_core)), both)
    for row in EXAMPLES:
        examine(row["payload"], packages=shelf)
    for mutation in mutations(shelf).values():
        examine(orjson.dumps(mutation.root), packages=shelf)
    assert both.asked > 50_000
    assert both.differences == set(DECIDED_OTHERWISE)
