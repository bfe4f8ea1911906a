"""A notice in letters that somebody came to hospital or left it (advis): when, and where more can be asked."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Facts
from samspil.apps.messages.reading.words import approval, facts, joined, listed, name_of, place, remainder
from samspil.domain.clinical.notification import Notification
from samspil.ui.texts import Key


def render(body: Notification) -> Iterator[Block]:
    """The times first; then whom to ask."""
    yield from listed(
        ("admitted_at", body.admitted_at),
        ("discharged_at", body.discharged_at),
        ("state", name_of(body.status)),
        ("answer_to", place(body.answer_to)),
        *approval(body.approval),
        ("notice", body.identifier),
    )
    contacts = tuple(
        row
        for contact in body.contacts
        for row in facts(("contact", joined(*contact.names, contact.phone, contact.hours)))
    )
    if contacts:
        yield Facts(title=Key("reading.contacts"), rows=contacts)
    yield from remainder(body.more)
