"""Every message under `examples/` is recognised, read and judged as the file beside it says. A new file is a new test.

`python -m tools.examples --again` writes the expectations anew; the difference is for a person to look at.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from samspil.formats.readers import read_payload
from samspil.validation.judge import examine
from tools.examples import FOLDER, expectation, expectation_file, faulty, good, plain
from tools.letter_examples import letters

MESSAGES = sorted(file for file in FOLDER.rglob("*") if file.is_file() and not file.name.endswith(".expected.json"))


def named(file: Path) -> str:
    """A test's name."""
    return str(file.relative_to(FOLDER))


def expected(file: Path) -> dict[str, Any]:
    """What should be so."""
    return json.loads(expectation_file(file).read_text(encoding="utf-8"))


def test_there_are_sound_and_faulty_examples() -> None:
    """At least twelve sound ones and six with a fault."""
    verdicts = [expected(file)["verdict"] for file in MESSAGES]
    assert verdicts.count("accepted") >= 12
    assert len(verdicts) - verdicts.count("accepted") >= 6


@pytest.mark.parametrize("file", MESSAGES, ids=named)
def test_an_example_is_recognised_and_read_as_expected(file: Path) -> None:
    """Identity and model are exactly what the file beside it holds."""
    identity, (part,) = read_payload(file.read_bytes())
    assert plain(identity) == expected(file)["identity"]
    assert (plain(part.build()) if part.head else None) == expected(file)["reading"]


@pytest.mark.parametrize("file", MESSAGES, ids=named)
def test_an_example_is_judged_as_expected(file: Path) -> None:
    """The verdict is the same, and every expected finding is found at its place."""
    report = examine(file.read_bytes()).report
    found = [{"code": issue.code, "where": str(issue.where)} for issue in report.issues]
    assert report.verdict == expected(file)["verdict"]
    assert [issue for issue in expected(file)["issues"] if issue not in found] == []


def test_the_files_are_what_the_tool_writes() -> None:
    """Nobody edits an example by hand: the tool is where a message is changed."""
    messages = good()
    for name, payload in (messages | faulty(messages) | letters()).items():
        assert (FOLDER / name).read_bytes() == payload, name


def test_a_rejecting_expectation_names_its_finding() -> None:
    """An example of a fault says which fault."""
    for file in MESSAGES:
        if expected(file)["verdict"] != "accepted":
            assert expectation(file.read_bytes())["issues"], named(file)
