"""Asks publishers where a receiver's access point is, and remembers what they said for as long as it holds.

An answer is believed when its signer is, and when it is about what was asked. It is remembered for a day, or until
its endpoint is taken out of use; that there is none, for five minutes. While a publisher does not answer, the last
good answer stands, marked as old. Nothing is followed but the publisher's own redirect, and that once.
Source: OASIS SMP 1.0 and 2.0; times are ours.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from yarl import URL

from samspil.domain.issues import Failure, Issue, Unreachable
from samspil.exchange.carriage import Clock
from samspil.formats.smp.model import Edition, Identifier, Redirect, ServiceEndpoint, ServiceMetadata
from samspil.formats.smp.reader import MOST_BYTES, read_smp
from samspil.transports.discovery.signature import Unsigned, Verified, verify_document

log = structlog.get_logger(__name__)

NOT_FOUND = 404
Trusts = Callable[[x509.Certificate], bool]


class Unbelievable(Failure):
    """The publisher's answer cannot be used: unsigned, from a stranger, or about something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long answers are remembered and waited for, and how many."""

    positive: timedelta = timedelta(hours=24)
    negative: timedelta = timedelta(minutes=5)
    stale: timedelta = timedelta(days=7)  # how old the last good answer may be while nobody answers
    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    remembered: int = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about, which document type, for which process."""

    participant: Identifier
    document: Identifier
    process: Identifier

    @property
    def key(self) -> tuple[str, str, str]:
        """What an answer is remembered under."""
        return self.participant.key, self.document.key, self.process.key


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: an endpoint, or None when the receiver does not take this. `is_old`: nobody could be asked now."""

    endpoint: ServiceEndpoint | None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class _Remembered:
    found: Found
    asked_at: datetime
    until: datetime


class SmpClient:
    """Looks receivers up at one publisher. One for the whole process."""

    def __init__(
        self,
        base_url: str,
        *,
        trusts: Trusts,
        transport_profiles: tuple[str, ...],
        clock: Clock,
        edition: Edition = Edition.ONE,
        terms: Terms | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._trusts = trusts
        self._profiles = transport_profiles
        self._clock = clock
        self._edition = edition
        self._terms = terms or Terms()
        self._session: aiohttp.ClientSession | None = None
        self._remembered: OrderedDict[tuple[str, str, str], _Remembered] = OrderedDict()
        self._asking: dict[tuple[str, str, str], asyncio.Task[Found]] = {}

    async def start(self) -> None:
        """Open the session."""
        terms = self._terms
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=terms.total_seconds, sock_connect=terms.connect_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "samspil", "Accept": "application/xml, text/xml"},
        )

    async def stop(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def find(self, question: Question) -> Found:
        """Where to send it. Errors: Unreachable, Unbelievable, when there is no earlier answer to go by either."""
        now = self._clock()
        known = self._remembered.get(question.key)
        if known is not None and now < known.until:
            return known.found
        try:
            return await self._ask_once(question)
        except Unreachable as problem:
            if known is None or now >= known.asked_at + self._terms.stale or not _still_good(known.found, now):
                raise
            log.warning("publisher away, an old answer is used", code=problem.code)
            return Found(known.found.endpoint, is_old=True)

    def forget(self, question: Question) -> None:
        """Ask anew next time: the answer's certificate was not the one that the receiver used."""
        self._remembered.pop(question.key, None)

    async def _ask_once(self, question: Question) -> Found:
        """Ask; whoever wants the same meanwhile waits for the same answer."""
        task = self._asking.get(question.key)
        if task is None:
            task = self._asking[question.key] = asyncio.create_task(self._ask(question))
            task.add_done_callback(lambda done: self._answered(question, done))
        return await asyncio.shield(task)

    def _answered(self, question: Question, done: asyncio.Task[Found]) -> None:
        self._asking.pop(question.key, None)
        if not done.cancelled():
            done.exception()  # looked at, also when everybody who waited has gone

    async def _ask(self, question: Question) -> Found:
        metadata = await self._metadata(question)
        now, terms = self._clock(), self._terms
        endpoint = None
        if metadata is not None:
            endpoint = metadata.find(question.process, transport_profiles=self._profiles, at=now)
        until = now + (terms.positive if endpoint else terms.negative)
        if endpoint is not None and endpoint.expires is not None:
            until = min(until, endpoint.expires)
        found = Found(endpoint)
        self._remembered[question.key] = _Remembered(found, now, until)
        self._remembered.move_to_end(question.key)
        if len(self._remembered) > terms.remembered:
            self._remembered.popitem(last=False)
        return found

    async def _metadata(self, question: Question) -> ServiceMetadata | None:
        """The metadata that count, past one redirect; None if the receiver does not take the document."""
        first = await self._fetch(_place(self._base, question, self._edition))
        if first is None:
            return None
        metadata, _ = first
        redirect = metadata.redirect_for(question.process)
        if redirect is not None:
            second = await self._fetch(_redirected(redirect, question, metadata.edition))
            if second is None:
                return None
            metadata, signer = second
            if not _is_named(signer, redirect) or metadata.redirect_for(question.process) is not None:
                raise Unbelievable("discovery.redirect")
        asked = (question.participant.key, question.document.key)
        if (_key(metadata.participant), _key(metadata.document)) != asked:
            raise Unbelievable("discovery.other")
        return metadata

    async def _fetch(self, url: str) -> tuple[ServiceMetadata, x509.Certificate] | None:
        """One signed document that we believe; None for 404. Errors: Unreachable, Unbelievable."""
        payload = await self._get(url)
        if payload is None:
            return None
        verified = self._verified(payload)
        document = read_smp(verified.content)
        if isinstance(document, Issue):
            raise Unbelievable("discovery.document", document.code)
        if not isinstance(document, ServiceMetadata):
            raise Unbelievable("discovery.document")
        return document, verified.signer

    def _verified(self, payload: bytes) -> Verified:
        try:
            verified = verify_document(payload)
        except Unsigned as problem:
            raise Unbelievable("discovery.unsigned", str(problem)) from None
        if not self._trusts(verified.signer):
            raise Unbelievable("discovery.stranger")
        return verified

    async def _get(self, url: str) -> bytes | None:
        assert self._session is not None, "start() comes first"
        try:
            async with self._session.get(_exact(url), allow_redirects=False) as response:
                if response.status == NOT_FOUND:
                    return None
                if response.status != 200:
                    raise Unreachable("discovery.status", str(response.status))
                return await _read(response)
        except (aiohttp.ClientError, OSError, ssl.SSLError, TimeoutError, ValueError) as problem:
            raise Unreachable("discovery.unreachable", type(problem).__name__) from problem


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer, up to a limit."""
    found = bytearray()
    async for chunk in response.content.iter_chunked(16_384):
        found += chunk
        if len(found) > MOST_BYTES:
            response.close()
            raise Unbelievable("discovery.large")
    return bytes(found)


def _exact(url: str) -> URL:
    """The address with its escapes as they are: an identifier is one segment, whatever signs it holds."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("no address of the web")
    return URL(url, encoded=True)


def _place(base: str, question: Question, edition: Edition) -> str:
    prefix = "/bdxr-smp-2" if edition is Edition.TWO else ""
    return f"{base}{prefix}/{question.participant.segment}/services/{question.document.segment}"


def _redirected(redirect: Redirect, question: Question, edition: Edition) -> str:
    """SMP 1.0 redirects to the document, 2.0 to the publisher."""
    return redirect.url if edition is Edition.ONE else _place(redirect.url.rstrip("/"), question, edition)


def _is_named(signer: x509.Certificate, redirect: Redirect) -> bool:
    """Is the signer the one whom the redirect names: by the certificate itself, its subject, or subject and number?"""
    if redirect.certificate:
        return signer.public_bytes(Encoding.DER) == redirect.certificate
    subject = signer.subject.rfc4514_string()
    number = signer.serial_number
    names = (subject, f"{subject}:{number}", f"{subject}:{number:x}", f"{subject}:{number:016x}")
    return _plain(redirect.certificate_uid) in {_plain(name) for name in names}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _key(identifier: Identifier | None) -> str:
    return identifier.key if identifier else ""


def _still_good(found: Found, at: datetime) -> bool:
    """An old answer without an endpoint is no answer; one whose endpoint has gone out of use neither."""
    return found.endpoint is not None and found.endpoint.is_active(at)
