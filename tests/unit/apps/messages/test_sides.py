"""A letter's fields side by side: each where it stands in either spelling, whichever it came in."""

import time

from samspil.apps.messages.examples import EXAMPLES, payload_of
from samspil.apps.messages.sides import MOST_PLACES, Field, Sides, side_by_side
from samspil.conversion.api import convert
from samspil.domain.message import Format
from samspil.formats.readers import read_payload

OIOXML = payload_of(EXAMPLES["letter"])


def sides_of(payload: bytes) -> Sides:
    """The columns of the payload's only letter."""
    (part,) = read_payload(payload)[1]
    sides = side_by_side(part)
    assert sides is not None
    return sides


def fields_of(sides: Sides) -> dict[str, Field]:
    """The fields by their group and name in Danish."""
    return {
        f"{group.name.in_('da')}: {field.name.in_('da')}": field for group in sides.groups for field in group.fields
    }


def edifact() -> bytes:
    """The example's letter in EDIFACT."""
    payload = convert(OIOXML, to="edifact").payload
    assert payload is not None
    return payload


def test_a_field_is_found_in_both_spellings() -> None:
    """By its own words in each: a code, a date with its time, a number from the envelope, a text."""
    fields = fields_of(sides_of(OIOXML))
    authorised = fields["Brevet: Godkendt"]
    assert (authorised.value, authorised.edifact) == ("2026-03-02 09:12", "202603020912")
    assert authorised.oioxml == "<Date>2026-03-02</Date> <Time>09:12</Time>"
    assert (fields["Modtager: Nummerets art"].value, fields["Modtager: Nummerets art"].edifact) == ("ydernummer", "YNR")
    assert fields["Afsender: Lokationsnummer"].edifact == "5790990000108"
    assert fields["Brevet: Versionskode"].edifact == "D9134L"
    assert fields["Klinisk tekst: Tekst 1"].edifact.startswith("FTX+NC+P00++Borgeren er set")


def test_both_directions_show_the_same_fields() -> None:
    """Only which side was made here differs."""
    one, other = sides_of(OIOXML), sides_of(edifact())
    assert [field.value for field in fields_of(one).values()] == [field.value for field in fields_of(other).values()]
    for sides, made in ((one, Format.EDIFACT), (other, Format.OIOXML)):
        assert sides.edifact is not None
        assert sides.oioxml is not None
        assert [side.format for side in (sides.edifact, sides.oioxml) if side.made] == [made]


def test_every_field_is_marked_where_it_is_told_to_be() -> None:
    """What a field says of a spelling is in that column, under the field's number, and begins there once."""
    sides = sides_of(OIOXML)
    assert sides.oioxml is not None
    for field in fields_of(sides).values():
        pieces = [piece for line in sides.oioxml.lines for piece in line.pieces if piece.number == field.number]
        text = "".join(span.text for piece in pieces for span in piece.spans)
        assert text.startswith(field.oioxml.split(">")[0])
        assert [piece.first for piece in pieces].count(True) == bool(field.oioxml)


def test_a_letter_without_a_layout_has_one_spelling() -> None:
    """Where EDIFACT's layout is not public, the page says so."""
    newer = OIOXML.replace(b"D9134L", b"D9135L").replace(b"2006/07/01", b"2099/01/01")
    (part,) = read_payload(newer)[1]
    assert side_by_side(part) is None


def test_a_very_long_letter_holds_nobody_up() -> None:
    """Its beginning is shown, as many fields as anybody reads."""
    text = b"<Text01>En linje.<Break/></Text01>"
    note = b"<ClinicalInformation>" + text + b"</ClinicalInformation>"
    at = OIOXML.index(b"<ClinicalInformation>")
    long = OIOXML[:at] + note * 800 + OIOXML[at:]
    began = time.process_time()
    fields = fields_of(sides_of(long))
    assert len(fields) <= MOST_PLACES
    assert time.process_time() - began < 10  # a guard against hanging, not a measurement
    assert (
        side_by_side(read_payload(OIOXML[:at] + note.replace(b"linje", b"linje" * 200) * 1000 + OIOXML[at:])[1][0])
        is None
    )
