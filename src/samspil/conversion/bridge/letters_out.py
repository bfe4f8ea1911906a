"""A letter of the model as bytes: OIOXML by its edition's shape, and EDIFACT from that."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.layouts import find_layout
from samspil.catalogue.legacy.shapes import Edition, by_version
from samspil.conversion.bridge.crossing import Crossing
from samspil.conversion.legacy import convert_letters
from samspil.conversion.losses import Output
from samspil.domain.message import Format, Message
from samspil.formats.letters.heads import DANISH
from samspil.formats.letters.letter import Dispatch, Letter, identity_of
from samspil.formats.letters.model import tree_from
from samspil.formats.letters.reading import letters_in
from samspil.formats.letters.tree import named
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.validation.legacy.judge import judge_letter
from samspil.validation.legacy.structure import check_tree

VERSIONS = {
    "DIS91": "D9134L",
    "DIS20": "D2030C",
    "DIS17": "D1730C",
    "BIN01": "B0131X",
    "CTL02": "C0230Q",
    "CTL03": "C0330Q",
}
"""The version to write of each type, unless another is wanted: the one that receivers are registered for."""


class Draft(NamedTuple):
    """A letter not yet written."""

    message: Message
    edition: Edition


def edition_of(type: str, wanted: str | None) -> Edition | None:
    """The edition to write; None where the wanted version is none of this type."""
    code = (wanted or VERSIONS[type]).removeprefix("X")
    layout = find_layout(code)
    edition = layout.edition if layout else next(reversed(by_version().get(code, ())), None)
    return edition if edition and edition.type == type else None


def dispatch_of(envelope_id: str, sent_at: datetime, message: Message, *, receipt_wanted: bool) -> Dispatch:
    """The envelope around a letter."""
    local = sent_at.astimezone(DANISH)
    return Dispatch(
        identifier=envelope_id,
        day=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M}",
        sender=str(message.sender.gln or ""),
        receiver=str(message.receiver.gln or ""),
        receipt_wanted=receipt_wanted,
    )


def write_letters(crossing: Crossing, drafts: Sequence[Draft], dispatch: Dispatch, to: Format) -> None:
    """Write letters of one envelope, each judged as if it had just arrived."""
    if crossing.refused:
        return
    written: list[Letter] = []
    for message, edition in drafts:
        tree = tree_from(message, edition)
        twin = write_twin(edition, tree)
        for fault in () if twin.fits else check_tree(tree, edition.shape):
            if fault.code == "legacy.value.missing":
                crossing.missing(named(fault.where) if isinstance(fault.where, tuple) else "")
        payload = write_emessage(dispatch, edition.namespace, [twin])
        written.extend(letters_in(payload) or ())
    if len(written) < len(drafts):
        crossing.issues.append(finding("convert.output.refused", reason="xml"))
    for letter in written:
        _judge(crossing, letter)
    if crossing.refused:
        return
    if to is Format.EDIFACT:
        gathered = convert_letters(written, to=to, version=None)
        crossing.outputs.extend(gathered.outputs)
        crossing.losses.extend(gathered.losses)
        crossing.issues.extend(gathered.issues)
        return
    for letter in written:
        identity = identity_of(Format.OIOXML, letter.version, letter.type)
        crossing.outputs.append(Output(standard=identity.standard, version=identity.version, payload=letter.payload))


def _judge(crossing: Crossing, letter: Letter) -> None:
    for issue in judge_letter(letter).issues:
        if issue.severity.rejects and not crossing.refused:
            crossing.issues.append(finding("convert.output.refused", issue.where, reason=f"{issue.code} {issue.where}"))
