"""Measurements from home (kommunale prøvesvar): one table, every unit and comparator kept."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Table
from samspil.apps.messages.reading.words import attached, coded, heads, listed, name_of, place, spoken, told
from samspil.domain.clinical.home_care_report import HomeCareReport, Measurement
from samspil.domain.text import Text
from samspil.ui.texts import Key

# Directions of an interpretation (HL7 v3 ObservationInterpretation).
_OUTSIDE = {"H": "high", "HH": "high", "L": "low", "LL": "low", "A": "abnormal", "AA": "abnormal"}


def render(body: HomeCareReport) -> Iterator[Block]:
    """The conclusion first, then the measurements, then who made them."""
    yield from told("reading.conclusion", Text.plain(body.conclusion))
    if body.measurements:
        yield Table(
            title=Key("reading.measurements"),
            heads=heads("analysis", "value", "state", "measured_at", "note"),
            rows=tuple(_row(measurement) for measurement in body.measurements),
        )
    yield from attached(body.attachments)
    yield from listed(
        ("issued_at", body.issued_at),
        ("producer", place(body.producer)),
        ("performer", spoken(body.performer)),
        ("activity", name_of(body.activity)),
        title="reading.concerns",
    )


def _row(measurement: Measurement) -> tuple[Cell, ...]:
    value = " ".join(part for part in (measurement.comparator, measurement.value, measurement.unit) if part)
    return (
        coded(measurement.code),
        Cell(value=value, outside=_OUTSIDE.get(measurement.interpretation, "")),
        Cell(value=name_of(measurement.status) or ""),
        Cell(value=measurement.measured_at or ""),
        Cell(value="\n".join(measurement.notes)),
    )
