"""Letters from EDIFACT to OIOXML and back, and from one version of their type to another.

Both directions go through the letter's tree. What the target has no place for is a loss with its path; what the
target demands and the letter does not say is an error; nothing is invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.layouts import Layout, find_layout
from samspil.catalogue.legacy.shapes import Edition, by_version
from samspil.conversion.losses import Loss, Output, lost
from samspil.domain.issues import Issue, Location, Severity
from samspil.domain.message import Format
from samspil.domain.text import Text
from samspil.formats.edifact.capacity import lacks
from samspil.formats.edifact.envelope import fitting, write_interchange
from samspil.formats.edifact.irregular import Work
from samspil.formats.edifact.reader import EdifactLetter
from samspil.formats.edifact.writer import write_unit
from samspil.formats.letters.letter import Letter, identity_of
from samspil.formats.letters.reshaping import reshaped
from samspil.formats.letters.tree import Path, Tree, named
from samspil.formats.oioxml.reader import OioxmlLetter
from samspil.formats.oioxml.writer import Twin, write_emessage, write_twin
from samspil.validation.legacy.structure import check_tree


@dataclass(slots=True)
class Gathered:
    """What a conversion of letters comes to."""

    outputs: list[Output] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def convert_letters(letters: Sequence[Letter], *, to: Format, version: str | None) -> Gathered:
    """Convert accepted letters. Letters of one envelope stay together where the target lets them."""
    gathered = Gathered()
    wanted = version.removeprefix("X") if version else None
    first = letters[0]
    if first.wire is to and all(wanted in {None, letter.version} for letter in letters):
        gathered.outputs.append(
            Output(standard=first.identity.standard, version=first.identity.version, payload=first.payload)
        )
        return gathered
    write = _to_edifact if to is Format.EDIFACT else _to_oioxml
    if len(letters) == 1:
        write(letters, wanted, gathered)
        return gathered
    for _, together in groupby(letters, key=lambda letter: letter.dispatch):
        write(list(together), wanted, gathered)
    return gathered


# ------------------------------------------------------------------------------------------------------ to OIOXML
def _to_oioxml(letters: Sequence[Letter], wanted: str | None, gathered: Gathered) -> None:
    placed: list[tuple[Edition, Twin]] = []
    for letter in letters:
        edition = _edition(letter, wanted)
        if edition is None or edition.type != letter.type:
            gathered.issues.append(_unsupported(letter, wanted, "OIOXML"))
            continue
        twin = _twin(letter, edition, gathered)
        gathered.losses.extend(lost(path, "unplaced") for path in twin.unplaced)
        placed.append((edition, twin))
    if any(issue.severity.rejects for issue in gathered.issues):
        return
    for namespace, together in groupby(placed, key=lambda pair: pair[0].namespace):
        batch = list(together)
        payload = write_emessage(letters[0].dispatch, namespace, [twin for _, twin in batch])
        identity = identity_of(Format.OIOXML, batch[0][0].version, batch[0][0].type)
        gathered.outputs.append(Output(standard=identity.standard, version=identity.version, payload=payload))


def _twin(letter: Letter, edition: Edition, gathered: Gathered) -> Twin:
    """The letter in an edition: the one it was judged by, or another version of its type."""
    if edition is letter.edition:
        twin = letter.twin if isinstance(letter, EdifactLetter) else None
        return twin or write_twin(edition, letter.tree)
    tree = _reshaped(letter, edition, gathered)
    gathered.issues.extend(_demands(letter, tree, edition))
    gathered.issues.append(_stepped(letter, f"X{edition.version}"))
    return write_twin(edition, tree)


def _edition(letter: Letter, wanted: str | None) -> Edition | None:
    """The edition to write: the letter's own, else the one that EDIFACT reads into, else the newest of the code."""
    if wanted in {None, letter.version}:
        return letter.edition
    layout = find_layout(wanted or "")
    return layout.edition if layout else next(reversed(by_version().get(wanted or "", ())), None)


def _reshaped(letter: Letter, edition: Edition, gathered: Gathered) -> Tree:
    """The letter's tree as another edition has it, under its version code."""
    misfits: list[tuple[Path, str]] = []
    tree = reshaped(letter.tree, edition.shape, misfits)
    gathered.losses.extend(lost(named(path), why) for path, why in misfits)
    return {**tree, "Letter": {**tree.get("Letter", {}), "VersionCode": f"X{edition.version}"}}


def _demands(letter: Letter, tree: Tree, edition: Edition) -> Iterator[Issue]:
    """What the target's version demands and the letter does not say, or says otherwise than it may."""
    for fault in check_tree(tree, edition.shape):
        path = named(fault.where) if isinstance(fault.where, tuple) else ""
        if fault.code == "legacy.value.missing":
            yield finding("convert.missing", letter.place(fault.where), path=path)
        else:
            yield letter.issue(fault)


# ----------------------------------------------------------------------------------------------------- to EDIFACT
def _to_edifact(letters: Sequence[Letter], wanted: str | None, gathered: Gathered) -> None:
    units: list[str] = []
    objects: list[bytes] = []
    layouts: list[Layout] = []
    for letter in letters:
        layout = find_layout(wanted or letter.version)
        if layout is None or layout.type != letter.type:
            gathered.issues.append(_unsupported(letter, wanted, "EDIFACT"))
            continue
        if layout.version != letter.version:
            gathered.issues.append(_stepped(letter, layout.version))
        work = Work()
        tree = letter.tree if letter.edition is layout.edition else _reshaped(letter, layout.edition, gathered)
        unit = _checked(letter, write_unit(layout, tree, work), gathered)
        gathered.losses.extend(lost(lack.path, lack.what) for lack in lacks(layout, tree, unit, work.objects))
        gathered.losses.extend(lost(named(path), why) for path, why in work.losses)
        gathered.issues.extend(letter.issue(fault) for fault in work.faults)
        units.append(unit)
        objects.extend(work.objects)
        layouts.append(layout)
    if not units or any(issue.severity.rejects for issue in gathered.issues):
        return
    if isinstance(letters[0], OioxmlLetter) and letters[0].document.has_local_elements:
        gathered.losses.append(lost("Local_Elements", "absent"))
    payload = write_interchange(letters[0].dispatch, units, objects, receipts=layouts[0].is_receipt)
    identity = identity_of(Format.EDIFACT, layouts[0].version, layouts[0].type)
    gathered.outputs.append(Output(standard=identity.standard, version=identity.version, payload=payload))


def _checked(letter: Letter, unit: str, gathered: Gathered) -> str:
    """The unit without characters and line feeds that EDIFACT cannot carry; each told."""
    if "\n" in unit or "\r" in unit:
        unit = unit.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
        gathered.losses.append(lost("", "linefeed"))
    if unit.isascii() or (fits := fitting(unit)) == unit:
        if not unit.isascii() and not _encodes(unit):
            gathered.issues.append(_unencodable(letter))
        return unit
    if not _encodes(fits):
        gathered.issues.append(_unencodable(letter))
    gathered.losses.extend(lost(path, "characters") for path in _strange_paths(letter.tree, ()))
    return fits


def _encodes(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _unencodable(letter: Letter) -> Issue:
    path = next((path for path in _strange_paths(letter.tree, ()) if path), "")
    return finding("convert.charset", Location(path=path), path=path)


def _strange_paths(value: object, path: tuple[str | int, ...]) -> Iterator[str]:
    """The paths of texts with characters outside ISO 8859-1."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _strange_paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _strange_paths(item, (*path, number) if number > 1 else path)
    elif isinstance(value, tuple):
        yield from _strange_paths(value[1], path)
    elif isinstance(value, str | Text) and not _encodes(str(value)):
        yield named(path)


# ------------------------------------------------------------------------------------------------------------ both
def _unsupported(letter: Letter, wanted: str | None, target: str) -> Issue:
    version = wanted or letter.version
    return finding("convert.version.unsupported", letter.place(("Letter",)), version=version[:9], target=target)


def _stepped(letter: Letter, version: str) -> Issue:
    return finding(
        "convert.version.stepped",
        letter.place(("Letter", "VersionCode")),
        severity=Severity.NOTE,
        original=letter.identity.version or "",
        version=version,
    )
