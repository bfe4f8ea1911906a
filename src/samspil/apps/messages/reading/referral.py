"""A referral (henvisning): why, what is known, and what the receiver should mind."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Facts, Prose
from samspil.apps.messages.reading.words import (
    approval,
    attached,
    diagnoses,
    facts,
    joined,
    located,
    name_of,
    place,
    relatives,
    remainder,
    told,
    trimmed,
)
from samspil.domain.clinical.referral import Referral
from samspil.ui.texts import Key


def render(body: Referral) -> Iterator[Block]:
    """Warnings and the reason first: they decide what happens next."""
    yield from told("reading.warnings", body.warnings)
    found = diagnoses(("diagnosis", body.diagnosis), *(("additional", extra) for extra in body.additional))
    if found:
        yield Facts(title=Key("reading.diagnoses"), rows=found)
    for title, text in (
        ("reading.reason", body.reason),
        ("reading.history", body.history),
        ("reading.examination", body.examination),
        ("reading.last_period", body.last_period),
        ("reading.medicine", body.medicine),
        ("reading.supplementary", body.supplementary),
    ):
        yield from told(title, text)
    yield from (
        Prose(title=Key("reading.sorting"), text=trimmed(sorting.text)) for sorting in body.sorting if sorting.text
    )
    yield from attached(body.attachments)
    copy = body.copy_of_answer
    course = facts(
        ("priority", name_of(body.priority)),
        ("state", name_of(body.status)),
        ("transport", name_of(body.transport)),
        ("copy_of_answer", joined(place(copy), located(copy.address)) if copy else None),
        *approval(body.approval),
        ("episode", body.episode),
    )
    yield Facts(title=Key("reading.concerns"), rows=(*course, *relatives([body.relative] if body.relative else [])))
    yield from remainder(body.more)
