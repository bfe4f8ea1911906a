"""Payloads of our own for Prøv: one of each way of spelling, some with faults. All people are test persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from samspil.domain.message import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One payload, by the name that the page's texts know it by."""

    name: str
    file: str
    format: Format


EXAMPLES: Mapping[str, Example] = {
    example.name: example
    for example in (
        Example(name="thread", file="care-communication.json", format=Format.FHIR_JSON),
        Example(name="stay", file="hospital-notification-faulty.json", format=Format.FHIR_JSON),
        Example(name="letter", file="correspondence.xml", format=Format.OIOXML),
        Example(name="segments", file="correspondence-faulty.edi", format=Format.EDIFACT),
    )
}


@cache
def payload_of(example: Example) -> bytes:
    """The example's bytes."""
    return (files(__name__) / example.file).read_bytes()
