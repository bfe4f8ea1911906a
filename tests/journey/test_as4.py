"""Two access points exchange over AS4: real HTTP on loopback, real databases, an unreliable world between them."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette

from samspil.formats.envelopes.making import envelope_for
from samspil.formats.envelopes.sbdh_writer import write_sbdh
from samspil.formats.readers import read_payload
from samspil.storage.database import Database
from samspil.transports.as4.client import As4Client
from samspil.transports.as4.edge import PATH, as4_route
from samspil.transports.as4.fourcorner import corners, service_and_action
from samspil.transports.as4.gateway import Gateway
from samspil.transports.as4.messages import Payload, UserMessage
from samspil.transports.as4.names import TEST_ACTION, TEST_SERVICE
from samspil.transports.as4.pmodes import read_pmode
from samspil.transports.as4.refusal import Ebms, Refused
from samspil.transports.as4.retrying import Next
from samspil.transports.as4.sending import Outgoing, pack
from samspil.transports.as4.takeover import Takeover
from samspil.transports.as4.vault import Vault
from tests.journey.exchanging import CLINIC, HOSPITAL, endpoint, letter, site
from tests.partners import Answer, hang_up, partner, raw, status
from tests.unit.formats.envelopes.letters import contents, envelope
from tests.unit.transports.as4.partners import MESSAGE, NOW, keyring, own_key

MODE = read_pmode('[mode]\nid = "prøve"\nagreement = "urn:example:agreement"\nenvelope = "sbdh"\ndocument_scheme = "x"')


@dataclass
class Station:
    """Access point B: where it is, what it holds, and what it has refused."""

    url: str
    database: Database
    gateway: Gateway
    refusals: list[Refused] = field(default_factory=list)

    async def kept(self) -> list[bytes]:
        """The payloads it has."""
        return [row[0] for row in await self.database.rows("select payload from as4_message order by at")]


@asynccontextmanager
async def station(dsn: str) -> AsyncGenerator[Station, None]:
    """Access point B on a free port."""
    database = await Database.open(dsn, connections=4)
    refusals: list[Refused] = []
    gateway = Gateway(
        keyring=keyring("AP-B"),
        modes=(MODE,),
        vault=Vault(database),
        clock=lambda: NOW,
        on_refused=lambda _, refused: refusals.append(refused),
    )
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[as4_route(gateway)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    running = asyncio.create_task(server.serve([listener]))
    try:
        yield Station(f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}", database, gateway, refusals)
    finally:
        server.should_exit = True
        await running
        await database.close()


@asynccontextmanager
async def sender(dsn: str) -> AsyncGenerator[tuple[As4Client, Vault], None]:
    """Access point A."""
    database = await Database.open(dsn, connections=4)
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
            vault = Vault(database)
            yield As4Client(session, keyring=keyring("AP-A"), vault=vault, clock=lambda: NOW), vault
    finally:
        await database.close()


def message(**changes: str) -> UserMessage:
    """A header that agrees with the envelope."""
    service, action = service_and_action(envelope(), document_scheme="x")
    said = replace(MESSAGE, service=service, service_type="", action=action, properties=corners(envelope()))
    return replace(said, **changes)  # pyright: ignore[reportArgumentType] - texts alone are changed


PAYLOAD = Payload(content_id="sbdh@samspil.example", content=write_sbdh(envelope()), media_type="application/xml")


def packed(said: UserMessage | None = None, payload: Payload = PAYLOAD) -> Outgoing:
    """The message on its way from A to B."""
    return pack(said or message(), (payload,), own=own_key("AP-A"), receiver=own_key("AP-B").certificate)


RECEIVER = own_key("AP-B").certificate


def test_a_message_arrives_and_both_hold_the_proof(two_databases: tuple[str, str]) -> None:
    """B has the envelope byte for byte, A has B's signed receipt for it."""

    async def play() -> None:
        async with station(two_databases[1]) as b, sender(two_databases[0]) as (a, vault):
            tried = await a.post(packed(), url=b.url, receiver=RECEIVER)
            assert (tried.follows, tried.code, tried.status) == (Next.DONE, "", 200)
            assert await b.kept() == [PAYLOAD.content]
            assert await vault.receipt_of(MESSAGE.message_id)

    asyncio.run(play())


def test_a_repeat_is_answered_as_the_first_time_and_kept_once(two_databases: tuple[str, str]) -> None:
    """Byte for byte, also when eight come at once and when the retry was packed anew."""

    async def play() -> None:
        async with station(two_databases[1]) as b:
            first, again = packed(), packed()
            tries = [first] * 4 + [again] * 4
            answers = await asyncio.gather(*(b.gateway.answer(each.content_type, each.body) for each in tries))
            assert len({answer.body for answer in answers}) == 1
            assert await b.kept() == [PAYLOAD.content]

    asyncio.run(play())


def test_an_id_that_comes_again_with_other_content_is_refused(two_databases: tuple[str, str]) -> None:
    """What was kept stays; A is told EBMS:0003 and does not try again."""
    other = replace(PAYLOAD, content=PAYLOAD.content + b"\n")

    async def play() -> None:
        async with station(two_databases[1]) as b, sender(two_databases[0]) as (a, _):
            await a.post(packed(), url=b.url, receiver=RECEIVER)
            tried = await a.post(packed(payload=other), url=b.url, receiver=RECEIVER)
            assert (tried.follows, tried.code) == (Next.GIVE_UP, Ebms.VALUE_INCONSISTENT)
            assert await b.kept() == [PAYLOAD.content]

    asyncio.run(play())


def test_a_lost_receipt_is_asked_for_again(two_databases: tuple[str, str]) -> None:
    """The answer never comes back; the same bytes again bring the first receipt."""

    async def play() -> None:
        outgoing = packed()
        async with station(two_databases[1]) as b, sender(two_databases[0]) as (a, vault):
            lost = await b.gateway.answer(outgoing.content_type, outgoing.body)
            async with partner(hang_up) as unreliable:
                tried = await a.post(outgoing, url=unreliable.url, receiver=RECEIVER)
                assert (tried.follows, tried.code) == (Next.AGAIN, Ebms.CONNECTION_FAILURE)
            assert (await a.post(outgoing, url=b.url, receiver=RECEIVER)).follows is Next.DONE
            assert await vault.receipt_of(MESSAGE.message_id) == lost.body

    asyncio.run(play())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"agreement": "urn:other"}, Ebms.MODE_MISMATCH),
        ({"service": "urn:other"}, Ebms.VALUE_INCONSISTENT),
        ({"action": "x::urn:other"}, Ebms.VALUE_INCONSISTENT),
    ],
)
def test_what_was_not_agreed_on_is_neither_kept_nor_tried_again(
    said: dict[str, str], code: Ebms, two_databases: tuple[str, str]
) -> None:
    """Agreement, process and document must be those of the envelope."""

    async def play() -> None:
        async with station(two_databases[1]) as b, sender(two_databases[0]) as (a, vault):
            tried = await a.post(packed(message(**said)), url=b.url, receiver=RECEIVER)
            assert (tried.follows, tried.code) == (Next.GIVE_UP, code)
            assert [refused.code for refused in b.refusals] == [code]
            assert await b.kept() == []
            assert not await vault.receipt_of(MESSAGE.message_id)

    asyncio.run(play())


def test_a_test_message_is_receipted_and_delivered_to_nobody(two_databases: tuple[str, str]) -> None:
    """It asks only whether we are there."""

    async def play() -> None:
        ping = message(service=TEST_SERVICE, action=TEST_ACTION)
        async with station(two_databases[1]) as b, sender(two_databases[0]) as (a, _):
            assert (await a.post(packed(ping), url=b.url, receiver=RECEIVER)).follows is Next.DONE
            assert await b.kept() == []

    asyncio.run(play())


@pytest.mark.parametrize(
    ("answer", "follows", "code"),
    [
        (status(204, body=b""), Next.AGAIN, ""),
        (status(200), Next.AGAIN, ""),
        (status(503), Next.AGAIN, ""),
        (status(404), Next.GIVE_UP, ""),
        (status(200, body=b"<a/>", headers="Content-Type: application/soap+xml\r\n"), Next.AGAIN, Ebms.INVALID_RECEIPT),
        (raw(b"nonsense\r\n\r\n"), Next.AGAIN, Ebms.CONNECTION_FAILURE),
    ],
    ids=["204", "no signal", "503", "404", "no receipt", "nonsense"],
)
def test_whatever_a_partner_answers_becomes_a_try(
    answer: Answer, follows: Next, code: str, two_databases: tuple[str, str]
) -> None:
    """An answer without a receipt is none, whatever its status."""

    async def play() -> None:
        async with partner(answer) as stranger, sender(two_databases[0]) as (a, vault):
            tried = await a.post(packed(), url=stranger.url, receiver=RECEIVER)
            assert (tried.follows, tried.code) == (follows, code)
            assert not await vault.receipt_of(MESSAGE.message_id)

    asyncio.run(play())


def test_the_exchange_takes_over_what_was_receipted(two_databases: tuple[str, str]) -> None:
    """Out of its envelope, into the receiver's mailbox; a process that dies after the commit does it twice, unseen."""

    async def play() -> None:
        home = endpoint(HOSPITAL)
        async with station(two_databases[1]) as b, site(two_databases[1], endpoints=[home]) as exchange:
            outgoing = packed_letter(letter())
            await b.gateway.answer(outgoing.content_type, outgoing.body)
            takeover = Takeover(b.gateway.vault, exchange.engine.receive, exchange.clock)
            assert [await takeover.round(), await takeover.round()] == [1, 0]
            assert await exchange.count("message where origin = 'relay'") == 1
            await b.database.execute("update as4_message set taken_at = null")
            assert await takeover.round() == 1
            assert await exchange.count("message where origin = 'relay'") == 1
            assert await exchange.count("as4_message where problem <> ''") == 0

    asyncio.run(play())


def packed_letter(payload: bytes) -> Outgoing:
    """A letter from the clinic to the hospital, in an envelope that agrees with it, on its way from A to B."""
    _, (part,) = read_payload(payload)
    assert part.head
    told = contents(
        payload=payload,
        message_id=part.head.message_id,
        bundle_id=part.head.envelope_id,
        sender=part.head.sender,
        receiver=part.head.receiver,
        sender_sor=CLINIC.sor,
        receiver_sor=HOSPITAL.sor,
        patient=None,
    )
    sbdh = envelope_for(told, instance_id=str(uuid4()), now=NOW)
    service, action = service_and_action(sbdh, document_scheme="x")
    said = replace(message(), service=service, action=action, properties=corners(sbdh))
    return packed(said, replace(PAYLOAD, content=write_sbdh(sbdh)))


def test_what_nobody_needs_any_more_is_forgotten(two_databases: tuple[str, str]) -> None:
    """Only after the memory's time, and only what the exchange has taken over."""

    async def play() -> None:
        async with station(two_databases[1]) as b:
            outgoing = packed()
            await b.gateway.answer(outgoing.content_type, outgoing.body)
            later = NOW + timedelta(days=91)
            assert await b.gateway.vault.forget(before=later) == 0
            assert await b.database.execute("update as4_message set taken_at = $1", datetime.now(UTC)) == 1
            assert await b.gateway.vault.forget(before=NOW) == 0
            assert await b.gateway.vault.forget(before=later) == 1

    asyncio.run(play())
