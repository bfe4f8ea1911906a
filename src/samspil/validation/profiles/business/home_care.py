"""HomeCareObservation's written rules: the version it names, and how a report is corrected or withdrawn.

Source: MedCom HomeCareObservation 1.2; exceptions from the official examples.
"""

from collections.abc import Iterator
from typing import Final

from samspil.validation.profiles.business.facts import Facts, fault
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import text

DEFINITION: Final = (
    "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComHomeCareObservationMessageDefinition"
)


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of a home-care observation."""
    definition = text(facts.header.resource, "definition")
    address, _, version = definition.partition("|")
    if definition and (address != DEFINITION or version.partition(".")[0] != "1"):
        yield fault("fhir.definition.version", facts.header, "definition", expected="|1.1")
    step = facts.step
    if step is not None and step.activity in {"modified-message", "retract-message"} and not step.links:
        yield fault("fhir.provenance.link.missing.home", step.entry, "entity", activity=step.activity)
