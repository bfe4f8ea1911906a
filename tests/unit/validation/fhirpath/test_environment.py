"""What an evaluation may ask its surroundings, when they are incomplete or damaged."""

from typing import Any

import pytest

from samspil.validation.fhirpath import Environment, EvaluationError, compile_path
from samspil.validation.fhirpath.environment import MAX_WORK


@pytest.mark.parametrize("contained", [None, "x", [None, "x", {"id": "other"}]])
def test_damaged_contained_resources_are_passed_over(contained: Any) -> None:
    """A local reference then leads nowhere."""
    assert compile_path("subject.resolve()")({"subject": {"reference": "#a"}, "contained": contained}) == []


def test_a_focus_without_contained_resources_has_none() -> None:
    """A text that refers locally, asked about by itself."""
    assert compile_path("resolve()")("#a") == []


def test_a_lone_hash_is_the_resource_itself() -> None:
    """`#` refers from a contained resource to the one around it."""
    patient = {"resourceType": "Patient", "id": "p"}
    assert compile_path("'#'.resolve().id")({}, Environment(resource=patient)) == ["p"]


@pytest.mark.parametrize("reference", [None, 7, "", {}, {"reference": 7}, {"display": "Ida"}])
def test_what_is_no_reference_leads_nowhere(reference: Any) -> None:
    """Nobody is even asked."""

    def refuse(text: str) -> None:
        raise AssertionError(text)

    assert compile_path("subject.resolve()")({"subject": reference}, Environment(resolve=refuse)) == []


def test_work_is_counted_over_all_loops() -> None:
    """An evaluation that visits too many items is given up, also as a test."""
    data = {"item": list(range(MAX_WORK // 500))}
    inner = "%resource.item.where($this > 0).count() > 0"
    assert compile_path(f"item.all({inner} and %resource.item.all($this >= 0))").test(data) is True
    with pytest.raises(EvaluationError, match="too long"):
        compile_path("item.all(%resource.item contains $this)").test(data)
    with pytest.raises(EvaluationError, match="too long"):
        compile_path("item.all(%resource.item contains $this)")(data)


def test_a_path_says_what_it_asks() -> None:
    """Whoever debugs sees what it is."""
    assert repr(compile_path("name.given")) == "Path('name.given')"
