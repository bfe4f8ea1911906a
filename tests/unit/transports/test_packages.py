"""Fetching a package from a registry: ours on loopback, kind and unkind."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from samspil.domain.issues import Unreachable
from samspil.transports.packages import BadDelivery, Limits, NoSuchPackage, fetch_package
from tests.packages import Registry, packed, serving

ARCHIVE = packed("test.rules", "1.0.0")
SHA1_OF_NOTHING = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
QUICK = Limits(connect=2.0, silence=0.5, total=5.0)


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry with one package."""
    with serving() as served:
        served.hold(ARCHIVE, "test.rules", "1.0.0")
        yield served


def fetched(registry: Registry, name: str = "test.rules", version: str = "1.0.0", limits: Limits = QUICK) -> bytes:
    """Fetch as a command does."""
    return asyncio.run(fetch_package(registry.address, name, version, limits=limits))


def test_a_package_is_fetched_as_it_lies_there(registry: Registry) -> None:
    """The listing is asked first, then the archive."""
    assert fetched(registry) == ARCHIVE
    assert registry.asked == ["/test.rules", "/test.rules/1.0.0"]


def test_an_archive_may_lie_elsewhere(registry: Registry) -> None:
    """The listing's address counts, and a redirect is followed."""
    registry.dist["test.rules", "1.0.0"] = {"tarball": f"{registry.address}/files/a.tgz"}
    registry.answers["/files/a.tgz"] = (302, f"{registry.address}/b.tgz".encode())
    registry.answers["/b.tgz"] = (200, ARCHIVE)
    assert fetched(registry) == ARCHIVE


@pytest.mark.parametrize(("name", "version"), [("no.such", "1.0.0"), ("test.rules", "9.0.0"), ("../x", "1.0.0")])
def test_what_a_registry_has_not_is_told(registry: Registry, name: str, version: str) -> None:
    """An unknown name, an unknown version, and what is no name at all."""
    with pytest.raises(NoSuchPackage):
        fetched(registry, name, version)


@pytest.mark.parametrize("told", [{"shasum": SHA1_OF_NOTHING}, {"integrity": "sha512-AAAA"}, {"integrity": "md5-AAAA"}])
def test_an_archive_with_another_checksum_is_not_taken(registry: Registry, told: dict[str, str]) -> None:
    """What arrives is what the registry told of, or nothing."""
    registry.hold(ARCHIVE, "test.rules", "1.0.0", **told)
    with pytest.raises(BadDelivery, match="checksum"):
        fetched(registry)


def test_an_endless_archive_is_cut(registry: Registry) -> None:
    """Reading stops at the limit, whatever length was promised."""
    registry.archives["test.rules", "1.0.0"] = bytes(1_000_000)
    with pytest.raises(BadDelivery, match="too_large"):
        fetched(registry, limits=replace(QUICK, archive_bytes=100_000))


@pytest.mark.parametrize(
    "answer",
    [(200, b"<html>"), (200, b"[]"), (200, b'{"versions": []}'), (200, b'{"versions": {"1.0.0": 5}}'), (500, b"")],
)
def test_what_is_no_registry_is_told(registry: Registry, answer: tuple[int, bytes]) -> None:
    """Pages, other documents and errors are a registry that does not answer as one."""
    registry.answers["/test.rules"] = answer
    with pytest.raises((Unreachable, NoSuchPackage)):
        fetched(registry)


def test_a_registry_that_is_not_there_is_told() -> None:
    """Nobody listens; or the address is none."""
    for address in ("http://127.0.0.1:9", "nonsense", "ftp://127.0.0.1/x"):
        with pytest.raises(Unreachable):
            asyncio.run(fetch_package(address, "test.rules", "1.0.0", limits=QUICK))
