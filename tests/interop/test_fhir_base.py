"""R4's own rules outside messages: each resource type of our tables, each of its elements broken as the official
definition says it may not be, alone in the payload."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from samspil.catalogue.fhir.package_files import PackageFiles
from samspil.domain.issues import Report, Verdict
from samspil.validation.judge import examine
from samspil.validation.profiles.builtin import core_package
from samspil.validation.profiles.ir import R4
from samspil.validation.profiles.official import shelf_of
from samspil.validation.profiles.primitives import FITS
from samspil.validation.profiles.selection import Shelf
from samspil.validation.resource_types import RESOURCE_TYPES
from tests.fhir_packages import official_core, package_files
from tools.fhir_pages.alone import ALONE

__all__ = ["official_core", "package_files"]

Json = dict[str, Any]
TYPES = sorted(
    name
    for address in core_package().addresses("StructureDefinition")
    if (name := address.removeprefix(R4)) in RESOURCE_TYPES
)
NOTES = {"samspil#fhir.packages.missing", "samspil#fhir.packages.broken"}  # the folder lacks hl7.terminology.r4
WRONG = {
    "boolean": "yes",
    "integer": 1.5,
    "positiveInt": 0,
    "unsignedInt": -1,
    "decimal": "1,5",
    "string": "a\x01",
    "markdown": "a\x01",
}


# What a named function decides otherwise than the published expression, and why: see test_fhir_profiles.
DECIDED_OTHERWISE = {"Condition#con-3", "Bundle#bdl-3", "Bundle#bdl-4"}


@pytest.fixture(scope="session")
def published(package_files: tuple[PackageFiles, ...], official_core: PackageFiles) -> Shelf:
    """The rules of all official packages, R4's own among them."""
    return shelf_of((*package_files, official_core))


@pytest.mark.parametrize("rule", ALONE)
def test_published_expressions_find_what_our_functions_find(rule: str, published: Shelf) -> None:
    """The resource that breaks a rule breaks it by the official packages too, and the same others beside it."""
    payload = orjson.dumps(ALONE[rule])
    ours, theirs = examine(payload).report, examine(payload, packages=published).report
    broken = [{issue.rule for issue in report.issues} - NOTES for report in (ours, theirs)]
    assert rule in broken[1]
    assert broken[0] ^ broken[1] <= DECIDED_OTHERWISE
    assert ours.verdict is theirs.verdict


@pytest.fixture(scope="session")
def definitions(official_core: PackageFiles) -> dict[str, list[Json]]:
    """The elements directly in each resource type, as R4 defines them."""
    wanted = {R4 + name for name in TYPES}
    return {
        row["type"]: [element for element in row["snapshot"]["element"] if element["path"].count(".") == 1]
        for row in (one.read() for one in official_core.definitions if one.url in wanted)
    }


def name_of(element: Json) -> str:
    """An element's name."""
    return str(element["path"]).partition(".")[2]


def faults(name: str, members: Json) -> tuple[Report, set[tuple[str, str]]]:
    """The verdict on a resource alone, and code and place of what is found."""
    report = examine(orjson.dumps({"resourceType": name, **members})).report
    return report, {(issue.code, str(issue.where)) for issue in report.issues}


def breaking(element: Json) -> Iterator[tuple[Any, str]]:
    """Values that an element cannot have, each with the code of what is wrong."""
    (kind,) = (row["code"] for row in element["type"]) if len(element["type"]) == 1 else ("",)
    repeats = element["max"] == "*"
    if kind in FITS:
        bad = WRONG.get(kind, " ")
        yield ([bad] if repeats else bad), "fhir.primitive.malformed" if kind != "boolean" else "fhir.type.wrong"
        yield ([{"a": 1}] if repeats else {"a": 1}), "fhir.type.wrong"
        yield ("x" if repeats else ["x"]), "fhir.json.list" if repeats else "fhir.json.single"
    elif kind[:1].isupper() and kind not in {"Resource", "Narrative"}:
        yield (["x"] if repeats else "x"), "fhir.type.wrong"
        yield ({} if repeats else [{}]), "fhir.json.list" if repeats else "fhir.json.single"
        yield ([{"unheardOf": 1}] if repeats else {"unheardOf": 1}), "fhir.element.unknown"


def test_the_types_that_messages_use_are_there() -> None:
    """What MedCom's messages and documents are made of."""
    assert set(TYPES) >= {
        "Bundle", "CareTeam", "Communication", "Composition", "Condition", "DiagnosticReport", "DocumentReference",
        "Encounter", "Media", "MessageHeader", "Observation", "OperationOutcome", "Organization", "Patient",
        "Practitioner", "PractitionerRole", "Provenance",
    }  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_every_element_is_judged_in_a_resource_alone(name: str, definitions: dict[str, list[Json]]) -> None:
    """Wrong types, wrong lists, bad values, unknown members and missing elements are found wherever they stand."""
    for element in definitions[name]:
        member = name_of(element)
        if member.endswith("[x]"):
            continue
        for value, code in breaking(element):
            report, found = faults(name, {member: value})
            codes = {one for one, place in found if place.startswith(f"{name}.{member}")}
            assert report.verdict is Verdict.REJECTED, (member, value)
            assert code in codes or (code == "fhir.primitive.malformed" and "fhir.type.wrong" in codes), (member, found)
    _, found = faults(name, {"unheardOf": True})
    assert ("fhir.element.unknown", f"{name}.unheardOf") in found


@pytest.mark.parametrize("name", TYPES)
def test_what_must_be_there_is_missed(name: str, definitions: dict[str, list[Json]]) -> None:
    """Each element that R4 demands, by its own rule, and no other."""
    report = examine(orjson.dumps({"resourceType": name, "language": "da"})).report
    missed = {issue.rule for issue in report.issues if issue.code == "fhir.element.missing"}
    assert missed == {f"{name}#{element['id']}" for element in definitions[name] if element["min"]}
