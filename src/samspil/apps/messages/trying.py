"""Prøv: what a payload is, what is wrong with it, and what it says. Nothing is stored, sent or logged."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from samspil.apps.messages.examples import EXAMPLES, payload_of
from samspil.apps.messages.reading.reader import Reading, read
from samspil.apps.messages.sides import Sides, side_by_side
from samspil.apps.messages.upload import TooLarge, Upload, read_upload
from samspil.apps.messages.visits import Visit, fault, form_allowed
from samspil.catalogue.standards import Standard, find_standard
from samspil.domain.issues import Language, Report, Verdict
from samspil.domain.message import Identity
from samspil.formats.part import Part
from samspil.ui.findings import Findings, arrange, beside_source, of_issues
from samspil.ui.source import Source
from samspil.validation.judge import Examination, examine

LIMIT_BYTES = 10_000_000
MOST_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPart:
    """One letter of the payload, as the page shows it."""

    part: str
    identity: Identity
    standard: Standard | None
    verdict: Verdict
    findings: Findings
    source: Source
    reading: Reading | None
    sides: Sides | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A payload, tried."""

    name: str
    size_bytes: int
    parts: tuple[TriedPart, ...]


async def show_form(visit: Visit) -> Response:
    """The empty page, or one of our own examples, tried."""
    example = EXAMPLES.get(visit.asked("eksempel"))
    if example is None:
        return _page(visit)
    return await _judged(visit, Upload(payload=payload_of(example), name=example.file, token=""))


async def judge_upload(visit: Visit) -> Response:
    """Judge what was dropped or pasted."""
    try:
        upload = await read_upload(visit.request, limit_bytes=LIMIT_BYTES)
    except TooLarge:
        return _page(visit, fault="trying.too_large", status=413)
    if upload is None or not form_allowed(visit, upload.token):
        return fault(visit, "form", status=403)
    if not upload.payload:
        return _page(visit, fault="trying.nothing", status=422)
    return await _judged(visit, upload)


async def _judged(visit: Visit, upload: Upload) -> Response:
    today = visit.services.clock().date()
    trial = await asyncio.to_thread(try_out, upload, visit.frame.language, today=today, judge=visit.services.judge)
    return _page(visit, trial=trial)


def try_out(
    upload: Upload, language: Language, *, today: date, judge: Callable[[bytes], Examination] = examine
) -> Trial:
    """Identify, judge and read every letter of a payload."""
    examination = judge(upload.payload)
    pairs = list(examination.by_part())[:MOST_PARTS]
    return Trial(
        name=upload.name,
        size_bytes=len(upload.payload),
        parts=tuple(_tried(part, report, language, today) for part, report in pairs),
    )


def _tried(part: Part, report: Report, language: Language, today: date) -> TriedPart:
    listed = arrange(of_issues(report.issues, language))
    findings, source = beside_source(listed, part.payload, part.identity.format)
    message = part.build()
    return TriedPart(
        part=part.part,
        identity=part.identity,
        standard=find_standard(part.identity.standard) if part.identity.standard else None,
        verdict=report.verdict,
        findings=findings,
        source=source,
        reading=read(message, today=today) if message is not None else None,
        sides=side_by_side(part) if report.verdict is Verdict.ACCEPTED else None,
    )


def _page(visit: Visit, *, trial: Trial | None = None, fault: str = "", status: int = 200) -> Response:
    return visit.show(
        "messages/try.html",
        status=status,
        trial=trial,
        fault=fault,
        limit_bytes=LIMIT_BYTES,
        examples=EXAMPLES.values(),
    )
