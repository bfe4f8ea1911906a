"""The head of a legacy letter: what must be known to carry and acknowledge it, nothing clinical, nobody's name."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from samspil.domain.identifiers import Gln, Unchecked
from samspil.domain.message import Answer, AnswerCode, Head, Kind
from samspil.formats.letters.letter import Letter
from samspil.formats.letters.tree import Tree, find
from samspil.formats.subject import hidden_subject

DANISH = ZoneInfo("Europe/Copenhagen")
"""Letters state local Danish time; the hour that comes twice in October is taken as the first."""

_PERSONS = (
    (("Patient", "CivilRegistrationNumber"), "cpr"),
    (("PatientOrRelative", "CivilRegistrationNumber"), "cpr"),
    (("Patient", "AlternativeIdentifier"), "alternative"),
)


def head_of(letter: Letter, *, message_id: str, episode: str = "", person: str = "") -> Head:
    """The head of a letter. `episode` and `person` are what was seen of them without reading the letter."""
    dispatch, identity = letter.dispatch, letter.identity
    receipt = letter.is_receipt
    return Head(
        standard=identity.standard or "",
        version=identity.version,
        kind=identity.kind or Kind.MESSAGE,
        message_id=message_id,
        envelope_id=dispatch.identifier or None,
        sender=gln(dispatch.sender),
        receiver=gln(dispatch.receiver),
        subject=hidden_subject("episode", episode) if episode else hidden_subject("cpr", person) if person else "",
        sent_at=moment(dispatch.day, dispatch.time),
        answers=answer_of(letter.tree, letter.type) if receipt else None,
        receipt_wanted=bool(dispatch.receipt_wanted) and not receipt,
    )


@lru_cache(maxsize=4096)
def gln(text: str) -> Gln | Unchecked | None:
    """A location number, checked if it can be. Remembered: the same few thousand come again and again."""
    return Gln.read(text) if text else None


def moment(day: str, time: str) -> datetime | None:
    """A Danish date and time with its zone; None if it is none."""
    if not day:
        return None
    try:
        return datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=DANISH)
    except ValueError:
        return None


def answer_of(tree: Tree, type: str) -> Answer | None:
    """What a receipt says: which letter of which sender, and whether it was taken."""
    said = tree.get("OriginalEmessage")
    if not isinstance(said, dict):
        return None
    letters = said.get("OriginalLetter")
    named = (_word(one, "OriginalLetterIdentifier") for one in (letters if isinstance(letters, list) else [letters]))
    first, *others = list(dict.fromkeys(filter(None, named))) or [""]
    return Answer(
        message_id=first,
        code=AnswerCode.OK if type == "CTL03" else AnswerCode.FATAL,
        also=tuple(others),
        envelope_id=_word(said, "OriginalEnvelopeIdentifier") or None,
        sender=gln(_word(said, "OriginalSender", "EANIdentifier")),
        findings=tuple(dict.fromkeys(refusals(said))),
    )


def refusals(said: Tree) -> list[str]:
    """The refusal codes of a receipt, its envelope's first."""
    letters = said.get("OriginalLetter")
    everything = (said, *letters) if isinstance(letters, list) else (said, letters)
    return [code for one in everything if (code := _word(one, "RefuseCode"))]


def episode_of(tree: Tree) -> str:
    """The identifier of the course of treatment, if the letter states one."""
    return _word(tree, "Letter", "EpisodeOfCareIdentifier") or _word(tree, "Letter", "NotificationIdentifier")


def person_of(tree: Tree) -> str:
    """The number of the person that the letter is about."""
    return next((number for path, _ in _PERSONS if isinstance(number := find(tree, path), str) and number), "")


def _word(tree: Any, *path: str) -> str:
    """The text at a path; empty where something else stands, as in letters that no shape describes."""
    found = find(tree, path)
    return found if isinstance(found, str) else ""
