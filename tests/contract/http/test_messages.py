"""What became of a message: shown to those it concerns, its bytes as received, each handing-out audited."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from samspil.access.rights import Right
from samspil.domain.message import Format
from samspil.exchange.carriage import State
from samspil.transports.http.messages import MEDIA_TYPES
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, NOWHERE_KNOWN, PHARMACY, Site, WithSite

MESSAGES = "/exchange/messages"


async def sent(client: httpx.AsyncClient, payload: bytes | None = None, *, receiver: str = HOSPITAL) -> str:
    """Hand a message over, and give the address of what became of it."""
    answer = await client.post(MESSAGES, content=payload or care_communication(sender=CLINIC, receiver=receiver))
    assert answer.status_code in {202, 422}
    return answer.headers["location"]


def test_a_message_is_told_whole(with_site: WithSite) -> None:
    """State, parties, ids, findings and where to read on."""

    async def story(site: Site) -> None:
        ids = {"message_id": str(uuid4()), "bundle_id": str(uuid4())}
        payload = care_communication(sender=CLINIC, receiver=HOSPITAL, **ids)
        async with await site.client() as client:
            place = await sent(client, payload)
            told = (await client.get(place)).json()
            assert told["href"] == place
            assert (told["message_id"], told["envelope_id"]) == (ids["message_id"], ids["bundle_id"])
            assert (told["sender"], told["receiver"], told["sender_name"]) == (CLINIC, HOSPITAL, f"clinic {CLINIC}")
            assert (told["standard"], told["version"], told["format"]) == ("CareCommunication", "5.0", "fhir-json")
            assert told["state"] in set(State)
            assert told["sha256"] == hashlib.sha256(payload).hexdigest()
            assert told["size_bytes"] == len(payload)
            for name in ("payload", "receipts", "trace"):
                assert told[name] == f"{place}/{name}"

    with_site(story)


def test_bytes_come_back_as_they_came(with_site: WithSite) -> None:
    """As a file to keep, never to be guessed at or cached, with its digest."""

    async def story(site: Site) -> None:
        payload = care_communication(sender=CLINIC, receiver=HOSPITAL)
        async with await site.client() as client:
            place = await sent(client, payload)
            answer = await client.get(f"{place}/payload")
            assert answer.content == payload
            headers = answer.headers
            assert headers["content-type"] == "application/fhir+json"
            assert headers["content-disposition"] == f'attachment; filename="{place.rpartition("/")[2]}.json"'
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            digest = hashlib.sha256(payload)
            assert headers["etag"] == f'"{digest.hexdigest()}"'
            assert headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"

    with_site(story)


def test_every_format_has_a_media_type() -> None:
    """No payload goes out without saying what it is."""
    assert set(MEDIA_TYPES) == set(Format)


@pytest.mark.parametrize("payload", [b"\x00\xff no message", b"UNA:+.? '", b"<html><script>alert(1)</script></html>"])
def test_what_nobody_could_read_is_handed_back_harmless(with_site: WithSite, payload: bytes) -> None:
    """Strange bytes come back as bytes, so that no browser runs them."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.get(f"{await sent(client, payload)}/payload")
            assert answer.content == payload
            assert answer.headers["content-disposition"].startswith("attachment")
            assert "sandbox" in answer.headers["content-security-policy"]

    with_site(story)


def test_who_has_the_bytes_already_gets_none(with_site: WithSite) -> None:
    """If-None-Match with the payload's tag is answered 304, and no mark is left: nothing was read."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            place = await sent(client)
            tag = (await client.get(f"{place}/payload")).headers["etag"]
            for field in (tag, f"W/{tag}", f'"other", {tag}', "*"):
                answer = await client.get(f"{place}/payload", headers={"if-none-match": field})
                assert (answer.status_code, answer.content) == (304, b"")
                assert answer.headers["etag"] == tag
            other = await client.get(f"{place}/payload", headers={"if-none-match": '"other"'})
            assert other.status_code == 200
            assert [entry.act for entry in await site.audited()] == ["message.take"] * 2

    with_site(story)


def test_each_handing_out_is_audited_and_so_is_each_refusal(with_site: WithSite) -> None:
    """Who, which message, whose it is, from where; a refused try is known too."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            place = await sent(client)
            await client.get(f"{place}/payload")
        identifier = place.rpartition("/")[2]
        async with await site.client(PHARMACY, Right.OPEN) as stranger:
            assert (await stranger.get(f"{place}/payload")).status_code == 404
            assert (await stranger.get(f"{MESSAGES}/2509479989/payload")).status_code == 404
        async with await site.client(CLINIC, Right.READ) as reader:
            assert (await reader.get(f"{place}/payload")).status_code == 403
        taken, foreign, malformed, powerless = await site.audited()
        assert (taken.act, taken.outcome, taken.object_id) == ("message.take", "done", identifier)
        assert set(taken.concerns) == {CLINIC, HOSPITAL}
        assert taken.origin == "198.51.100.7"
        assert (foreign.outcome, foreign.object_id, foreign.facts) == (
            "refused",
            identifier,
            {"code": "http.message.unknown"},
        )
        assert malformed.object_id == ""
        assert powerless.facts == {"code": "access.right.missing"}

    with_site(story)


def test_the_history_is_told_in_order(with_site: WithSite) -> None:
    """Events and failed tries, and the seven stations drawn from them."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            place = await sent(client)
            told = (await client.get(f"{place}/trace")).json()
            assert [station["verb"] for station in told["stations"]] == [
                "receive", "identify", "parse", "validate", "route", "deliver", "acknowledge",
            ]  # fmt: skip
            assert told["events"][0]["kind"] == "accepted"
            order = [event["seq"] for event in told["events"]]
            assert order == sorted(order)

    with_site(story)


def test_receipts_are_byte_for_byte(with_site: WithSite) -> None:
    """The answer we gave is kept as it was given."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.post(MESSAGES, content=care_communication(sender=CLINIC, receiver=HOSPITAL))
            told = (await client.get(f"{answer.headers['location']}/receipts")).json()
            (given,) = told["given"]
            assert base64.b64decode(given["base64"]) == answer.content
            assert (given["layer"], given["status"], given["media_type"]) == ("http", 202, "application/json")

    with_site(story)


@pytest.mark.parametrize("part", ["", "/payload", "/receipts", "/trace"])
@pytest.mark.parametrize("identifier", [str(UUID(int=71903)), "2509479989", "x", "%00", "..%2f..", "%F0%9F%98%80"])
def test_what_nobody_has_is_nowhere(with_site: WithSite, part: str, identifier: str) -> None:
    """An id that is none is answered like one that nobody has."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.get(f"{MESSAGES}/{identifier}{part}")
            assert answer.status_code == 404
            assert answer.json()["code"] in {"http.message.unknown", "http.route.unknown"}

    with_site(story)


async def found(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    """The messages that a search finds."""
    answer = await client.get(MESSAGES, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["messages"]


def test_the_search_narrows_by_each_parameter(with_site: WithSite) -> None:
    """Party, standard, state, time and id, alone and together."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            ids = {"message_id": str(uuid4()), "bundle_id": str(uuid4())}
            place = await sent(client, care_communication(sender=CLINIC, receiver=HOSPITAL, **ids))
            await sent(client, b"no message")
            await sent(client, care_communication(sender=CLINIC, receiver=NOWHERE_KNOWN))
            hour = timedelta(hours=1)
            before, after = (datetime.now(UTC) + step for step in (-hour, hour))
            counts = {
                (): 3,
                (("party", HOSPITAL),): 1,
                (("party", PHARMACY),): 0,
                (("standard", "carecommunication"),): 2,
                (("standard", "DIS91"),): 0,
                (("state", "refused"),): 2,
                (("from", before.isoformat()),): 3,
                (("from", after.isoformat()),): 0,
                (("from", "0001-01-01T00:00:00+14:00"),): 3,
                (("until", "9999-12-31T23:59:59-14:00"),): 3,
                (("until", before.isoformat()),): 0,
                (("until", after.isoformat()), ("state", "refused"), ("party", NOWHERE_KNOWN)): 1,
                (("id", ids["message_id"]),): 1,
                (("id", ids["bundle_id"]),): 1,
                (("id", place.rpartition("/")[2]),): 1,
                (("id", str(uuid4())),): 0,
                (("id", "nobody's"),): 0,
                (("party", ""), ("limit", "200")): 3,
            }
            for query, count in counts.items():
                assert len(await found(client, **dict(query))) == count, query

    with_site(story)


def test_pages_follow_each_other_without_gap(with_site: WithSite) -> None:
    """`next` and the Link header lead through everything once, newest first, whatever comes in meanwhile."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            places = [await sent(client, b"letter %d" % number) for number in range(7)]
            seen: list[str] = []
            onward: str | None = f"{MESSAGES}?limit=3&state=refused"
            while onward:
                answer = await client.get(onward)
                page = answer.json()
                seen += [row["href"] for row in page["messages"]]
                onward = page["next"]
                assert answer.headers.get("link") == (f'<{onward}>; rel="next"' if onward else None)
                await sent(client, b"meanwhile %d" % len(seen))
            assert seen == places[::-1]

    with_site(story)


@pytest.mark.parametrize(
    ("query", "code", "where"),
    [
        ("party=5790000121527", "http.parameter.wrong", "party"),
        ("party=x", "http.parameter.wrong", "party"),
        ("standard=NO01", "http.parameter.wrong", "standard"),
        ("state=lost", "http.parameter.wrong", "state"),
        ("from=yesterday", "http.parameter.wrong", "from"),
        ("from=2026-03-02T09:15:00", "http.parameter.wrong", "from"),
        ("until=2026-13-02T09:15:00Z", "http.parameter.wrong", "until"),
        ("limit=0", "http.parameter.wrong", "limit"),
        ("limit=201", "http.parameter.wrong", "limit"),
        ("limit=²", "http.parameter.wrong", "limit"),
        ("before=x", "http.parameter.wrong", "before"),
        ("id=%00", "http.parameter.wrong", "id"),
        ("2509479989", "http.parameter.unknown", None),
        ("page=2", "http.parameter.unknown", None),
        ("state=dead&state=refused", "http.parameter.unknown", None),
        ("id=%ff", "http.parameter.unknown", None),
    ],
)
def test_a_search_that_cannot_be_read_says_where(with_site: WithSite, query: str, code: str, where: str | None) -> None:
    """The parameter at fault is named, what it should be is told, and its value is not repeated."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.get(f"{MESSAGES}?{query}")
            document = answer.json()
            assert (answer.status_code, document["code"], document.get("where")) == (400, code, where)
            assert "2509479989" not in answer.text

    with_site(story)
