"""The catalogue of standards."""

import json
from pathlib import Path

import pytest

from samspil.catalogue.standards import (
    ReceiptRule,
    Syntax,
    by_oioxml_element,
    by_version_code,
    find_standard,
    standards,
)
from samspil.domain.message import Kind


def test_every_successor_exists() -> None:
    """What is said to come after a standard is in the catalogue."""
    missing = [row.id for row in standards() if row.successor and find_standard(row.successor) is None]
    assert not missing


def test_every_standard_has_both_names_and_a_line_on_its_flow() -> None:
    """A page in either language has something to show."""
    for row in standards():
        assert row.name and row.name.in_("da") and row.flow and row.flow.in_("da") != str(row.flow), row.id


@pytest.mark.parametrize("name", ["DIS91", "dis91", "XDIS91", "xdis91"])
def test_a_standard_is_found_by_any_spelling_of_its_name(name: str) -> None:
    """OIOXML puts an X in front; letter case does not matter."""
    found = find_standard(name)
    assert found and found.id == "DIS91"


def test_a_receipt_is_never_receipted() -> None:
    """The rule holds for both generations."""
    assert {row.receipt for row in standards() if row.kind is Kind.RECEIPT} == {ReceiptRule.NEVER}


def test_the_newest_version_is_the_registered_one() -> None:
    """A newer schema that nobody is registered for is not assumed."""
    found = find_standard("DIS91")
    assert found and found.newest(Syntax.OIOXML) == "XD9134L"
    assert found.newest(Syntax.FHIR) is None


def test_nothing_of_the_official_register_is_missing(shared: Path) -> None:
    """Every type with its names, and every version code, element and namespace."""
    for row in json.loads((shared / "standards-catalogue.json").read_text(encoding="utf-8"))["types"]:
        standard = find_standard(row["type"])
        assert standard is not None, row["type"]
        assert row["name_en"].casefold() in {standard.name.casefold(), ""}, row["type"]
        for syntax in ("edifact", "oioxml"):
            for code in (row.get(syntax) or {}).get("versions_in_register", []):
                assert by_version_code()[code.removeprefix("X")].id == row["type"], code
                assert any(version.code == code and version.registered for version in standard.versions), code
        for schema in (row.get("oioxml") or {}).get("schemas", []):
            found, version = by_oioxml_element()[schema["namespace"], schema["element"]]
            assert (found.id, version.code) == (row["type"], schema["version"])
