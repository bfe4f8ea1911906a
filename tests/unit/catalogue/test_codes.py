"""Code lists of the FHIR messages."""

import pytest

from samspil.catalogue.codes import acknowledgement_codes, authorised_roles, names


@pytest.mark.parametrize(
    ("table", "code", "danish"),
    [("category", "medicine", "Medicin"), ("role", "laege", "Læge"), ("stay", "STIN", "Start sygehusophold, indlagt")],
)
def test_a_code_has_a_danish_name(table: str, code: str, danish: str) -> None:
    """What a page shows is not the code."""
    assert names(table)[code].in_("da") == danish


def test_all_categories_are_there() -> None:
    """Eighteen, the two that are newer than 5.0 included."""
    assert len(names("category")) == 18


def test_roles_of_the_register_are_roles() -> None:
    """The list that tells the code systems apart names nothing else."""
    assert authorised_roles() <= names("role").keys()


def test_an_acknowledgement_may_give_37_codes() -> None:
    """Nine of MedCom's own and 28 of HL7's, each with its system."""
    assert len(acknowledgement_codes()) == 37
