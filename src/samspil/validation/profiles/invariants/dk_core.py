"""dk-core's invariants: Danish identifiers, organisations and observations.

Source: HL7 Denmark, DK Core 2.0.0 - 3.5.0. An identifier of the wrong length gives no result for its check digit: the
length's own rule tells.
"""

import re
from typing import TYPE_CHECKING, Any, Final

from samspil.domain.identifiers import gs1_check_digit
from samspil.validation.profiles.invariants.looks import has, items, objects
from samspil.validation.profiles.invariants.registry import keeps

if TYPE_CHECKING:
    from samspil.validation.profiles.scene import Scene

_DAY_AND_MONTH: Final = (
    r"(?:(?:0[1-9]|[12][0-9]|3[01])(?:01|03|05|07|08|10|12)|(?:0[1-9]|[12][0-9]|30)(?:04|06|09|11)"
    r"|(?:0[1-9]|[12][0-9])02)"
)
_is_cpr = re.compile(rf"{_DAY_AND_MONTH}[0-9]{{6}}").fullmatch
_is_x_ecpr = re.compile(rf"{_DAY_AND_MONTH}[0-9]{{2}}[17][A-Z]{{2}}[0-9]").fullmatch
_is_d_ecpr = re.compile(rf"{_DAY_AND_MONTH}[0-9]{{2}}[056][A-Z]{{2}}[0-9]").fullmatch
_is_authorisation = re.compile(r"[b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z0-9]{5}").fullmatch
_has_uuid = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").search
_has_uuid_v5 = re.compile(
    r"urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-5[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
).search
_CVR_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2, 1)
_MARITAL: Final = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
# QUIRK: the published rule knows CVR under an OID only, its own identifier profile under http://cvr.dk only.
_REGISTERED: Final = frozenset(
    {
        "urn:oid:1.2.208.176.1.1",
        "https://kombit.dk/sts/organisation",
        "urn:oid:2.16.840.1.113883.2.24.1.1",
        "http://cvr.dk",
    }
)


def _digits(value: Any, count: int) -> bool:
    return value.__class__ is str and len(value) == count and value.isascii() and value.isdigit()


@keeps("dk-core-gln-identifier#gln-length")
def gln_has_13_digits(value: Any, _: "Scene") -> bool:
    """A location number has 13 digits."""
    return _digits(value, 13)


@keeps("dk-core-gln-identifier#gln-modulus-10")
def gln_check_digit(value: Any, _: "Scene") -> bool | None:
    """A location number's last digit checks the others (modulus 10, weights 1 and 3)."""
    if not _digits(value, 13):
        return None
    return gs1_check_digit(value[:12]) == value[12]


@keeps("dk-core-cvr-identifier#CVR-length")
def cvr_has_8_digits(value: Any, _: "Scene") -> bool:
    """A CVR number has eight digits."""
    return _digits(value, 8)


@keeps("dk-core-cvr-identifier#CVR-modulus-11")
def cvr_check_digit(value: Any, _: "Scene") -> bool | None:
    """A CVR number's weighted sum is a multiple of 11."""
    if not _digits(value, 8):
        return None
    return sum(weight * int(sign) for weight, sign in zip(_CVR_WEIGHTS, value, strict=True)) % 11 == 0


@keeps("dk-core-sor-identifier#min-digits-sor")
def sor_has_11_digits(value: Any, _: "Scene") -> bool:
    """A SOR code has at least eleven digits."""
    return value.__class__ is str and len(value) >= 11 and value.isascii() and value.isdigit()


@keeps("dk-core-cpr-identifier#cpr")
def cpr_begins_with_a_day(value: Any, _: "Scene") -> bool:
    """A civil registration number begins with a day of the year; no check digit is asked for."""
    return value.__class__ is str and _is_cpr(value) is not None


@keeps("dk-core-cpr-identifier#cpr", versions="2.0")
def cpr_begins_with_a_real_day(value: Any, _: "Scene") -> bool:
    """The same, and 29 February only in a leap year."""
    if value.__class__ is not str or _is_cpr(value) is None:
        return False
    if value[:4] != "2902":
        return True
    year, seventh = int(value[4:6]), value[6]
    return year == 0 if seventh > "3" else year % 4 == 0 and year > 0


@keeps("dk-core-x-ecpr-identifier#x-ecpr")
def x_ecpr_is_shaped(value: Any, _: "Scene") -> bool:
    """A national substitute number: a date, 1 or 7, two letters, a digit."""
    return value.__class__ is str and _is_x_ecpr(value) is not None


@keeps("dk-core-d-ecpr-identifier#d-ecpr")
def d_ecpr_is_shaped(value: Any, _: "Scene") -> bool:
    """A regional substitute number: a date, 0, 5 or 6, two letters, a digit."""
    return value.__class__ is str and _is_d_ecpr(value) is not None


@keeps("dk-core-authorization-identifier#authorization-id-format")
def authorisation_is_shaped(value: Any, _: "Scene") -> bool:
    """An authorisation id is five consonants or digits."""
    return value.__class__ is str and _is_authorisation(value) is not None


@keeps("dk-core-kombit-org-identifier#uuid")
def kombit_is_uuid(value: Any, _: "Scene") -> bool:
    """A KOMBIT organisation is named by a UUID."""
    return value.__class__ is str and _has_uuid(value) is not None


@keeps("lpr3-Identifier#uuidv5", "medcom-core-encounter#uuidv5")
def episode_is_uuid_v5(value: Any, _: "Scene") -> bool:
    """An episode of care in LPR3 is named by a UUID of version 5."""
    return value.__class__ is str and _has_uuid_v5(value) is not None


@keeps("dk-core-organization#dk-core-organization-mandatory-identifier")
def organisation_is_registered(organisation: Any, _: "Scene") -> bool:
    """An organisation has a SOR code, a CVR number or a KOMBIT id."""
    return any(row.get("system") in _REGISTERED for row in objects(organisation, "identifier") if _is_named(row))


def _is_named(identifier: Any) -> bool:
    return identifier.get("system").__class__ is str


@keeps("dk-core-observation#dk-core-observation-mandatory-units")
def quantity_has_a_unit(observation: Any, _: "Scene") -> bool:
    """A measured value comes with its unit."""
    quantity = observation.get("valueQuantity")
    return not has(quantity, "value") or has(quantity, "unit") or has(quantity, "code")


@keeps("dk-core-patient#marital-status-unknown-usage")
def one_marital_status(patient: Any, _: "Scene") -> bool:
    """Registered partnership and annulment do not stand together."""
    found = {
        coding.get("code")
        for status in objects(patient, "maritalStatus")
        for coding in items(status, "coding")
        if coding.__class__ is dict and coding.get("system") == _MARITAL and coding.get("code") in ("P", "A")
    }
    return len(found) < 2
