"""The same message in a new envelope, byte for byte."""

import pytest

from samspil.domain.message import Format
from samspil.formats.fhir.resend import with_new_envelope
from samspil.formats.fhir.sameness import same_content
from tests.unit.formats.fhir.letters import edited, letter, part_of

AT = "2027-01-01T00:00:00.000+01:00"


@pytest.mark.parametrize("syntax", [Format.FHIR_JSON, Format.FHIR_XML])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16-le"])
def test_only_id_and_timestamp_change(syntax: Format, codec: str) -> None:
    """Putting the old two back gives the old bytes, in any encoding."""
    payload = letter(syntax).decode().replace(' encoding="UTF-8"', "").encode(codec)
    head = part_of(payload).head
    assert head and head.envelope_id
    renewed = with_new_envelope(payload, bundle_id="new-1", timestamp=AT)
    again = part_of(renewed).head
    assert again and again.envelope_id == "new-1"
    assert with_new_envelope(renewed, bundle_id=head.envelope_id, timestamp="2026-03-02T09:15:00+00:00") == payload
    assert same_content(payload, renewed)


def test_the_same_in_the_other_syntax_is_the_same() -> None:
    """Content is compared, not spelling."""
    assert same_content(letter(), letter(Format.FHIR_XML))


def test_another_text_is_another_content() -> None:
    """A changed letter under an old id must be noticed."""
    assert not same_content(letter(), letter(text="andet"))


def test_what_has_no_envelope_cannot_be_renewed() -> None:
    """Such a message was never sent."""
    with pytest.raises(ValueError, match="not a bundle"):
        with_new_envelope(edited(lambda root: root.pop("timestamp")), bundle_id="x", timestamp=AT)
