"""UUIDv7: they carry their moment and grow with it."""

from datetime import UTC, datetime, timedelta

from samspil.exchange.ids import moment_of, uuid7

NOW = datetime(2026, 3, 2, 9, 15, 27, 123000, tzinfo=UTC)


def test_version_and_variant_are_those_of_the_rfc() -> None:
    """Version 7, variant 10."""
    identifier = uuid7(NOW)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"


def test_it_tells_its_moment() -> None:
    """To the millisecond."""
    assert moment_of(uuid7(NOW)) == NOW


def test_later_ones_are_larger() -> None:
    """Order by id is order by time."""
    assert uuid7(NOW) < uuid7(NOW + timedelta(milliseconds=1))


def test_a_thousand_of_one_moment_differ() -> None:
    """Chance tells neighbours apart."""
    assert len({uuid7(NOW) for _ in range(1000)}) == 1000
