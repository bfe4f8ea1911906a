"""EHMI delivery status as data: the profiles' names, code systems and counts. `eds.toml` says its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The guide in force. `systems`, `names` and `displays` are spelt by what they are for."""

    systems: Mapping[str, str]
    names: Mapping[str, str]
    basic: str
    patient: str
    agents: tuple[int, int]
    entities_of_patient: int
    forbidden: tuple[str, ...]
    displays: Mapping[str, str]


@cache
def eds() -> Profile:
    """The profile in force."""
    table = tomllib.loads(files("samspil.catalogue.delivery_status").joinpath("eds.toml").read_text(encoding="utf-8"))
    counts = table["counts"]
    least, most = counts["agents"]
    return Profile(
        systems=MappingProxyType(table["systems"]),
        names=MappingProxyType(table["names"]),
        basic=table["profiles"]["basic"],
        patient=table["profiles"]["patient"],
        agents=(least, most),
        entities_of_patient=counts["entities_of_patient"],
        forbidden=tuple(counts["forbidden"]),
        displays=MappingProxyType(table["displays"]),
    )
