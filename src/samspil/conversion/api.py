"""`convert`: one payload from one standard to another, with a list of what the target cannot hold.

Only what was judged acceptable is converted: a conversion never mends what it does not understand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from samspil.catalogue.findings import finding
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.bridge.directory import NOBODY, Directory
from samspil.conversion.bridge.generations import to_fhir, to_letters
from samspil.conversion.legacy import convert_letters
from samspil.conversion.losses import Loss, Output
from samspil.domain.issues import Issue, Report, Verdict
from samspil.domain.message import Format
from samspil.formats.edifact.envelope import repaired
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.reading import letters_in, read_letters
from samspil.formats.part import Part
from samspil.validation.judge import FHIR, examine
from samspil.validation.legacy.judge import judge_letter

TARGETS = ("edifact", "oioxml", "fhir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What came of it. `source` is the format that was converted from; `report` is on the source and its conversion."""

    source: str
    outputs: tuple[Output, ...] = ()
    losses: tuple[Loss, ...] = ()
    report: Report = field(default_factory=Report)

    @property
    def payload(self) -> bytes | None:
        """The only output's bytes; None when there are none or several."""
        return self.outputs[0].payload if len(self.outputs) == 1 else None


def convert(
    payload: bytes,
    *,
    to: str,
    version: str | None = None,
    repair: bool = False,
    directory: Directory | None = None,
    now: datetime | None = None,
    new_id: Callable[[], UUID] | None = None,
) -> Conversion:
    """Convert a payload to EDIFACT, OIOXML or FHIR. Never raises on bytes. Errors: ValueError for another target.

    `repair` takes EDIFACT that came in another character set for ISO 8859-1, and says so; without it that is refused.
    `directory`, `now` and `new_id` serve conversions between letters and FHIR, which demand more than the source says.
    """
    if to not in TARGETS:
        raise ValueError(f"to is one of {', '.join(TARGETS)}, not {to!r}")
    if repair and (mended := repaired(payload)):
        conversion = convert(mended, to=to, version=version, directory=directory, now=now, new_id=new_id)
        return replace(conversion, report=_extended(conversion.report, [finding("convert.charset.repaired")]))
    crossing = Crossing(directory or NOBODY, now or datetime.now(UTC), new_id or uuid4)
    parts = read_letters(payload) if to == "fhir" else None
    letters = letters_in(payload) if parts is None else _letters_of(parts)
    if not letters:
        return _from_others(payload, letters is None, to, version, crossing)
    reports = [judge_letter(letter) for letter in letters]
    source = letters[0].wire.value
    report = reports[0] if len(reports) == 1 else _together(reports)
    accepted = [letter for letter, one in zip(letters, reports, strict=True) if one.verdict is Verdict.ACCEPTED]
    if not accepted:
        return Conversion(source=source, report=report)
    if parts is not None:
        kept = (part for part, one in zip(parts, reports, strict=True) if one.verdict is Verdict.ACCEPTED)
        to_fhir(crossing, [message for part in kept if (message := part.build())], version)
        return _crossed(source, report, crossing)
    gathered = convert_letters(accepted, to=Format(to), version=version)
    return Conversion(
        source=source,
        outputs=tuple(gathered.outputs),
        losses=tuple(gathered.losses),
        report=_extended(report, gathered.issues),
    )


def _letters_of(parts: Sequence[Part]) -> list[Letter]:
    return [part.tree for part in parts if isinstance(part.tree, Letter)]


def _from_others(payload: bytes, legible: bool, to: str, version: str | None, crossing: Crossing) -> Conversion:
    """Convert what is no letter: FHIR messages."""
    examination = examine(payload)
    source, report = examination.identity.format.value, examination.report
    if examination.identity.format not in FHIR or to == "fhir":
        refusals = [_refusal(examination.identity.standard or source, to)] if legible else []
        return Conversion(source=source, report=_extended(report, refusals))
    message = examination.parts[0].build() if report.verdict is Verdict.ACCEPTED else None
    if message is None:
        return Conversion(source=source, report=report)
    to_letters(crossing, message, Format(to), version)
    return _crossed(source, report, crossing)


def _crossed(source: str, report: Report, crossing: Crossing) -> Conversion:
    return Conversion(
        source=source,
        outputs=tuple(crossing.outputs),
        losses=tuple(crossing.losses),
        report=_extended(report, crossing.issues),
    )


def _together(reports: list[Report]) -> Report:
    return Report(issues=tuple(issue for report in reports for issue in report.issues), parts=tuple(reports))


def _extended(report: Report, issues: list[Issue]) -> Report:
    if not issues:
        return report
    return Report(issues=(*report.issues, *issues), readable=report.readable, parts=report.parts)


def _refusal(standard: str, to: str) -> Issue:
    return finding("convert.target.unsupported", standard=standard, target=to)
