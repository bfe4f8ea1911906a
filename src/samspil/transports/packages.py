"""Fetch a FHIR package from a registry: the one command that looks for rules on a network, and only when asked.

A registry is asked twice: for the package's versions, which say where the archive lies and what its checksum is, then
for the archive, which is read to a limit and checked. Nothing it sends is believed further than that.

Source: FHIR NPM package specification, registries; the npm registry's package document (`versions`, `dist`).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from samspil.catalogue.fhir.package_store import LARGEST_ARCHIVE_BYTES, is_reference
from samspil.domain.issues import Failure, Unreachable

LARGEST_LISTING_BYTES: Final = 16 * 1024 * 1024
CHUNK_BYTES: Final = 65_536
NOT_FOUND: Final = frozenset({404, 410})


class NoSuchPackage(Failure):
    """The registry has no such package, or not in that version."""


class BadDelivery(Failure):
    """What the registry sent is not what it said, or more than a package ever holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait, in seconds, and how much to take, in bytes."""

    connect: float = 10.0
    silence: float = 30.0
    total: float = 600.0
    archive_bytes: int = LARGEST_ARCHIVE_BYTES
    listing_bytes: int = LARGEST_LISTING_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where a registry says an archive lies, and its checksums as far as it tells any."""

    url: str
    sha1: str = ""
    integrity: str = ""

    def fits(self, archive: bytes) -> bool:
        """Are these the bytes that the registry told of? True where it told of none."""
        if self.integrity:
            return any(_fits(word, archive) for word in self.integrity.split())
        told = self.sha1.lower()
        return not told or hmac.compare_digest(told, hashlib.sha1(archive, usedforsecurity=False).hexdigest())


def _fits(word: str, archive: bytes) -> bool:
    """Does one word of a Subresource Integrity text fit?"""
    algorithm, _, digest = word.partition("-")
    if algorithm not in {"sha256", "sha384", "sha512"}:
        return False
    return hmac.compare_digest(
        digest.partition("?")[0], base64.b64encode(hashlib.new(algorithm, archive).digest()).decode()
    )


async def fetch_package(registry: str, name: str, version: str, *, limits: Limits | None = None) -> bytes:
    """A package's archive.

    Errors: NoSuchPackage; BadDelivery; Unreachable if the registry does not answer as one.
    """
    if not is_reference(name, version):
        raise NoSuchPackage("packages.unknown", f"{name}@{version}")
    limits = limits or Limits()
    waits = aiohttp.ClientTimeout(total=limits.total, sock_connect=limits.connect, sock_read=limits.silence)
    try:
        async with aiohttp.ClientSession(
            timeout=waits, trust_env=True, auto_decompress=True, headers={"User-Agent": "samspil"}
        ) as session:
            address = f"{registry.rstrip('/')}/{name}"
            listing = await _get(session, address, limits.listing_bytes)
            offer = _offer(listing, version, otherwise=f"{address}/{version}")
            archive = await _get(session, offer.url, limits.archive_bytes)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
        raise Unreachable("packages.registry.unreachable", f"{registry}: {type(problem).__name__}") from problem
    if not offer.fits(archive):
        raise BadDelivery("packages.checksum", f"{name}@{version}")
    return archive


async def _get(session: aiohttp.ClientSession, url: str, limit: int) -> bytes:
    """What lies at an address, up to a limit, read piece by piece."""
    async with session.get(url, max_redirects=5) as response:
        if response.status in NOT_FOUND:
            raise NoSuchPackage("packages.unknown", url)
        if response.status != 200:
            raise Unreachable("packages.registry.status", f"{url}: {response.status}")
        pieces = bytearray()
        async for piece in response.content.iter_chunked(CHUNK_BYTES):
            pieces += piece
            if len(pieces) > limit:
                raise BadDelivery("packages.too_large", url)
        return bytes(pieces)


def _offer(listing: bytes, version: str, *, otherwise: str) -> Offer:
    """What the registry says about a version. Errors: NoSuchPackage; Unreachable for what is no package document."""
    try:
        document: Any = orjson.loads(listing)
        versions = document["versions"]
        known = version in versions
        told = versions[version].get("dist") or {} if known else {}
        url, sha1, integrity = (str(told.get(key) or "") for key in ("tarball", "shasum", "integrity"))
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise Unreachable("packages.registry.nonsense", otherwise) from problem
    if not known:
        raise NoSuchPackage("packages.unknown", otherwise)
    return Offer(url=url or otherwise, sha1=sha1, integrity=integrity)
