"""Measurements from home (kommunale prøvesvar): one table, every unit and comparator kept."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Cell, Facts, Files, Prose, Table
from samspil.apps.messages.reading.words import coded, facts, name_of, place, spoken
from samspil.domain.clinical.home_care_report import HomeCareReport, Measurement
from samspil.domain.text import Text

_OUTSIDE = {"H": "high", "HH": "high", "L": "low", "LL": "low", "A": "abnormal", "AA": "abnormal"}


def render(body: HomeCareReport) -> Iterator[Block]:
    """The conclusion first, then the measurements, then who made them."""
    if body.conclusion:
        yield Prose(title="reading.conclusion", text=Text.plain(body.conclusion))
    if body.measurements:
        yield Table(
            title="reading.measurements",
            heads=tuple(f"reading.label.{name}" for name in ("analysis", "value", "measured_at", "note")),
            rows=tuple(_row(measurement) for measurement in body.measurements),
        )
    if body.attachments:
        yield Files(files=body.attachments)
    yield Facts(
        title="reading.concerns",
        rows=facts(
            ("issued_at", body.issued_at),
            ("producer", place(body.producer)),
            ("performer", spoken(body.performer)),
            ("activity", name_of(body.activity)),
        ),
    )


def _row(measurement: Measurement) -> tuple[Cell, ...]:
    value = " ".join(part for part in (measurement.comparator, measurement.value, measurement.unit) if part)
    return (
        coded(measurement.code),
        Cell(value=value, outside=_OUTSIDE.get(measurement.interpretation, "")),
        Cell(value=measurement.measured_at or ""),
        Cell(value=" ".join(measurement.notes)),
    )
