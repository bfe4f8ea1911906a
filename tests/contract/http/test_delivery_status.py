"""`/fhir/AuditEvent`: reports are kept once, found by whoever takes part, never changed; reading is audited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import orjson
import pytest

from samspil.access.audit import Act, Outcome, find_entries
from samspil.access.callers import SYSTEM
from samspil.access.rights import Right
from samspil.domain.delivery_status import Component, DeliveryStatus, Item, Passing, StatusParty
from samspil.domain.identifiers import Cpr, Gln, Sor
from samspil.formats.fhir.delivery_status import write_delivery_status
from samspil.formats.fhir.xml_writer import write_xml
from tests.contract.http.site import CLINIC, HOSPITAL, NOWHERE_KNOWN, PHARMACY, Site, WithSite

PATH = "/fhir/AuditEvent"
FHIR_JSON, FHIR_XML = "application/fhir+json", "application/fhir+xml"
OFFICIAL = sorted((Path(__file__).parents[4] / "shared" / "data" / "eds").glob("EDS-*.json"))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STATUS = DeliveryStatus(
    passing=Passing.SENT,
    component=Component.AP,
    recorded=NOON,
    device="ap-71903",
    sender=StatusParty(name="Klinikken på Torvet", sor=Sor("698141000016008"), gln=Gln(CLINIC)),
    receiver=StatusParty(name="Sygehuset", sor=Sor("937961000016000"), gln=Gln(HOSPITAL)),
    message=Item(id="m-71903", type="homecareobservation-message", version="1.2"),
    message_envelope=Item(id="b-71903"),
    transport_envelope=Item(id="e-71903", type="SBDH", version="2.0"),
    patient=Cpr("2509479989"),
)
ANSWER = replace(
    STATUS,
    sender=STATUS.receiver,
    receiver=STATUS.sender,
    recorded=NOON + timedelta(minutes=5),
    succeeded=False,
    message=Item(id="a-71903", type="acknowledgement-message", version="2.0"),
    message_envelope=None,
    transport_envelope=None,
    answered_message=STATUS.message,
    patient=None,
)


def spelt(status: DeliveryStatus) -> bytes:
    """A report in JSON."""
    return orjson.dumps(write_delivery_status(status))


def codes(answer: httpx.Response) -> list[str]:
    """Our codes in an OperationOutcome."""
    return [issue["details"]["coding"][0]["code"] for issue in answer.json()["issue"]]


async def reported(site: Site, *statuses: DeliveryStatus) -> list[str]:
    """Report, and give the ids."""
    async with await site.client(None, Right.RELAY) as relay:
        answers = [await relay.post(PATH, content=spelt(status)) for status in statuses]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["id"] for answer in answers]


@pytest.mark.parametrize("syntax", [FHIR_JSON, FHIR_XML])
def test_a_report_is_created_and_read_back(with_site: WithSite, syntax: str) -> None:
    """201 with its place and our id, in the syntax that is spoken; reading gives the same."""

    async def story(site: Site) -> None:
        resource = {**write_delivery_status(STATUS), "id": "its-senders-own"}
        body = orjson.dumps(resource) if syntax == FHIR_JSON else write_xml(resource)
        async with await site.client(CLINIC) as client:
            created = await client.post(PATH, content=body, headers={"content-type": syntax})
            assert (created.status_code, created.headers["content-type"]) == (201, syntax)
            place = created.headers["location"]
            read = await client.get(place, headers={"accept": syntax})
            assert (read.status_code, read.content) == (200, created.content)
            kept = (await client.get(f"{place}?_format=json")).json()
            assert kept == {**resource, "id": place.rpartition("/")[2]}

    with_site(story)


def test_the_same_event_is_kept_once(with_site: WithSite) -> None:
    """A repeated report is answered 200 with the first one's place, also in the other syntax; another step is new."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC) as client:
            first = await client.post(PATH, content=spelt(STATUS))
            again = await client.post(PATH, content=write_xml(write_delivery_status(STATUS)))
            other = await client.post(PATH, content=spelt(replace(STATUS, passing=Passing.RECEIVED)))
            assert [first.status_code, again.status_code, other.status_code] == [201, 200, 201]
            assert again.headers["location"] == first.headers["location"] != other.headers["location"]
            assert again.content == b""
            assert len((await client.get(PATH)).json()["entry"]) == 2

    with_site(story)


def test_a_report_that_breaks_the_profile_is_refused(with_site: WithSite) -> None:
    """422 with each finding at its place, and nothing is kept."""

    async def story(site: Site) -> None:
        resource = write_delivery_status(STATUS)
        resource["subtype"] = []
        resource["outcome"] = "4"
        async with await site.client(CLINIC) as client:
            answer = await client.post(PATH, content=orjson.dumps(resource), headers={"accept-language": "da"})
            assert answer.status_code == 422
            assert sorted(codes(answer)) == ["status.code.unknown", "status.count.wrong"]
            assert "profilen" in answer.json()["issue"][0]["details"]["text"] + answer.text
            assert (await client.post(PATH, content=b"\0")).status_code == 422
            assert "entry" not in (await client.get(PATH)).json()

    with_site(story)


def test_who_takes_no_part_reports_nothing(with_site: WithSite) -> None:
    """403 for a report on others' messages and on parties nobody here holds; a relay of the whole site may."""

    async def story(site: Site) -> None:
        stranger = replace(STATUS.sender, gln=Gln(NOWHERE_KNOWN))
        elsewhere = replace(STATUS, sender=stranger, receiver=replace(stranger, name="x"))
        async with await site.client(PHARMACY) as pharmacy, await site.client(CLINIC) as clinic:
            for client, status in ((pharmacy, STATUS), (clinic, elsewhere)):
                answer = await client.post(PATH, content=spelt(status))
                assert (answer.status_code, codes(answer)) == (403, ["access.status.foreign"])
        assert len(await reported(site, elsewhere)) == 1

    with_site(story)


def test_another_organisations_reports_do_not_exist(with_site: WithSite) -> None:
    """Both parties and the whole site find a report; to everybody else it is nowhere, and the try is audited."""

    async def story(site: Site) -> None:
        (identifier,) = await reported(site, STATUS)
        for gln in (CLINIC, HOSPITAL, None):
            async with await site.client(gln, Right.OPEN) as client:
                assert (await client.get(f"{PATH}/{identifier}")).status_code == 200
                assert len((await client.get(PATH)).json()["entry"]) == 1
        async with await site.client(PHARMACY, Right.OPEN) as client:
            for unknown in (identifier, str(uuid4()), "no-id"):
                answer = await client.get(f"{PATH}/{unknown}")
                assert (answer.status_code, codes(answer)) == (404, ["http.resource.unknown"])
            assert "entry" not in (await client.get(f"{PATH}?cpr=2509479989")).json()
        entries = await find_entries(site.database, by=SYSTEM, act=Act.STATUS_READ)
        assert [entry.outcome for entry in entries if entry.object_id == identifier].count(Outcome.REFUSED) == 1

    with_site(story)


def test_every_reading_is_audited(with_site: WithSite) -> None:
    """A report and a page of them leave one entry each: who, which parties, how many; never a number."""

    async def story(site: Site) -> None:
        (identifier,) = await reported(site, STATUS)
        async with await site.client(CLINIC, Right.OPEN) as client:
            await client.get(f"{PATH}/{identifier}")
            await client.get(f"{PATH}?cpr=2509479989")
        searched, read = await find_entries(site.database, by=SYSTEM, act=Act.STATUS_READ)
        assert (read.object, read.object_id, read.facts) == ("status", identifier, {"count": 1})
        assert (searched.object_id, searched.facts) == ("", {"count": 1})
        assert set(read.concerns) == set(searched.concerns) == {CLINIC, HOSPITAL}
        assert "2509479989" not in repr((searched, read))

    with_site(story)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_what_was_reported_is_never_changed(with_site: WithSite, method: str) -> None:
    """405 for every way to change or remove a report."""

    async def story(site: Site) -> None:
        (identifier,) = await reported(site, STATUS)
        async with await site.client(CLINIC) as client:
            answer = await client.request(method, f"{PATH}/{identifier}", content=spelt(STATUS))
            assert (answer.status_code, codes(answer)) == (405, ["http.method.unknown"])
            assert (await client.delete(PATH)).status_code == 405

    with_site(story)


SEARCHES: list[tuple[dict[str, str] | list[tuple[str, str]], str]] = [
    ({}, "answer,status"),
    ({"message-id": "m-71903"}, "status"),
    ({"orig-message-id": "m-71903"}, "answer"),
    ({"entityIdentifier": "m-71903"}, "answer,status"),
    ({"entityIdentifier": "http://any.example|e-71903"}, "status"),
    ({"cpr": "250947-9989"}, "status"),
    ({"cpr": "urn:oid:1.2.208.176.1.2|2509479989"}, "status"),
    ({"cpr": "0101010101"}, ""),
    ({"ehmiMessageType": "Acknowledgement-message"}, "answer"),
    ({"subtype": "msg-sent"}, "answer,status"),
    ({"sender-gln": CLINIC}, "status"),
    ({"receiver-gln": CLINIC}, "answer"),
    ({"sender-sor": "937961000016000"}, "answer"),
    ({"receiver-sor": "937961000016000"}, "status"),
    ({"sender-name": "klinikken PÅ"}, "status"),
    ({"receiver-name": "klinikken"}, "answer"),
    ({"sender-name": "%"}, ""),
    ({"participant-sor": "698141000016008"}, "answer,status"),
    ({"senderOrg": "698141000016008"}, "status"),
    ({"receiverOrg": CLINIC}, "answer"),
    ({"outcome": "0"}, "status"),
    ({"outcome": "8"}, "answer"),
    ({"date": "2026-03-02"}, "answer,status"),
    ({"date": "2026-03"}, "answer,status"),
    ({"date": "2026"}, "answer,status"),
    ({"date": "ge2026-03-03"}, ""),
    ({"date": "2026-03-02T13:00:00+01:00"}, "status"),
    ({"date": "2026-03-02T13:00:00"}, "status"),
    ({"date": "gt2026-03-02T12:00:00Z"}, "answer"),
    ({"date": "sa2026-03-02"}, ""),
    ({"date": "le2026-03-02T12:00:00.000Z"}, "status"),
    ([("date", "ge2026-03-02T12:01:00Z"), ("date", "lt2026-03-02T12:06:00Z")], "answer"),
    ({"message-id": "m-71903", "outcome": "8"}, ""),
]


@pytest.fixture(scope="module")
def searched() -> dict[str, str]:
    """What the reports are called in the table above."""
    return {"m-71903": "status", "a-71903": "answer"}


def test_each_parameter_finds_what_it_says(with_site: WithSite, searched: dict[str, str]) -> None:
    """The latest report comes first; several parameters must all fit."""

    async def story(site: Site) -> None:
        await reported(site, STATUS, ANSWER)
        async with await site.client(CLINIC, Right.OPEN) as client:
            for parameters, expected in SEARCHES:
                answer = await client.get(f"{PATH}?{urlencode(parameters)}")
                assert answer.status_code == 200, parameters
                bundle = answer.json()
                assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
                found = [_message_of(entry["resource"]) for entry in bundle.get("entry", [])]
                assert ",".join(searched[identifier] for identifier in found) == expected, parameters

    with_site(story)


def _message_of(resource: dict[str, Any]) -> str:
    (entity,) = (entity for entity in resource["entity"] if entity["type"]["code"] == "ehmiMessage")
    return entity["what"]["identifier"]["value"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "http.parameter.unknown"),
        ("message-id=a&message-id=b", "http.parameter.unknown"),
        ("date=yesterday", "http.parameter.wrong"),
        ("date=xx2026", "http.parameter.wrong"),
        ("date=9999-12", "http.parameter.wrong"),
        ("date=0001-01-01T00:00:00%2B14:00", "http.parameter.wrong"),
        ("outcome=4", "http.parameter.wrong"),
        ("message-id=%00", "http.parameter.wrong"),
        ("before=x", "http.parameter.wrong"),
        ("_count=0", "http.parameter.wrong"),
        ("_count=%D9%A3", "http.parameter.wrong"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused(with_site: WithSite, query: str, code: str) -> None:
    """400 that names the parameter, rather than an answer to another question."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.OPEN) as client:
            answer = await client.get(f"{PATH}?{query}")
            assert (answer.status_code, codes(answer)) == (400, [code])

    with_site(story)


def test_pages_follow_each_other(with_site: WithSite) -> None:
    """`next` leads through all reports without a gap, in XML as well, and keeps the question."""

    async def story(site: Site) -> None:
        steps = (Passing.CREATED, Passing.SENT, Passing.RECEIVED, Passing.FINALIZED, Passing.RECEIVED_AND_FINALIZED)
        made = await reported(site, *(replace(STATUS, passing=step) for step in steps))
        async with await site.client(CLINIC, Right.OPEN) as client:
            assert (await client.get(f"{PATH}?_format=xml")).headers["content-type"] == FHIR_XML
            url, found = f"{PATH}?_count=2&message-id=m-71903", list[str]()
            while url:
                bundle = (await client.get(url)).json()
                links = {link["relation"]: link["url"] for link in bundle["link"]}
                assert "message-id=m-71903" in links["self"]
                found += [entry["resource"]["id"] for entry in bundle["entry"]]
                url = links.get("next", "")
            assert found == sorted(made, reverse=True)

    with_site(story)


@pytest.mark.skipif(not OFFICIAL, reason="the official examples are not beside the checkout")
def test_the_official_examples_are_taken_in(with_site: WithSite) -> None:
    """All 23, reported by the network's own relay, each as an event of its own."""

    async def story(site: Site) -> None:
        async with await site.client(None, Right.RELAY, Right.OPEN) as relay:
            answers = [await relay.post(PATH, content=file.read_bytes()) for file in OFFICIAL]
            assert [answer.status_code for answer in answers] == [201] * 23
            found = (await relay.get(f"{PATH}?entityIdentifier=MSG1234567890")).json()
            assert len(found["entry"]) == sum(b'"MSG1234567890"' in file.read_bytes() for file in OFFICIAL) > 0

    with_site(story)
