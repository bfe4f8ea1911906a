"""Asking publishers over a real connection: what is believed, how long it is remembered, what if none answers."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography import x509

from samspil.domain.issues import Failure, Unreachable
from samspil.formats.smp.model import Edition, Identifier, ServiceMetadata
from samspil.formats.smp.writer import write_service_metadata
from samspil.transports.discovery.client import Found, Question, SmpClient, Terms, Unbelievable
from samspil.transports.discovery.signature import sign_document
from tests.unit.formats.smp.test_writer import DOCUMENT, METADATA, PARTICIPANT
from tests.unit.transports.as4.partners import own_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROCESS = METADATA.services[0].processes[0]
QUESTION = Question(PARTICIPANT, DOCUMENT, PROCESS)
ENDPOINT = METADATA.services[0].endpoints[0]
V1 = "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05"


def signed(metadata: ServiceMetadata = METADATA, *, by: str = "SMP-71903", edition: Edition = Edition.ONE) -> bytes:
    """A publisher's answer."""
    payload = write_service_metadata(metadata, edition)
    return sign_document(payload, key=own_key(by).key, certificate=own_key(by).certificate)


def redirecting(url: str, uid: str) -> bytes:
    """A signed redirect of SMP 1.0."""
    payload = (
        f'<SignedServiceMetadata xmlns="{V1}"><ServiceMetadata><Redirect href="{url}">'
        f"<CertificateUID>{uid}</CertificateUID></Redirect></ServiceMetadata></SignedServiceMetadata>"
    )
    return sign_document(payload.encode(), key=own_key("SMP-71903").key, certificate=own_key("SMP-71903").certificate)


@dataclass
class Publisher:
    """A publisher on loopback that answers as a test says, and a client with a clock to turn."""

    answer: Callable[[], web.Response] = lambda: web.Response(body=signed())
    elsewhere: Callable[[], web.Response] = lambda: web.Response(status=404)
    asked: list[str] = field(default_factory=list[str])
    now: datetime = NOON
    url: str = ""
    client: SmpClient | None = None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer, and keep what was asked."""
        self.asked.append(request.raw_path)
        await asyncio.sleep(0)
        return self.elsewhere() if request.path == "/elsewhere" else self.answer()

    async def find(self, question: Question = QUESTION) -> Found:
        """Ask through the client."""
        assert self.client is not None
        return await self.client.find(question)


def trusts(certificate: x509.Certificate) -> bool:
    """Those whom the test network believes."""
    return certificate in {own_key("SMP-71903").certificate, own_key("SMP-2").certificate}


@asynccontextmanager
async def publishing(edition: Edition = Edition.ONE) -> AsyncGenerator[Publisher]:
    """Open both."""
    publisher = Publisher()
    app = web.Application()
    app.router.add_get("/{rest:.*}", publisher.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    publisher.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    publisher.client = SmpClient(
        publisher.url,
        trusts=trusts,
        transport_profiles=(ENDPOINT.transport_profile,),
        clock=lambda: publisher.now,
        edition=edition,
        terms=Terms(total_seconds=2),
    )
    await publisher.client.start()
    try:
        yield publisher
    finally:
        await publisher.client.stop()
        await runner.cleanup()


def told(story: Callable[[Publisher], Awaitable[None]], edition: Edition = Edition.ONE) -> None:
    """Run a story with a publisher."""

    async def main() -> None:
        async with publishing(edition) as publisher:
            await story(publisher)

    asyncio.run(main())


@pytest.mark.parametrize(("edition", "prefix"), [(Edition.ONE, ""), (Edition.TWO, "/bdxr-smp-2")])
def test_an_endpoint_is_found_once_for_many(edition: Edition, prefix: str) -> None:
    """One request whose path holds both identifiers escaped, for everybody who asks, at once or later."""

    async def story(publisher: Publisher) -> None:
        publisher.answer = lambda: web.Response(body=signed(edition=edition))
        found = await asyncio.gather(*(publisher.find() for _ in range(5)))
        publisher.now += timedelta(hours=23, minutes=59)
        assert {one.endpoint.url for one in (*found, await publisher.find()) if one.endpoint} == {ENDPOINT.url}
        assert publisher.asked == [f"{prefix}/{PARTICIPANT.segment}/services/{DOCUMENT.segment}"]
        publisher.now += timedelta(minutes=1)
        await publisher.find()
        assert len(publisher.asked) == 2

    told(story, edition)


def test_an_answer_holds_no_longer_than_its_endpoint() -> None:
    """When the endpoint goes out of use within a day, it is asked about again."""

    async def story(publisher: Publisher) -> None:
        leaving = replace(ENDPOINT, expires=NOON + timedelta(hours=1))
        service = replace(METADATA.services[0], endpoints=(leaving,))
        publisher.answer = lambda: web.Response(body=signed(replace(METADATA, services=(service,))))
        assert (await publisher.find()).endpoint
        publisher.now += timedelta(hours=1)
        assert (await publisher.find()).endpoint is None
        assert len(publisher.asked) == 2

    told(story)


def test_that_there_is_none_is_remembered_for_five_minutes() -> None:
    """404 means that the receiver does not take this: no error, and soon asked again."""

    async def story(publisher: Publisher) -> None:
        publisher.answer = lambda: web.Response(status=404)
        for minutes in (0, 4, 1):
            publisher.now += timedelta(minutes=minutes)
            assert await publisher.find() == Found(None)
        assert len(publisher.asked) == 2

    told(story)


def test_while_nobody_answers_the_last_answer_stands() -> None:
    """Marked as old, for a week at most; without an earlier answer it is unreachable, and may be tried again."""

    async def story(publisher: Publisher) -> None:
        publisher.answer = lambda: web.Response(status=503)
        with pytest.raises(Unreachable):
            await publisher.find()
        publisher.answer = lambda: web.Response(body=signed())
        assert not (await publisher.find()).is_old
        publisher.answer = lambda: web.Response(status=503)
        publisher.now += timedelta(days=6)
        old = await publisher.find()
        assert old.is_old and old.endpoint is not None and old.endpoint.url == ENDPOINT.url
        publisher.now += timedelta(days=1)
        with pytest.raises(Unreachable):
            await publisher.find()

    told(story)


def test_what_is_forgotten_is_asked_again() -> None:
    """After a receiver showed another certificate, the next question goes to the publisher."""

    async def story(publisher: Publisher) -> None:
        await publisher.find()
        assert publisher.client is not None
        publisher.client.forget(QUESTION)
        await publisher.find()
        assert len(publisher.asked) == 2

    told(story)


OTHER = replace(METADATA, participant=Identifier("iso6523-actorid-upis", "0088:5790000201389"))
UNBELIEVED: dict[str, tuple[Callable[[], web.Response], str]] = {
    "unsigned": (lambda: web.Response(body=write_service_metadata(METADATA, Edition.ONE)), "discovery.unsigned"),
    "stranger": (lambda: web.Response(body=signed(by="stranger")), "discovery.stranger"),
    "about another": (lambda: web.Response(body=signed(OTHER)), "discovery.other"),
    "too large": (lambda: web.Response(body=b"x" * 1_000_001), "discovery.large"),
    "no document": (lambda: web.Response(body=b"hello"), "discovery.unsigned"),
}


@pytest.mark.parametrize(("answer", "code"), UNBELIEVED.values(), ids=UNBELIEVED)
def test_what_cannot_be_believed_is_refused(answer: Callable[[], web.Response], code: str) -> None:
    """Not even an earlier answer counts then, once its time is over: somebody may be lying."""

    async def story(publisher: Publisher) -> None:
        await publisher.find()
        publisher.answer = answer
        publisher.now += timedelta(days=1)
        with pytest.raises(Unbelievable) as refused:
            await publisher.find()
        assert refused.value.code == code

    told(story)


def test_a_redirect_is_followed_once_to_the_one_it_names() -> None:
    """The other publisher's signer must be the one named; a second redirect is refused."""
    uid = f"{own_key('SMP-2').certificate.subject.rfc4514_string()}:{own_key('SMP-2').certificate.serial_number:x}"

    async def story(publisher: Publisher) -> None:
        place = f"{publisher.url}/elsewhere"
        publisher.answer = lambda: web.Response(body=redirecting(place, uid))
        for elsewhere in (signed(), redirecting(place, uid)):
            publisher.elsewhere = lambda body=elsewhere: web.Response(body=body)
            with pytest.raises(Unbelievable, match=r"discovery\.redirect"):
                await publisher.find()
        publisher.elsewhere = lambda: web.Response(body=signed(by="SMP-2"))
        assert (await publisher.find()).endpoint

    told(story)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://127.0.0.1:1/", ""])
def test_a_redirect_to_nowhere_is_unreachable(place: str) -> None:
    """Addresses that are none of the web, and those where nobody is, end the same way."""

    async def story(publisher: Publisher) -> None:
        publisher.answer = lambda: web.Response(body=redirecting(place, "x"))
        with pytest.raises(Failure, match=r"discovery\.unreachable"):
            await publisher.find()

    told(story)


def test_http_redirects_are_not_followed() -> None:
    """A 302 is no answer of a publisher."""

    async def story(publisher: Publisher) -> None:
        publisher.answer = lambda: web.Response(status=302, headers={"location": "/elsewhere"})
        publisher.elsewhere = lambda: web.Response(body=signed())
        with pytest.raises(Unreachable, match="302"):
            await publisher.find()
        assert len(publisher.asked) == 1

    told(story)
