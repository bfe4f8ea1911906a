"""Versions whose packages are not published any more, told by how they differ from a version that is.

CareCommunication 4.0 is judged by 5.0's rules with the differences that a receiver notices: two categories fewer, a
definition of major 4, and no invariant 15. What else differs is unknown here, so a note says that the judgement is
approximate.

Source: MedCom CareCommunication 4.0.3 against 5.0.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.ir import Invariant, split_canonical
from samspil.validation.profiles.library import View
from samspil.validation.profiles.rulebook import Invariants, Rulebook, Test
from samspil.validation.profiles.terminology import Codes, Terminology

if TYPE_CHECKING:
    from samspil.validation.profiles.scene import Scene


@dataclass(frozen=True, slots=True)
class Older:
    """An older version: which invariants it has not, which it tests otherwise, and which codes it has not."""

    version: str
    dropped: frozenset[str]
    tests: Mapping[str, Test]
    without_codes: Mapping[str, frozenset[str]]

    def rulebook(self, view: View, invariants: Invariants) -> Rulebook:
        """The newer version's rules with these differences."""
        return Rulebook(view, _Invariants(self, invariants), terminology=_Terminology(view, self))


class _Invariants:
    def __init__(self, older: Older, newer: Invariants) -> None:
        self._older = older
        self._newer = newer
        self.ours = newer.ours

    @property
    def unusable(self) -> Mapping[str, str]:
        """Rules whose test cannot be made."""
        return self._newer.unusable

    def test(self, invariant: Invariant, *, type_name: str = "") -> Test | None:
        """The older version's test of an invariant."""
        if invariant.key in self._older.dropped:
            return None
        return self._older.tests.get(invariant.key) or self._newer.test(invariant, type_name=type_name)


class _Terminology(Terminology):
    """The newer version's value sets, some with fewer codes."""

    def __init__(self, view: View, older: Older) -> None:
        super().__init__(view)
        self._older = older

    def codes(self, canonical: str) -> Codes | None:
        """The codes that the older version had."""
        codes = super().codes(canonical)
        gone = self._older.without_codes.get(split_canonical(canonical)[0])
        if codes is None or not gone:
            return codes
        return Codes.of((pair for pair in codes.pairs if pair[1] not in gone), codes.open_systems)


_CARE: Final = "http://medcomfhir.dk/ig/carecommunication/StructureDefinition/medcom-careCommunication-message"
_DEFINITION: Final = (
    "http://medcomfhir.dk/ig/messagedefinitions/MessageDefinition/MedComCareCommunicationMessageDefinition"
)
_CATEGORIES: Final = "http://medcomfhir.dk/ig/terminology/ValueSet/medcom-careCommunication-categories"


def _care_definition_4(value: Any, _: "Scene") -> bool:
    """The definition is CareCommunication's, of major version 4."""
    return value.__class__ is str and value.startswith(f"{_DEFINITION}|4.")


OLDER: Final[Mapping[tuple[str, str], Older]] = {
    (_CARE, "4"): Older(
        version="4.0",
        dropped=frozenset({"medcom-careCommunication-15"}),
        tests={"medcom-carecommunication-definition-url": _care_definition_4},
        without_codes={_CATEGORIES: frozenset({"acute-ambulant", "extended-care-responsibility"})},
    )
}
