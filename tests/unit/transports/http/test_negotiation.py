"""Accept and Accept-Language are weighed as RFC 9110 says, and nonsense counts as absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil.transports.http.negotiation import header, language, media_type

OFFERS = ("application/json", "text/html", "application/fhir+xml")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", "text/html"),
        ("text/*;q=0.5, application/json;q=0.4", "text/html"),
        ("application/json;q=0, text/html;q=0.1", "text/html"),
        ("*/*;q=0.2, application/fhir+xml", "application/fhir+xml"),
        ("application/*;q=0.3, application/json;q=0.1", "application/fhir+xml"),
        ("image/png", None),
        ("TEXT/HTML ; charset=utf-8 ; Q=1.0", "text/html"),
        ("text/html;q=much, application/json;q=0.1", "application/json"),
        ("text/html;q=nan, application/json;q=0.1", "application/json"),
    ],
)
def test_the_most_specific_range_decides(field: str, expected: str | None) -> None:
    """A named type counts before its group, its group before everything; equals go to the first offer."""
    assert media_type(field, OFFERS) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, "en"),
        (b"da", "da"),
        (b"da-DK,da;q=0.9,en;q=0.8", "da"),
        (b"en-GB,da;q=0.9", "en"),
        (b"da;q=0.3, en;q=0.7", "en"),
        (b"sv, da;q=0.5, *;q=0.1", "da"),
        (b"de", "en"),
        (b"da;q=0", "en"),
        (b"", "en"),
    ],
)
def test_danish_where_it_is_liked_better(field: bytes | None, expected: str) -> None:
    """English is the answer's language unless Danish is asked for before it."""
    assert language([] if field is None else [(b"accept-language", field)]) == expected


@given(st.binary())
def test_any_field_is_weighed(field: bytes) -> None:
    """Whatever stands in the fields, a language and an offer or none come out."""
    assert language([(b"accept-language", field)]) in {"da", "en"}
    assert media_type(field.decode("latin-1"), OFFERS) in {*OFFERS, None}


def test_the_first_field_of_a_name_counts() -> None:
    """A repeated field is read once, where it stands first."""
    assert header([(b"accept", b"a/b"), (b"accept", b"c/d")], b"accept") == b"a/b"
    assert header([], b"accept") is None
