"""Checks of references: is the target there, of an allowed type, and held to the profile the reference asks for?

What is referenced without being in the bundle (an earlier message's header) is only at fault where the profile says
`bundled`. What a reference asks of its target is put down as a demand and judged at the target, so that a broken
patient is reported once, as a broken patient.

Source: HL7 FHIR R4, references.html; elementdefinition.html (targetProfile, aggregation).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault, Faults
from samspil.validation.profiles.ir import TypeRule, split_canonical
from samspil.validation.profiles.matching import type_in_text

if TYPE_CHECKING:
    from samspil.formats.fhir.bundle import Entry
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.rulebook import Rulebook, Rules
    from samspil.validation.profiles.scene import Scene

ANY_TYPE: Final = "Resource"


@dataclass(frozen=True, slots=True)
class Targets:
    """What a reference may point at: profiles by resource type; none for a type that need keep no profile."""

    profiles: Mapping[str, Sequence["Rules"]]
    is_open: bool
    names: str

    @classmethod
    def of(cls, canonicals: Iterable[str], rulebook: "Rulebook") -> "Targets":
        """The targets that a Reference's type rules name."""
        profiles: dict[str, list[Rules]] = {}
        free: set[str] = set()
        is_open = False
        names: list[str] = []
        for canonical in canonicals:
            names.append(split_canonical(canonical)[0].rpartition("/")[2])
            type_name = rulebook.type_of(canonical)
            if type_name is None or type_name == ANY_TYPE:
                is_open = True
                continue
            rules = rulebook.demandable(canonical)
            if rules is None:
                free.add(type_name)
            profiles.setdefault(type_name, []).extend(() if rules is None else (rules,))
        for type_name in free:
            profiles[type_name] = []
        return cls(profiles, is_open or not profiles, ", ".join(names))


def compile_reference(kinds: Sequence[TypeRule], rulebook: "Rulebook", rule: str) -> "Check | None":
    """A check of what a Reference points at; none where anything goes."""
    bundled = any("bundled" in kind.aggregation and "referenced" not in kind.aggregation for kind in kinds)
    canonicals = tuple(canonical for kind in kinds for canonical in kind.targets)
    if not canonicals and not bundled:
        return None
    targets = rulebook.later(lambda: Targets.of(canonicals, rulebook))

    def check(value: Any, scene: "Scene") -> Faults | None:
        text = value.get("reference") if value.__class__ is dict else None
        if text.__class__ is not str or not text:
            return None
        found = (scene.bundle.named.get(text) if text[0] != "#" else None) or scene.find(text)
        if found is not None:
            return _judge_target(found, targets(), scene, rule)
        if text[0] == "#":
            return None  # ref-1 tells
        faults = _judge_text(text, targets(), rule)
        if faults is None and bundled:
            faults = [Fault("fhir.reference.unbundled", rule, "reference")]
        return faults

    return check


def _judge_text(text: str, targets: Targets, rule: str) -> Faults | None:
    """Judge a target that is not at hand by the type its reference names."""
    type_name = type_in_text(text)
    if not type_name or targets.is_open or type_name in targets.profiles:
        return None
    return [Fault("fhir.reference.type", rule, "reference", found=type_name, allowed=targets.names)]


def _judge_target(entry: "Entry", targets: Targets, scene: "Scene", rule: str) -> Faults | None:
    candidates = targets.profiles.get(entry.type)
    if candidates is None:
        if targets.is_open or not entry.type:
            return None
        return [Fault("fhir.reference.type", rule, "reference", found=entry.type, allowed=targets.names)]
    if len(candidates) == 1:
        scene.demand(entry, candidates[0])
    elif candidates and not any(scene.conforms(entry.resource, one) for one in candidates):
        return [Fault("fhir.reference.profile", rule, "reference", allowed=targets.names)]
    return None
