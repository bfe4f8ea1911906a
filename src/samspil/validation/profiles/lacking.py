"""What a package's profiles could not be judged by: definitions that are not at hand, or that cannot be used.

Only packages from outside can lack anything. What a profile lacks is found once, by a walk over its elements and
those of the profiles its types name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from samspil.validation.profiles.faults import Fault, shown
from samspil.validation.profiles.ir import R4, Element, Profile, split_canonical

if TYPE_CHECKING:
    from samspil.validation.profiles.rulebook import Rulebook, Rules

MISSING: Final = "fhir.packages.missing"
BROKEN: Final = "fhir.packages.broken"
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Lacks:
    """What one profile lacks: whether anything is not at hand, and what cannot be used, with the reason."""

    anything: bool
    unusable: Mapping[str, str]


class Lacking:
    """What the profiles of a rulebook lack."""

    def __init__(self, rulebook: "Rulebook") -> None:
        self._rulebook = rulebook
        self._known: dict[str, Lacks] = {}

    def faults(self, used: Iterable["Rules"]) -> Iterator[Fault]:
        """The notes about the profiles that a message was judged by, each once."""
        unusable: dict[str, str] = {}
        is_missing = False
        for rules in used:
            lacks = self._known.get(rules.url)
            if lacks is None:
                lacks = self._known[rules.url] = self._find(rules.profile)
            is_missing |= lacks.anything
            unusable |= lacks.unusable
        missing = self._rulebook.view.missing
        if is_missing and missing:
            yield Fault(MISSING, f"samspil#{MISSING}", names=", ".join(missing))
        for name, reason in unusable.items():
            yield broken(name, reason)

    def _find(self, profile: Profile) -> Lacks:
        view, untested = self._rulebook.view, self._rulebook.unusable_invariants
        unusable: dict[str, str] = {}
        is_missing = False
        seen: set[str] = set()
        queue = [profile]
        for one in queue:
            seen.add(one.url)
            if one.url in view.unusable:
                unusable[one.id] = view.unusable[one.url]
            for element in _elements(one.root):
                unusable |= {row.rule: untested[row.rule] for row in element.invariants if row.rule in untested}
                if element.binding:
                    is_missing |= self._rulebook.terminology.codes(element.binding) is None
                for canonical in _named(element):
                    address = split_canonical(canonical)[0]
                    if address in seen:
                        continue
                    seen.add(address)
                    inner = view.profile(canonical)
                    if inner is not None:
                        queue.append(inner)
                    elif address in view.unusable:
                        unusable[address] = view.unusable[address]
                    else:
                        is_missing |= not address.startswith(R4)
        return Lacks(is_missing, unusable)


def broken(name: str, reason: str) -> Fault:
    """The note about a profile, or a rule of one, that cannot be used."""
    return Fault(
        BROKEN, f"samspil#{BROKEN}", profile=shown(name, longest=LONGEST), reason=shown(reason, longest=LONGEST)
    )


def _elements(element: Element) -> Iterator[Element]:
    """An element and all below it, but for those that may not be there."""
    if element.maximum == 0:
        return
    yield element
    for below in (*element.slices.values(), *element.children.values()):
        yield from _elements(below)


def _named(element: Element) -> Iterator[str]:
    """The profiles that an element's types name."""
    for rule in element.types:
        yield from rule.profiles
