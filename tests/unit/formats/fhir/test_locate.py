"""From a place in the tree to bytes, line and column of the payload."""

import json

import pytest

from samspil.domain.message import Format
from samspil.formats.fhir.paths import steps_of
from tests.unit.formats.fhir.letters import letter, tree_of

CODE = ("entry", 0, "resource", "eventCoding", "code")


@pytest.mark.parametrize(
    ("codec", "plain"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
@pytest.mark.parametrize("syntax", [Format.FHIR_JSON, Format.FHIR_XML])
def test_a_primitive_is_found_with_its_quotes(syntax: Format, codec: str, plain: str) -> None:
    """The span covers the literal, in either syntax and any encoding."""
    payload = letter(syntax).decode().replace('encoding="UTF-8"', "").encode(codec)
    where = tree_of(payload).locate(*CODE)
    assert payload[where.start : where.end].decode(plain) == '"care-communication-message"'
    assert where.path == "Bundle.entry[0].resource(MessageHeader).eventCoding.code"


def test_every_value_of_a_message_is_found() -> None:
    """Each span, parsed, is the value that stands at its place."""
    payload = letter()
    tree = tree_of(payload)
    pending: list[tuple[tuple[str | int, ...], object]] = [((), tree.root)]
    checked = 0
    while pending:
        steps, value = pending.pop()
        start, end = tree.span(*steps)
        assert json.loads(payload[start:end]) == value, steps
        checked += 1
        if isinstance(value, dict):
            pending += [((*steps, name), item) for name, item in value.items()]
        elif isinstance(value, list):
            pending += [((*steps, place), item) for place, item in enumerate(value)]
    assert checked > 200


@pytest.mark.parametrize("syntax", [Format.FHIR_JSON, Format.FHIR_XML])
def test_what_is_missing_is_answered_by_what_surrounds_it(syntax: Format) -> None:
    """A missing element is shown at its parent, under its own name."""
    tree = tree_of(letter(syntax))
    where = tree.locate("entry", 0, "resource", "eventCoding", "version")
    assert where.path.endswith("eventCoding.version")
    assert (where.start, where.end) == tree.span("entry", 0, "resource", "eventCoding")


def test_line_and_column_count_characters() -> None:
    """A Danish letter before the place is one column."""
    text = '{\n "resourceType": "Bundle", "x": "Å",\n "y": "ÆØ", "id": "7"}'
    where = tree_of(text.encode()).locate("id")
    assert (where.line, where.column) == (3, 19)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("Bundle.entry[2].resource(Communication).category[0].code", ("entry", 2, "resource", "category", 0, "code")),
        ("Bundle.entry[2].resource.ofType(Communication).status", ("entry", 2, "resource", "status")),
        ("Bundle", ()),
        ("id", ("id",)),
    ],
)
def test_a_written_path_names_the_same_steps(path: str, steps: tuple[str | int, ...]) -> None:
    """A reader's path and FHIRPath are both understood."""
    assert steps_of(path) == steps


def test_a_number_keeps_the_digits_it_was_written_with() -> None:
    """7.10 is not 7.1 to a laboratory."""
    text = b'{"resourceType": "Observation", "valueQuantity": {"value": 7.10}}'
    assert tree_of(text).lexical("valueQuantity", "value") == "7.10"
