"""The same message in a new envelope: the one place that knows which format spells its envelope how."""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from samspil.domain.message import Format


class Renewal(Protocol):
    """A format's own renewal."""

    def __call__(self, payload: bytes, *, envelope_id: str, now: datetime) -> bytes:
        """The payload with a new envelope id and time, otherwise byte for byte the same."""
        ...


_HOMES: Mapping[Format, str] = MappingProxyType(
    {
        Format.FHIR_JSON: "samspil.formats.fhir.resend",
        Format.FHIR_XML: "samspil.formats.fhir.resend",
    }
)


def renew_envelope(payload: bytes, spelling: Format, *, envelope_id: str, now: datetime) -> bytes:
    """The same message for another transmission. A format whose envelope we do not write is sent as it is."""
    home = _HOMES.get(spelling)
    if home is None:
        return payload
    renew: Renewal = import_module(home).renew_envelope
    return renew(payload, envelope_id=envelope_id, now=now)
