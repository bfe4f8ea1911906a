"""Checks of coded values against required value sets."""

from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault, Faults, shown
from samspil.validation.profiles.terminology import Codes

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

CODINGS: Final = frozenset({"Coding", "Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity"})


def compile_binding(codes: Codes, type_code: str, rule: str, value_set: str) -> "Check":
    """A check that a value of this type is in a value set."""
    if type_code == "CodeableConcept":
        return _concept(codes, rule, value_set)
    if type_code in CODINGS:
        return _coding(codes, rule, value_set)
    return _plain(codes, rule, value_set)


def _plain(codes: Codes, rule: str, value_set: str) -> "Check":
    alone, is_open = codes.alone, bool(codes.open_systems)

    def check(value: Any, _: "Scene") -> Faults | None:
        if value.__class__ is not str or value in alone or is_open:
            return None
        return [_outside(codes, rule, value_set, value)]

    return check


def _coding(codes: Codes, rule: str, value_set: str) -> "Check":
    pairs, open_systems = codes.pairs, codes.open_systems

    def check(value: Any, _: "Scene") -> Faults | None:
        if value.__class__ is not dict:
            return None
        system, code = value.get("system"), value.get("code")
        if system.__class__ in _HASHED and code.__class__ in _HASHED:
            if (system, code) in pairs or system in open_systems:
                return None
            return [_outside(codes, rule, value_set, code, system=system, step="code")]
        return None

    return check


def _concept(codes: Codes, rule: str, value_set: str) -> "Check":
    one = _coding(codes, rule, value_set)

    def check(value: Any, scene: "Scene") -> Faults | None:
        codings = value.get("coding") if value.__class__ is dict else ()
        if codings.__class__ is not list:
            return [Fault("fhir.code.absent", rule, value_set=name_of(value_set), allowed=_some(codes))]
        first: Faults | None = None
        for place, coding in enumerate(codings):
            found = one(coding, scene)
            if found is None:
                return None
            if first is None:
                first = found
                first[0].steps += [place, "coding"]
        return first

    return check


_HASHED: Final = frozenset({str, type(None)})


def _outside(
    codes: Codes, rule: str, value_set: str, code: str | None, *, system: str | None = None, step: str = ""
) -> Fault:
    """The fault of a code that is not in the set, with the code that was probably meant."""
    steps = (step,) if step else ()
    name = name_of(value_set)
    if code is None:
        return Fault("fhir.code.absent", rule, *steps, value_set=name, allowed=_some(codes))
    if step and code in codes.alone and (system, code) not in codes.pairs:
        systems = sorted({known for known, same in codes.pairs if same == code})
        return Fault(
            "fhir.code.system",
            rule,
            *(["system"] if system else steps),
            found=shown(code),
            expected=" / ".join(systems),
        )
    nearest = codes.nearest(code)
    if nearest:
        return Fault("fhir.code.outside.near", rule, *steps, found=shown(code), value_set=name, nearest=nearest)
    return Fault("fhir.code.outside", rule, *steps, found=shown(code), value_set=name, allowed=_some(codes))


def _some(codes: Codes) -> str:
    known = sorted(codes.alone)
    return ", ".join(known[:8]) + (" …" if len(known) > 8 else "")


def name_of(canonical: str) -> str:
    """A value set as a sentence names it: the last word of its address."""
    return canonical.partition("|")[0].rpartition("/")[2]
