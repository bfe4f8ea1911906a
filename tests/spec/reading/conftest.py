"""What the chapters about reading ask."""

from collections.abc import Callable

import pytest

from samspil.formats.identify import identify
from samspil.validation.judge import examine

IsA = Callable[..., None]
Says = Callable[..., None]


@pytest.fixture
def is_a() -> IsA:
    """`is_a(payload, format, standard, version, parts=1)`: this is what the bytes are."""

    def check(payload: bytes, format: str, standard: str | None, version: str | None, *, parts: int = 1) -> None:
        found = identify(payload)
        assert (found.format, found.standard, found.version, found.parts) == (format, standard, version, parts)

    return check


@pytest.fixture
def says() -> Says:
    """`says(payload, verdict, *codes)`: the verdict, and findings that must be among those made."""

    def check(payload: bytes, verdict: str, *codes: str) -> None:
        report = examine(payload).report
        assert report.verdict == verdict
        assert set(codes) <= {issue.code for issue in report.issues}

    return check
