"""Written rules for every message: ids, endpoints, the header's narrative, people's numbers, and episodes of care.

Sources: MedCom FHIR messaging and governance (UUIDs of version 4, endpoints by SOR code, a narrative in the header,
episodes named by UUIDs with hyphens);
Danish registers (a civil registration number tells the day of birth; check digits are not used any more).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from samspil.domain.identifiers import Cpr
from samspil.formats.fhir.bundle import Entry
from samspil.validation.profiles.business.facts import Facts, fault
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import has, objects, text

CPR: Final = "urn:oid:1.2.208.176.1.2"
ENDPOINT: Final = "https://sor2.sum.dsdn.dk/#id="
_is_uuid_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE).fullmatch
_is_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE).fullmatch


def is_uuid_4(value: str) -> bool:
    """Is a text a UUID of version 4, bare or as a URN?"""
    return _is_uuid_4(value.removeprefix("urn:uuid:")) is not None


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of envelope and header."""
    bundle_id = text(facts.scene.root, "id")
    if bundle_id and not is_uuid_4(bundle_id):
        yield Fault("fhir.id.uuid", "samspil#fhir.id.uuid", "id", name="Bundle.id")
    if facts.header.id and not is_uuid_4(facts.header.id):
        yield fault("fhir.id.uuid", facts.header, "id", name="MessageHeader.id")
    if not has(facts.header.resource, "text"):
        yield fault("fhir.header.narrative", facts.header, "text")
    yield from _endpoints(facts)
    for encounter in facts.of_type("Encounter"):
        yield from _episodes(encounter)
    for patient in facts.of_type("Patient"):
        born = text(patient.resource, "birthDate")
        for position, identifier in enumerate(objects(patient.resource, "identifier")):
            if identifier.get("system") == CPR and born and not _agree(text(identifier, "value"), born):
                yield fault("fhir.patient.born", patient, "identifier", position, "value")


def _endpoints(facts: Facts) -> Iterator[Fault]:
    header = facts.header.resource
    for position, destination in enumerate(objects(header, "destination")):
        if not text(destination, "endpoint").startswith(ENDPOINT) and has(destination, "endpoint"):
            yield fault("fhir.endpoint.sor", facts.header, "destination", position, "endpoint")
    source = header.get("source")
    if has(source, "endpoint") and not text(source, "endpoint").startswith(ENDPOINT):
        yield fault("fhir.endpoint.sor", facts.header, "source", "endpoint")


def _episodes(encounter: Entry) -> Iterator[Fault]:
    """Whoever gets an episode's identifier must be able to give it back, in the older formats too: it is a UUID."""
    for position, episode in enumerate(objects(encounter.resource, "episodeOfCare")):
        value = text(episode.get("identifier"), "value")
        if value and _is_uuid(value.removeprefix("urn:uuid:")) is None:
            yield fault("fhir.episode.uuid", encounter, "episodeOfCare", position, "identifier", "value")


def _agree(number: str, born: str) -> bool:
    """Do a registration number and a birth date tell the same day? True where one of them tells none."""
    checked = Cpr.read(number)
    told = checked.birth_date if isinstance(checked, Cpr) else None
    try:
        return told is None or told == date.fromisoformat(born)
    except ValueError:
        return True
