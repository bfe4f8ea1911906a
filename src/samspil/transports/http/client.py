"""The way out over HTTP: post a message to its receiver's endpoint, and make out what the answer means.

Whatever the other side does (nothing, nonsense, an endless answer, a redirect) becomes an `Outcome`; nothing here
raises for it. TLS is verified, redirects are not followed, answers are read to a limit and their text is not kept.
"""

import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import aiohttp

from samspil.access.directory import Endpoint
from samspil.domain.message import Format
from samspil.exchange.carriage import Outcome, Parcel, Result

MEDIA_TYPES = {
    Format.FHIR_JSON: "application/fhir+json",
    Format.FHIR_XML: "application/fhir+xml",
    Format.OIOXML: "application/xml",
    Format.EDIFACT: "application/edifact",
}

TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait for whom. Seconds and bytes."""

    connect: float = 5.0
    silence: float = 20.0  # between two bytes
    total: float = 45.0  # less than a lease lasts
    answer_bytes: int = 65_536
    per_endpoint: int = 64
    connections: int = 256


class HttpCarrier:
    """Posts parcels. One session for the whole process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session."""
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=limits.connections, limit_per_host=limits.per_endpoint),
            timeout=aiohttp.ClientTimeout(total=limits.total, sock_connect=limits.connect, sock_read=limits.silence),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"User-Agent": "samspil"},
        )

    async def stop(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def carry(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> Outcome:
        """Post it once."""
        began = time.perf_counter()
        status, code, asked = None, "", None
        try:
            status, asked = await self._post(parcel, payload, endpoint)
        except TimeoutError:
            code = "delivery.timeout"
        except (ssl.SSLError, aiohttp.ClientSSLError, FileNotFoundError):
            code = "delivery.tls"
        except aiohttp.ClientConnectorError:
            code = "delivery.unreachable"
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
            return Outcome(result=Result.FAILED, code="delivery.url", took_ms=_since(began))
        except (aiohttp.ClientError, OSError):
            code = "delivery.broken"
        if code:
            return Outcome(result=Result.TRY_AGAIN, code=code, took_ms=_since(began), counts_against_endpoint=True)
        return _outcome(status, asked, took_ms=_since(began))

    async def _post(self, parcel: Parcel, payload: bytes, endpoint: Endpoint) -> tuple[int, timedelta | None]:
        assert self._session is not None, "start() comes first"
        headers = {"Content-Type": MEDIA_TYPES.get(parcel.format, "application/octet-stream")}
        if endpoint.bearer:
            headers["Authorization"] = f"Bearer {endpoint.bearer}"
        tls = _tls(endpoint.tls_ca, endpoint.tls_certificate, endpoint.tls_key)
        async with self._session.post(
            endpoint.url, data=payload, headers=headers, ssl=tls, allow_redirects=False
        ) as response:
            await _drain(response, self._limits.answer_bytes)
            return response.status, _retry_after(response.headers.get("Retry-After"))


async def _drain(response: aiohttp.ClientResponse, limit: int) -> None:
    """Read the answer so that the connection can be used again; one that does not end is cut."""
    read = 0
    async for chunk in response.content.iter_chunked(16_384):
        read += len(chunk)
        if read > limit:
            response.close()
            return


def _outcome(status: int | None, asked: timedelta | None, *, took_ms: int) -> Outcome:
    """What a status means. A success is the receiver's promise that it has the message."""
    assert status is not None
    code = f"delivery.status.{status}"
    if 200 <= status < 300:
        return Outcome(result=Result.DELIVERED, code="", status=status, took_ms=took_ms)
    if status == UNPROCESSABLE:
        return Outcome(result=Result.DECLINED, code=code, status=status, took_ms=took_ms)
    if status in TRY_AGAIN:
        return Outcome(
            result=Result.TRY_AGAIN,
            code=code,
            status=status,
            took_ms=took_ms,
            retry_after=asked,
            counts_against_endpoint=True,
        )
    return Outcome(result=Result.FAILED, code=code, status=status, took_ms=took_ms)


def _retry_after(value: str | None) -> timedelta | None:
    """The header's seconds or date; anything else is not a wish (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        moment = parsedate_to_datetime(value)
        return max(timedelta(), moment - moment.now(moment.tzinfo))
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _tls(ca: str, certificate: str, key: str) -> ssl.SSLContext:
    """Verified TLS 1.2 or newer; the receiver's own authority and our certificate where the endpoint names them."""
    context = ssl.create_default_context(cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        context.load_cert_chain(certificate, key or None)
    return context


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
