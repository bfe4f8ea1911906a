"""FHIR XML that others wrote: the payloads of the official sample envelopes, read and judged like anybody's message."""

import orjson
import pytest

from samspil.domain.issues import Issue, Report, Verdict
from samspil.domain.message import Format
from samspil.formats.fhir.tree import Tree
from samspil.formats.part import Part
from samspil.validation.judge import examine
from samspil.validation.profiles.selection import Shelf
from tests.conftest import SHARED
from tests.fhir_packages import official, package_files

__all__ = ["official", "package_files"]

ENVELOPES = SHARED / "data" / "sbdh" / "envelopes"
FILES = sorted(ENVELOPES.iterdir()) if ENVELOPES.is_dir() else []

# One sample is older than the profile it is sent under: no definition, a role by name only, codes of another system.
OLD = {"ehmisbdh_fullsample.xml": "medcom-homecareobservation-messageheader#MessageHeader.definition"}


def payloads() -> list[tuple[str, Part, Report]]:
    """Each envelope's FHIR XML, as a part with its report."""
    return [
        (file.name, part, report)
        for file in FILES
        for part, report in examine(file.read_bytes()).by_part()
        if part.identity.format is Format.FHIR_XML
    ]


STRANGERS = payloads()


def keys(issues: tuple[Issue, ...]) -> list[tuple[str, str, str, str]]:
    """Findings without their bytes, in an order of their own; what the packages' folder lacks is left out."""
    told = (issue for issue in issues if issue.code != "fhir.packages.missing")
    return sorted((issue.severity.value, issue.code, issue.rule, str(issue.where)) for issue in told)


def test_the_samples_hold_strangers() -> None:
    """There are three of them; without the data this test skips."""
    if not FILES:
        pytest.skip("no official data: ../shared/data is not there")
    assert len(STRANGERS) == 3


@pytest.mark.parametrize(("name", "part", "report"), STRANGERS, ids=[row[0] for row in STRANGERS])
def test_a_strangers_xml_is_read_and_judged(name: str, part: Part, report: Report) -> None:
    """Its model can be built; what follows today's profile is accepted, the old one is refused and told why."""
    message = part.build()
    assert message is not None and message.head.standard == "HomeCareObservation"
    assert (report.verdict is Verdict.ACCEPTED) is (name not in OLD), keys(report.issues)
    if name in OLD:
        assert OLD[name] in {issue.rule for issue in report.issues}
    for issue in report.issues:
        assert issue.where.start is not None and issue.where.end is not None
        assert 0 <= issue.where.start < issue.where.end <= len(part.payload)


@pytest.mark.parametrize(("name", "part", "report"), STRANGERS, ids=[row[0] for row in STRANGERS])
def test_a_strangers_xml_is_judged_like_its_json(name: str, part: Part, report: Report, official: Shelf) -> None:
    """The same message in JSON has the same findings under the same paths, by either front end."""
    assert isinstance(part.tree, Tree)
    twin = orjson.dumps(part.tree.root)
    assert keys(examine(twin).report.issues) == keys(report.issues), name
    assert keys(examine(part.payload, packages=official).report.issues) == keys(report.issues), name
