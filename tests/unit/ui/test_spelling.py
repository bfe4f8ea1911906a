"""Numbers and sizes in the reader's language, and moments that machines can read too."""

from datetime import UTC, datetime

import pytest

from samspil.domain.issues import Language
from samspil.ui.spelling import Spelling

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DANISH, ENGLISH = (Spelling(language, now=lambda: NOW) for language in ("da", "en"))


@pytest.mark.parametrize(
    ("size_bytes", "danish", "english"),
    [
        (1, "1 byte", "1 byte"),
        (999, "999 byte", "999 bytes"),
        (1000, "1 kB", "1 kB"),
        (18_200, "18,2 kB", "18.2 kB"),
        (100_000_000, "100 MB", "100 MB"),
        (2_500_000_000_000, "2500 GB", "2500 GB"),
    ],
)
def test_a_size(size_bytes: int, danish: str, english: str) -> None:
    """As people say it, with the language's decimal mark."""
    assert DANISH.size(size_bytes) == danish
    assert ENGLISH.size(size_bytes) == english


@pytest.mark.parametrize(("language", "expected"), [("da", "1.240"), ("en", "1,240")])
def test_a_number(language: Language, expected: str) -> None:
    """With the language's mark between thousands."""
    assert Spelling(language, now=lambda: NOW).number(1240) == expected


def test_a_moment_carries_its_whole_self() -> None:
    """The element holds the exact time for machines and on hover, whatever it shows."""
    element = DANISH.ago(datetime(2026, 11, 24, 11, 57, tzinfo=UTC))
    assert 'datetime="2026-11-24T11:57:00+00:00"' in element
    assert 'title="24. nov. 2026 kl. 12.57.00"' in element
    assert element.endswith(">3 min. siden</time>")
