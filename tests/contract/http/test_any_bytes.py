"""Whatever is sent to whatever route: an answer as contracted, never a fault of ours, and nothing of it repeated."""

import asyncio
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, quote_from_bytes
from xml.etree import ElementTree

import httpx
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil.access.rights import CLIENT_RIGHTS, Right
from samspil.transports.http.limits import Limits
from samspil.transports.http.operations import OPERATIONS
from tests.contract.http.letters import care_communication
from tests.contract.http.site import CLINIC, HOSPITAL, Site, open_site

T = TypeVar("T")
LIMIT = 200_000
LETTER = care_communication(sender=CLINIC, receiver=HOSPITAL)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
FIELDS = (
    "accept", "accept-language", "accept-encoding", "authorization", "content-encoding", "content-type", "cookie",
    "expect", "host", "if-none-match", "origin", "range", "te", "x-forwarded-for",
)  # fmt: skip
THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Loop:
    """An event loop in a thread, for tests that are not coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def running_site(database_url: str) -> Generator[tuple[Loop, Site]]:
    """A site in another thread."""
    loop = Loop()
    context = open_site(database_url, limits=Limits(payload_bytes=LIMIT))
    site = loop.run(context.__aenter__())
    try:
        yield loop, site
    finally:
        loop.run(context.__aexit__(None, None, None))
        loop.close()


def mutations() -> st.SearchStrategy[bytes]:
    """A good letter with a stretch of it replaced."""
    places = st.integers(0, len(LETTER))
    return st.builds(
        lambda start, length, new: LETTER[:start] + new + LETTER[start + length :],
        places,
        st.integers(0, 60),
        st.binary(max_size=60),
    )


def bodies() -> st.SearchStrategy[bytes]:
    """Bytes of every sort, some of them nearly a message."""
    openings = st.sampled_from(
        [b"", b"{", b"[" * 5000, b"<", b"<a>" * 3000, b"UNA:+.? 'UNB+", b"UNB+UNOC:3+", b'{"resourceType":"Bundle",',
         b'<Bundle xmlns="http://hl7.org/fhir">', b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\xff\xfe<\x00", b"\x1f\x8b"]
    )  # fmt: skip
    return st.builds(bytes.__add__, openings, st.binary(max_size=200)) | mutations() | st.just(b"x" * (LIMIT + 1))


def paths() -> st.SearchStrategy[str]:
    """Our paths with anything in their open places and behind them."""
    fillings = st.text(max_size=12) | st.sampled_from([CLINIC, "..", "%00", "00000000-0000-0000-0000-000000000000"])
    queries = st.binary(max_size=40) | st.sampled_from(
        [b"", b"state=%ff", b"party", b"&&&=", b"limit=1&limit=2", b"from=9999999-01-01", b"until=0001-01-01T00:00Z"]
    )

    def spell(template: str, filling: str, query: bytes) -> str:
        place = quote(filling.encode("utf-8", "replace"), safe="%").replace(".", "%2E") or "-"  # else httpx walks up
        return f"{template.format(id=place, code=place)}?{quote_from_bytes(query, safe='%&=')}"

    return st.builds(spell, st.sampled_from([operation.path for operation in OPERATIONS]), fillings, queries)


def headers() -> st.SearchStrategy[dict[str, bytes]]:
    """Any values for the headers that somebody reads."""
    return st.dictionaries(st.sampled_from(FIELDS), st.binary(max_size=40), max_size=4)


def assert_contracted(answer: httpx.Response) -> None:
    """A known status; a body that parses as what it says it is; for a refusal code, words and remedy."""
    assert answer.status_code < 500, answer.text
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not answer.content:
        return
    if kind == "application/problem+json":
        document = orjson.loads(answer.content)
        assert document["status"] == answer.status_code >= 400
        assert all(document[member] for member in ("type", "title", "detail", "instance", "code", "remedy"))
    elif kind in {"application/json", "application/fhir+json"}:
        orjson.loads(answer.content)
    elif kind == "application/fhir+xml":
        ElementTree.fromstring(answer.content)
    else:
        raise AssertionError(kind)
    if answer.status_code >= 400:
        assert kind in {"application/problem+json", "application/fhir+json", "application/fhir+xml"}


def test_any_body_to_every_route_that_takes_one(database_url: str) -> None:
    """Messages, half messages and noise are accepted, refused with findings, or refused at the door."""
    with running_site(database_url) as (loop, site):
        client = loop.run(site.client(CLINIC, *(CLIENT_RIGHTS - {Right.RELAY})))
        routes = st.sampled_from(["/exchange/messages", "/fhir/$process-message", "/validate", "/convert?to=fhir"])

        @THOROUGH
        @given(routes, bodies(), st.sampled_from([None, "gzip", "deflate", "zstd", "br"]))
        def check(path: str, body: bytes, coding: str | None) -> None:
            extra = {} if coding is None else {"content-encoding": coding}
            answer = loop.run(client.post(path, content=body, headers=extra))
            assert_contracted(answer)
            if len(body) > LIMIT and coding is None:
                assert answer.status_code == 413

        check()
        loop.run(client.aclose())


def test_any_request_to_any_path(database_url: str) -> None:
    """Odd paths, queries, methods and headers are answered in our words."""
    with running_site(database_url) as (loop, site):
        client = loop.run(site.client(CLINIC, *(CLIENT_RIGHTS - {Right.RELAY})))

        @THOROUGH
        @given(st.sampled_from(METHODS), paths(), headers(), st.binary(max_size=20))
        def check(method: str, url: str, extra: dict[str, bytes], body: bytes) -> None:
            fields = [(name.encode(), value) for name, value in extra.items()]
            request = client.build_request(method, url, headers=fields, content=body)
            assert_contracted(loop.run(client.send(request)))

        check()
        loop.run(client.aclose())
