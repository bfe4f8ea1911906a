"""The two FHIR routes: `$process-message`, which is `POST /exchange/messages` in FHIR's words, and `metadata`.

An answer is an OperationOutcome in the syntax the caller speaks; the Acknowledgement is a message of its own and
never stands in it. Source: HL7 FHIR R4, messaging and capabilities.
"""

from typing import Any

import orjson

from samspil.catalogue.standards import Standard, Syntax, standards
from samspil.domain.message import Kind
from samspil.transports.http.answers import Answer
from samspil.transports.http.deposit import location, receive
from samspil.transports.http.edge import Call
from samspil.transports.http.outcomes import FHIR_JSON, FHIR_XML, fhir_answer, outcome_answer, read_issue, spoken_by
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


def syntax_of(call: Call) -> str:
    """The FHIR syntax to answer in."""
    return spoken_by(call.header(b"accept"), call.header(b"content-type"), call.beginning)


async def metadata(call: Call) -> Answer:
    """What this site understands, drawn from the catalogue."""
    asked = call.query(("_format", "mode")).get("_format", "")
    syntax = syntax_of(call) if not asked else FHIR_XML if "xml" in asked else FHIR_JSON
    return fhir_answer(200, capability_statement(call), syntax)


def capability_statement(call: Call) -> dict[str, Any]:
    """The CapabilityStatement. Members stand in the order FHIR XML wants them."""
    services = call.services
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": services.started_at.isoformat(timespec="seconds"),
        "kind": "instance",
        "software": {"name": "samspil", "version": services.version},
        "implementation": {
            "description": "Store-and-forward of MedCom messages between organisations.",
            "url": f"{services.public_url}/fhir",
        },
        "fhirVersion": "4.0.1",
        "format": ["json", "xml", FHIR_JSON, FHIR_XML],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "description": "Bearer token, or a client certificate that is registered here.",
                },
                "operation": [
                    {
                        "name": "process-message",
                        "definition": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
                    }
                ],
            }
        ],
        "messaging": [
            {
                "endpoint": [
                    {
                        "protocol": {
                            "system": "http://terminology.hl7.org/CodeSystem/message-transport",
                            "code": "http",
                        },
                        "address": f"{services.public_url}/fhir/$process-message",
                    }
                ],
                "reliableCache": RELIABLE_CACHE_MINUTES,
                "documentation": f"Events: {', '.join(standard.event for standard in _messages())}.",
                "supportedMessage": [
                    {"mode": "receiver", "definition": standard.definition}
                    for standard in _messages()
                    if standard.definition
                ],
            }
        ],
    }


RELIABLE_CACHE_MINUTES = 90 * 24 * 60
"""How long a message's id is remembered at least."""


def _messages() -> list[Standard]:
    return [
        standard
        for standard in standards()
        if Syntax.FHIR in standard.syntaxes and standard.kind in {Kind.MESSAGE, Kind.RECEIPT}
    ]
