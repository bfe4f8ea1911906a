"""Two payloads hold the same letters whatever their envelopes and line breaks say."""

from samspil.benchmarks.legacy_letters import interchanges
from samspil.conversion.api import convert
from samspil.formats.letters.sameness import same_content

LETTERS = interchanges()


def twin(kind: str) -> bytes:
    """A letter as OIOXML."""
    payload = convert(LETTERS[kind], to="oioxml").payload
    assert payload
    return payload


def test_sameness_is_of_letters_not_of_spelling() -> None:
    """Line breaks and blanks between elements do not count; another word does; nothing is not the same as nothing."""
    payload = LETTERS["REF01"]
    assert same_content(payload, payload.replace(b"'", b"'\n"))
    assert not same_content(payload, payload.replace(b"ingen udfyldning", b"en udfyldning"))
    assert same_content(twin("REF01"), twin("REF01").replace(b"><Identifier>", b">\n  <Identifier>"))
    assert not same_content(twin("REF01"), twin("REF01").replace(b"Elmer", b"Elmar"))
    assert not same_content(b"", b"")
    assert not same_content(payload, twin("REF01"))
