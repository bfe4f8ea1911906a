"""The official examples between the generations: valid output, or a refusal that names its reason."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import Conversion, convert
from samspil.conversion.bridge.directory import Listing, Sent, Stay
from samspil.conversion.bridge.documents.laboratory import MEDCOM, NPU
from samspil.domain.clinical.lab_report import LabReport, Result
from samspil.domain.clinical.prescription import Prescription
from samspil.domain.issues import Verdict
from samspil.domain.message import IdentifierKind, PersonName, Professional
from samspil.validation.api import read, validate

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
MESSAGES = ("carecommunication", "hospitalnotification", "acknowledgement")
LETTERS = SHARED / "edifact" / "pairs"


class Everybody:
    """A directory that knows a SOR code, a professional and a telephone for whoever is asked for."""

    def find_listing(self, kind: IdentifierKind, value: str) -> Listing | None:
        """The same clinic for every number."""
        del kind, value
        nurse = Professional(name=PersonName(family="Lund", given=("Karen",)), role="Overlæge", role_code="overlaege")
        return Listing(sor="441211000016002", phone="70201020", professional=nurse)

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        """A message of its own for every name."""
        del identifier, sender
        return Sent(
            message_id=str(UUID(int=0x0FD2C1E87A2E4F0C9C532B7A3F1D5E60)),
            activity="new-message",
            sent_at=datetime(1998, 1, 1, tzinfo=UTC),
            letter="BREV0000000001",
            envelope="KUVERT00000001",
            version="D9134L",
        )

    def find_stay(self, identifier: str) -> Stay | None:
        """A stay that began long ago."""
        del identifier
        return Stay(started_at=datetime(1998, 1, 1, tzinfo=UTC))


def examples() -> Iterator[Path]:
    """The visible FHIR examples of the bridged messages."""
    for name in MESSAGES:
        yield from sorted((SHARED / "fhir" / "examples" / name).glob("*.[jx][sm]*"))


def told(conversion: Conversion) -> list[tuple[str, str]]:
    """Why a conversion was refused: each code, with what it speaks of."""
    rejecting = (issue for issue in conversion.report.issues if issue.severity.rejects)
    return [(issue.code, next((value for _, value in issue.facts), "")) for issue in rejecting]


EXAMPLES = list(examples())
needs_examples = pytest.mark.skipif(not EXAMPLES, reason="the official FHIR examples are not here")
needs_letters = pytest.mark.skipif(not LETTERS.is_dir(), reason="the official letters are not here")


@needs_examples
@pytest.mark.parametrize("wire", ["oioxml", "edifact"])
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_is_a_letter_or_says_why_not(file: Path, wire: str) -> None:
    """What is written is accepted and comes back as FHIR; what is not, was faulty itself or has no letter's word."""
    payload = file.read_bytes()
    conversion = convert(payload, to=wire, directory=Everybody())
    if not conversion.outputs:
        codes = {code for code, _ in told(conversion)}
        faulty = validate(payload).verdict is not Verdict.ACCEPTED
        assert codes
        assert faulty or codes <= {"convert.event.unsayable", "convert.missing", "convert.target.unsupported"}
        return
    for output in conversion.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED
    back = convert(conversion.outputs[0].payload, to="fhir", directory=Everybody())
    waiting = {("convert.missing", f"Reference[{number}]/BIN: BIN01") for number in range(1, 9)}
    assert back.outputs or set(told(back)) <= waiting, told(back)
    for output in back.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED


UNSOUND = "convert.value.unsound"
REFUSED: dict[str, list[tuple[str, str]]] = {
    "CTL01_1": [(UNSOUND, "Sender/EANIdentifier")],
    "CTL03_1": [],
    "DIS20_1": [(UNSOUND, "Receiver/EANIdentifier")],
    "DIS91_1": [(UNSOUND, "Sender/EANIdentifier"), (UNSOUND, "Receiver/EANIdentifier")],
}
"""Each bridged official letter, and why it is no FHIR message although the directory knows everybody."""


@needs_letters
@pytest.mark.parametrize("name", REFUSED)
def test_every_letter_is_a_message_or_says_why_not(name: str) -> None:
    """Official letters of the bridged types: a message that is accepted, or exactly these reasons."""
    conversion = convert((LETTERS / "xml" / f"{name}.xml").read_bytes(), to="fhir", directory=Everybody())
    assert told(conversion) == REFUSED[name]
    assert bool(conversion.outputs) is not bool(REFUSED[name])
    for output in conversion.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED


@needs_letters
@pytest.mark.parametrize("name", ["DIS91_1", "DIS20_1"])
def test_without_a_directory_every_gap_is_named(name: str) -> None:
    """Nothing is invented: what the profile demands and the letter lacks is told, field by field."""
    conversion = convert((LETTERS / "xml" / f"{name}.xml").read_bytes(), to="fhir")
    assert conversion.outputs == ()
    missing = {path for code, path in told(conversion) if code == "convert.missing"}
    assert {f"{party}: Organization.identifier[SOR-ID]" for party in ("Sender", "Receiver")} <= missing


# ------------------------------------------------------------------------------------------------------- documents
SAMPLES = sorted((LETTERS / "xml").glob("*.xml")) + sorted((LETTERS / "edifact").glob("*.edi*"))


def resources(payload: bytes, type_name: str) -> list[dict[str, Any]]:
    """The resources of a kind in a bundle, numbers as the digits that were written."""
    bundle = json.loads(payload, parse_float=str, parse_int=str)
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == type_name]


@needs_letters
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_every_letter_is_a_document_for_reading(file: Path) -> None:
    """Each official letter that is accepted is a document Bundle that is accepted by R4's own rules."""
    payload = file.read_bytes()
    conversion = convert(payload, to="fhir", version="document")
    if validate(payload).verdict is not Verdict.ACCEPTED:
        return
    assert conversion.outputs, told(conversion)
    for output in conversion.outputs:
        assert validate(output.payload).verdict is Verdict.ACCEPTED
        assert json.loads(output.payload)["entry"][0]["resource"]["resourceType"] == "Composition"


def test_a_document_is_judged_by_the_rules_of_fhir() -> None:
    """The acceptance above means something: without its author or status a document is turned away."""
    document = json.loads(convert(interchanges()["DIS01"], to="fhir").outputs[0].payload)
    assert validate(json.dumps(document).encode()).verdict is Verdict.ACCEPTED
    for member in ("status", "author", "title", "date"):
        broken = json.loads(json.dumps(document))
        del broken["entry"][0]["resource"][member]
        assert validate(json.dumps(broken).encode()).verdict is not Verdict.ACCEPTED, member


def reports() -> Iterator[tuple[str, bytes]]:
    """Laboratory reports: our own, and the official ones where they are."""
    for kind, payload in interchanges().items():
        if kind.startswith("RPT"):
            yield kind, payload
    for file in SAMPLES:
        if file.name.startswith("RPT"):
            yield file.name, file.read_bytes()


@pytest.mark.parametrize("payload", [payload for _, payload in reports()], ids=[name for name, _ in reports()])
def test_laboratory_values_are_what_the_laboratory_sent(payload: bytes) -> None:
    """Every value, comparator, unit, code, limit and status of every result, one by one, digit for digit."""
    bodies = [message.body for message in read(payload).messages if isinstance(message.body, LabReport)]
    outputs = convert(payload, to="fhir").outputs
    assert len(bodies) == len(outputs)
    for body, output in zip(bodies, outputs, strict=True):
        observations = resources(output.payload, "Observation")
        assert len(observations) == len(body.results) + sum(len(sample.findings) for sample in body.samples)
        organisations = {one["id"]: one for one in resources(output.payload, "Organization")}
        for result, observation in zip(body.results, observations, strict=False):
            _compare(result, observation, organisations)
        found = [one for sample in body.samples for one in sample.findings]
        for finding, observation in zip(found, observations[len(body.results) :], strict=True):
            value = observation["valueCodeableConcept"]
            assert (value["coding"][0]["code"], value.get("text", "")) == (finding.code, finding.text.strip())


STATUSES = {
    "proeve_modtaget": "registered",
    "svar_midlertidigt": "preliminary",
    "svar_endeligt": "final",
    "svar_rettet": "corrected",
}


def _compare(result: Result, observation: dict[str, Any], organisations: dict[str, dict[str, Any]]) -> None:
    coding = observation["code"]["coding"][0]
    assert coding["code"] == result.analysis.code
    assert coding.get("system") == {"iupac:SST": NPU, "lokal:MCS": MEDCOM}.get(result.analysis.system)
    assert observation["status"] == (STATUSES[result.status.code] if result.status else "unknown")
    if quantity := observation.get("valueQuantity"):
        assert quantity["value"] == result.value.replace(",", ".")
        assert (quantity.get("comparator", ""), quantity.get("unit", "")) == (result.comparator, result.unit)
    else:
        said = observation.get("valueString", "")
        assert said == f"{result.comparator}{result.value}{' ' if result.unit and result.value else ''}" + (
            result.unit if result.value else ""
        )
    limits = (observation.get("referenceRange") or [{}])[0]
    for name, limit in (("low", "lower"), ("high", "upper")):
        stated = getattr(result.interval, limit, "")
        written = limits.get(name, {})
        assert written.get("value", "") == stated.replace(",", ".") or stated in limits.get("text", "")
        assert written.get("unit", result.unit if written else "") == (result.unit if written else "")
    assert getattr(result.interval, "text", "") in limits.get("text", "")
    if result.producer:
        performer = observation["performer"][0]["reference"].removeprefix("urn:uuid:")
        assert organisations[performer]["name"] == result.producer
    texts = [str(text).strip() for _, text in result.remarks if str(text).strip()]
    assert [note["text"] for note in observation.get("note", [])] == texts


@needs_letters
@pytest.mark.parametrize("name", ["PRE01_1", "PRE01_3", "PRE60_1", "PRE60_3"])
def test_drugs_are_what_the_prescriber_wrote(name: str) -> None:
    """Every drug is an order of its own, its package number and its dose as they were written."""
    payload = (LETTERS / "xml" / f"{name}.xml").read_bytes()
    (message,) = read(payload).messages
    assert isinstance(message.body, Prescription)
    orders = resources(convert(payload, to="fhir").outputs[0].payload, "MedicationRequest")
    said = [(one["medicationCodeableConcept"], one.get("dosageInstruction", [{}])[0].get("text", "")) for one in orders]
    written = [(concept.get("coding", [{}])[0].get("code", ""), dose) for concept, dose in said]
    assert written == [(drug.package, drug.dose) for drug in message.body.drugs]
    assert written
