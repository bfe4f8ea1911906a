"""Danish identifiers, good and bad."""

from typing import Any

import pytest

from samspil.validation.profiles.invariants import find_test
from samspil.validation.profiles.ir import Invariant

SCENE: Any = None


def kept(rule: str, value: object, version: str = "3.4.0") -> bool | None:
    """Does a value keep a rule?"""
    test = find_test(Invariant(rule.partition("#")[2], rule, version))
    assert test is not None
    return test(value, SCENE)


@pytest.mark.parametrize(
    ("rule", "value", "answer"),
    [
        ("dk-core-gln-identifier#gln-length", "5790000121526", True),
        ("dk-core-gln-identifier#gln-length", "579000012152", False),
        ("dk-core-gln-identifier#gln-modulus-10", "5790000121526", True),
        ("dk-core-gln-identifier#gln-modulus-10", "5790000121527", False),
        ("dk-core-gln-identifier#gln-modulus-10", "579", None),
        ("dk-core-cvr-identifier#CVR-length", "1234567", False),
        ("dk-core-cvr-identifier#CVR-modulus-11", "29190925", True),
        ("dk-core-cvr-identifier#CVR-modulus-11", "29190926", False),
        ("dk-core-sor-identifier#min-digits-sor", "271000016995", True),
        ("dk-core-sor-identifier#min-digits-sor", "2710000169", False),
        ("dk-core-cpr-identifier#cpr", "2509479989", True),
        ("dk-core-cpr-identifier#cpr", "2513479989", False),
        ("dk-core-cpr-identifier#cpr", "3102479989", False),
        ("dk-core-cpr-identifier#cpr", "2902479989", True),
        ("dk-core-cpr-identifier#cpr", 2509479989, False),
        ("dk-core-x-ecpr-identifier#x-ecpr", "0703921VJ5", True),
        ("dk-core-x-ecpr-identifier#x-ecpr", "0703922VJ5", False),
        ("dk-core-d-ecpr-identifier#d-ecpr", "0703920VJ5", True),
        ("dk-core-d-ecpr-identifier#d-ecpr", "0703921VJ5", False),
        ("dk-core-authorization-identifier#authorization-id-format", "B0F9X", True),
        ("dk-core-authorization-identifier#authorization-id-format", "AEIOU", False),
        ("lpr3-Identifier#uuidv5", "urn:uuid:12345678-1234-5234-9234-123456789abc", True),
        ("lpr3-Identifier#uuidv5", "urn:uuid:12345678-1234-4234-9234-123456789abc", False),
        ("dk-core-kombit-org-identifier#uuid", "urn:uuid:12345678-1234-4234-9234-123456789abc", True),
        ("dk-core-kombit-org-identifier#uuid", "12345678", False),
    ],
)
def test_identifiers_keep_their_rules(rule: str, value: object, answer: bool | None) -> None:
    """Length, check digit, date and letters, each by its own rule."""
    assert kept(rule, value) is answer


@pytest.mark.parametrize(
    ("number", "answer"), [("2902049989", False), ("2902041234", True), ("2902005234", True), ("2902031234", False)]
)
def test_dk_core_2_knows_leap_years(number: str, answer: bool) -> None:
    """29 February only in years that have one, by the seventh digit's century as the rule has it."""
    assert kept("dk-core-cpr-identifier#cpr", number, "2.0.0") is answer


def test_an_organisation_is_in_a_register() -> None:
    """SOR, CVR by either name, or KOMBIT; a location number alone is not enough."""
    rule = "dk-core-organization#dk-core-organization-mandatory-identifier"
    for system, answer in (
        ("urn:oid:1.2.208.176.1.1", True),
        ("http://cvr.dk", True),
        ("urn:oid:2.16.840.1.113883.2.24.1.1", True),
        ("https://kombit.dk/sts/organisation", True),
        ("https://www.gs1.org/gln", False),
        (["junk"], False),
    ):
        assert kept(rule, {"identifier": [{"system": system}]}) is answer


def test_a_measured_value_has_a_unit() -> None:
    """As text or as code."""
    rule = "dk-core-observation#dk-core-observation-mandatory-units"
    assert kept(rule, {"valueQuantity": {"value": 1}}) is False
    assert kept(rule, {"valueQuantity": {"value": 1, "unit": "mm"}}) is True
    assert kept(rule, {"valueString": "x"}) is True
