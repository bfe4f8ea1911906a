"""From bytes to a report."""

from typing import Any

import pytest

from samspil.domain.issues import Verdict
from samspil.domain.message import Format
from samspil.validation.judge import JUDGES, examine
from tests.unit.formats.fhir.letters import edited, letter


def test_a_sound_message_is_accepted() -> None:
    """Identity, one part and a report without rejecting findings."""
    examined = examine(letter())
    assert examined.report.verdict is Verdict.ACCEPTED
    assert (examined.identity.standard, len(examined.parts)) == ("CareCommunication", 1)


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"{", b'{"resourceType":"Bundle"', b"<a", letter()[:300]])
def test_what_cannot_be_read_is_unreadable(payload: bytes) -> None:
    """No message could be built, and at least one finding says why."""
    report = examine(payload).report
    assert report.issues
    assert report.verdict is Verdict.UNREADABLE


def test_a_message_without_a_header_is_unreadable() -> None:
    """Nothing tells what it is and who shall have it."""
    report = examine(edited(lambda root: root["entry"].pop(0))).report
    assert report.verdict is Verdict.UNREADABLE


def test_what_keeps_a_message_from_being_read_hides_nothing_else() -> None:
    """Whoever forgot the header learns of the bad timestamp as well, and of the rule that wants a header."""

    def change(root: dict[str, Any]) -> None:
        root["entry"].pop(0)
        root["timestamp"] = "yesterday"

    report = examine(edited(change)).report
    told = [(issue.code, issue.rule) for issue in report.issues]
    assert told[0] == ("fhir.header.missing", "Bundle#bdl-12")
    assert ("fhir.bundle.timestamp.malformed", "Bundle#Bundle.timestamp") in told
    assert report.verdict is Verdict.UNREADABLE


def test_a_fault_that_leaves_the_message_readable_rejects_it() -> None:
    """Rejected and unreadable are told apart."""
    assert examine(edited(lambda root: root.pop("timestamp"))).report.verdict is Verdict.REJECTED


def test_every_part_comes_with_its_own_report() -> None:
    """For a single letter it is the whole report."""
    examined = examine(letter())
    assert [report for _, report in examined.by_part()] == [examined.report]


def test_every_judge_named_is_there() -> None:
    """The table names no module that does not exist."""
    from samspil.validation.judge import judges_of

    for format, places in JUDGES.items():
        if format in {Format.FHIR_JSON, Format.FHIR_XML}:
            assert len(judges_of(format)) == len(places)
