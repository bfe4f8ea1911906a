"""UUIDv7: ids made outside the database that grow with time, so that neighbours in time are neighbours on disk.

Source: RFC 9562, section 5.7.
"""

import os
from datetime import UTC, datetime
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 2 << 62


def uuid7(moment: datetime) -> UUID:
    """A new id of that moment: 48 bits of milliseconds, 74 of chance."""
    milliseconds = int(moment.timestamp() * 1000)
    chance = int.from_bytes(os.urandom(10), "big")
    return UUID(int=milliseconds << 80 | _VERSION | (chance >> 68 << 64) | _VARIANT | (chance & (1 << 62) - 1))


def moment_of(identifier: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)
