"""A message, or stored bytes, to what a page shows of it: the citizen, a headline, and blocks.

A body without a renderer is shown field by field, so that nothing a message says is ever hidden because a page does
not know it yet. No renderer knows a wire format.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from samspil.apps.messages.reading import (
    acknowledgement,
    binary,
    care_message,
    form,
    home_care_report,
    hospital_stay,
    lab_report,
    lab_request,
    letter,
    mail,
    notification,
    prescription,
    receipt,
    referral,
    shared_document,
)
from samspil.apps.messages.reading.blocks import Block, Prose
from samspil.apps.messages.reading.fieldwise import render_fields
from samspil.apps.messages.reading.words import joined, located, spoken
from samspil.domain.clinical.acknowledgement import Acknowledgement
from samspil.domain.clinical.binary import BinaryLetter
from samspil.domain.clinical.care_message import CareMessage
from samspil.domain.clinical.form import Form
from samspil.domain.clinical.home_care_report import HomeCareReport
from samspil.domain.clinical.hospital_stay import StayNotification
from samspil.domain.clinical.lab_report import LabReport
from samspil.domain.clinical.lab_request import LabRequest
from samspil.domain.clinical.letter import ClinicalLetter
from samspil.domain.clinical.mail import Mail
from samspil.domain.clinical.notification import Notification
from samspil.domain.clinical.prescription import Prescription
from samspil.domain.clinical.receipt import LetterReceipt
from samspil.domain.clinical.referral import Referral
from samspil.domain.clinical.shared_document import SharedDocument
from samspil.domain.identifiers import Cpr
from samspil.domain.issues import Phrase
from samspil.domain.message import Message, Party, Person
from samspil.formats.readers import read_payload

Renderer = Callable[[Any], Iterable[Block]]
RENDERERS: Mapping[type, Renderer] = MappingProxyType(
    {
        Acknowledgement: acknowledgement.render,
        BinaryLetter: binary.render,
        CareMessage: care_message.render,
        ClinicalLetter: letter.render,
        Form: form.render,
        HomeCareReport: home_care_report.render,
        LabReport: lab_report.render,
        LabRequest: lab_request.render,
        LetterReceipt: receipt.render,
        Mail: mail.render,
        Notification: notification.render,
        Prescription: prescription.render,
        Referral: referral.render,
        SharedDocument: shared_document.render,
        StayNotification: hospital_stay.render,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLine:
    """The citizen, as the banner above every reading shows them."""

    name: str
    number: str
    age: int | None
    gender: str
    deceased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLines:
    """A party as the message itself names it: sender, receiver or copy; its name, and what else is said of it."""

    side: str
    name: str
    lines: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message in words. `unread` counts values that only the source shows."""

    patient: PatientLine | None
    headline: Phrase
    blocks: tuple[Block, ...]
    parties: tuple[PartyLines, ...] = ()
    unread: int = 0


def read_bytes(payload: bytes, *, today: date) -> Reading | None:
    """The first message in a stored payload, in words; None when none could be made out."""
    _, parts = read_payload(payload)
    built = next((message for part in parts if (message := part.build()) is not None), None)
    return read(built, today=today) if built is not None else None


def read(message: Message, *, today: date) -> Reading:
    """A message in words."""
    body = message.body
    blocks: list[Block] = []
    if body is not None:
        blocks += RENDERERS.get(type(body), render_fields)(body)
    if not blocks and message.narrative:
        blocks.append(Prose(text=message.narrative))
    return Reading(
        patient=patient_line(message.patient, today=today) if message.patient else None,
        headline=_phrase(body.headline) if body is not None else Phrase(""),
        blocks=tuple(blocks),
        parties=tuple(
            party_lines(side, party)
            for side, party in (
                ("sender", message.sender),
                ("receiver", message.receiver),
                *(("copy", copy) for copy in message.copies),
            )
        ),
        unread=len(message.unread),
    )


def _phrase(text: str) -> Phrase:
    return text if isinstance(text, Phrase) else Phrase(text)


def party_lines(side: str, party: Party) -> PartyLines:
    """A party with its department and unit, who speaks for it, and how it is reached."""
    lines = (
        joined(party.department, party.unit),
        spoken(party.professional),
        joined(located(party.address)),
        joined(*party.phones),
    )
    return PartyLines(side=side, name=party.name, lines=tuple(line for line in lines if line))


def patient_line(person: Person, *, today: date) -> PatientLine:
    """The banner of a person. The number is shown in clear: whoever reads the content may see it."""
    born = person.birth_date or (person.number.birth_date if isinstance(person.number, Cpr) else None)
    return PatientLine(
        name=str(person.name) if person.name else "",
        number=_grouped(person.number.reveal()) if person.number is not None else "",
        age=_years(born, today) if born and not person.deceased else None,
        gender=person.gender if person.gender in {"male", "female", "other", "unknown"} else "",
        deceased=bool(person.deceased),
    )


def _grouped(number: str) -> str:
    """A number as people write it: `250947-9989`."""
    return f"{number[:6]}-{number[6:]}" if len(number) == 10 and "-" not in number else number


def _years(born: date, today: date) -> int | None:
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age if 0 <= age < 130 else None
