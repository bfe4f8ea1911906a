"""What became of a message: its state, its bytes, its receipts, its history, and the search for it.

A caller sees its own organisation's messages; another's do not exist for it. Handing out bytes is audited before the
first of them leaves.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from samspil.access.audit import Act, record
from samspil.catalogue.standards import find_standard
from samspil.domain.identifiers import Gln
from samspil.domain.issues import Language
from samspil.domain.message import Format
from samspil.exchange.carriage import State
from samspil.exchange.stories import MessageRow, Story
from samspil.exchange.tracking import Query
from samspil.transports.http.answers import Answer, json_answer
from samspil.transports.http.deposit import MESSAGES
from samspil.transports.http.edge import Call
from samspil.transports.http.problems import Problem

MEDIA_TYPES: Mapping[Format, tuple[str, str]] = MappingProxyType(
    {
        Format.EDIFACT: ("application/EDIFACT", "edi"),  # RFC 1767
        Format.OIOXML: ("application/xml", "xml"),
        Format.FHIR_JSON: ("application/fhir+json", "json"),
        Format.FHIR_XML: ("application/fhir+xml", "xml"),
        Format.CDA: ("application/xml", "xml"),
        Format.SBDH: ("application/xml", "xml"),
        Format.VANS: ("application/xml", "xml"),
        Format.EBBP: ("application/xml", "xml"),
        Format.UNKNOWN: ("application/octet-stream", "bin"),
    }
)
"""Each format's media type, and the ending of a file that holds it."""

MOST_ROWS = 200
ROWS = 50


async def show_message(call: Call) -> Answer:
    """Where a message is, what was found in it, and what is awaited."""
    call.query(())
    return json_answer(story_line(await story_of(call), call.language))


async def show_trace(call: Call) -> Answer:
    """Everything that happened to a message, in order."""
    call.query(())
    story = await story_of(call)
    return json_answer(
        {
            "id": story.row.id,
            "state": story.row.state,
            "stations": [asdict(station) for station in story.stations],
            "events": [asdict(event) for event in story.events],
            "attempts": [asdict(attempt) for attempt in story.attempts],
        }
    )


async def show_receipts(call: Call) -> Answer:
    """The answers given on a wire, byte for byte, and the receipts that travelled as messages of their own."""
    call.query(())
    story = await story_of(call)
    return json_answer(
        {
            "id": story.row.id,
            "given": [
                {
                    "layer": receipt.layer,
                    "at": receipt.at,
                    "status": receipt.status,
                    "media_type": receipt.media_type,
                    "base64": base64.b64encode(receipt.body).decode(),
                }
                for receipt in story.receipts
            ],
            "answered_by": [row_line(row) for row in story.answered_by],
            "answer_to": [row_line(row) for row in story.answer_to],
        }
    )


async def hand_out_payload(call: Call) -> Answer:
    """The bytes as received. A caller that has them already, by its If-None-Match, gets none and leaves no mark."""
    call.query(())
    services = call.services
    story = await story_of(call)
    tag = f'"{story.sha256}"'
    known = {item.strip().removeprefix("W/") for item in call.header(b"if-none-match").split(",")}
    if not known.isdisjoint({tag, "*"}):
        return Answer(304, headers=((b"etag", tag.encode()),))
    row = story.row
    payload = await services.tracking.payload(row.id, glns=call.caller.glns)
    if payload is None:
        raise Problem("http.message.unknown")
    parties = [gln for gln in (row.sender, row.receiver) if gln]
    await record(
        services.database,
        by=call.caller,
        act=Act.MESSAGE_TAKE,
        object="message",
        object_id=row.id,
        concerns=parties,
    )
    media_type, ending = MEDIA_TYPES[Format(row.format)]
    digest = base64.b64encode(bytes.fromhex(story.sha256))
    headers = (
        (b"content-disposition", f'attachment; filename="{row.id}.{ending}"'.encode()),
        (b"etag", tag.encode()),
        (b"repr-digest", b"sha-256=:" + digest + b":"),
    )
    return Answer(200, payload, media_type, headers)


async def search(call: Call) -> Answer:
    """A page of messages, newest first, with the way to the next."""
    asked = call.query(tuple(PARAMETERS))
    given = {name: _read(name, text) for name, text in asked.items()}
    limit: int = given.pop("limit", ROWS)
    query = Query(glns=call.caller.glns, limit=limit + 1, **{FIELDS.get(name, name): given[name] for name in given})
    rows = await call.services.tracking.find(query)
    page = [row_line(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return json_answer({"messages": page, "next": None})
    onward = f"{MESSAGES}?{urlencode({**asked, 'before': rows[limit - 1].id})}"
    link = (b"link", f'<{onward}>; rel="next"'.encode())
    return json_answer({"messages": page, "next": onward}, headers=(link,))


async def story_of(call: Call) -> Story:
    """The message that the path names. Errors: Problem when it is not there, or not this caller's to see."""
    story = await call.services.tracking.get(message_id(call), glns=call.caller.glns)
    if story is None:
        raise Problem("http.message.unknown")
    return story


def message_id(call: Call) -> UUID:
    """Our id in the path. Errors: Problem, as for an id that nobody has."""
    try:
        return UUID(call.named("id"))
    except ValueError:
        raise Problem("http.message.unknown") from None


def row_line(row: MessageRow) -> dict[str, Any]:
    """One message in a list."""
    return {**asdict(row), "href": f"{MESSAGES}/{row.id}"}


def story_line(story: Story, language: Language) -> dict[str, Any]:
    """One message with its findings and what it waits for."""
    href = f"{MESSAGES}/{story.row.id}"
    return {
        **row_line(story.row),
        "sha256": story.sha256,
        "issues": [_issue_line(issue, language) for issue in story.issues],
        "waiting": asdict(story.waiting) if story.waiting else None,
        "awaited": asdict(story.awaited) if story.awaited else None,
        "answered_by": [row.id for row in story.answered_by],
        "answer_to": [row.id for row in story.answer_to],
        "payload": f"{href}/payload",
        "receipts": f"{href}/receipts",
        "trace": f"{href}/trace",
    }


def _issue_line(issue: Mapping[str, Any], language: Language) -> dict[str, object]:
    """A stored finding in one language."""
    line = {name: value for name, value in issue.items() if name != "da"}
    if language == "da" and "da" in issue:
        line["message"], line["remedy"] = issue["da"]
    return line


def _moment(text: str) -> datetime:
    """A moment with its offset; none is before the first that an id of ours can tell. Errors: ValueError."""
    moment = datetime.fromisoformat(text.replace(" ", "+"))  # a + that nobody escaped
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return max(moment, EPOCH)


def _standard(text: str) -> str:
    """A standard's id. Errors: ValueError."""
    standard = find_standard(text)
    if standard is None:
        raise ValueError("no such standard")
    return standard.id


def _identifier(text: str) -> str:
    """An id that somebody gave a message. Errors: ValueError."""
    if len(text) > LONGEST_IDENTIFIER or not text.isprintable():
        raise ValueError("no id")
    return text


def _rows(text: str) -> int:
    """How many rows. Errors: ValueError."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_ROWS):
        raise ValueError("no number of rows")
    return int(text)


EPOCH = datetime.fromtimestamp(0, UTC)
LONGEST_IDENTIFIER = 255
PARAMETERS: Mapping[str, tuple[Callable[[str], Any], str]] = MappingProxyType(
    {
        "party": (Gln, "a location number (GLN) of 13 digits"),
        "standard": (_standard, "the id of a standard, such as DIS91"),
        "state": (State, f"one of {', '.join(State)}"),
        "from": (_moment, "a moment with its offset, such as 2026-03-02T09:15:00+01:00"),
        "until": (_moment, "a moment with its offset, such as 2026-03-02T09:15:00+01:00"),
        "id": (_identifier, "an id of a message or its envelope, as its sender gave it"),
        "before": (UUID, "our id of a message"),
        "limit": (_rows, f"a number from 1 to {MOST_ROWS}"),
    }
)
"""The search's parameters: how each is read, and what it should be."""
FIELDS: Mapping[str, str] = MappingProxyType({"from": "since", "id": "identifier"})
"""Parameters that the query calls otherwise."""


def _read(name: str, text: str) -> Any:
    """A parameter's value. Errors: Problem that says what it should be."""
    reader, expected = PARAMETERS[name]
    try:
        return reader(text)
    except ValueError:
        raise Problem("http.parameter.wrong", name, name=name, expected=expected) from None
