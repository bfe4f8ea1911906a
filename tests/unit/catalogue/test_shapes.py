"""The shapes of R4 types."""

from samspil.catalogue.shapes import Element, shape_of, shapes


def test_a_choice_is_written_out() -> None:
    """value[x] becomes one name for each type it may have."""
    assert shape_of("Observation")["valueQuantity"] == Element("Quantity", repeats=False)
    assert "value[x]" not in shape_of("Observation")


def test_what_repeats_is_marked() -> None:
    """The same name may repeat in one type and not in another."""
    assert shape_of("Communication")["identifier"].repeats
    assert not shape_of("Bundle")["identifier"].repeats


def test_every_type_named_is_in_the_table_or_is_a_bare_value() -> None:
    """A complex type that is missing would be read by guessing."""
    types = {element.type for shape in shapes().values() for element in shape.values()}
    missing = {name for name in types if name[:1].isupper() and not shape_of(name)}
    assert missing == set()


def test_an_unknown_type_has_no_elements() -> None:
    """Asking is never an error."""
    assert shape_of("Nothing") == {}
