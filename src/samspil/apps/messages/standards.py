"""Standarder: the catalogue for people, by family, searchable by name and code."""

from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from samspil.access.rights import Right
from samspil.apps.messages.visits import Missing, Visit
from samspil.catalogue.standards import ReceiptRule, Standard, Syntax, find_standard, standards
from samspil.domain.issues import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One standard in the list; `current` are the versions a receiver expects today, one a syntax."""

    id: str
    family: str
    name: Phrase
    flow: Phrase
    receipt: ReceiptRule
    successor: str
    current: tuple[tuple[Syntax, str], ...]


async def list_standards(visit: Visit) -> Response:
    """The list, by syntax and by a word."""
    q, wanted = visit.asked("q"), visit.asked("stavemaade")
    everything = standards()
    found = [
        standard
        for standard in everything
        if (not wanted or wanted in standard.syntaxes) and (not q or _fits(standard, q.casefold()))
    ]
    speak = visit.services.pages.texts.say
    lines = [_line(standard) for standard in found]
    lines.sort(key=lambda line: (speak(f"standards.family.{line.family}", visit.frame.language), line.family))
    counts = [(syntax.value, sum(syntax in standard.syntaxes for standard in everything)) for syntax in Syntax]
    return visit.show(
        "messages/standards.html",
        q=q,
        syntax=wanted,
        syntaxes=[("", len(everything)), *counts],
        families=[(family, list(members)) for family, members in groupby(lines, key=lambda line: line.family)],
        total=len(everything),
    )


async def show_standard(visit: Visit) -> Response:
    """One standard, whole."""
    standard = find_standard(visit.request.path_params["id"])
    if standard is None:
        raise Missing
    return visit.show(
        "messages/standard.html",
        standard=standard,
        successor=find_standard(standard.successor) if standard.successor else None,
        predecessors=[other for other in standards() if other.successor == standard.id],
        may_read=visit.may(Right.READ),
    )


def _line(standard: Standard) -> Line:
    current = ((syntax, standard.newest(syntax)) for syntax in standard.syntaxes)
    return Line(
        id=standard.id,
        family=standard.family,
        name=standard.name,
        flow=standard.flow,
        receipt=standard.receipt,
        successor=standard.successor,
        current=tuple((syntax, code) for syntax, code in current if code),
    )


def _fits(standard: Standard, word: str) -> bool:
    texts = (standard.id, standard.name, standard.name.in_("da"), standard.family, standard.event, standard.message)
    return any(word in text.casefold() for text in (*texts, *(version.code for version in standard.versions)))
