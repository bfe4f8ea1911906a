"""The same message in a new envelope: the one place that knows which format spells its envelope how."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from samspil.domain.message import Format
from samspil.formats.letters.identifiers import short_id


class Renewal(Protocol):
    """A format's own renewal."""

    def __call__(self, payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
        """The payload with a new envelope id and time, otherwise byte for byte the same."""
        ...


_HOMES: Mapping[Format, str] = MappingProxyType(
    {
        Format.FHIR_JSON: "samspil.formats.fhir.resend",
        Format.FHIR_XML: "samspil.formats.fhir.resend",
        Format.EDIFACT: "samspil.formats.edifact.resend",
        Format.OIOXML: "samspil.formats.oioxml.resend",
    }
)


def renew_envelope(payload: bytes, spelling: Format, *, envelope_id: str, now: datetime) -> bytes:
    """The same message for another transmission. A format whose envelope we do not write is sent as it is."""
    home = _HOMES.get(spelling)
    if home is None:
        return payload
    renew: Renewal = import_module(home).renew_envelope
    return renew(payload, envelope_id=envelope_id, now=now)


def envelope_id_of(source: UUID, spelling: Format) -> str:
    """A new envelope id as this format spells them: letters allow fourteen characters."""
    return short_id(source) if spelling in {Format.EDIFACT, Format.OIOXML} else str(source)
