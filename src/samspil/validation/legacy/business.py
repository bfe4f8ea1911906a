"""What no table of elements can see: numbers, dates in order, receipts, and the traps that lives hang on.

Plausibility of numbers is a warning here: official samples of these letters break it.
Sources: MedCom's descriptions of the letters; the notes on safety in `docs/interpretations.md`.
"""

from collections.abc import Iterator

from samspil.catalogue.standards import ReceiptRule, find_standard
from samspil.domain.identifiers import Gln
from samspil.domain.message import Format
from samspil.formats.edifact.microbiology import broken_references
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.heads import gln
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.tree import Path, Tree, find

_PERIODS = (
    ("Admission", "Discharge"),
    ("OutPatientFirstVisit", "OutPatientLastVisit"),
    ("CasualtyWardFirstVisit", "CasualtyWardLastVisit"),
    ("ExaminationStart", "ExaminationEnd"),
    ("Admission", "EndOfTreatment"),
)
_SAMPLING = ("RequisitionInformation", "Sample", "SamplingInterval")
_CONSENT = ("Patient", "Consent", "Given")
_CONSENT_BY_TEXT = frozenset({"R0330P", "R0430P", "R0431P"})
_CONSENT_BY_ABSENCE = frozenset({"R0331P", "R0432P", "R0730G"})


def business_faults(letter: Letter) -> Iterator[Fault]:
    """Everything that is implausible or unsafe in a letter."""
    tree, dispatch = letter.tree, letter.dispatch
    for party, number in (("Sender", dispatch.sender), ("Receiver", dispatch.receiver)):
        if number and not isinstance(gln(number), Gln):
            yield Fault("legacy.gln.implausible", (party, "EANIdentifier"), (("party", party),))
    if letter.is_receipt:
        yield from _receipt_faults(tree, letter.type)
        return
    yield from _date_faults(letter, tree)
    yield from _patient_faults(tree)
    standard = find_standard(letter.type)
    if standard and standard.receipt is ReceiptRule.ALWAYS and not dispatch.receipt_wanted:
        yield Fault("legacy.receipt.unasked", ("Letter",), (("standard", letter.type),))
    if letter.type == "RPT02" and letter.wire is Format.OIOXML:
        yield from (Fault("legacy.table.reference", tuple(path.split("/"))) for path in broken_references(tree))
    yield from _safety_faults(letter, tree)


def _moment(tree: Tree, path: Path) -> str:
    """A date and time as text that compares in order; empty if it is not whole."""
    said = find(tree, path)
    if not isinstance(said, dict):
        return ""
    day = said.get("Date", "")
    return f"{day}T{str(said.get('Time') or said.get('TimeWithSec') or '')[:5]}" if day else ""


def _date_faults(letter: Letter, tree: Tree) -> Iterator[Fault]:
    for first, last in _PERIODS:
        if last in tree and first in tree and _moment(tree, (last,)) < _moment(tree, (first,)):
            yield Fault("legacy.dates.order", (last,), (("start", first), ("end", last)))
    if sampling := find(tree, _SAMPLING):
        start, end = _moment(sampling, ("StartDateTime",)), _moment(sampling, ("EndDateTime",))
        if start and end and end < start:
            facts = (("start", "StartDateTime"), ("end", "EndDateTime"))
            yield Fault("legacy.dates.order", (*_SAMPLING, "EndDateTime"), facts)
    approved = _moment(tree, ("Letter", "Authorisation"))
    sent = f"{letter.dispatch.day}T{letter.dispatch.time}"
    if approved and letter.dispatch.day and letter.dispatch.time and sent < approved:
        yield Fault("legacy.dates.dispatch", ("Letter", "Authorisation"))


def _patient_faults(tree: Tree) -> Iterator[Fault]:
    patient = tree.get("Patient")
    if isinstance(patient, dict) and not (
        patient.get("CivilRegistrationNumber") or patient.get("AlternativeIdentifier")
    ):
        yield Fault("legacy.patient.missing", ("Patient",))


def _safety_faults(letter: Letter, tree: Tree) -> Iterator[Fault]:
    """SAFETY: what one version means another may turn round. Told wherever it stands, never mended."""
    if letter.wire is Format.EDIFACT and letter.version in _CONSENT_BY_TEXT | _CONSENT_BY_ABSENCE:
        given = find(tree, _CONSENT)
        by_text = letter.version in _CONSENT_BY_TEXT
        if given == ("true" if by_text else "false"):
            facts = (("meaning", "given" if by_text else "refused"), ("version", letter.version))
            yield Fault("legacy.consent.meaning", _CONSENT, facts)


def _receipt_faults(tree: Tree, type: str) -> Iterator[Fault]:
    """A receipt never answers a receipt; a refusal says why."""
    said = tree.get("OriginalEmessage")
    if not isinstance(said, dict):
        return
    letters = said.get("OriginalLetter") or []
    for number, answered in enumerate(letters, start=1):
        if answered.get("OriginalVersionCode", "").removeprefix("X").startswith("C0"):
            yield Fault("legacy.receipt.answered", ("OriginalEmessage", "OriginalLetter", str(number)))
    refused = any(one.get("RefuseCode") or one.get("RefuseText") for one in (said, *letters))
    if type != "CTL03" and not refused:
        yield Fault("legacy.receipt.code", ("OriginalEmessage",))
