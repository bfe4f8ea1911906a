"""The resistance table of microbiology reports: EDIFACT's rows and cells that point to numbers, OIOXML's to places."""

from typing import Any

import pytest

from samspil.catalogue.findings import entries
from samspil.catalogue.legacy.layouts import find_layout
from samspil.domain.text import Run, Text
from samspil.formats.edifact.irregular import Work, after_reading
from samspil.formats.edifact.matching import matcher, read_clean
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END
from samspil.formats.edifact.writer import write_unit
from samspil.formats.letters.tree import Tree, find

VERSION = "R0230M"
CULTURE: Tree = {
    "Headline": "Dyrkning",
    "Microorganism": [
        {"Name": "Escherichia coli", "GrowthValue": "rigelig vækst", "SpeciesComment": "ESBL ikke påvist"},
        {"Name": "Proteus mirabilis"},
        {"Name": "Escherichia coli", "GrowthValue": "enkelte kolonier"},
    ],
    "Comments": Text((Run("Blandingsflora i øvrigt\n"),)),
    "Pattern": {
        "Headline": "Resistens",
        "Antibiotic": [{"Name": "Ampicillin"}, {"Name": "Mecillinam"}],
        "PatternEntry": [
            {"RefMicroorganism": "1", "RefAntibiotic": "1", "Sensitivity": "R"},
            {"RefMicroorganism": "1", "RefAntibiotic": "2", "Sensitivity": "S"},
            {"RefMicroorganism": "2", "RefAntibiotic": "2", "Sensitivity": "I"},
            {"RefMicroorganism": "3", "RefAntibiotic": "1", "Sensitivity": "S"},
        ],
        "SensitivityInterpretation": Text((Run("S: følsom, I: intermediær, R: resistent\n"),)),
    },
}


def report(*, general: Tree | None = None, **results: Any) -> Tree:
    """A letter that says no more than it must, and these results."""
    moment = {"Date": "2026-03-02", "Time": "14:06"}
    return {
        "Letter": {"Identifier": "B1", "Authorisation": moment},
        "Sender": {"OrganisationName": "Klinisk mikrobiologi"},
        "Receiver": {"OrganisationName": "Lægehuset Bækken"},
        "Patient": {"CivilRegistrationNumber": "2509479989", "PersonSurnameName": "Elmer"},
        "RequisitionInformation": {
            "Sample": {
                "LaboratoryInternalSampleIdentifier": "L1",
                "SamplingDateTime": moment,
                "SampleReceivedDateTime": moment,
            }
        },
        "LaboratoryResults": {
            "GeneralResultInformation": {
                "LaboratoryInternalProductionIdentifier": "L1",
                "ResultStatus": "komplet",
                "ResultsDateTime": moment,
                **(general or {}),
            },
            **results,
        },
    }


def written(tree: Tree, work: Work | None = None) -> list[str]:
    """The segments of a letter from its first result on, with the usual service characters."""
    layout = find_layout(VERSION)
    assert layout
    unit = write_unit(layout, tree, work or Work())
    text = unit.replace(ELEMENT, "+").replace(COMPONENT, ":").split(END)
    start = next(number for number, segment in enumerate(text) if segment == "SPC+SCI+ATT") + 1
    return text[start:-2]


def read_back(tree: Tree) -> Tree:
    """What a letter says after it was written and read."""
    layout, machine = find_layout(VERSION), matcher(VERSION)
    assert layout
    assert machine
    text = END + write_unit(layout, tree, Work())
    again: Tree = {"Letter": {"Identifier": "B1"}, "Sender": {}, "Receiver": {}}
    assert read_clean(machine, again, text, 1, len(text))
    work = Work()
    after_reading(layout, again, work)
    assert work.faults == []
    return again


def test_the_table_is_rows_and_cells_that_point_to_numbers() -> None:
    """The table opens, each microorganism is a row that points to it, each antibiotic a cell of its row; it closes."""
    segments = written(report(CultureWithFindings=CULTURE))
    groups = [group.strip("|").split("|") for group in "|".join(segments).split("GIS+N")[1:]]
    said = [[part for part in group if part[:3] in {"INV", "RSL", "RFF"}] for group in groups]
    assert said == [
        ["INV+OE+:::Dyrkning"],
        ["INV+MQ+:::Escherichia coli", "RSL+TV+:::::rigelig vækst"],
        ["INV+MQ+:::Proteus mirabilis", "RSL+TV"],
        ["INV+MQ+:::Escherichia coli", "RSL+TV+:::::enkelte kolonier"],
        ["INV+NR"],
        ["INV+OE+:::Resistens", "RSL+SB+2"],
        ["INV+MQ+:::Escherichia coli", "RFF+ARL:6"],
        ["INV+CO+:::Ampicillin", "RSL+AV+::R", "RFF+ARL:7"],
        ["INV+CO+:::Mecillinam", "RSL+AV+::S", "RFF+ARL:7"],
        ["INV+MQ+:::Proteus mirabilis", "RFF+ARL:6"],
        ["INV+CO+:::Mecillinam", "RSL+AV+::I", "RFF+ARL:10"],
        ["INV+MQ+:::Escherichia coli", "RFF+ARL:6"],
        ["INV+CO+:::Ampicillin", "RSL+AV+::S", "RFF+ARL:12"],
        ["INV+MM+:::Resistens", "RSL+SS+SKEMASLUT", "RFF+ARL:6"],
        ["INV+OE+:::Følsomhed"],
    ]
    assert [f"SEQ++{number}" for number in range(1, 16)] == [part for part in segments if part[:3] == "SEQ"]


def test_what_is_written_is_read_again() -> None:
    """Two microorganisms of one name keep their own rows; every cell comes back to its place."""
    again = read_back(report(CultureWithFindings=CULTURE))
    assert find(again, ("LaboratoryResults", "CultureWithFindings")) == CULTURE


def test_numbers_count_the_results_before_the_table() -> None:
    """A result in front moves the numbers, not the places."""
    result = {"Analysis": {"AnalysisShortName": "Dyrkning"}, "ResultStatusCode": "svar_endeligt", "Value": "positiv"}
    tree = report(Result=[result], CultureWithFindings={**CULTURE, "Comments": Text()})
    assert "RFF+ARL:6" in written(tree)
    assert find(read_back(tree), ("LaboratoryResults", "CultureWithFindings", "Pattern")) == CULTURE["Pattern"]


@pytest.mark.parametrize(("name", "value"), [("RefMicroorganism", "4"), ("RefAntibiotic", "0"), ("RefAntibiotic", "x")])
def test_a_reference_to_nothing_is_told(name: str, value: str) -> None:
    """SAFETY: a cell whose row or column does not exist is never put into another one."""
    entry = {**CULTURE["Pattern"]["PatternEntry"][0], name: value}
    broken = {**CULTURE, "Pattern": {**CULTURE["Pattern"], "PatternEntry": [entry]}}
    work = Work()
    written(report(CultureWithFindings=broken), work)
    assert [fault.code for fault in work.faults] == ["legacy.table.reference"]
    assert entries()["legacy.table.reference"].severity.rejects


def test_findings_of_other_kinds_keep_their_places() -> None:
    """Microscopy and cultures without findings are texts in fixed font, told apart by their order."""
    fixed = Text((Run("Leukocytter +++\n", fixed=True),))
    tree = report(
        MicroscopicFindings={"Headline": "Mikroskopi", "Comments": Text((Run("Leukocytter +++\n"),))},
        CultureWithoutFindings={"Headline": "Dyrkning", "Comments": Text((Run("Ingen vækst\n"),))},
        general={"Headline": "Kommentar", "Comment": Text((Run("Ring ved spørgsmål\n"),))},
    )
    assert f"FTX+RIT+F00++{str(fixed).strip()}" in written(tree)
    again = read_back(tree)["LaboratoryResults"]
    assert {name: again[name] for name in tree["LaboratoryResults"]} == tree["LaboratoryResults"]
