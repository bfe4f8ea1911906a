"""A resistance table is drawn as a table, and nothing that is not understood gets lost."""

from dataclasses import replace
from pathlib import Path

from samspil.apps.messages.reading.blocks import Facts, Prose, Table
from samspil.apps.messages.reading.culture import take_cultures, take_names
from samspil.apps.messages.reading.lab_report import render
from samspil.domain.clinical.form import Item
from samspil.domain.clinical.lab_report import LabReport
from samspil.formats.readers import read_payload

EXAMPLE = Path(__file__).parents[5] / "examples" / "letters" / "RPT02" / "R0231M.edi"


def report() -> LabReport:
    """The example's report."""
    message = read_payload(EXAMPLE.read_bytes())[1][0].build()
    assert message is not None
    assert isinstance(message.body, LabReport)
    return message.body


def cells(table: Table) -> list[list[str]]:
    """What stands in a table."""
    return [[str(cell.value) for cell in row] for row in table.rows]


def test_a_resistance_table_has_a_row_for_each_antibiotic_and_a_column_for_each_organism() -> None:
    """What was not tried stays empty."""
    blocks, _ = take_cultures(report().more)
    grown, sensitive, words = blocks
    assert isinstance(grown, Table)
    assert isinstance(sensitive, Table)
    assert isinstance(words, Prose)
    assert cells(grown) == [["Escherichia coli", "10E5 CFU/mL", ""], ["Enterococcus faecalis", "10E4 CFU/mL", ""]]
    assert [str(head) for head in sensitive.heads[1:]] == ["Escherichia coli", "Enterococcus faecalis"]
    assert cells(sensitive) == [["Ampicillin", "R", "S"], ["Mecillinam", "S", ""], ["Nitrofurantoin", "S", "S"]]
    assert str(words.text) == "S: følsom, R: resistent"


def test_an_analysis_is_called_what_the_report_calls_it() -> None:
    """The name beside its code, and the kind of examination as a note."""
    table = next(block for block in render(report()) if isinstance(block, Table))
    assert cells(table)[0] == ["Dyrkning, Urin", "Påvist", "", "Final result", "Sundby KMA, Measurable quantity"]
    assert table.rows[0][0].code == "NPU08730"


def test_nothing_is_told_twice_and_the_rest_stays() -> None:
    """What the tables show is not among the remainder; the laboratory's code is."""
    shown = [row for block in render(report()) if isinstance(block, Facts) for row in block.rows]
    rest = {str(row.label): str(row.value) for row in shown}
    assert rest["Sender · Laboratory's code"] == "SUN"
    assert not [label for label in rest if "Antibiotic" in label or "Result ·" in label]


def test_a_culture_with_something_unknown_is_left_whole() -> None:
    """Better a long list than a table with a part missing."""
    (results,) = [item for item in report().more if item.name == "LaboratoryResults"]
    (culture,) = [item for item in results.items if item.name == "CultureWithFindings"]
    strange = replace(culture, items=(*culture.items, Item("Unheard", "of")))
    blocks, left = take_cultures((replace(results, items=(strange,)),))
    assert blocks == []
    assert left == (replace(results, items=(strange,)),)


def test_names_are_taken_only_where_every_result_has_one() -> None:
    """A name never slips to another result."""
    names, left = take_names(report().more, 2)
    assert [name for name, _ in names] == ["", ""]
    assert left == report().more
