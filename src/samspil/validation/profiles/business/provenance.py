"""The history of a message: one step for each message sent, each naming the one before, times rising.

Source: MedCom FHIR messaging, "MedCom Messaging Provenance" and the history's written rules; exceptions from the
official examples. A link to a letter in an older format names the letter, not a header, and is no fault.
"""

from collections.abc import Iterator
from typing import Final

from samspil.domain.issues import Severity
from samspil.validation.profiles.business.facts import Facts, Link, Step, fault
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import objects, text

# Official HomeCareObservation examples correct a report without repeating the step that sent it.
LENIENT: Final = frozenset({"HomeCareObservation"})
EQUAL_TIMES: Final = frozenset({"Acknowledgement"})


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of the history."""
    yield from _one_current_step(facts)
    known = {step.target for step in facts.steps}
    for step in facts.steps:
        yield from _links(facts, step, known)
    yield from _times(facts)
    if facts.step is not None:
        yield from _agent(facts, facts.step)


def _one_current_step(facts: Facts) -> Iterator[Fault]:
    if len(facts.current) > 1:
        yield fault("fhir.provenance.current.several", facts.current[1].entry, "target")
    elif not facts.current and facts.steps:
        severity = Severity.WARNING if facts.standard in {"", "EmptyMessage"} else None
        yield fault("fhir.provenance.current.missing", facts.steps[-1].entry, "target", severity=severity)


def _links(facts: Facts, step: Step, known: set[str]) -> Iterator[Fault]:
    for link in step.links:
        if link.target and link.target not in known:
            severity = Severity.WARNING if facts.standard in LENIENT else None
            yield fault("fhir.provenance.link.unknown", step.entry, *_place(link), severity=severity, role=link.role)
        elif link.target and link.target == step.target:
            yield fault("fhir.provenance.link.itself", step.entry, *_place(link))


def _place(link: Link) -> tuple[str | int, ...]:
    return "entity", link.position, "what", "reference"


def _times(facts: Facts) -> Iterator[Fault]:
    """The message's own step is the newest, and no step is older than the one it follows."""
    current = facts.step
    others = [step for step in facts.steps if step is not current]
    if current is not None and any(_is_before(current, step) for step in others):
        yield fault("fhir.provenance.time.current", current.entry, "occurredDateTime")
    elif current is not None and facts.standard not in EQUAL_TIMES and any(_is_same(current, step) for step in others):
        yield fault("fhir.provenance.time.equal", current.entry, "occurredDateTime")
    by_target = {step.target: step for step in others}
    for step in others:
        if any(_is_before(step, by_target[link.target]) for link in step.links if link.target in by_target):
            yield fault("fhir.provenance.time.chain", step.entry, "occurredDateTime")


def _is_before(step: Step, other: Step) -> bool:
    return step.moment is not None and other.moment is not None and step.moment < other.moment


def _is_same(step: Step, other: Step) -> bool:
    return step.moment is not None and step.moment == other.moment


def _agent(facts: Facts, step: Step) -> Iterator[Fault]:
    """Whoever acted in this step is whoever sends the message."""
    sender = facts.scene.bundle.find(facts.header.resource.get("sender"), facts.header)
    for position, agent in enumerate(objects(step.entry.resource, "agent")):
        who = facts.scene.bundle.find(text(agent.get("who"), "reference"), step.entry)
        if sender is not None and who is not None and who.resource is not sender.resource:
            yield fault("fhir.provenance.agent", step.entry, "agent", position, "who")
