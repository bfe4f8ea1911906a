"""Values of R4's primitive types, good and bad."""

import time

import pytest

from samspil.validation.profiles.primitives import FITS, LOOKS

GOOD = {
    "boolean": [True, False],
    "integer": [0, -2147483648, 2147483647],
    "unsignedInt": [0],
    "positiveInt": [1],
    "decimal": [1, -0.5, 12345678901234567890],
    "base64Binary": ["SGVq", "SGVqIQ==", "SGVq\r\nSGVq", "SGVqIQ==\n"],
    "instant": ["2024-05-07T18:00:00+02:00", "2024-02-29T00:00:00.123Z", "2024-06-30T23:59:60Z"],
    "date": ["2024", "2024-02", "2024-02-29"],
    "dateTime": ["2024", "2024-12-31", "2024-12-31T23:59:59-01:00"],
    "time": ["00:00:00", "23:59:59.5"],
    "code": ["final", "in progress"],
    "uri": ["urn:oid:1.2", "x"],
    "url": ["https://example.org/æ"],
    "canonical": ["http://example.org/a|1.0"],
    "oid": ["urn:oid:2.16.840"],
    "uuid": ["urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e"],
    "id": ["A-z.9", "x" * 64],
    "string": ["a", "linje\n2", "æøå\u00a0", " "],
    "markdown": ["*a*"],
}
BAD = {
    "boolean": ["true", 0, None],
    "integer": [2147483648, 1.0, True, "1"],
    "unsignedInt": [-1, False],
    "positiveInt": [0],
    "decimal": ["1", True, None],
    "base64Binary": ["", " ", "SGV", "SGV*", "SGVqIQ=", 1],
    "instant": ["2024-05-07", "2024-05-07T18:00:00", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z"],
    "date": ["24", "2024-2", "2024-02-30", "2024-06-31", "2024-05-07T18:00:00Z"],
    "dateTime": ["2024-05-07T18:00", "2024-05-07T18:00:00", "2024-05-07 18:00:00Z", "2024-05-07T24:00:00Z"],
    "time": ["24:00:00", "12:00"],
    "code": ["", " final", "final ", "a  b"],
    "uri": ["", "a b"],
    "url": ["a\tb"],
    "canonical": [""],
    "oid": ["1.2.3", "urn:oid:9.1", "urn:oid:1.02"],
    "uuid": ["0f8fad5b-d9cb-469f-a165-70867728950e", "urn:uuid:0F8FAD5B-D9CB-469F-A165-70867728950E"],
    "id": ["", "x" * 65, "a_b"],
    "string": ["", "a\x00", 1, None, []],
    "markdown": ["", {}],
}  # fmt: skip


@pytest.mark.parametrize("type_name", FITS)
def test_values_of_a_type_fit_it(type_name: str) -> None:
    """Every example of ours, and the one that a finding shows, is of its type; near misses are not."""
    fits = FITS[type_name]
    assert [value for value in GOOD[type_name] if not fits(value)] == []
    assert [value for value in BAD[type_name] if fits(value)] == []
    if type_name in LOOKS and not type_name.endswith(("Int", "integer", "id")):
        assert fits(LOOKS[type_name])


@pytest.mark.parametrize("type_name", [name for name in FITS if name not in {"boolean", "decimal"}])
def test_no_value_takes_long(type_name: str) -> None:
    """A million characters of any pattern are judged at once."""
    for text in ("a" * 1_000_000, "a b" * 300_000, "1." * 500_000, "urn:oid:1" + ".1" * 500_000, "=" * 1_000_000):
        begun = time.process_time()
        FITS[type_name](text)
        assert time.process_time() - begun < 1
