"""The access table: every path of this edge, which right it takes, and what it leaves in the audit.

Total: a route exists only through a row here. `docs/reference/http.md` shows it, and is tested against it.
"""

from samspil.access.audit import Act
from samspil.access.rights import Right
from samspil.transports.http import (
    acts,
    capabilities,
    delivery_status,
    deposit,
    endpoint_register,
    fhir,
    judging,
    messages,
    standards,
)
from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.edge import Call, Operation
from samspil.transports.http.problems import Problem, explanation

HAND_OVER = (Right.SEND, Right.RELAY)
LOOK_UP = (Right.READ, Right.SEND, Right.RELAY)
COMMON = "common knowledge, about nobody"


async def explain(call: Call) -> Answer:
    """What a problem document's `type` leads to."""
    call.query(())
    found = explanation(call.named("code"), call.language)
    if found is None:
        raise Problem("http.route.unknown")
    return json_answer(found)


OPERATIONS: tuple[Operation, ...] = (
    Operation(method="POST", path="/exchange/messages", handler=deposit.deposit, rights=HAND_OVER),
    Operation(method="GET", path="/exchange/messages", handler=messages.search, rights=(Right.READ,)),
    Operation(method="GET", path="/exchange/messages/{id}", handler=messages.show_message, rights=(Right.READ,)),
    Operation(
        method="GET",
        path="/exchange/messages/{id}/payload",
        handler=messages.hand_out_payload,
        rights=(Right.OPEN,),
        act=Act.MESSAGE_TAKE,
    ),
    Operation(
        method="GET", path="/exchange/messages/{id}/receipts", handler=messages.show_receipts, rights=(Right.READ,)
    ),
    Operation(method="GET", path="/exchange/messages/{id}/trace", handler=messages.show_trace, rights=(Right.READ,)),
    Operation(
        method="POST",
        path="/exchange/messages/{id}/resend",
        handler=acts.resend,
        rights=(Right.RESOLVE,),
        act=Act.MESSAGE_RESEND,
    ),
    Operation(
        method="POST",
        path="/exchange/messages/{id}/release",
        handler=acts.release,
        rights=(Right.RESOLVE,),
        act=Act.MESSAGE_RELEASE,
    ),
    Operation(
        method="POST",
        path="/exchange/messages/{id}/return",
        handler=acts.give_back,
        rights=(Right.RESOLVE,),
        act=Act.MESSAGE_RETURN,
    ),
    Operation(method="GET", path="/exchange/dead-letters", handler=acts.list_dead_letters, rights=(Right.READ,)),
    Operation(method="GET", path="/exchange/lanes", handler=acts.list_lanes, rights=(Right.READ,)),
    Operation(
        method="POST",
        path="/fhir/$process-message",
        handler=fhir.process_message,
        rights=HAND_OVER,
        refuse=fhir.as_outcome,
    ),
    Operation(
        method="GET", path="/fhir/metadata", handler=capabilities.metadata, why_open=COMMON, refuse=fhir.as_outcome
    ),
    Operation(
        method="POST", path="/fhir/AuditEvent", handler=delivery_status.report, rights=HAND_OVER, refuse=fhir.as_outcome
    ),
    Operation(
        method="GET",
        path="/fhir/AuditEvent",
        handler=delivery_status.search,
        rights=(Right.OPEN,),
        act=Act.STATUS_READ,
        refuse=fhir.as_outcome,
    ),
    Operation(
        method="GET",
        path="/fhir/AuditEvent/{id}",
        handler=delivery_status.show,
        rights=(Right.OPEN,),
        act=Act.STATUS_READ,
        refuse=fhir.as_outcome,
    ),
    *(
        Operation(method="GET", path=path, handler=handler, rights=LOOK_UP, refuse=fhir.as_outcome)
        for path, handler in (
            ("/fhir/Organization", endpoint_register.search_organizations),
            ("/fhir/Organization/{id}", endpoint_register.show_organization),
            ("/fhir/Endpoint", endpoint_register.search_endpoints),
            ("/fhir/Endpoint/{id}", endpoint_register.show_endpoint),
        )
    ),
    Operation(method="POST", path="/validate", handler=judging.validate, rights=(Right.CHECK,)),
    Operation(method="POST", path="/convert", handler=judging.convert, rights=(Right.CHECK,)),
    Operation(method="GET", path="/catalogue/standards", handler=standards.list_standards, why_open=COMMON),
    Operation(method="GET", path="/catalogue/standards/{id}", handler=standards.show_standard, why_open=COMMON),
    Operation(method="GET", path="/problems/{code}", handler=explain, why_open=COMMON),
)
