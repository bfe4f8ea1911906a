"""Narratives that leave out what their profile asks to be shown."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from samspil.domain.issues import Issue, Severity
from samspil.validation.judge import examine

EXAMPLES = Path(__file__).parents[4] / "examples"
NEW = EXAMPLES / "care-communication/5.0/new.json"
OWN = [file for file in sorted(EXAMPLES.glob("*/[0-9].[0-9]/*")) if not file.name.endswith(".expected.json")]
Change = Callable[[dict[str, Any]], None]


def incomplete(change: Change, type_name: str) -> list[Issue]:
    """What is found incomplete after a change to a message's first resource of a type."""
    root = orjson.loads(NEW.read_bytes())
    change(next(entry["resource"] for entry in root["entry"] if entry["resource"]["resourceType"] == type_name))
    issues = examine(orjson.dumps(root)).report.issues
    return [issue for issue in issues if issue.code == "fhir.narrative.incomplete"]


def names(issues: list[Issue]) -> str:
    """What the one finding says is missing."""
    (issue,) = issues
    return dict(issue.facts)["names"]


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_our_own_examples_show_everything(file: Path) -> None:
    """Whoever reads nothing but narratives has read the message."""
    codes = [issue.code for issue in examine(file.read_bytes()).report.issues]
    assert "fhir.narrative.incomplete" not in codes


def test_a_text_that_nobody_can_read_is_told() -> None:
    """The text of a letter is the letter: a warning, at the narrative, with the element's name."""

    def change(communication: dict[str, Any]) -> None:
        communication["payload"][0]["contentString"] = "Noget ganske andet"

    (issue,) = found = incomplete(change, "Communication")
    assert names(found) == "payload.contentString"
    assert issue.severity is Severity.WARNING
    assert str(issue.where).endswith("resource(Communication).text.div")


def test_several_elements_are_one_finding() -> None:
    """A narrative of another person is one mistake."""

    def change(patient: dict[str, Any]) -> None:
        patient["text"]["div"] = '<div xmlns="http://www.w3.org/1999/xhtml"><p>En patient</p></div>'

    assert names(incomplete(change, "Patient")) == "identifier.value, name.family, name.given"


@pytest.mark.parametrize(
    "narrative",
    [
        "<p>ELMER, Bruno Test</p><p>250947-9989</p>",
        "<table><tbody><tr><td>Bruno  Test <b>El</b>mer</td><td>250947 9989</td></tr></tbody></table>",
        "<p>Bruno &#84;est Elmer (2509479989)</p>",
    ],
)
def test_spelling_and_markup_do_not_count(narrative: str) -> None:
    """Capitals, blanks, hyphens, entities and tags are a matter of taste."""

    def change(patient: dict[str, Any]) -> None:
        patient["text"]["div"] = f'<div xmlns="http://www.w3.org/1999/xhtml">{narrative}</div>'

    assert incomplete(change, "Patient") == []


def test_what_need_not_be_shown_may_be_left_out() -> None:
    """Codes, times and references are written for programs; elements without the obligation are nobody's duty."""

    def change(patient: dict[str, Any]) -> None:
        patient["gender"] = "male"
        patient["managingOrganization"] = {"display": "Ingen ser dette"}

    assert incomplete(change, "Patient") == []


def test_no_narrative_takes_long() -> None:
    """A narrative of a megabyte is looked through in a moment."""

    def change(patient: dict[str, Any]) -> None:
        patient["name"] *= 500
        patient["text"]["div"] = f'<div xmlns="http://www.w3.org/1999/xhtml">{"<p>x</p>" * 125_000}</div>'

    begun = time.process_time()
    assert incomplete(change, "Patient")
    assert time.process_time() - begun < 2  # of which the search is a tenth; without its end it would take ten seconds
