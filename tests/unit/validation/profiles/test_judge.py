"""From faults to findings: order, cascades, places, texts; and no bundle, however damaged, breaks the judge."""

import copy
import json
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil.catalogue.findings import entries
from samspil.domain.issues import Severity, Verdict
from samspil.validation.judge import examine
from samspil.validation.profiles.judge import MOST_FINDINGS, judge
from tests.unit.validation.profiles.business.conftest import CARE, EXAMPLES, message, the

Json = dict[str, Any]


def found(root: Json) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding of the profile judge and the rules before it."""
    issues = examine(orjson.dumps(root)).report.issues
    return [(str(issue.severity), issue.rule, str(issue.where)) for issue in issues]


def test_what_is_no_fhir_is_nobodys_affair_here() -> None:
    """A part without a tree is left alone."""
    from samspil.domain.message import Identity
    from samspil.formats.part import Part

    assert list(judge(Part(part="1", identity=Identity(), payload=b""))) == []


def test_a_finding_tells_where_in_the_bytes() -> None:
    """The span holds the value that is wrong, as it stands in the payload."""
    root = message(f"{CARE}/new")
    the(root, "Communication")["status"] = "Unknown"
    payload = orjson.dumps(root, option=orjson.OPT_INDENT_2)
    issue = next(issue for issue in examine(payload).report.issues if issue.rule.endswith("#Communication.status"))
    assert payload[issue.where.start : issue.where.end] == b'"Unknown"'
    assert issue.where.path.endswith("resource(Communication).status")
    line = payload[: issue.where.start].count(b"\n") + 1
    assert issue.where.line == line


def test_the_worst_come_first() -> None:
    """Errors, then warnings, then notes, whatever the order in the message."""
    root = message(f"{CARE}/new")
    root["id"] = "not-a-uuid"
    the(root, "Patient")["meta"]["profile"].append("http://example.org/StructureDefinition/unheard-of")
    del the(root, "Provenance")["recorded"]
    severities = [severity for severity, _, _ in found(root)]
    assert severities == sorted(severities, key=[str(one) for one in Severity].index)
    assert set(severities) == {"error", "warning", "note"}


def test_a_cascade_is_told_once() -> None:
    """Without a category neither its code, nor the rule about priority, nor the header's focus is blamed."""
    root = message(f"{CARE}/new")
    del the(root, "Communication")["category"]
    rules = [rule for severity, rule, _ in found(root) if severity == "error"]
    assert rules == ["medcom-careCommunication-communication#Communication.category"]


def test_a_broken_target_is_told_at_the_target() -> None:
    """Whoever refers to a broken resource is not blamed for it."""
    root = message(f"{CARE}/new")
    the(root, "Organization")["identifier"] = the(root, "Organization")["identifier"][:1]
    places = {place for severity, _, place in found(root) if severity == "error"}
    assert all("resource(Organization)" in place for place in places) and places


def test_what_a_reference_asks_is_judged_even_unclaimed() -> None:
    """A patient that claims no profile is judged by the one that the communication asks for."""
    root = message(f"{CARE}/new")
    patient = the(root, "Patient")
    del patient["meta"], patient["name"]
    assert ("error", "medcom-core-patient#Patient.name") in [row[:2] for row in found(root)]


def test_a_message_is_known_by_its_event_if_it_claims_nothing() -> None:
    """Leaving out meta.profile is no way around the rules."""
    root = message(f"{CARE}/new")
    for entry in root["entry"]:
        entry["resource"].pop("meta", None)
    del root["meta"]
    del the(root, "Communication")["category"]
    rules = [rule for _, rule, _ in found(root)]
    assert "medcom-careCommunication-communication#Communication.category" in rules
    assert "medcom-careCommunication-message#medcom-careCommunication-1" in rules


def test_a_resource_alone_is_judged_by_r4_and_its_claims() -> None:
    """Base faults are found outside messages too, and what a resource claims holds there as well."""
    patient: Json = {"resourceType": "Patient", "gender": "mand", "birthDate": "1947-13-01", "shoes": 2}
    rules = {rule for severity, rule, _ in found(patient) if severity == "error"}
    assert rules == {"Patient#Patient.gender", "Patient#Patient.birthDate", "Patient#Patient"}
    patient = {
        "resourceType": "Patient",
        "meta": {"profile": ["http://hl7.dk/fhir/core/StructureDefinition/dk-core-patient"]},
    }
    assert ("error", "dk-core-patient#Patient.identifier") in [row[:2] for row in found(patient)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"resourceType": "Pation"}, "Resource#resourceType"),
        ({"resourceType": "ImagingStudy"}, "samspil#fhir.resource.unjudged"),
    ],
)
def test_an_unheard_of_type_is_told(change: Json, rule: str) -> None:
    """A type that R4 has not is an error; one whose rules are not at hand is a note."""
    root = message(f"{CARE}/new")
    root["entry"].append({"fullUrl": "http://x/1", "resource": change})
    assert rule in [one for _, one, _ in found(root)]


def test_a_profile_of_another_type_is_told() -> None:
    """An organisation cannot keep a patient's profile."""
    root = message(f"{CARE}/new")
    organisation = the(root, "Organization")
    organisation["meta"]["profile"].append("http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-patient")
    assert ("error", "medcom-core-patient#Patient") in [row[:2] for row in found(root)]


def test_findings_are_bounded() -> None:
    """A message that is wrong everywhere gives a list that ends, and says that it ends."""
    root = message(f"{CARE}/new")
    the(root, "Patient").update({f"shoe{number}": number for number in range(1000)})
    issues = examine(orjson.dumps(root)).report.issues
    assert MOST_FINDINGS <= len(issues) <= MOST_FINDINGS + 5
    assert any(issue.code == "fhir.findings.more" for issue in issues)


def test_every_code_can_be_said() -> None:
    """Each fault code that the judge's modules name has a row in the findings."""
    import re

    folder = Path(__file__).parents[4] / "src" / "samspil" / "validation" / "profiles"
    codes = {
        code
        for file in folder.rglob("*.py")
        for code in re.findall(r'["\'](fhir\.[a-z0-9.]+[a-z0-9])["\']', file.read_text(encoding="utf-8"))
        if not code.startswith("fhir.invariant.")
    }
    assert len(codes) > 50
    assert codes - set(entries()) == set()


def test_a_decimals_length_is_that_of_its_spelling() -> None:
    """Twelve characters are allowed, zeros at the end included."""
    for spelt, sound in (
        (b"1234567.1234", True),
        (b"12345678.0000", False),
        (b"7.40", True),
        (b"1234567890123", False),
    ):
        root = message("home-care-observation/1.2/report")
        for entry in root["entry"]:
            if "valueQuantity" in entry["resource"]:
                entry["resource"]["valueQuantity"]["value"] = 7.125
        payload = orjson.dumps(root).replace(b"7.125", spelt)
        report = examine(payload).report
        assert (report.verdict is Verdict.ACCEPTED) is sound, spelt
        assert sound or any(issue.code == "fhir.text.long" for issue in report.issues)


# ---- damage

SEEDS = [
    orjson.loads(file.read_bytes())
    for file in sorted(EXAMPLES.rglob("*.json"))
    if "faulty" not in file.parts and not file.name.endswith(".expected.json")
]
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12))
NAMES = st.sampled_from(
    ["resourceType", "extension", "url", "valueString", "reference", "coding", "_id", "contained", "x"]
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """A sound message with a few places replaced, removed, repeated or swapped."""
    root = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        holder: Any = root
        step: Any = None
        for _ in range(draw(st.integers(1, 9))):
            if isinstance(holder, dict) and holder:
                step = draw(st.sampled_from(sorted(holder)))
            elif isinstance(holder, list) and holder:
                step = draw(st.integers(0, len(holder) - 1))
            else:
                break
            if not isinstance(holder[step], dict | list) or not holder[step] or draw(st.booleans()):
                break
            holder = holder[step]
        if step is None or (isinstance(holder, list) and not (isinstance(step, int) and step < len(holder))):
            continue
        if isinstance(holder, dict) and step not in holder:
            continue
        match draw(st.integers(0, 3)):
            case 0:
                holder[step] = draw(JUNK)
            case 1:
                del holder[step]
            case 2:
                holder[step] = [holder[step], holder[step]]
            case _:
                holder[step] = {"extension": [holder[step]], "reference": f"#{step}"}
    return root


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged())
def test_no_damage_raises_or_takes_long(root: Json) -> None:
    """Every message, however damaged, is judged within a second, and every finding has a place and both languages."""
    payload = json.dumps(root).encode()
    begun = time.process_time()
    report = examine(payload).report
    assert time.process_time() - begun < 1
    for issue in report.issues:
        assert str(issue.message) and issue.remedy.in_("da") and str(issue.where) is not None


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": "a"}] * 500},
        {"resourceType": "Patient", "extension": [{"url": "http://x", "valueString": "x"}] * 5000},
        {"resourceType": "Patient", "name": [{"given": ["x"] * 20_000}]},
        {"resourceType": "Patient", "text": {"status": "generated", "div": "<div>" + "<p>" * 20_000 + "</div>"}},
    ],
)
def test_large_resources_are_judged_in_a_moment(resource: Json) -> None:
    """Cost grows with the message, not with its square."""
    begun = time.process_time()
    examine(orjson.dumps(resource))
    assert time.process_time() - begun < 1


def test_a_circle_of_references_ends() -> None:
    """Resources that refer to each other are judged once each."""
    root = message(f"{CARE}/new")
    organisation = the(root, "Organization")
    organisation["partOf"] = {"reference": f"Organization/{organisation['id']}"}
    assert found(root) == []
