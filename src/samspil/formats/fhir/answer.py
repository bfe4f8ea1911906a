"""The body of an Acknowledgement: the verdict and the reasons. Source: MedCom Acknowledgement 2.0."""

from samspil.catalogue.codes import names
from samspil.domain.clinical.acknowledgement import Acknowledgement, Complaint
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.message import Answer
from samspil.formats.fhir.bundle import Bundle, Entry, Resource
from samspil.formats.fhir.elements import coding_of, part_of, parts_of, text_of, texts_of


def read_acknowledgement(bundle: Bundle, header: Entry, answer: Answer) -> Acknowledgement:
    """What the MessageHeader's response says."""
    outcome = bundle.find(part_of(header.resource, "response").get("details"), header)
    issues = parts_of(outcome.resource, "issue") if outcome else []
    name = names("answer").get(answer.code, Phrase(answer.code))
    return Acknowledgement(
        answer=answer,
        verdict=Code(answer.code, name=name),
        complaints=tuple(_complaint(issue) for issue in issues),
    )


def _complaint(issue: Resource) -> Complaint:
    details = part_of(issue, "details")
    coding = coding_of(details)
    code = text_of(coding, "code") or text_of(issue, "code")
    paths = texts_of(issue, "expression") or texts_of(issue, "location")
    return Complaint(
        severity=text_of(issue, "severity"),
        code=Code(code, text_of(coding, "system"), Phrase(text_of(coding, "display") or code)),
        text=text_of(details, "text") or text_of(issue, "diagnostics"),
        path=next(iter(paths), ""),
    )
