"""R4's type names: complete, and the same everywhere."""

import pytest

from samspil.validation.fhirpath.types import (
    ALWAYS_CHOICES,
    CHOICE_KEYS,
    CHOICES,
    DATATYPES,
    PRIMITIVES,
    is_kind_of,
    is_sure_choice,
    known_names,
)


@pytest.mark.parametrize(
    ("name", "wanted", "answer"),
    [
        ("Patient", "DomainResource", True),
        ("Bundle", "DomainResource", False),
        ("Bundle", "Resource", True),
        ("Resource", "Resource", True),
        ("Resource", "DomainResource", False),
        ("Age", "Quantity", True),
        ("code", "string", True),
        ("canonical", "uri", True),
        ("positiveInt", "integer", True),
        ("Timing", "BackboneElement", True),
        ("Patient.contact", "BackboneElement", True),
        ("Patient.contact", "Element", True),
        ("string", "code", False),
        ("Flok", "Element", False),
    ],
)
def test_kinds(name: str, wanted: str, answer: bool) -> None:
    """Each type is itself, its parent, and that one's parent."""
    assert is_kind_of(name, wanted) is answer


def test_every_choice_offers_types_that_exist() -> None:
    """A misspelt type in the table would never be found in a message."""
    assert set(CHOICE_KEYS.values()) <= DATATYPES
    assert CHOICES.keys() >= ALWAYS_CHOICES
    assert CHOICES["deceased"]["deceasedDateTime"] == "dateTime"


def test_primitives_begin_small() -> None:
    """As FHIR writes them; twenty of them."""
    assert len(PRIMITIVES) == 20
    assert {"Element", "Patient"}.isdisjoint(PRIMITIVES)


def test_a_sure_choice_offers_the_type_asked_for() -> None:
    """An age counts where a quantity is asked for; `subject` is a plain reference elsewhere."""
    assert is_sure_choice("onset", "Quantity") is False
    assert is_sure_choice("abatement", "Quantity") is True
    assert is_sure_choice("abatement", "Attachment") is False


def test_names_for_suggestions() -> None:
    """Both namespaces, once each."""
    names = known_names()
    assert len(names) == len(set(names))
    assert {"Patient", "dateTime", "DateTime"} <= set(names)
