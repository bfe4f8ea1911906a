"""The moments that these tests speak of."""

from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SOON = BEGIN + timedelta(days=1)
DAY = timedelta(days=1)
