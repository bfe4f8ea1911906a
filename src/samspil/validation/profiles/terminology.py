"""Which codes a value set holds: expanded once, then asked by set membership.

A value set includes codes one by one, whole code systems, filters over a hierarchy, and other value sets, and
excludes the same way. A system whose codes nobody here knows (SNOMED CT, MIME types) stays open: its codes may be
in the set, so none is turned away.

Source: HL7 FHIR R4, ValueSet.compose and CodeSystem (filters `is-a`, `descendent-of`, `=`, `in`, `not-in`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Protocol

Json = Mapping[str, Any]
Code = tuple[str, str]
_PARENTS: Final = frozenset({"subsumedBy", "parent"})
DEEPEST: Final = 20


class Definitions(Protocol):
    """Where value sets and code systems are found."""

    def terminology(self, kind: str, canonical: str) -> Json | None:
        """The ValueSet or CodeSystem at an address."""
        ...


@dataclass(frozen=True, slots=True)
class Codes:
    """A value set, expanded: (system, code) pairs, the codes alone, and systems that stay open."""

    pairs: frozenset[Code]
    alone: frozenset[str]
    open_systems: frozenset[str]

    @classmethod
    def of(cls, pairs: Iterable[Code], open_systems: Iterable[str] = ()) -> "Codes":
        """A value set of these codes."""
        known = frozenset(pairs)
        return cls(known, frozenset(code for _, code in known), frozenset(open_systems))

    def has(self, system: str | None, code: str | None) -> bool:
        """Can this code be in the set?"""
        return (system, code) in self.pairs or system in self.open_systems

    def nearest(self, code: str) -> str:
        """The code of the set that looks most like this one, or nothing."""
        folded = {known.casefold(): known for known in sorted(code for code in self.alone if code.__class__ is str)}
        close = get_close_matches(code.casefold(), folded, n=1, cutoff=0.5)
        return folded[close[0]] if close else ""


class Terminology:
    """The value sets as one message sees them, each expanded when first asked for."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._expanded: dict[str, Codes | None] = {}

    def codes(self, canonical: str) -> Codes | None:
        """The codes of a value set; None if nobody here knows it, or it is not written as it must be."""
        if canonical not in self._expanded:
            try:
                self._expanded[canonical] = self._expand(canonical, 0)
            except (LookupError, TypeError, ValueError, AttributeError):
                self._expanded[canonical] = None
        return self._expanded[canonical]

    def _expand(self, canonical: str, depth: int) -> Codes | None:
        value_set = self._definitions.terminology("ValueSet", canonical) if depth < DEEPEST else None
        if value_set is None:
            return None
        compose = value_set.get("compose")
        if compose is None:
            return _from_expansion(value_set.get("expansion"))
        pairs: set[Code] = set()
        open_systems: set[str] = set()
        for part in compose.get("include", ()):
            codes = self._part(part, depth)
            if codes is None:
                return None
            pairs |= codes.pairs
            open_systems |= codes.open_systems
        for part in compose.get("exclude", ()):
            codes = self._part(part, depth)
            if codes is not None:
                pairs -= codes.pairs
        return Codes.of(pairs, open_systems)

    def _part(self, part: Json, depth: int) -> Codes | None:
        """One include or exclude: a system's codes, cut with value sets if it names any."""
        codes = self._system_part(part) if "system" in part else None
        for canonical in part.get("valueSet", ()):
            other = self._expand(canonical, depth + 1)
            if other is None:
                return None
            codes = other if codes is None else _cut(codes, other)
        return codes

    def _system_part(self, part: Json) -> Codes:
        system = part["system"]
        if part.get("concept"):
            return Codes.of((system, concept["code"]) for concept in part["concept"])
        definition = self._definitions.terminology("CodeSystem", system)
        content = "not-present" if definition is None else definition.get("content", "complete")
        if definition is None or content not in {"complete", "fragment"} or not definition.get("concept"):
            return Codes.of((), (system,))
        tree = _Tree(definition)
        chosen: set[str] | None = set(tree.concepts)
        for test in part.get("filter", ()):
            matching = tree.matching(test)
            chosen = None if chosen is None or matching is None else chosen & matching
        if chosen is None:
            return Codes.of((), (system,))
        is_open = content == "fragment" and not part.get("filter")
        return Codes.of(((system, code) for code in chosen), (system,) if is_open else ())


def _from_expansion(expansion: Json | None) -> Codes | None:
    if expansion is None:
        return None
    return Codes.of((row.get("system", ""), row["code"]) for row in _contained(expansion) if "code" in row)


def _contained(node: Json) -> Iterator[Json]:
    for row in node.get("contains", ()):
        yield row
        yield from _contained(row)


def _cut(one: Codes, other: Codes) -> Codes:
    """What two sets share, an open system holding whatever the other names of it."""
    pairs = {pair for pair in one.pairs if other.has(*pair)} | {pair for pair in other.pairs if one.has(*pair)}
    return Codes.of(pairs, one.open_systems & other.open_systems)


class _Tree:
    """A code system's concepts with what stands above each."""

    def __init__(self, definition: Json) -> None:
        self.concepts: dict[str, Json] = {}
        self._above: dict[str, set[str]] = {}
        self._read(definition.get("concept", ()), None)

    def _read(self, concepts: Iterable[Json], parent: str | None) -> None:
        for concept in concepts:
            code = concept["code"]
            self.concepts[code] = concept
            above = self._above.setdefault(code, set())
            if parent is not None:
                above.add(parent)
            above.update(
                row["valueCode"]
                for row in concept.get("property", ())
                if row.get("code") in _PARENTS and "valueCode" in row
            )
            self._read(concept.get("concept", ()), code)

    def matching(self, test: Json) -> set[str] | None:
        """The codes that pass a filter; None for a filter that is not understood."""
        operation, value = test.get("op"), test.get("value", "")
        if operation in {"is-a", "descendent-of", "is-not-a"}:
            below = {code for code in self.concepts if value in self._all_above(code)}
            if operation == "is-not-a":
                return set(self.concepts) - below - {value}
            return below | {value} if operation == "is-a" else below
        if operation in {"=", "in", "not-in"}:
            wanted = {word.strip() for word in value.split(",")} if operation != "=" else {value}
            found = {code for code in self.concepts if self._property(code, test.get("property", "")) in wanted}
            return set(self.concepts) - found if operation == "not-in" else found
        return None

    def _all_above(self, code: str) -> set[str]:
        seen: set[str] = set()
        queue = [code]
        while queue:
            for parent in self._above.get(queue.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
        return seen

    def _property(self, code: str, name: str) -> str:
        if name == "concept":
            return code
        for row in self.concepts[code].get("property", ()):
            if row.get("code") == name:
                return str(next((value for key, value in row.items() if key.startswith("value")), ""))
        return ""
