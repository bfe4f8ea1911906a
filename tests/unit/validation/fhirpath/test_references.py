"""References within a bundle."""

from typing import Any

import pytest

from samspil.validation.fhirpath import BundleReferences

A: dict[str, Any] = {"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Basic", "id": "in"}]}
B: dict[str, Any] = {"resourceType": "Patient", "id": "b", "contained": [{"resourceType": "Basic", "id": "twice"}]}
C: dict[str, Any] = {"resourceType": "Group", "id": "c", "contained": [{"resourceType": "Basic", "id": "twice"}]}
FIND = BundleReferences(
    {
        "entry": [
            {"fullUrl": "http://example.org/fhir/Patient/a", "resource": A},
            {"fullUrl": "urn:uuid:0e3c1c6e-0000-4000-8000-000000000002", "resource": B},
            {"fullUrl": "http://example.org/fhir/Group/other-name", "resource": C},
            {"fullUrl": "http://example.org/fhir/Patient/gone"},
            {"fullUrl": 7, "resource": {"resourceType": "Patient", "id": 7}},
            "no entry",
        ]
    }
)


@pytest.mark.parametrize(
    ("reference", "resource"),
    [
        ("http://example.org/fhir/Patient/a", A),
        ("Patient/a", A),
        ("Patient/a/_history/3", A),
        ("http://example.org/fhir/Patient/a|2", A),
        ("urn:uuid:0e3c1c6e-0000-4000-8000-000000000002", B),
        ("Patient/b", B),
        ("Group/other-name", C),
        ("Patient/gone", None),
        ("Patient/z", None),
        ("http://elsewhere.org/fhir/Patient/a", None),
        ("", None),
        ("a", None),
        ("#in", A["contained"][0]),
        ("#twice", None),
        ("#missing", None),
    ],
)
def test_where_a_reference_leads(reference: str, resource: dict[str, Any] | None) -> None:
    """To exactly one resource, or nowhere."""
    assert FIND(reference) is resource


@pytest.mark.parametrize("bundle", [{}, {"entry": None}, {"entry": {"resource": A}}, {"entry": [None, [], 3]}])
def test_a_damaged_bundle_has_no_references(bundle: dict[str, Any]) -> None:
    """It does not raise either."""
    assert BundleReferences(bundle)("Patient/a") is None
