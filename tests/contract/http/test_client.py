"""The way out over HTTP: whatever a receiver does becomes an outcome, and never an exception."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from samspil.access.directory import Endpoint
from samspil.domain.message import Format
from samspil.exchange.carriage import Outcome, Parcel, Result
from samspil.transports.http.client import HttpCarrier, Limits
from tests.partners import Answer, Partner, endless, hang_up, partner, raw, silence, status

LETTER = b'{"resourceType":"Bundle"}'
IMPATIENT = Limits(connect=0.5, silence=0.5, total=2.0, answer_bytes=65_536)


def parcel(spelling: Format = Format.FHIR_JSON) -> Parcel:
    """A parcel with a letter in it."""
    return Parcel(
        id=UUID(int=71911),
        message=UUID(int=71912),
        endpoint=UUID(int=71913),
        fence=1,
        tries=1,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        format=spelling,
        sha256=b"",
        payload=LETTER,
    )


def endpoint(url: str, **more: str) -> Endpoint:
    """An endpoint at this address."""
    return Endpoint(
        id=UUID(int=71913), organisation=UUID(int=71915), gln="5790000201389", wire="http", url=url,
        bearer=more.get("bearer"), tls_ca=more.get("tls_ca", ""), tls_certificate=more.get("tls_certificate", ""),
    )  # fmt: skip


async def carry(to: Endpoint, *, spelling: Format = Format.FHIR_JSON) -> Outcome:
    """Post one letter."""
    carrier = HttpCarrier(IMPATIENT)
    await carrier.start()
    try:
        return await carrier.carry(parcel(spelling), LETTER, to)
    finally:
        await carrier.stop()


def carried(answer: Answer, *, look: Callable[[Partner], None] | None = None) -> Outcome:
    """Post one letter to a partner that answers so."""

    async def story() -> Outcome:
        async with partner(answer) as it:
            outcome = await carry(endpoint(it.url, bearer="token-71916"))
            if look:
                look(it)
            return outcome

    return asyncio.run(story())


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_any_success_is_a_promise(code: int) -> None:
    """A 2xx says that the receiver has it."""
    outcome = carried(status(code, body=b"" if code == 204 else b"<html>well</html>"))
    assert (outcome.result, outcome.status) == (Result.DELIVERED, code)


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_passing_trouble_is_tried_again(code: int) -> None:
    """These may be otherwise next time; they count against the endpoint."""
    outcome = carried(status(code))
    assert (outcome.result, outcome.code) == (Result.TRY_AGAIN, f"delivery.status.{code}")
    assert outcome.counts_against_endpoint


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 403, 404, 409, 413, 415, 501])
def test_lasting_trouble_is_a_persons(code: int) -> None:
    """These would fail again; a redirect is one of them, and is not followed."""
    outcome = carried(status(code, headers="Location: http://127.0.0.1:1/elsewhere\r\n"))
    assert (outcome.result, outcome.code) == (Result.FAILED, f"delivery.status.{code}")
    assert not outcome.counts_against_endpoint


def test_a_refusal_is_the_receivers_word() -> None:
    """422: it has read the message and says no; nobody need try again."""
    assert carried(status(422)).result is Result.DECLINED


@pytest.mark.parametrize(
    ("header", "wish"),
    [
        ("17", timedelta(seconds=17)),
        ("999999999999", timedelta(days=1)),
        ("Mon, 02 Mar 1998 09:15:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
    ],
)
def test_a_wish_is_heard_if_it_is_one(header: str, wish: timedelta | None) -> None:
    """Retry-After in seconds or as a date; nonsense is no wish."""
    assert carried(status(503, headers=f"Retry-After: {header}\r\n")).retry_after == wish


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (silence, "delivery.timeout"),
        (hang_up, "delivery.broken"),
        (raw(b"\x00\xff not http at all \r\n\r\n"), "delivery.broken"),
        (raw(b"HTTP/1.1 wat\r\n\r\n"), "delivery.broken"),
        (raw(b""), "delivery.broken"),
    ],
)
def test_nonsense_is_tried_again(answer: Answer, code: str) -> None:
    """Silence, a cut line and garbage count against the endpoint and are tried again."""
    outcome = carried(answer)
    assert (outcome.result, outcome.code) == (Result.TRY_AGAIN, code)
    assert outcome.counts_against_endpoint


def test_an_endless_answer_is_cut() -> None:
    """The status counts; the body is read to a limit."""
    outcome = carried(endless)
    assert outcome.result is Result.DELIVERED
    assert outcome.took_ms < 2000


def test_nobody_there() -> None:
    """A refused connection is tried again."""
    outcome = asyncio.run(carry(endpoint("http://127.0.0.1:1/inbox")))
    assert (outcome.result, outcome.code) == (Result.TRY_AGAIN, "delivery.unreachable")


@pytest.mark.parametrize("url", ["http://", "not a url", "ftp://127.0.0.1/", "http://127.0.0.1:99999/"])
def test_an_impossible_address_is_a_persons(url: str) -> None:
    """An address that cannot be is not tried again."""
    outcome = asyncio.run(carry(endpoint(url)))
    assert (outcome.result, outcome.code) == (Result.FAILED, "delivery.url")


def test_certificates_that_are_not_there(tmp_path: Path) -> None:
    """A missing file is told as a TLS matter."""
    to = endpoint("https://127.0.0.1:1/inbox", tls_ca=str(tmp_path / "none.pem"))
    outcome = asyncio.run(carry(to))
    assert (outcome.result, outcome.code) == (Result.TRY_AGAIN, "delivery.tls")


def test_the_letter_arrives_as_it_is() -> None:
    """Bytes, media type and credentials reach the receiver; our answer's cookies and body are not kept."""

    def look(it: Partner) -> None:
        (request,) = it.requests
        assert request.body == LETTER
        assert "content-type: application/fhir+json" in request.head.lower()
        assert "authorization: bearer token-71916" in request.head.lower()

    carried(status(202, headers="Set-Cookie: a=b\r\n"), look=look)
