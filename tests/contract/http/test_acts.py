"""What an operator's program does with stuck messages: seen, released, sent again, returned, and always audited."""

import asyncio
from typing import Any

import httpx
import pytest

from samspil.access.rights import Right
from samspil.exchange.carriage import Result
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, PHARMACY, Site, WithSite

MESSAGES = "/exchange/messages"


async def until(client: httpx.AsyncClient, place: str, state: str) -> dict[str, Any]:
    """Wait until a message is in a state."""
    for _ in range(500):
        told = (await client.get(place)).json()
        if told["state"] == state:
            return told
        await asyncio.sleep(0.02)
    pytest.fail(f"{place} did not become {state}")


async def stuck(client: httpx.AsyncClient) -> str:
    """A message that the hospital, which is down, did not take."""
    answer = await client.post(MESSAGES, content=care_communication(sender=CLINIC, receiver=HOSPITAL))
    await until(client, answer.headers["location"], "dead")
    return answer.headers["location"]


def test_what_was_given_up_is_listed_and_can_be_released(with_site: WithSite) -> None:
    """A dead letter is seen by its organisation, goes back on its path, and the act is audited."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ, Right.RESOLVE) as client:
            place = await stuck(client)
            (letter,) = (await client.get("/exchange/dead-letters")).json()["dead_letters"]
            assert letter["message"] == place.rpartition("/")[2]
            assert letter["reason"]
            answer = await client.post(f"{place}/release")
            assert answer.status_code == 200
            assert answer.json()["href"] == place
            kinds = [event["kind"] for event in (await client.get(f"{place}/trace")).json()["events"]]
            assert "released" in kinds
            (entry,) = await site.audited()
            assert (entry.act, entry.outcome) == ("message.release", "done")

    with_site(story)


def test_a_stuck_message_can_be_returned_with_a_reason(with_site: WithSite) -> None:
    """Its sender has it back and reads why; nothing waits for it any more."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ, Right.RESOLVE) as client:
            place = await stuck(client)
            answer = await client.post(f"{place}/return", json={"reason": "receiver.closed"})
            assert (answer.status_code, answer.json()["state"]) == (200, "returned")
            events = (await client.get(f"{place}/trace")).json()["events"]
            assert events[-1]["cause"] == "receiver.closed"
            assert (await client.get("/exchange/dead-letters")).json()["dead_letters"] == []
            again = await client.post(f"{place}/return")
            assert (again.status_code, again.json()["code"]) == (409, "http.act.idle")

    with_site(story)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"reason": 1}', b"\xff\xfe", b'{"reason": "\\ud800"}', b'{"reason": "\\u0000"}', b'{"reason": ""}'],
)
def test_a_reason_that_cannot_be_read_is_refused(with_site: WithSite, body: bytes) -> None:
    """Nothing is done on the strength of a body that makes no sense."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ, Right.RESOLVE) as client:
            place = await stuck(client)
            answer = await client.post(f"{place}/return", content=body)
            assert (answer.status_code, answer.json()["where"]) == (400, "reason")
            assert (await client.get(place)).json()["state"] == "dead"

    with_site(story)


@pytest.mark.parametrize("act", ["resend", "release", "return"])
def test_where_there_is_nothing_to_do_nothing_is_done(with_site: WithSite, act: str) -> None:
    """A refused message cannot be sent again, released or returned."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ, Right.RESOLVE) as client:
            place = (await client.post(MESSAGES, content=b"no message")).headers["location"]
            answer = await client.post(f"{place}/{act}")
            assert (answer.status_code, answer.json()["code"]) == (409, "http.act.idle")

    with_site(story)


def test_another_organisations_queue_is_not_shown(with_site: WithSite) -> None:
    """Lanes, circuits and dead letters are one's own."""

    async def story(site: Site) -> None:
        async with await site.client(CLINIC, Right.SEND, Right.READ) as client:
            await stuck(client)
            site.hospital.result = Result.TRY_AGAIN
            answer = await client.post(MESSAGES, content=care_communication(sender=CLINIC, receiver=HOSPITAL))
            await until(client, answer.headers["location"], "retrying")
            (lane,) = (await client.get("/exchange/lanes")).json()["lanes"]
            assert (lane["sender"], lane["receiver"], lane["parcels"]) == (CLINIC, HOSPITAL, 1)
            assert lane["last_code"] == "endpoint.refused"
        async with await site.client(PHARMACY, Right.READ) as stranger:
            assert (await stranger.get("/exchange/dead-letters")).json() == {"dead_letters": [], "unconfirmed": []}
            assert (await stranger.get("/exchange/lanes")).json() == {"lanes": [], "circuits": []}
        async with await site.client(None, Right.READ) as operator:
            assert len((await operator.get("/exchange/dead-letters")).json()["dead_letters"]) == 1
            assert len((await operator.get("/exchange/lanes")).json()["lanes"]) == 1

    with_site(story)
