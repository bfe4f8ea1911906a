"""Code lists of the FHIR messages: what each code is called in Danish and English, and codes we answer with.

Sources: MedCom terminology 2.0.2 (names of its own code systems), Acknowledgement 2.0.3, HL7 FHIR R4 value sets.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from samspil.domain.issues import Phrase


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("samspil.catalogue.codes").joinpath("fhir.toml").read_text(encoding="utf-8"))


@cache
def names(table: str) -> Mapping[str, Phrase]:
    """The codes of a table with their names."""
    return MappingProxyType({code: Phrase(en, da=da) for code, (da, en) in _tables()[table].items()})


@cache
def acknowledgement_codes() -> Mapping[str, str]:
    """Codes that may explain a refusal in an Acknowledgement, with the code system each is written under."""
    tables = _tables()["acknowledgement"], _tables()["acknowledgement_hl7"]
    return MappingProxyType({code: table["system"] for table in tables for code in table["codes"]})


@cache
def authorised_roles() -> frozenset[str]:
    """Role codes that only the code system of the authorisation register has."""
    return frozenset(_tables()["role_of_register"]["codes"])
