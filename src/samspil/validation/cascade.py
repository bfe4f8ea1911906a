"""One mistake, told once: what several judges say of the same place becomes one finding, and the worst come first.

The spine asks what a message needs to be carried, in words of its own; a profile asks the same as one of its rules.
Together they are the spine's finding under the profile's rule. What is told of one resource stands together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from samspil.domain.issues import Issue, Severity

OURS: Final = "samspil#"
MOST_COMPARED: Final = 500
MISSING: Final = "fhir.element.missing"
UNBUNDLED: Final = "fhir.reference.unbundled"
UNRESOLVED: Final = "fhir.reference.unresolved"
PARTY: Final = (MISSING, UNRESOLVED, UNBUNDLED, "fhir.reference.type")
TWINS: Final[Mapping[str, Sequence[str]]] = {
    "fhir.bundle.type": (MISSING, "fhir.value.pattern", "fhir.code.outside"),
    "fhir.bundle.id.missing": (MISSING,),
    "fhir.bundle.timestamp.missing": (MISSING,),
    "fhir.bundle.timestamp.malformed": ("fhir.primitive.malformed", "fhir.type.wrong"),
    "fhir.header.missing": ("fhir.invariant.bdl-12",),
    "fhir.header.not_first": ("fhir.invariant.bdl-12",),
    "fhir.composition.missing": ("fhir.invariant.bdl-11",),
    "fhir.header.id.missing": (MISSING,),
    "fhir.event.missing": (MISSING,),
    "fhir.event.unknown": ("fhir.value.pattern", "fhir.code.outside"),
    "fhir.sender.missing": PARTY,
    "fhir.receiver.missing": PARTY,
    "fhir.party.gln.missing": ("fhir.slice.missing",),
    "fhir.party.gln.malformed": ("fhir.invariant.gln-",),
    UNRESOLVED: (UNBUNDLED,),
}
"""For a finding of the spine, how the findings begin that say the same of the same place."""

ABOUT: Final = {"fhir.party.gln.missing": re.compile("EAN|GLN").search}
"""Where a code alone does not tell: what the rule's name must hold."""

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}
_resource = re.compile(r"(?:.*?\bentry\[[0-9]+\])?").match


def told_once(issues: Sequence[Issue]) -> list[Issue]:
    """The findings without those that say the same again; the worst first, those of one resource together.

    Of more findings than anybody reads only the order is mended.
    """
    left = list(issues)
    told: list[Issue] = []
    if len(left) > MOST_COMPARED:
        return _arranged(left)
    while left:
        issue = left.pop(0)
        twins = [other for other in left if _is_twin(issue, other)]
        adopted = next((other for other in twins if not other.rule.startswith(OURS)), None)
        if adopted is not None:
            issue = replace(issue, rule=adopted.rule, source=adopted.source or issue.source)
        gone = {id(other) for other in twins if other is adopted or other.rule.startswith(OURS)}
        left = [other for other in left if id(other) not in gone]
        told.append(issue)
    return _arranged(told)


def _is_twin(issue: Issue, other: Issue) -> bool:
    """Do two findings say the same? Another rule of a profile may do so as well, and keeps its own finding."""
    beginnings = TWINS.get(issue.code)
    if beginnings is None or not other.code.startswith(tuple(beginnings)):
        return False
    about = ABOUT.get(issue.code)
    return (about is None or about(other.rule) is not None) and _are_kin(str(issue.where), str(other.where))


def _are_kin(place: str, other: str) -> bool:
    """Is one place the other, or inside it?"""
    inner, outer = (place, other) if len(place) > len(other) else (other, place)
    return inner == outer or (inner.startswith(outer) and inner[len(outer)] in ".[")


def _arranged(issues: Iterable[Issue]) -> list[Issue]:
    """The worst first; of equal weight, those of one resource together, in the order that resources were met."""
    met: dict[str, int] = {}
    keyed: list[tuple[int, int, Issue]] = []
    for issue in issues:
        found = _resource(str(issue.where))
        resource = found[0] if found else ""
        keyed.append((_RANK[issue.severity], met.setdefault(resource, len(met)), issue))
    return [issue for *_, issue in sorted(keyed, key=lambda row: row[:2])]
