"""The signs of JSON text: how many texts it writes and whether any may hold control characters."""

import json
from typing import Any

import orjson
import pytest

from samspil.formats.fhir.signs import Signs
from samspil.formats.fhir.survey import count_texts

VALUES: tuple[Any, ...] = (
    {},
    {"a": "b"},
    {"a": 'quote " and backslash \\', "b": ["\\", '\\"', '"\\', "\\\\"], "entry": None},
    {"resourceType": "Bundle", "entry": [{"resource": {"text": "æ/ø\n\r\t"}}, "lone", ["nested", 1]], "x": [[], "y"]},
)


@pytest.mark.parametrize("value", VALUES)
def test_as_many_texts_are_read_as_are_written(value: dict[str, Any]) -> None:
    """However the same value is laid out, its signs and its tree tell the same number of texts."""
    for text in (orjson.dumps(value), json.dumps(value, indent=3, separators=(" , ", " : ")).encode()):
        assert Signs(text).texts == count_texts(orjson.loads(text))


def test_a_name_written_twice_is_one_text_more() -> None:
    """A name that stands twice is read once, so the counts differ, whatever its value is."""
    for text in (b'{"a":1,"a":2}', b'{"a":"b","a":"b"}', b'{"x":{"a":{"b":"c"} , "a":{}}}'):
        assert Signs(text).texts > count_texts(orjson.loads(text))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (rb'{"a": "\n\r\t\"\/\\"}', False),
        (rb'{"a": "\u00e6\u0100"}', False),
        (rb'{"a": "\\u0007 \\b"}', False),
        (rb'{"a": "\u0007"}', True),
        (rb'{"a": "\\\u001f"}', True),
        (rb'{"a": "\b"}', True),
        (rb'{"a": "\\\\\f"}', True),
    ],
)
def test_only_an_escape_can_write_a_control_character(text: bytes, may: bool) -> None:
    """Escapes that write one are told from those that do not, escaped backslashes left out."""
    assert Signs(text).may_hold_controls is may
