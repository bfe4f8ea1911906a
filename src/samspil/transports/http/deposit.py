"""`POST /exchange/messages`: one payload of any format goes in; its answer comes out after the commit.

The path most travelled. The exchange writes the answer's JSON and keeps it, so that the same bytes get the same
answer; here a refusal is given a problem document's members beside it.
"""

from typing import Any

import orjson

from samspil.catalogue.findings import finding
from samspil.domain.issues import Language, Severity
from samspil.exchange.carriage import Arrival, Receipt
from samspil.transports.http.answers import JSON, Answer, Header
from samspil.transports.http.edge import Call
from samspil.transports.http.problems import MEDIA_TYPE, document
from samspil.validation.lines import issue_line

MESSAGES = "/exchange/messages"
CONFLICT = 409


async def receive(call: Call) -> Receipt:
    """Hand the body to the exchange. Errors: Problem and Gone for the body, Failure from the exchange."""
    payload = await call.body()
    return await call.services.receive(Arrival(payload=payload, caller=call.caller))


async def deposit(call: Call) -> Answer:
    """Take in one payload."""
    receipt = await receive(call)
    if receipt.status < 300:
        return Answer(receipt.status, receipt.body, JSON, location(receipt))
    members = refusal(receipt, call.language)
    return Answer(receipt.status, orjson.dumps(members), MEDIA_TYPE, location(receipt))


def location(receipt: Receipt) -> tuple[Header, ...]:
    """Where the message is kept, if it is."""
    return ((b"location", f"{MESSAGES}/{receipt.id}".encode()),) if is_kept(receipt) else ()


def is_kept(receipt: Receipt) -> bool:
    """What contradicts a stored message is kept nowhere, and its id leads nowhere."""
    return receipt.status != CONFLICT


def refusal(receipt: Receipt, language: Language) -> dict[str, object]:
    """A problem document about the worst finding, with the whole answer beside its own members.

    A repeated refusal is told in the first one's words, whatever the language: only those were kept.
    """
    answer: dict[str, Any] = orjson.loads(receipt.body)
    instance = f"{MESSAGES}/{receipt.id}"
    if not is_kept(receipt):
        instance = f"urn:uuid:{answer.pop('id')}"
    if receipt.report.issues:
        answer["issues"] = [issue_line(issue, language=language) for issue in receipt.report.issues]
    lines = answer["issues"] or [issue_line(finding("payload.unknown"), language=language)]
    worst = min(lines, key=lambda line: _WORST_FIRST.index(line["severity"]))
    return document(worst, receipt.status, language, instance=instance) | answer


_WORST_FIRST = tuple(Severity)
