"""`$process-message`, which is `POST /exchange/messages` in FHIR's words, and how FHIR clients are answered.

An answer is an OperationOutcome in the syntax the caller speaks; the Acknowledgement is a message of its own and
never stands in it. Source: HL7 FHIR R4, messaging.
"""

import orjson

from samspil.transports.http.answers import Answer
from samspil.transports.http.deposit import location, receive
from samspil.transports.http.edge import Call
from samspil.transports.http.outcomes import FHIR_JSON, FHIR_XML, outcome_answer, read_issue, spoken_by
from samspil.transports.http.problems import Problem


async def process_message(call: Call) -> Answer:
    """Take in one message; 202, or 200 for the same bytes again, or a refusal, each with its findings."""
    receipt = await receive(call)
    issues = receipt.report.issues or [read_issue(line) for line in orjson.loads(receipt.body)["issues"]]
    return outcome_answer(receipt.status, issues, syntax_of(call), language=call.language, headers=location(receipt))


def as_outcome(problem: Problem, call: Call) -> Answer:
    """A refusal as an OperationOutcome."""
    return outcome_answer(
        problem.status, (problem.issue,), syntax_of(call), language=call.language, headers=problem.headers
    )


def syntax_of(call: Call, asked: str = "") -> str:
    """The FHIR syntax to answer in; `asked` is the parameter `_format`, which counts before all else."""
    if asked:
        return FHIR_XML if "xml" in asked else FHIR_JSON
    return spoken_by(call.header(b"accept"), call.header(b"content-type"), call.beginning)
