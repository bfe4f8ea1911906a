"""The Acknowledgement's written rules: two steps of history, the second answering the first, and no person in it.

Source: MedCom Acknowledgement 2.0, technical specification.
"""

from collections.abc import Iterator

from samspil.validation.profiles.business.facts import Facts, fault
from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.invariants.looks import objects, text


def judge(facts: Facts) -> Iterator[Fault]:
    """The faults of an acknowledgement."""
    if facts.steps and len(facts.steps) != 2:
        yield fault("fhir.acknowledgement.history", facts.steps[0].entry, count=str(len(facts.steps)))
    if patient := next(facts.of_type("Patient"), None):
        yield fault("fhir.acknowledgement.person", patient)
    step = facts.step
    if step is None:
        return
    if step.activity and step.activity != "acknowledgement":
        yield fault("fhir.acknowledgement.activity", step.entry, "activity", "coding", 0, "code")
    response = facts.header.resource.get("response")
    answered = text(response, "identifier")
    targets = {link.target for link in step.links if link.target}
    if answered and targets and answered.removeprefix("urn:uuid:") not in targets:
        yield fault("fhir.acknowledgement.answered", facts.header, "response", "identifier")
    if text(response, "code") == "ok":
        for outcome in facts.of_type("OperationOutcome"):
            if any(issue.get("severity") in ("fatal", "error") for issue in objects(outcome.resource, "issue")):
                yield fault("fhir.acknowledgement.contradiction", outcome, "issue")
