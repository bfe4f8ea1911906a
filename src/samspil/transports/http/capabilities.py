"""`GET /fhir/metadata`: what this site understands, as a CapabilityStatement. Source: HL7 FHIR R4, capabilities."""

from typing import Any

from samspil.catalogue.delivery_status import eds
from samspil.catalogue.standards import Standard, Syntax, standards
from samspil.domain.message import Kind
from samspil.transports.http import delivery_status, endpoint_register
from samspil.transports.http.answers import Answer
from samspil.transports.http.edge import Call
from samspil.transports.http.fhir import syntax_of
from samspil.transports.http.outcomes import FHIR_JSON, FHIR_XML, fhir_answer


async def metadata(call: Call) -> Answer:
    """What this site understands, drawn from the catalogue."""
    asked = call.query(("_format", "mode"))
    return fhir_answer(200, capability_statement(call), syntax_of(call, asked.get("_format", "")))


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
                "resource": [_delivery_status(), *_register()],
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


def _delivery_status() -> dict[str, Any]:
    return {
        "type": "AuditEvent",
        "supportedProfile": [eds().basic, eds().patient],
        "interaction": [{"code": "read"}, {"code": "create"}, {"code": "search-type"}],
        "versioning": "no-version",
        "conditionalCreate": False,
        "searchParam": [
            {"name": name, "type": parameter.type}
            for name, parameter in delivery_status.PARAMETERS.items()
            if parameter.type
        ],
    }


def _register() -> list[dict[str, Any]]:
    return [
        {
            "type": name,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "searchParam": [{"name": parameter, "type": row.type} for parameter, row in parameters.items() if row.type],
        }
        for name, parameters in (
            (endpoint_register.ENDPOINT, endpoint_register.ENDPOINT_PARAMETERS),
            (endpoint_register.ORGANIZATION, endpoint_register.ORGANIZATION_PARAMETERS),
        )
    ]


RELIABLE_CACHE_MINUTES = 90 * 24 * 60
"""How long a message's id is remembered at least."""


def _messages() -> list[Standard]:
    return [
        standard
        for standard in standards()
        if Syntax.FHIR in standard.syntaxes and standard.kind in {Kind.MESSAGE, Kind.RECEIPT}
    ]
