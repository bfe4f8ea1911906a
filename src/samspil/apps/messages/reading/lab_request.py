"""A request to a laboratory (rekvisition): what is asked for, of which sample."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Table
from samspil.apps.messages.reading.words import (
    approval,
    coded,
    heads,
    joined,
    listed,
    name_of,
    place,
    remainder,
    told,
)
from samspil.domain.clinical.lab_request import LabRequest


def render(body: LabRequest) -> Iterator[Block]:
    """The question, the analyses, then the sample."""
    yield from told("reading.clinical", body.clinical)
    if body.analyses:
        yield Table(
            heads=heads("analysis", "priority", "note"),
            rows=tuple(
                (
                    coded(wanted.analysis),
                    Cell(value=name_of(wanted.priority) or ""),
                    Cell(value=joined(wanted.supplement, wanted.location)),
                )
                for wanted in body.analyses
            ),
        )
    yield from told("reading.comments", body.comments)
    yield from listed(
        ("requested_at", body.requested_at),
        ("sampled_at", body.sampled_at),
        ("sampling_time", name_of(body.sampling_time)),
        ("location", name_of(body.location)),
        ("sample", body.sample),
        ("tubes", body.tubes),
        ("payer", joined(name_of(body.payer.kind) or "", place(body.payer.party)) if body.payer else None),
        *approval(body.approval),
        title="reading.concerns",
    )
    yield from remainder(body.more)
