"""References resolved inside a bundle."""

from typing import Any

import pytest

from samspil.formats.fhir.bundle import Bundle

BASE = "https://a.example/fhir/"
ROOT: dict[str, Any] = {
    "resourceType": "Bundle",
    "entry": [
        {
            "fullUrl": f"{BASE}Communication/1",
            "resource": {
                "resourceType": "Communication",
                "id": "1",
                "contained": [{"resourceType": "Patient", "id": "p"}],
            },
        },
        {"fullUrl": f"{BASE}Patient/1", "resource": {"resourceType": "Patient", "id": "1"}},
        {"fullUrl": "https://b.example/Patient/2", "resource": {"resourceType": "Patient", "id": "2", "active": True}},
        {"fullUrl": f"{BASE}Patient/2", "resource": {"resourceType": "Patient", "id": "2", "active": False}},
        {"fullUrl": "urn:uuid:5", "resource": {"resourceType": "Organization", "id": "o"}},
        {"fullUrl": 7, "resource": "nothing"},
    ],
}


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("Patient/1", 1),
        (f"{BASE}Patient/1", 1),
        ("Patient/1/_history/3", 1),
        ("Patient/2", 3),
        ("https://b.example/Patient/2", 2),
        ("urn:uuid:5", 4),
        ("Organization/o", 4),
        ("#p", 0),
        ("Patient/9", None),
        ("https://c.example/Patient/1", None),
        ("#q", None),
        ("", None),
        (None, None),
        ({"reference": "Patient/1"}, 1),
        ({"display": "nobody"}, None),
    ],
)
def test_a_reference_leads_to_its_entry_or_nowhere(reference: object, place: int | None) -> None:
    """Relative references are read against the base of the entry they stand in."""
    bundle = Bundle(ROOT)
    found = bundle.find(reference, bundle.entries[0])
    assert (found.place if found else None) == place


def test_a_lone_resource_is_its_own_only_entry() -> None:
    """Contained references work outside bundles too."""
    bundle = Bundle(ROOT["entry"][0]["resource"])
    found = bundle.find("#p", bundle.entries[0])
    assert found and found.type == "Patient"
