"""`/fhir/AuditEvent`: stations report where a message is, and the parties' systems ask.

Reports are written once: changing and removing them is refused. Who reads them sees only what its own organisation
sends or receives, and every reading is audited, because a report may name a patient.
Sources: MedCom EHMI delivery status 1.0.2; HL7 FHIR R4, http.html and search.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from samspil.access.audit import Act, record
from samspil.domain.issues import Verdict
from samspil.exchange.delivery_status import DeliveryStatuses, hidden_patient
from samspil.exchange.engine import utc_now
from samspil.exchange.store.delivery_status import FoundStatus, Span, StatusQuery
from samspil.transports.http.answers import Answer
from samspil.transports.http.edge import Call
from samspil.transports.http.fhir import syntax_of
from samspil.transports.http.outcomes import fhir_answer, outcome_answer
from samspil.transports.http.problems import Problem
from samspil.validation.delivery_status import judge_delivery_status

PATH = "/fhir/AuditEvent"
MOST_ROWS, ROWS = 200, 50
LONGEST = 255
_DANISH = ZoneInfo("Europe/Copenhagen")


async def report(call: Call) -> Answer:
    """Keep one delivery status; 201, or 200 for an event that is known, or a refusal with its findings."""
    call.query(("_format",))
    judged = judge_delivery_status(await call.body())
    if judged.status is None or judged.report.verdict is not Verdict.ACCEPTED:
        return outcome_answer(422, judged.report.issues, syntax_of(call), language=call.language)
    identifier, kept = await _statuses(call).keep(judged.status, judged.resource, by=call.caller)
    location = ((b"location", f"{PATH}/{identifier}".encode()),)
    if kept is None:
        return Answer(200, headers=location)
    return fhir_answer(201, orjson.loads(kept), syntax_of(call), headers=location)


async def show(call: Call) -> Answer:
    """One delivery status, as it was reported."""
    asked = call.query(("_format",))
    try:
        found = await _statuses(call).get(UUID(call.named("id")), glns=call.caller.glns)
    except ValueError:
        found = None
    if found is None:
        raise Problem("http.resource.unknown")
    await _record(call, (found,), object_id=found.id)
    return fhir_answer(200, orjson.loads(found.resource), syntax_of(call, asked.get("_format", "")))


async def search(call: Call) -> Answer:
    """A page of delivery statuses as a Bundle, the latest report first, with the way to the next."""
    pairs = call.pairs(tuple(PARAMETERS))
    query = _query(pairs, call.caller.glns)
    found = await _statuses(call).find(query)
    page = found[: query.limit - 1]
    await _record(call, page)
    links = [{"relation": "self", "url": _url(call, pairs)}]
    if len(found) == query.limit:
        onward = [pair for pair in pairs if pair[0] != "before"]
        links.append({"relation": "next", "url": _url(call, [*onward, ("before", str(page[-1].id))])})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if page:
        bundle["entry"] = [_entry(call, row) for row in page]
    return fhir_answer(200, bundle, syntax_of(call, dict(pairs).get("_format", "")))


def _statuses(call: Call) -> DeliveryStatuses:
    return DeliveryStatuses(call.services.database, utc_now)


def _url(call: Call, pairs: list[tuple[str, str]]) -> str:
    base = f"{call.services.public_url}{PATH}"
    return f"{base}?{urlencode(pairs)}" if pairs else base


def _entry(call: Call, row: FoundStatus) -> dict[str, Any]:
    url = f"{call.services.public_url}{PATH}/{row.id}"
    return {"fullUrl": url, "resource": orjson.loads(row.resource), "search": {"mode": "match"}}


async def _record(call: Call, rows: tuple[FoundStatus, ...] | list[FoundStatus], *, object_id: UUID | str = "") -> None:
    """Who read which organisations' reports, and how many: before the first of them leaves."""
    await record(
        call.services.database,
        by=call.caller,
        act=Act.STATUS_READ,
        object="status",
        object_id=object_id,
        concerns=sorted({gln for row in rows for gln in row.glns}),
        facts={"count": len(rows)},
    )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter: its type in FHIR, the condition it makes, how its value is read, and what that should be.

    Without a type it steers the answer, and is no condition.
    """

    type: str
    condition: str
    read: Callable[[str], Any]
    expected: str


def _text(text: str) -> str:
    """A text to compare with. Errors: ValueError."""
    if not text.isprintable() or len(text) > LONGEST:
        raise ValueError("no text")
    return text


def _token(text: str) -> str:
    """A token's value; its system is not compared, as reports leave it out. Errors: ValueError."""
    return _text(text.rpartition("|")[2])


def _patient(text: str) -> str:
    return hidden_patient(_token(text))


def _outcome(text: str) -> bool:
    return {"0": True, "8": False}[_token(text)]


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) >= 1):
        raise ValueError("no number of rows")
    return min(int(text[:6]), MOST_ROWS)


def _span(text: str) -> Span:
    """The moments that a FHIR date with its prefix means. Errors: ValueError, KeyError."""
    prefix, value = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    start, end = _extent(value.replace(" ", "+"))
    return {
        "eq": Span(start, end),
        "ge": Span(since=start),
        "gt": Span(since=end),
        "sa": Span(since=end),
        "lt": Span(until=start),
        "eb": Span(until=start),
        "le": Span(until=end),
    }[prefix]


def _extent(text: str) -> tuple[datetime, datetime]:
    """From when until when a FHIR date goes: a year, a month, a day, or a moment to its last digit."""
    if len(text) == 4:
        return _day(f"{text}-01-01"), _day(f"{int(text) + 1}-01-01")
    if len(text) == 7:
        start = _day(f"{text}-01")
        return start, (start + timedelta(days=32)).replace(day=1)
    if len(text) == 10:
        start = _day(text)
        return start, start + timedelta(days=1)
    start = datetime.fromisoformat(text)
    if start.tzinfo is None:
        start = start.replace(tzinfo=_DANISH)
    step = timedelta(microseconds=1000) if "." in text else timedelta(seconds=1)
    return start.astimezone(UTC), start.astimezone(UTC) + step


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=_DANISH)


_A_TEXT, _A_CODE = "a text of at most 255 characters", "an identifier or code, with or without its system before a |"
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "message-id": Parameter("token", "message", _token, _A_CODE),
        "orig-message-id": Parameter("token", "answers", _token, _A_CODE),
        "entityIdentifier": Parameter("token", "entity", _token, _A_CODE),
        "cpr": Parameter("token", "patient", _patient, "a civil registration number"),
        "ehmiMessageType": Parameter("token", "type", _token, _A_CODE),
        "subtype": Parameter("token", "passing", _token, _A_CODE),
        "sender-gln": Parameter("token", "sender_gln", _token, _A_CODE),
        "sender-sor": Parameter("token", "sender_sor", _token, _A_CODE),
        "sender-name": Parameter("string", "sender_name", _text, _A_TEXT),
        "receiver-gln": Parameter("token", "receiver_gln", _token, _A_CODE),
        "receiver-sor": Parameter("token", "receiver_sor", _token, _A_CODE),
        "receiver-name": Parameter("string", "receiver_name", _text, _A_TEXT),
        "participant-sor": Parameter("token", "participant_sor", _token, _A_CODE),
        "senderOrg": Parameter("token", "sender", _token, "the sender's SOR code or location number"),
        "receiverOrg": Parameter("token", "receiver", _token, "the receiver's SOR code or location number"),
        "date": Parameter("date", "", _span, "a date or moment, with a prefix such as ge or lt; may stand twice"),
        "outcome": Parameter("token", "", _outcome, "0 or 8"),
        "before": Parameter("", "", UUID, "our id of a report"),
        "_count": Parameter("", "", _rows, f"a number from 1; at most {MOST_ROWS} are given"),
        "_format": Parameter("", "", _text, "json or xml"),
    }
)
"""The search's parameters."""
_PREFIXED = frozenset({"sender_name", "receiver_name"})


def _query(pairs: list[tuple[str, str]], glns: frozenset[str] | None) -> StatusQuery:
    """What the parameters ask for. Errors: Problem for a value that cannot be read, or a second one."""
    read: dict[str, Any] = {}
    spans: list[Span] = []
    for name, text in pairs:
        value = _value(name, text)
        if name == "date":
            spans.append(value)
        elif name in read:
            raise Problem("http.parameter.unknown", known=", ".join(PARAMETERS))
        else:
            read[name] = value
    conditions = {PARAMETERS[name].condition: value for name, value in read.items() if PARAMETERS[name].condition}
    return StatusQuery(
        glns=glns,
        texts={name: text for name, text in conditions.items() if name not in _PREFIXED},
        prefixes={name: text for name, text in conditions.items() if name in _PREFIXED},
        succeeded=read.get("outcome"),
        spans=tuple(spans),
        before=read.get("before"),
        limit=read.get("_count", ROWS) + 1,
    )


def _value(name: str, text: str) -> Any:
    parameter = PARAMETERS[name]
    try:
        return parameter.read(text)
    except (ValueError, KeyError, OverflowError):
        raise Problem("http.parameter.wrong", name, name=name, expected=parameter.expected) from None
