"""What the generations of messages call the same: events of a hospital stay, and reasons of a refusal.

`bridge.toml` is the table; what has no row has no counterpart.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StayEvent:
    """One event as HospitalNotification and as a letter says it.

    `kind` is MedCom's abbreviation; `letter` the type, `status` its EpisodeOfCareStatusCode, `letter_status` its
    StatusCode. The rest is the notification's activity, and its Encounter's status and class.
    """

    kind: str
    activity: str
    status: str
    stay_class: str
    letter: str
    letter_status: str
    stay_status: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("samspil.catalogue.bridge").joinpath("bridge.toml").read_text(encoding="utf-8"))


@cache
def stay_events() -> tuple[StayEvent, ...]:
    """The events that both generations can say."""
    return tuple(StayEvent(**row) for row in _table()["stay"])


@cache
def refusal_of_acknowledgement() -> Mapping[str, str]:
    """A letter's word for a code of an Acknowledgement. What is not listed is not specified."""
    return MappingProxyType({code: word for word, row in _table()["refusal"].items() for code in row["read"]})


@cache
def acknowledgement_of_refusal() -> Mapping[str, tuple[str, str]]:
    """An Acknowledgement's code, and the type of its issue, for a letter's word."""
    return MappingProxyType({word: (row["write"], row["issue"]) for word, row in _table()["refusal"].items()})


@cache
def labels() -> Mapping[str, str]:
    """What stands before each value in the heading of a text, by the value's name."""
    return MappingProxyType(_table()["heading"])


@cache
def number_first() -> bool:
    """Does the location number stand first where a FHIR message names a letter?"""
    return bool(_table()["reply"]["number_first"])


@cache
def document_labels() -> Mapping[str, str]:
    """What a reader of a document is shown for a value's name."""
    return MappingProxyType(_table()["document"]["labels"])


@cache
def document_type(standard: str) -> Mapping[str, str] | None:
    """The LOINC code of a letter's type, as a Coding; None where there is none that says the same."""
    types: dict[str, list[str]] = _table()["document"]["types"]
    row = types.get(standard) or types.get(standard[:3])
    return {"system": "http://loinc.org", "code": row[0], "display": row[1]} if row else None


@cache
def observation_status() -> Mapping[str, str]:
    """The status of an Observation for a letter's word."""
    return MappingProxyType(_table()["document"]["result_status"])


@cache
def interpretation_of() -> Mapping[str, str]:
    """HL7's code for how a laboratory judges a value."""
    return MappingProxyType(_table()["document"]["interpretation"])
