"""A letter after a course of treatment (epikrise): what was found and done, then the course's facts."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Entry, Facts, Prose, Thread
from samspil.apps.messages.reading.words import (
    approval,
    attached,
    diagnoses,
    facts,
    name_of,
    relatives,
    remainder,
    trimmed,
)
from samspil.domain.clinical.letter import ClinicalLetter
from samspil.ui.texts import Key


def render(body: ClinicalLetter) -> Iterator[Block]:
    """Diagnoses first, then the texts, then times and people."""
    answered = body.referral
    found = diagnoses(
        ("main_diagnosis", body.main_diagnosis),
        *(("additional", extra) for extra in body.main_additional),
        *(("diagnosis", other) for other in body.diagnoses),
        ("referral_diagnosis", answered.diagnosis if answered else None),
        *(("additional", extra) for extra in (answered.additional if answered else ())),
    )
    if found:
        yield Facts(title=Key("reading.diagnoses"), rows=found)
    for note in body.notes:
        if note.signed_at is not None:
            yield Thread(entries=(Entry(text=trimmed(note.text), at=note.signed_at),))
        elif note.text:
            yield Prose(text=trimmed(note.text))
    yield from attached(body.attachments)
    course = facts(
        ("started_at", body.started_at),
        ("ended_at", body.ended_at),
        *approval(body.approval),
        ("episode_status", name_of(body.episode_status)),
        ("episode", body.episode),
        ("referral_received", answered.received_at if answered else None),
        ("referral", answered.identifier if answered else None),
    )
    yield Facts(title=Key("reading.concerns"), rows=(*course, *relatives(body.relatives)))
    yield from remainder(body.more)
