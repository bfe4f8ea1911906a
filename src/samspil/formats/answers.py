"""Receipts in the sender's own language: the one place that knows which format writes which receipt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from samspil.domain.issues import Report
from samspil.domain.message import AnswerCode, Format, Head
from samspil.formats.part import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A receipt as written: its bytes, and the head its reader would find."""

    format: Format
    head: Head
    payload: bytes = field(repr=False)


class AnswerWriter(Protocol):
    """A format's own receipts."""

    def __call__(
        self, part: Part, report: Report, *, code: AnswerCode, now: datetime, new_id: Callable[[], UUID]
    ) -> Written | None:
        """The receipt for a message, or None where its standard wants none."""
        ...


_HOMES: Mapping[Format, str] = MappingProxyType(
    {
        Format.FHIR_JSON: "samspil.formats.fhir.acknowledgement",
        Format.FHIR_XML: "samspil.formats.fhir.acknowledgement",
        Format.EDIFACT: "samspil.formats.edifact.receipts",
        Format.OIOXML: "samspil.formats.oioxml.receipts",
    }
)


def write_answer(
    part: Part, report: Report, *, code: AnswerCode, now: datetime, new_id: Callable[[], UUID]
) -> Written | None:
    """The receipt that this message's standard asks for, in its own format."""
    home = _HOMES.get(part.identity.format)
    if home is None:
        return None
    writer: AnswerWriter = import_module(home).write_answer
    return writer(part, report, code=code, now=now, new_id=new_id)
