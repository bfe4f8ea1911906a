"""A finding as a person reads it on a terminal: what, where, the bytes with a mark below, the remedy, whose rule."""

import pytest

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue, Language, Location, report_of
from samspil.runtime.cli.findings import count, finding_text
from samspil.runtime.cli.output import Output

PAYLOAD = b'{\n  "status": "unknwon"\n}'
WHERE = Location("Communication.status", start=14, end=23, line=2, column=13)


def broken(rule: str = "", source: str = "") -> Issue:
    """A finding at the status."""
    return finding(
        "fhir.code.absent", WHERE, rule=rule, source=source, value_set="statuses", allowed="final", found="unknwon"
    )


def lines(issue: Issue, language: Language = "en") -> list[str]:
    """The finding as lines."""
    return finding_text(issue, PAYLOAD, Output(language=language)).splitlines()


def test_the_mark_stands_below_the_bytes_in_question() -> None:
    """As wide as they are, in the line they stand in."""
    told = lines(broken())
    at = next(place for place, line in enumerate(told) if "unknwon" in line)
    start = told[at].index('"unknwon"')
    assert told[at + 1].rstrip() == " " * start + "^" * len('"unknwon"')


def test_place_and_remedy_are_told_in_the_language() -> None:
    """The path and the code are the same in both."""
    english, danish = lines(broken()), lines(broken(), "da")
    assert english[0].split("fhir.")[1] == "code.absent  Communication.status, line 2, column 13"
    assert danish[0].split("fhir.")[1] == "code.absent  Communication.status, linje 2, tegn 13"
    assert any(str(broken().remedy) in line for line in english)
    assert any(broken().remedy.in_("da") in line for line in danish)


@pytest.mark.parametrize(
    ("rule", "source", "last"),
    [
        ("p#Communication.status", "http://example.org/p|1.0", "p#Communication.status, http://example.org/p|1.0"),
        ("p#Communication.status", "", "p#Communication.status"),
        ("samspil#fhir.code.absent", "the standard, 4.2", "the standard, 4.2"),
    ],
)
def test_whose_rule_it_is_comes_last(rule: str, source: str, last: str) -> None:
    """A published rule by its name and address; of our own rules the code says as much."""
    assert lines(broken(rule, source))[-1].strip() == last


def test_findings_are_counted_in_words() -> None:
    """None, one and several."""
    counted = [count(report_of([broken()] * number), "en") for number in range(3)]
    assert counted == ["no findings", "1 finding", "2 findings"]
