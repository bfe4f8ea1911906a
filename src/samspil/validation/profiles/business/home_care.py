"""HomeCareObservation's written rules: the version it names, how a report is corrected or withdrawn, and UUIDs.

Source: MedCom HomeCareObservation 1.2; exceptions from the official examples.
"""

from collections.abc import Iterator
from typing import Final

from samspil.formats.fhir.bundle import Entry
from samspil.validation.profiles.business.envelope import is_uuid_4
from samspil.validation.profiles.business.facts import Facts, fault
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import objects, text

IDENTIFIED: Final = ("DiagnosticReport", "Observation", "Media")
DEFINITION: Final = (
    "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComHomeCareObservationMessageDefinition"
)


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of a home-care observation."""
    definition = text(facts.header.resource, "definition")
    address, _, version = definition.partition("|")
    if definition and (address != DEFINITION or version.partition(".")[0] != "1"):
        yield fault("fhir.definition.version", facts.header, "definition", expected="|1.1")
    for type_name in IDENTIFIED:
        for entry in facts.of_type(type_name):
            yield from _identifiers(entry)
    step = facts.step
    if step is not None and step.activity in {"modified-message", "retract-message"} and not step.links:
        yield fault("fhir.provenance.link.missing.home", step.entry, "entity", activity=step.activity)


def _identifiers(entry: Entry) -> Iterator[Fault]:
    """The published rule takes a UUID of any version."""
    for position, identifier in enumerate(objects(entry.resource, "identifier")):
        value = text(identifier, "value")
        if value.startswith("urn:uuid:") and not is_uuid_4(value):
            yield fault("fhir.id.uuid", entry, "identifier", position, "value", name=f"{entry.type}.identifier")
