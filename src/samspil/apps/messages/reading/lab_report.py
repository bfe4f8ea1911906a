"""A laboratory's answer (laboratoriesvar): no comment, unit or comparator is ever left out."""

from collections.abc import Iterator
from dataclasses import replace

from samspil.apps.messages.reading.blocks import Block, Cell, Prose, Table
from samspil.apps.messages.reading.culture import take_cultures, take_names
from samspil.apps.messages.reading.words import (
    approval,
    attached,
    coded,
    heads,
    joined,
    listed,
    name_of,
    remainder,
    told,
    trimmed,
)
from samspil.domain.clinical.lab_report import CodedSample, Interval, LabReport, Result, TitledText
from samspil.domain.issues import Phrase
from samspil.ui.texts import Key

_PARTS = {
    "Macroscopic": Key("reading.macroscopic"),
    "Microscopic": Key("reading.microscopic"),
    "Conclusion": Key("reading.conclusion"),
}
# Directions of `result-assessment` (MedCom, svarvurdering).
_OUTSIDE = {"for_hoej": "high", "for_lav": "low", "unormal": "abnormal"}


def render(body: LabReport) -> Iterator[Block]:
    """The clinical question, the results with their intervals, then texts, comments and the sample."""
    yield from told("reading.clinical", body.clinical)
    names, left = take_names(body.more, len(body.results))
    cultures, left = take_cultures(left)
    if body.results:
        yield Table(
            title=Key("reading.results"),
            heads=heads("analysis", "value", "interval", "state", "note"),
            rows=tuple(_row(result, *name) for result, name in zip(body.results, names, strict=True)),
        )
    yield from cultures
    yield from listed(("headline", body.table_headline), ("result", body.table_result))
    if body.samples:
        yield Table(
            title=Key("reading.samples"),
            heads=heads("sample", "material", "finding", "note"),
            rows=tuple(row for sample in body.samples for row in _findings(sample)),
        )
    for text in body.texts:
        yield from _titled(text)
    yield from told("reading.comments", body.comments)
    yield from attached((*body.attachments, *(file for result in body.results for file in result.attachments)))
    yield from listed(
        ("state", name_of(body.status)),
        ("completeness", name_of(body.completeness)),
        ("sampled_at", body.sampled_at),
        ("received_at", body.received_at),
        ("answered_at", body.answered_at),
        ("sample", body.sample),
        ("requester_sample", body.requester_sample),
        ("report", body.identifier),
        *approval(body.approval),
        title="reading.concerns",
    )
    yield from remainder(left)


def _row(result: Result, name: str, kind: Phrase) -> tuple[Cell, ...]:
    """One result; `name` is what else the report calls its analysis, `kind` what sort of examination it says it is."""
    value = " ".join(part for part in (result.comparator, result.value, result.unit) if part)
    outside = _OUTSIDE.get(result.assessment.code, "") if result.assessment else ""
    assessed = "" if outside else str(name_of(result.assessment) or "")
    notes = (*(str(text) for _, text in result.remarks), str(result.full_name or ""), assessed, result.producer)
    return (
        coded(replace(result.analysis, name=result.analysis.name or Phrase(name))),
        Cell(value=value, outside=outside),
        Cell(value=_interval(result.interval)),
        Cell(value=name_of(result.status) or ""),
        Cell(value=joined("\n".join(note for note in notes if note), kind)),
    )


def _interval(interval: Interval | None) -> str:
    """As the laboratory wrote it: its text, or its two ends."""
    if interval is None:
        return ""
    if interval.text:
        return interval.text
    if interval.lower and interval.upper:
        return f"{interval.lower} – {interval.upper}"
    return f"≥ {interval.lower}" if interval.lower else f"≤ {interval.upper}" if interval.upper else ""


def _findings(sample: CodedSample) -> Iterator[tuple[Cell, ...]]:
    """One row a finding; the sample is named in its first."""
    found = [finding for finding in (sample.topography, *sample.findings) if finding is not None]
    for place, finding in enumerate(found):
        first = place == 0
        yield (
            Cell(value=sample.identifier if first else "", code=sample.requester_identifier if first else ""),
            Cell(value=joined(sample.material, sample.headline) if first else ""),
            Cell(value=finding.text or finding.code, code=finding.code if finding.text else ""),
            Cell(value=finding.comment),
        )


def _titled(text: TitledText) -> Iterator[Block]:
    if text.text:
        part = _PARTS.get(text.part, Key("reading.text"))
        yield Prose(title=Phrase(text.headline) if text.headline else part, text=trimmed(text.text))
    yield from attached(text.attachments)
