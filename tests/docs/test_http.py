"""The HTTP page's figures are the program's."""

import re
from pathlib import Path

import pytest

from samspil.runtime.settings import Settings
from samspil.transports.http.edge import Operation
from samspil.transports.http.limits import Limits
from samspil.transports.http.messages import MOST_ROWS
from samspil.transports.http.operations import OPERATIONS
from samspil.transports.http.unpacking import KNOWN, MOST_GROWTH, UNSUSPECTED_BYTES
from samspil.transports.http.wire import HEAD_BYTES, HEAD_COUNT, Wire

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
TEXT = re.sub(r"\s+", " ", PAGE)
LIMITS = Limits()


@pytest.mark.parametrize(
    "figure",
    [
        f"| {Settings().payload_limit_mb} MB (setting `SAMSPIL_PAYLOAD_LIMIT_MB`)",
        f"| {LIMITS.together_bytes // 1_000_000} MB, else 503",
        f"| {Settings().body_seconds:g} seconds (setting `SAMSPIL_BODY_SECONDS`)",
        f"| {LIMITS.least_bytes_a_second:,} bytes a second",
        f"| {HEAD_BYTES // 1024} KiB, {HEAD_COUNT} headers, whole within {Settings().header_seconds:g} seconds",
        f"more than {MOST_GROWTH} times its size, beyond {UNSUSPECTED_BYTES >> 20} MB",
        f"a number from 1 to {MOST_ROWS}",
    ],
)
def test_a_limit_is_told_as_it_is(figure: str) -> None:
    """A limit that was changed is changed here too."""
    assert figure in TEXT


def test_spans_of_time_are_told_as_they_are() -> None:
    """Words for the limits that no setting changes."""
    assert (LIMITS.grace_seconds, LIMITS.total_seconds) == (10, 600)
    assert "after the first ten seconds, and ten minutes in all" in TEXT
    assert Wire.reader_seconds == 30
    assert "half a minute without progress" in TEXT


def test_every_coding_is_named() -> None:
    """What a body may be packed with."""
    assert all(f"`{coding}`" in TEXT or f"Content-Encoding: {coding}`" in TEXT for coding in KNOWN.split(", "))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_route_says_what_it_is_for(operation: Operation) -> None:
    """The page is written from the handlers' own first lines, so each has one."""
    assert (operation.handler.__doc__ or "").strip()
