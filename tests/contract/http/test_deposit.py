"""`POST /exchange/messages` answers as contracted: after the commit, the same for the same bytes, and in words."""

import gzip
from uuid import UUID, uuid4

import orjson
import pytest

from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, NOWHERE_KNOWN, PHARMACY, Site, WithSite

MESSAGES = "/exchange/messages"
LETTER = care_communication(sender=CLINIC, receiver=HOSPITAL)


def test_an_accepted_message_gets_202_and_a_place(with_site: WithSite) -> None:
    """The answer names the message, its verdict and its parts; Location leads to it."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.post(MESSAGES, content=LETTER)
            assert answer.status_code == 202
            assert answer.headers["content-type"] == "application/json"
            body = answer.json()
            assert set(body) == {"id", "verdict", "parts", "issues"}
            assert UUID(body["id"])
            assert (body["verdict"], body["issues"]) == ("accepted", [])
            assert body["parts"] == [
                {
                    "part": "1",
                    "id": body["id"],
                    "standard": "CareCommunication",
                    "version": "5.0",
                    "verdict": "accepted",
                }
            ]
            assert answer.headers["location"] == f"{MESSAGES}/{body['id']}"
            assert (await client.get(answer.headers["location"])).status_code == 200

    with_site(story)


def test_the_same_bytes_get_the_same_answer(with_site: WithSite) -> None:
    """A repetition is told 200 and, byte for byte, what was told the first time."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            first = await client.post(MESSAGES, content=LETTER)
            again = await client.post(MESSAGES, content=LETTER)
            assert (first.status_code, again.status_code) == (202, 200)
            assert again.content == first.content
            assert again.headers["location"] == first.headers["location"]

    with_site(story)


def test_a_known_id_with_other_content_is_a_conflict(with_site: WithSite) -> None:
    """One message id never stands for two contents; nothing is kept of the second."""

    async def story(site: Site) -> None:
        ids = {"message_id": str(uuid4()), "bundle_id": str(uuid4())}
        async with await site.client() as client:
            first = care_communication(sender=CLINIC, receiver=HOSPITAL, **ids)
            other = care_communication(sender=CLINIC, receiver=HOSPITAL, text="Noget andet.", **ids)
            assert (await client.post(MESSAGES, content=first)).status_code == 202
            refused = await client.post(MESSAGES, content=other)
            assert refused.status_code == 409
            assert refused.headers["content-type"] == "application/problem+json"
            document = refused.json()
            assert document["code"] == "exchange.id.conflict"
            assert "id" not in document
            assert UUID(document["instance"].removeprefix("urn:uuid:"))
            assert "location" not in refused.headers

    with_site(story)


@pytest.mark.parametrize(
    ("payload", "verdict", "code"),
    [
        (b"", "unreadable", "payload.empty"),
        (b"no message", "unreadable", "payload.unknown"),
        (care_communication(sender=CLINIC, receiver=NOWHERE_KNOWN), "rejected", "exchange.party.unknown"),
    ],
    ids=["empty", "unknown", "receiver"],
)  # fmt: skip
def test_a_refused_message_is_kept_with_its_report(
    with_site: WithSite, payload: bytes, verdict: str, code: str
) -> None:
    """422 is a problem document about the worst finding, with the whole answer beside; Location keeps both."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            answer = await client.post(MESSAGES, content=payload)
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            document = answer.json()
            assert (document["code"], document["status"], document["verdict"]) == (code, 422, verdict)
            assert {"type", "title", "detail", "remedy", "instance", "id", "parts", "issues"} <= set(document)
            assert document["instance"] == answer.headers["location"] == f"{MESSAGES}/{document['id']}"
            kept = await client.get(answer.headers["location"])
            assert kept.status_code == 200
            assert kept.json()["issues"][0]["code"] == document["issues"][0]["code"]
            again = await client.post(MESSAGES, content=payload)
            assert again.status_code == 422
            assert again.json()["id"] == document["id"]

    with_site(story)


def test_the_caller_reads_its_own_language(with_site: WithSite) -> None:
    """Codes stay; sentences are Danish where that is asked for."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            danish = await client.post(MESSAGES, content=b"x", headers={"accept-language": "da"})
            english = await client.post(MESSAGES, content=b"y")
            assert danish.json()["code"] == english.json()["code"]
            assert danish.json()["detail"] != english.json()["detail"]
            assert danish.json()["issues"][0]["message"] == danish.json()["detail"]

    with_site(story)


def test_nobody_speaks_for_another(with_site: WithSite) -> None:
    """A message of somebody else is refused at the door, and nothing is stored."""

    async def story(site: Site) -> None:
        foreign = care_communication(sender=PHARMACY, receiver=HOSPITAL)
        async with await site.client() as client:
            answer = await client.post(MESSAGES, content=foreign)
            assert answer.status_code == 403
            assert answer.json()["code"] == "access.sender.foreign"
        assert await site.database.rows("select 1 from message") == []

    with_site(story)


def test_a_packed_body_is_the_same_message(with_site: WithSite) -> None:
    """Content-Encoding belongs to the wire: what is stored is what was packed."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            packed = gzip.compress(LETTER)
            answer = await client.post(MESSAGES, content=packed, headers={"content-encoding": "gzip"})
            assert answer.status_code == 202
            payload = await client.get(f"{answer.headers['location']}/payload")
            assert payload.content == LETTER
            assert (await client.post(MESSAGES, content=LETTER)).status_code == 200

    with_site(story)


def test_a_database_that_is_away_promises_nothing(with_site: WithSite) -> None:
    """Without a commit there is no 2xx: the caller keeps its message and comes again."""

    async def story(site: Site) -> None:
        async with await site.client() as client:
            await site.database.close()
            answer = await client.post(MESSAGES, content=LETTER)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert orjson.loads(answer.content)["code"] == "http.server.unavailable"

    with_site(story)
