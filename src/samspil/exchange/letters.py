"""From what was read and judged to what is stored: one `Carriage` for each letter, with the answer it will get."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from samspil.access.callers import Caller
from samspil.access.directory import Directory
from samspil.access.rights import Right
from samspil.domain.identifiers import Unchecked
from samspil.domain.issues import Issue, Report, Verdict
from samspil.domain.message import Kind
from samspil.exchange.carriage import Carriage, Happening, Origin
from samspil.exchange.routing import Route, lane_of, owner_of
from samspil.formats.part import Part
from samspil.validation.lines import issue_line

HTTP_ACCEPTED, HTTP_REFUSED = 202, 422


@dataclass(frozen=True, slots=True)
class Terms:
    """When an acknowledgement is due, and how often a message is sent again without one."""

    answer_within: timedelta = timedelta(minutes=30)
    resends: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One letter with its findings and its route, ready to be stored."""

    id: UUID
    part: Part
    report: Report
    route: Route
    caller: Caller
    at: datetime
    took_us: int
    parent: UUID | None = None
    wire: str = "http"


def write_letter(judged: Judged, directory: Directory, terms: Terms) -> Carriage:
    """Everything the one statement of acceptance will write for this letter."""
    head, part, route = judged.part.head, judged.part, judged.route
    accepted = judged.report.verdict is Verdict.ACCEPTED
    forward = accepted and route.endpoint is not None and not route.stays_here
    owed = forward and head is not None and head.kind is Kind.MESSAGE and head.receipt_wanted
    origin = origin_of(judged.caller)
    sender = _text(head.sender) if head else None
    home = next(iter(sorted(judged.caller.glns or ())), "") or str(judged.caller.id)
    return Carriage(
        id=judged.id,
        parent=judged.parent,
        owner=owner_of(head, directory, caller_gln=home),
        origin=origin,
        caller=judged.caller.id,
        format=part.identity.format,
        kind=part.identity.kind,
        standard=part.identity.standard,
        version=part.identity.version,
        message_id=head.message_id if head else None,
        envelope_id=head.envelope_id if head else None,
        sender=sender,
        receiver=_text(head.receiver) if head else None,
        subject=head.subject if head else "",
        sent_at=head.sent_at if head else None,
        payload=part.payload,
        sha256=hashlib.sha256(part.payload).digest(),
        verdict=judged.report.verdict,
        report=stored_report(judged.report.issues),
        at=judged.at,
        happening=_happening(accepted=accepted, forward=forward),
        cause=next((issue.code for issue in judged.report.issues if issue.severity.rejects), ""),
        evidence=orjson.dumps({"judged_us": judged.took_us, "wire": judged.wire}),
        seen_envelope=_seen_envelope(judged),
        seen_as=sender or f"caller:{judged.caller.id}",
        endpoint=route.endpoint if forward else None,
        lane=lane_of(head) if head and forward else None,
        expects_answer_within=terms.answer_within if owed and origin is Origin.CLIENT else None,
        resends=terms.resends,
        answers=head.answers if head and accepted else None,
        http_status=HTTP_ACCEPTED if accepted else HTTP_REFUSED,
        http_body=answer_body(judged.id, judged.report, [(judged.id, part, judged.report)]),
    )


def origin_of(caller: Caller) -> Origin:
    """A peer that relays, or the sender's own system."""
    return Origin.RELAY if caller.may(Right.RELAY) else Origin.CLIENT


def answer_body(identifier: UUID, report: Report, parts: list[tuple[UUID, Part, Report]]) -> bytes:
    """The JSON answer to whoever brought an arrival; in English, stable codes first."""
    return orjson.dumps(
        {
            "id": identifier,
            "verdict": report.verdict,
            "parts": [
                {
                    "part": part.part,
                    "id": part_id,
                    "standard": part.identity.standard,
                    "version": part.identity.version,
                    "verdict": part_report.verdict,
                }
                for part_id, part, part_report in parts
            ],
            "issues": [issue_line(issue, language="en") for issue in report.issues],
        }
    )


def stored_report(issues: tuple[Issue, ...]) -> bytes | None:
    """Findings as they are kept: the contract's line in English, with the Danish sentences beside it."""
    if not issues:
        return None
    return orjson.dumps(
        [
            {**issue_line(issue, language="en"), "da": [issue.message.in_("da"), issue.remedy.in_("da")]}
            for issue in issues
        ]
    )


def _seen_envelope(judged: Judged) -> str | None:
    envelope = judged.part.head.envelope_id if judged.part.head else None
    return f"{envelope}#{judged.part.part}" if envelope and judged.parent else envelope


def _happening(*, accepted: bool, forward: bool) -> Happening:
    if not accepted:
        return Happening.REFUSED
    return Happening.ACCEPTED if forward else Happening.KEPT


def _text(identifier: object) -> str | None:
    if isinstance(identifier, Unchecked):
        return identifier.reveal()
    return None if identifier is None else str(identifier)
