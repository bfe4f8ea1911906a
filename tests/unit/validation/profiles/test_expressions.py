"""Invariants as expressions: where one has no answer, the named function answers, or nobody does and a note tells."""

from typing import Any

import orjson
import pytest

from samspil.domain.issues import Issue, Severity, Verdict, report_of
from samspil.formats.fhir.bundle import Bundle
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.expressions import ExpressionInvariants
from samspil.validation.profiles.faults import Unjudged
from samspil.validation.profiles.ir import Invariant
from samspil.validation.profiles.rulebook import Rulebook
from samspil.validation.profiles.scene import Scene
from tests.unit.validation.profiles.test_lacking import definition, told

CLAIMS = "entry[0].resource.ofType(MessageHeader).meta.profile.startsWith('http://medcomfhir.dk/ig/carecommunication')"
CARE_1 = Invariant(
    key="medcom-careCommunication-1",
    rule="medcom-careCommunication-message#medcom-careCommunication-1",
    expression=CLAIMS,
)
HEADER = "http://medcomfhir.dk/ig/carecommunication/StructureDefinition/medcom-careCommunication-messageHeader"
OTHER = "http://example.org/StructureDefinition/other"


def answer(invariant: Invariant, root: dict[str, Any]) -> object:
    """What the test of an invariant says of a bundle."""
    library = builtin_library()
    book = Rulebook(library.view(next(iter(library))), ExpressionInvariants())
    test = ExpressionInvariants().test(invariant)
    assert test is not None
    return test(root, Scene(root, Bundle(root), book))


def bundle(*profiles: str) -> dict[str, Any]:
    """A bundle whose first resource claims these profiles."""
    return {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "MessageHeader", "meta": {"profile": list(profiles)}}}],
    }


@pytest.mark.parametrize(
    ("profiles", "kept"), [([HEADER], True), ([OTHER], False), ([OTHER, HEADER], True), ([OTHER, OTHER + "2"], False)]
)
def test_our_function_answers_where_the_expression_cannot(profiles: list[str], kept: bool) -> None:
    """Asked about one profile, the published expression has no answer for two; what it means has one."""
    assert answer(CARE_1, bundle(*profiles)) is kept


def test_a_rule_that_nobody_can_answer_is_not_judged() -> None:
    """Neither yes nor no, with the reason."""
    unknown = Invariant(key="own-1", rule="own#own-1", expression=CLAIMS)
    found = answer(unknown, bundle(HEADER, OTHER))
    assert isinstance(found, Unjudged)
    assert found == "one item must stand here, not 2"


def constrained(expression: str) -> dict[str, Any]:
    """A profile with a rule of its own."""
    profile = definition(min=0)
    rule = {"key": "own-1", "severity": "error", "human": "x", "expression": expression}
    profile["differential"]["element"][0]["constraint"] = [rule]
    return profile


def test_what_is_not_judged_is_told_in_a_note() -> None:
    """The message is accepted, and its reader learns which rule was not used."""
    names = [{"family": "Elmer"}, {"family": "Prøve"}]
    found: list[Issue] = told(constrained("name.family.startsWith('E')"), name=names)
    (note,) = found
    assert (note.code, note.severity, note.rule) == ("fhir.rule.unjudged", Severity.NOTE, "own#own-1")
    assert report_of(found).verdict is Verdict.ACCEPTED
    assert [issue.code for issue in told(constrained("name.family.startsWith('E')"), name=names[:1])] == []
    broken = told(constrained("name.family.startsWith('E')"), name=names[1:])
    assert [issue.code for issue in broken] == ["fhir.invariant.broken"]
    assert orjson.dumps([str(issue.message) for issue in found]).count(b"Elmer") == 0
