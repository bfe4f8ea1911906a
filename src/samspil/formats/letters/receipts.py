"""What a receipt for a letter says, in either spelling: taken (CTL03), or refused with code and text (CTL02, CTL01).

One receipt for one letter, never for a receipt, and none where the letter does not tell whom to answer. Taken is said
only to who asked for it; a refusal is always said. A receipt names the letter as it was sent, its version with the X
of OIOXML or without.
Sources: MedCom's CONTRL; MedCom's rules for receipts.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from samspil.catalogue.findings import entries
from samspil.catalogue.legacy.codes import codes
from samspil.domain.issues import Issue, Language, Layer, Report
from samspil.domain.message import Answer, AnswerCode, Head, Kind
from samspil.domain.text import Text
from samspil.formats.letters.heads import DANISH, answer_of, gln, moment
from samspil.formats.letters.identifiers import short_id
from samspil.formats.letters.letter import Dispatch, Letter, identity_of
from samspil.formats.letters.tree import Tree
from samspil.formats.part import Part

TAKEN, REFUSED, UNDELIVERABLE = "CTL03", "CTL02", "CTL01"
_VERSIONS = {TAKEN: "C0330Q", REFUSED: "C0230Q", UNDELIVERABLE: "C0130Q"}
_OF_ENVELOPE = frozenset({Layer.CHARSET, Layer.ENVELOPE})
_UNKNOWN_PARTY, _UNSPECIFIED = "LOK", "NC"
_LINE, _LINES = 70, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt not yet written: its head, its envelope and its tree."""

    type: str
    version: str
    head: Head
    dispatch: Dispatch
    tree: Tree


def receipt_of(
    part: Part,
    report: Report,
    *,
    code: AnswerCode,
    now: datetime,
    new_id: Callable[[], UUID],
    language: Language = "da",
) -> Receipt | None:
    """The receipt for a letter.

    None where none is due: for a receipt, for a letter without envelope id, sender or receiver, for a letter that
    was taken but asked for no answer, and for a passing trouble, of which receipts have no word.
    """
    head, letter = part.head, part.tree
    if head is None or not isinstance(letter, Letter) or head.kind is not Kind.MESSAGE or code is AnswerCode.TRANSIENT:
        return None
    if not (head.envelope_id and head.sender and head.receiver) or (code is AnswerCode.OK and not head.receipt_wanted):
        return None
    reasons = [issue for issue in report.issues if issue.severity.rejects]
    word = entries()[reasons[0].code].legacy if reasons else ""
    type = TAKEN if code is AnswerCode.OK else UNDELIVERABLE if word == _UNKNOWN_PARTY else REFUSED
    said = _answered(letter, head)
    if code is AnswerCode.FATAL:
        of_letter = said.get("OriginalLetter")
        refused = of_letter[0] if of_letter and not any(issue.layer in _OF_ENVELOPE for issue in reasons) else said
        refused["RefuseCode"] = codes("refusal").read[word or _UNSPECIFIED]
        refused["RefuseText"] = Text.plain(reasons_text(reasons, language))
    return _receipt(letter, head, type, said, now=now, new_id=new_id)


def _answered(letter: Letter, head: Head) -> Tree:
    """The envelope and letter that a receipt speaks of, as they named themselves."""
    dispatch = letter.dispatch
    said: Tree = {
        "OriginalEnvelopeIdentifier": head.envelope_id,
        "OriginalSender": {"EANIdentifier": dispatch.sender},
        "OriginalReceiver": {"EANIdentifier": dispatch.receiver},
    }
    version = letter.identity.version
    if head.message_id and version:
        said["OriginalLetter"] = [{"OriginalLetterIdentifier": head.message_id, "OriginalVersionCode": version}]
    return said


def _receipt(
    letter: Letter, head: Head, type: str, said: Tree, *, now: datetime, new_id: Callable[[], UUID]
) -> Receipt:
    local = now.astimezone(DANISH)
    version = _VERSIONS[type]
    dispatch = Dispatch(
        identifier=short_id(new_id()),
        day=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M}",
        sender=letter.dispatch.receiver,
        receiver=letter.dispatch.sender,
        receipt_wanted=False,
    )
    identifier = short_id(new_id())
    tree: Tree = {
        "Letter": {"Identifier": identifier, "VersionCode": f"X{version}", "StatisticalCode": f"X{type}"},
        "Sender": {"EANIdentifier": dispatch.sender},
        "Receiver": {"EANIdentifier": dispatch.receiver},
        "OriginalEmessage": said,
    }
    identity = identity_of(letter.wire, version, type)
    answer = answer_of(tree, type)
    assert isinstance(answer, Answer)
    written = Head(
        standard=identity.standard or type,
        version=identity.version,
        kind=Kind.RECEIPT,
        message_id=identifier,
        envelope_id=dispatch.identifier,
        sender=gln(dispatch.sender),
        receiver=gln(dispatch.receiver),
        sent_at=moment(dispatch.day, dispatch.time),
        answers=answer,
        receipt_wanted=False,
    )
    return Receipt(type=type, version=version, head=written, dispatch=dispatch, tree=tree)


def reasons_text(reasons: Sequence[Issue], language: Language) -> str:
    """The reasons of a refusal with their places, as many as five lines hold."""
    words = _WORDS[language]
    sentences = [f"{reason.message.in_(language)}{_place(reason, words.place)}" for reason in reasons]
    for told in range(len(sentences), 0, -1):
        rest = [words.more.format(len(sentences) - told)] if told < len(sentences) else []
        lines = textwrap.wrap(" ".join((*sentences[:told], *rest)), _LINE)
        if len(lines) <= _LINES or told == 1:
            return _plain(" ".join(lines[:_LINES]))
    return words.nothing


class _Words(NamedTuple):
    place: str
    more: str
    nothing: str


_WORDS: Mapping[Language, _Words] = {
    "da": _Words(" (linje {}, tegn {})", "({} fejl mere)", "Afvist uden nærmere angivelse."),
    "en": _Words(" (line {}, character {})", "({} more errors)", "Refused without further details."),
}


def _place(issue: Issue, words: str) -> str:
    where = issue.where
    return words.format(where.line, where.column) if where.line else f" ({where.path})" if where.path else ""


def _plain(text: str) -> str:
    """Only characters that every receiver's charset has."""
    return text.encode("latin-1", "replace").decode("latin-1")
