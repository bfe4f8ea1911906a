"""`/fhir/Organization` and `/fhir/Endpoint`: who can be written to, by which location number, with which messages.

The same register that routes messages, told as mCSD tells it; a directory of addresses, about nobody. Where a
receiver's own system listens is its own affair: the address given is this site's, which carries the message on.
Sources: MedCom EHMI endpoint register (EER); IHE mCSD, ITI-90; HL7 FHIR R4, search.html.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from samspil.access.directory import Endpoint, Organisation
from samspil.catalogue.identifier_systems import GLN, SOR
from samspil.catalogue.standards import Standard, Syntax, find_standard, standards
from samspil.domain.message import Kind
from samspil.exchange.engine import utc_now
from samspil.transports.http.answers import Answer
from samspil.transports.http.edge import Call
from samspil.transports.http.fhir import syntax_of
from samspil.transports.http.outcomes import FHIR_JSON, FHIR_XML, fhir_answer
from samspil.transports.http.problems import Problem

ORGANIZATION, ENDPOINT = "Organization", "Endpoint"
CONNECTION = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
URI = "urn:ietf:rfc:3986"
INCLUDED = "Organization:endpoint"
MOST_ROWS, ROWS = 200, 50
LONGEST = 255
T = TypeVar("T", Organisation, Endpoint)
Endpoints = Mapping[UUID, Sequence[Endpoint]]


async def show_organization(call: Call) -> Answer:
    """One organisation with its identifiers and endpoints."""
    asked = call.query(("_format",))
    found = call.services.directory.organisation(_id(call))
    if found is None:
        raise Problem("http.resource.unknown")
    return fhir_answer(200, _organization(found, _endpoints(call)), syntax_of(call, asked.get("_format", "")))


async def show_endpoint(call: Call) -> Answer:
    """One endpoint: its location number, its organisation, and the messages that it takes."""
    asked = call.query(("_format",))
    found = call.services.directory.endpoint(_id(call))
    if found is None:
        raise Problem("http.resource.unknown")
    return fhir_answer(200, _endpoint(call, found, utc_now()), syntax_of(call, asked.get("_format", "")))


async def search_organizations(call: Call) -> Answer:
    """Organisations as a searchset Bundle, by name; `_include=Organization:endpoint` gives their endpoints too."""
    asked = _asked(call, ORGANIZATION_PARAMETERS)
    endpoints = _endpoints(call)
    parties = call.services.directory.organisations
    found = [one for one in parties if _fits(endpoints, one, asked, ORGANIZATION_PARAMETERS)]
    page = _page(found, asked)
    included = [one for party in page for one in endpoints.get(party.id, ())] if "_include" in asked else []
    entries = [
        *(_entry(call, _organization(one, endpoints), "match") for one in page),
        *(_entry(call, _endpoint(call, one, utc_now()), "include") for one in included),
    ]
    return _searchset(call, ORGANIZATION, asked, len(found), entries)


async def search_endpoints(call: Call) -> Answer:
    """Endpoints as a searchset Bundle, by location number."""
    asked = _asked(call, ENDPOINT_PARAMETERS)
    found = [one for one in call.services.directory.endpoints if _fits({}, one, asked, ENDPOINT_PARAMETERS)]
    entries = [_entry(call, _endpoint(call, one, utc_now()), "match") for one in _page(found, asked)]
    return _searchset(call, ENDPOINT, asked, len(found), entries)


def _id(call: Call) -> UUID:
    try:
        return UUID(call.named("id"))
    except ValueError:
        raise Problem("http.resource.unknown") from None


def _organization(party: Organisation, endpoints: Endpoints) -> dict[str, Any]:
    identifiers = [{"system": GLN, "value": gln} for gln in party.glns]
    if party.sor:
        identifiers.insert(0, {"system": SOR, "value": party.sor})
    resource: dict[str, Any] = {"resourceType": ORGANIZATION, "id": str(party.id)}
    if identifiers:
        resource["identifier"] = identifiers
    resource |= {"active": True, "type": [{"text": party.kind.value}], "name": party.name}
    references = [{"reference": f"{ENDPOINT}/{one.id}"} for one in endpoints.get(party.id, ())]
    return {**resource, "endpoint": references} if references else resource


def _endpoints(call: Call) -> Endpoints:
    """All endpoints by their organisation, gathered once for a call."""
    found: dict[UUID, list[Endpoint]] = {}
    for endpoint in call.services.directory.endpoints:
        found.setdefault(endpoint.organisation, []).append(endpoint)
    return found


def _endpoint(call: Call, endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    taken = list(_taken(endpoint, now))
    return {
        "resourceType": ENDPOINT,
        "id": str(endpoint.id),
        "identifier": [{"system": GLN, "value": endpoint.gln}],
        "status": _status(endpoint),
        "connectionType": {"system": CONNECTION, "code": "hl7-fhir-msg"},
        "managingOrganization": {"reference": f"{ORGANIZATION}/{endpoint.organisation}"},
        "payloadType": [_payload_type(standard) for standard in taken] or [{"text": "none"}],
        "payloadMimeType": [FHIR_JSON, FHIR_XML],
        "address": f"{call.services.public_url}/fhir/$process-message",
    }


def _status(endpoint: Endpoint) -> str:
    return "active" if endpoint.active else "off"


def _taken(endpoint: Endpoint, now: datetime) -> Iterator[Standard]:
    """The messages in FHIR that an endpoint takes now."""
    for standard in standards():
        is_message = standard.kind in {Kind.MESSAGE, Kind.RECEIPT} and Syntax.FHIR in standard.syntaxes
        if is_message and endpoint.takes(standard.id, None, now):
            yield standard


def _payload_type(standard: Standard) -> dict[str, Any]:
    coding = [{"system": URI, "code": standard.definition}] if standard.definition else []
    return {"coding": coding, "text": standard.id} if coding else {"text": standard.id}


def _entry(call: Call, resource: dict[str, Any], mode: str) -> dict[str, Any]:
    url = f"{call.services.public_url}/fhir/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _searchset(call: Call, kind: str, asked: Mapping[str, Any], total: int, entries: list[dict[str, Any]]) -> Answer:
    base = f"{call.services.public_url}/fhir/{kind}"
    texts = {name: text for name, (text, _) in asked.items()}
    links = [{"relation": "self", "url": f"{base}?{urlencode(texts)}" if texts else base}]
    onward = _offset(asked) + _count(asked)
    if onward < total:
        links.append({"relation": "next", "url": f"{base}?{urlencode({**texts, '_offset': onward})}"})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    if entries:
        bundle["entry"] = entries
    return fhir_answer(200, bundle, syntax_of(call, texts.get("_format", "")))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter: how its value is read, and what that should be; a condition has a type, and fits a row."""

    read: Callable[[str], Any]
    expected: str
    fits: Callable[[Endpoints, Any, Any], bool] | None = None
    type: str = ""


def _asked(call: Call, known: Mapping[str, Parameter]) -> dict[str, tuple[str, Any]]:
    """Each parameter as it was written and as it was read. Errors: Problem."""
    asked: dict[str, tuple[str, Any]] = {}
    for name, text in call.query(tuple(known)).items():
        try:
            asked[name] = text, known[name].read(text)
        except (ValueError, KeyError):
            raise Problem("http.parameter.wrong", name, name=name, expected=known[name].expected) from None
    return asked


def _fits(endpoints: Endpoints, row: Any, asked: Mapping[str, tuple[str, Any]], known: Mapping[str, Parameter]) -> bool:
    conditions = ((known[name].fits, value) for name, (_, value) in asked.items())
    return all(fits is None or fits(endpoints, row, value) for fits, value in conditions)


def _page(found: Sequence[T], asked: Mapping[str, Any]) -> Sequence[T]:
    start = _offset(asked)
    return found[start : start + _count(asked)]


def _offset(asked: Mapping[str, Any]) -> int:
    return asked["_offset"][1] if "_offset" in asked else 0


def _count(asked: Mapping[str, Any]) -> int:
    return asked["_count"][1] if "_count" in asked else ROWS


def _text(text: str) -> str:
    """A text to compare with. Errors: ValueError."""
    if not text.isprintable() or len(text) > LONGEST:
        raise ValueError("no text")
    return text


def _token(text: str) -> tuple[str | None, str]:
    """A token's system, None for any, and value. Errors: ValueError."""
    system, bar, value = _text(text).rpartition("|")
    return (system if bar else None), value


def _number(text: str) -> int:
    """A number of at most six digits. Errors: ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError("no number")
    return int(text)


def _rows(text: str) -> int:
    number = _number(text)
    if number < 1:
        raise ValueError("no number of rows")
    return min(number, MOST_ROWS)


def _reference(text: str) -> UUID:
    return UUID(text.rpartition("/")[2])


def _standard(text: str) -> str:
    """A message by our id of it, its event or its definition. Errors: ValueError."""
    value = _token(text)[1]
    found = find_standard(value) or next((one for one in standards() if value in {one.event, one.definition}), None)
    if found is None or not value:
        raise ValueError("no such message")
    return found.id


def _include(text: str) -> str:
    if text != INCLUDED:
        raise ValueError("not to be included")
    return text


def _is_numbered(values: Mapping[str, Sequence[str]], token: tuple[str | None, str]) -> bool:
    system, value = token
    return any(value in numbers for name, numbers in values.items() if system in {None, name})


def _takes(endpoint: Endpoint, standard: str) -> bool:
    return endpoint.active and endpoint.takes(standard, None, utc_now())


_STEERING = {
    "_count": Parameter(_rows, f"a number from 1; at most {MOST_ROWS} are given"),
    "_offset": Parameter(_number, "how many to pass over"),
    "_format": Parameter(_text, "json or xml"),
}
_ID = Parameter(UUID, "our id", lambda _, row, value: row.id == value, "token")
_A_TOKEN = "an identifier, with or without its system before a |"  # noqa: S105 - a FHIR token is no secret
_A_MESSAGE = "a message by its id, event or definition, such as HomeCareObservation"
ORGANIZATION_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "_id": _ID,
        "identifier": Parameter(
            _token,
            _A_TOKEN,
            lambda _, row, token: _is_numbered({GLN: row.glns, SOR: (row.sor,) if row.sor else ()}, token),
            "token",
        ),
        "name": Parameter(
            _text, "how the name begins", lambda _, row, name: row.name.casefold().startswith(name.casefold()), "string"
        ),
        "active": Parameter(
            {"true": True, "false": False}.__getitem__, "true or false", lambda _, row, active: active, "token"
        ),
        "messageType": Parameter(
            _standard,
            _A_MESSAGE,
            lambda endpoints, row, standard: any(_takes(one, standard) for one in endpoints.get(row.id, ())),
            "token",
        ),
        "_include": Parameter(_include, INCLUDED),
        **_STEERING,
    }
)
ENDPOINT_PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "_id": _ID,
        "identifier": Parameter(
            _token, _A_TOKEN, lambda _, row, token: _is_numbered({GLN: (row.gln,)}, token), "token"
        ),
        "organization": Parameter(
            _reference,
            "an organisation's id or reference",
            lambda _, row, party: row.organisation == party,
            "reference",
        ),
        "status": Parameter(
            {"active": "active", "off": "off"}.__getitem__,
            "active or off",
            lambda _, row, status: _status(row) == status,
            "token",
        ),
        "payload-type": Parameter(_standard, _A_MESSAGE, lambda _, row, standard: _takes(row, standard), "token"),
        **_STEERING,
    }
)
