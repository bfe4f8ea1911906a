"""Invariants as FHIRPath: the tests of official packages, and what expressions may ask about the message.

Where a package gives no expression (R4's own rules, when the built-in R4 stands in for the official one), or one that
contradicts its own standard, the named function tests. An expression that cannot be compiled is not tested, and a note
tells. One that cannot be answered for a message (it asks about one item, and there are several) is answered by the
named function if there is one, as our own tables would; else the rule is not judged there, and a note tells that too.
"""

from typing import TYPE_CHECKING, Any

from samspil.validation.fhirpath import Environment, EvaluationError, Node, Path, PathError, compile_path
from samspil.validation.profiles.faults import Unjudged
from samspil.validation.profiles.invariants import find_test
from samspil.validation.profiles.invariants.registry import CORRECTED
from samspil.validation.profiles.ir import R4, Element, Invariant
from samspil.validation.profiles.matching import meets
from samspil.validation.profiles.narrative import judge_narrative

if TYPE_CHECKING:
    from samspil.validation.profiles.library import View
    from samspil.validation.profiles.rulebook import Test
    from samspil.validation.profiles.scene import Scene


class ExpressionInvariants:
    """The tests of packages. `unusable` holds what could not be compiled: rule to reason."""

    ours = False

    def __init__(self) -> None:
        self.unusable: dict[str, str] = {}

    def test(self, invariant: Invariant, *, type_name: str = "") -> "Test | None":
        """The test of an invariant on elements of a type."""
        if not invariant.expression or invariant.rule in CORRECTED:
            return find_test(invariant)
        try:
            path = compile_path(invariant.expression)
        except PathError as error:
            self.unusable[invariant.rule] = error.message
            return None
        return _test(path, find_test(invariant), type_name if path.needs_types else "")


def _test(path: Path, stand_in: "Test | None", type_name: str) -> "Test":
    """The test of an expression; about elements of a type, where it needs to be told."""
    test = path.test

    def keeps(value: Any, scene: "Scene") -> bool | Unjudged | None:
        is_typed = not type_name or (value.__class__ is dict and "resourceType" in value)
        try:
            return test(value if is_typed else Node(value, None, type_name), environment_of(scene))
        except EvaluationError as error:
            return stand_in(value, scene) if stand_in else Unjudged(error.message)

    return keeps


def environment_of(scene: "Scene") -> Environment:
    """What expressions about the resource that a scene stands in may ask; made once a resource."""
    known = scene.environment
    if known is not None and known.resource is scene.resource:
        return known
    codes = scene.rulebook.terminology.codes

    def member_of(coded: Any, canonical: str) -> bool | None:
        wanted = codes(canonical)
        if wanted is None:
            return None
        inner = coded.get("coding") if isinstance(coded, dict) else None
        return any(meets(one, wanted) for one in inner) if isinstance(inner, list) else meets(coded, wanted)

    scene.environment = Environment(
        resource=scene.resource,
        root=scene.resource,
        resolve=scene.resolve,
        conforms_to=scene.conforms_to,
        member_of=member_of,
        html_checks=lambda text: not judge_narrative(text),
        type_of=TypeOf(scene.rulebook.view),
    )
    return scene.environment


class TypeOf:
    """The type of what a JSON key holds in a parent of some type: `("Patient", "contact")` → `"Patient.contact"`."""

    def __init__(self, view: "View") -> None:
        self._view = view

    def __call__(self, parent: str, key: str) -> str | None:
        """The type, if R4 tells it."""
        holder = self._holder(parent)
        child = holder.children.get(key) if holder else None
        if child is None:
            return None
        if len(child.types) != 1 or child.types[0].code in {"BackboneElement", "Element"}:
            return f"{parent}.{key}" if child.children else None
        return child.types[0].code

    def _holder(self, parent: str) -> Element | None:
        head, *rest = parent.split(".")
        profile = self._view.profile(R4 + head)
        element = profile.root if profile else None
        for name in rest:
            element = element.children.get(name) if element else None
        return element
