"""From a profile's tree to functions that judge JSON: compiled once, then nothing is looked up or interpreted.

Every element becomes a check, a closure over what it needs: `check(value, scene)` gives None for a valid value and
faults otherwise. An object's check walks the members that are there, never the rules, so that its cost is that of
the message; which members are missing is told by a sum of bits at the end.

    object check
        for each member: list check (cardinality, slices) → value check
            value check: primitive, object or resource; then its value, binding, length, reference and invariants

Source: HL7 FHIR R4, elementdefinition.html and profiling.html; json.html for shapes.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from samspil.domain.issues import Severity
from samspil.validation.profiles.coded import compile_binding
from samspil.validation.profiles.completion import complete
from samspil.validation.profiles.faults import Fault, Faults, Unjudged, joined, kind_of, shown, stepped
from samspil.validation.profiles.invariants.registry import ABOUT, BY_NAMES
from samspil.validation.profiles.ir import Element, Invariant, Profile, TypeRule, json_name
from samspil.validation.profiles.listing import Alike, compile_slices
from samspil.validation.profiles.matching import Matcher, holds
from samspil.validation.profiles.narrative import judge_narrative
from samspil.validation.profiles.objects import Group, Member, compile_object, misshapen
from samspil.validation.profiles.primitives import FITS, JSON_CLASSES, LOOKS, compile_primitive
from samspil.validation.profiles.referencing import compile_reference
from samspil.validation.profiles.script import SELF, Script, Told, Writable

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.rulebook import Rulebook, Test
    from samspil.validation.profiles.scene import Scene

RESOURCES: Final = frozenset({"Resource", "DomainResource"})
MANY: Final = 8
UNJUDGED: Final = "fhir.rule.unjudged"
"""A choice of more types than this compiles each when it is first met."""
ELE_1: Final = "Element#ele-1"


class Compiler:
    """Compiles one profile."""

    def __init__(self, rulebook: "Rulebook", profile: Profile) -> None:
        self._rulebook = rulebook
        self._profile = profile
        self._matcher = Matcher(rulebook)
        self._shared: dict[str, Check] = {}

    def compile(self) -> "Check":
        """The check of a whole resource, or of a value of a datatype."""
        root = self._profile.root
        is_resource = self._rulebook.is_resource(self._profile.type)
        return self._object(root, root.children, is_resource=is_resource, also=self._invariants(root))

    # ---- objects

    def _object(
        self,
        element: Element,
        children: Mapping[str, Element],
        *,
        is_resource: bool = False,
        also: "Sequence[Check]" = (),
    ) -> "Check":
        members: dict[str, Member] = {}
        groups: list[Group] = []
        needed: list[tuple[int, Element]] = []
        bit = 1
        for child in children.values():
            if child.is_choice:
                bit, group = self._choice(child, bit, members)
                groups.append(group)
                continue
            is_primitive = self._is_primitive(child)
            members[child.name] = (self._member(child), bit)
            if is_primitive:
                members["_" + child.name] = (self._companion(child), bit)
            if child.minimum or any(cut.minimum for cut in child.slices.values()):
                needed.append((bit, child))
            bit <<= 1
        return compile_object(
            self._own_rule(element),
            members,
            needed,
            groups,
            is_resource=is_resource,
            stems=_stems(children),
            stated=_stated(children),
            also=also,
        )

    def _choice(self, child: Element, bit: int, members: dict[str, Member]) -> tuple[int, Group]:
        """A choice element: one member a type, told apart by name."""
        bits: dict[str, int] = {}
        for of_type in child.types:
            name = json_name(child.name, of_type.code)
            cut, kind = _slice_of(child, of_type)
            if cut is None and child.slices and child.slicing is not None and child.slicing.rules == "closed":
                continue
            element = child if cut is None else complete(cut, child)
            if child.maximum == 0:
                members[name] = self._forbidden(child), bit
            else:
                members[name] = self._value(element, kind, lazily=len(child.types) > MANY), bit
            if kind.code in FITS:
                members["_" + name] = (self._companion(element, kind), bit)
            bits[name] = bit
            bit <<= 1
        needed = tuple(
            (bits.get(json_name(child.name, cut.types[0].code), 0), cut)
            for cut in child.slices.values()
            if cut.minimum and cut.types
        )
        return bit, Group(child, sum(bits.values()), needed)

    def _own_rule(self, element: Element) -> str:
        return f"{self._profile.id}#{element.id}"

    def _is_primitive(self, element: Element) -> bool:
        return len(element.types) == 1 and element.types[0].code in FITS and not self._is_attribute(element)

    @staticmethod
    def _is_attribute(element: Element) -> bool:
        """Ids of elements and addresses of extensions are attributes: they have no extensions."""
        return (element.name == "id" and element.types[0].code == "string") or (
            element.name == "url" and element.stated_by.get("types") == "Extension#Extension.url"
        )

    # ---- members

    def _member(self, element: Element) -> "Check":
        """The check of a member as it stands in its object."""
        if element.maximum == 0:
            return self._forbidden(element)
        kind = element.types[0] if len(element.types) == 1 else None
        one = self._value(element, kind)
        if not element.repeats:
            return one
        if not element.slices:
            return Alike(element, one)
        cuts = {
            name: self._value(complete(cut, element), _only(cut.types or element.types))
            for name, cut in element.slices.items()
        }
        return compile_slices(element, one, cuts, self._matcher)

    def _forbidden(self, element: Element) -> "Check":
        rule = element.stated_by.get("maximum", "")

        def check(_: Any, __: "Scene") -> Faults | None:
            return [Fault("fhir.element.forbidden", rule, name=element.name)]

        return check

    def _companion(self, element: Element, kind: TypeRule | None = None) -> "Check":
        """The check of what JSON writes beside a primitive, under `_name`: its id and extensions."""
        of_type = self._rulebook.later(lambda: self._companion_object(element, kind or element.types[0]))

        def one(value: Any, scene: "Scene") -> Faults | None:
            return of_type()(value, scene)

        if not element.repeats:
            return one

        def several(items: Any, scene: "Scene") -> Faults | None:
            if items.__class__ is not list:
                return [Fault("fhir.json.list", self._own_rule(element), name=element.name)]
            faults: Faults | None = None
            for place, item in enumerate(items):
                if item is not None:
                    found = of_type()(item, scene)
                    if found is not None:
                        faults = joined(faults, stepped(place, found))
            return faults

        return several

    def _companion_object(self, element: Element, kind: TypeRule) -> "Check":
        return self._object(element, element.children or self._rulebook.type_children(kind.code))

    # ---- values

    def _value(self, element: Element, kind: TypeRule | None, *, lazily: bool = False) -> "Check":
        """The check of one value: its shape, then everything else the element says of it."""
        if kind is not None and kind.code in FITS:
            return self._primitive(element, kind)
        if kind is not None and kind.code == "xhtml":
            return self._narrative(element)
        if kind is not None and self._rulebook.is_resource(kind.code):
            return self._resource(element, kind)
        return self._structure(element, kind, self._facets(element, kind), lazily=lazily)

    def _primitive(self, element: Element, kind: TypeRule) -> "Check":
        """A primitive's check. A value that is one of those asked for needs no look at its shape."""
        plain = compile_primitive(kind.code, self._blame(element, kind.code))
        facets = self._facets(element, kind)
        if not facets:
            return plain
        thorough = Then(plain, facets)
        wanted = self._wanted(element) if len(facets) == 1 else None
        if wanted is None:
            return thorough

        return Told("{x}.__class__ is str and {x} in {k}", thorough, wanted)

    def _wanted(self, element: Element) -> frozenset[str] | None:
        """The texts that an element's only facet allows, if it names them."""
        if element.value is not None:
            return frozenset({element.value.json}) if isinstance(element.value.json, str) else None
        codes = self._rulebook.terminology.codes(element.binding) if element.binding else None
        return None if codes is None else codes.alone

    def _blame(self, element: Element, code: str) -> "Check":
        """Why a value is not one of a primitive type."""
        classes = JSON_CLASSES.get(code, (str,))
        rule = element.stated_by.get("types") or self._own_rule(element)

        def blame(value: Any, _: "Scene") -> Faults | None:
            if value == "":
                return [Fault("fhir.element.empty", ELE_1)]
            if not isinstance(value, classes) or (value.__class__ is bool) is not (code == "boolean"):
                return misshapen(value, rule, code)
            return [Fault("fhir.primitive.malformed", rule, type=code, example=LOOKS[code])]

        return blame

    def _narrative(self, element: Element) -> "Check":
        rule = element.stated_by.get("types") or self._own_rule(element)

        def check(value: Any, scene: "Scene") -> Faults | None:
            if value.__class__ is not str or not value:
                return [Fault("fhir.type.wrong", rule, type="xhtml", found=kind_of(value))]
            return judge_narrative(value, is_clean=scene.is_clean)

        return check

    def _resource(self, element: Element, kind: TypeRule) -> "Check":
        """A resource inside another. Those of a bundle's entries are judged each for itself, so not again here."""
        is_entry = element.name == "resource" and element.id.startswith("Bundle.entry")
        rule = element.stated_by.get("types") or self._own_rule(element)
        wanted = "" if kind.code in RESOURCES else kind.code
        rulebook = self._rulebook

        def check(value: Any, scene: "Scene") -> Faults | None:
            if value.__class__ is not dict:
                return [Fault("fhir.type.wrong", rule, type=kind.code, found=kind_of(value))]
            if wanted and value.get("resourceType") != wanted:
                return [
                    Fault("fhir.resource.type", rule, found=shown(value.get("resourceType") or "?"), allowed=wanted)
                ]
            for canonical in kind.profiles:
                rules = rulebook.profile(canonical)
                if rules is not None:
                    scene.demand(scene.entry_of(value), rules)
            return None if is_entry else rulebook.judge_inner(value, scene)

        return check

    def _structure(
        self, element: Element, kind: TypeRule | None, facets: "Sequence[Check]", *, lazily: bool = False
    ) -> "Check":
        """The check of what is inside a value: the element's own children, its type's profiles, or its type."""
        if element.content_of:
            return _in_turn(self._shared_content(element.content_of), facets)
        profiles = [
            check
            for canonical in (kind.profiles if kind else ())
            if (check := self._rulebook.inner(canonical, lazily=lazily)) is not None
        ]
        parts = profiles if len(profiles) < 2 else [_any_of(profiles)]
        if kind is not None and kind.code == "Extension" and not profiles:
            modifies = element.name == "modifierExtension"
            parts = [self._rulebook.judge_modifier if modifies else self._rulebook.judge_extension]
        if element.children:
            return self._object(element, element.children, also=(*parts, *facets))
        if not profiles and kind is not None:
            of_type = self._rulebook.datatype(kind.code, lazily=lazily)
            parts = parts if of_type is None else [of_type, *parts]
        return _in_turn(parts[0], (*parts[1:], *facets)) if parts else _anything

    def _shared_content(self, place: str) -> "Check":
        if place not in self._shared:
            target = self._rulebook.later(lambda: self._structure(self._element(place), None, ()))

            def check(value: Any, scene: "Scene") -> Faults | None:
                return target()(value, scene)

            self._shared[place] = check
        return self._shared[place]

    def _element(self, place: str) -> Element:
        element = self._profile.root
        for name in place.split(".")[1:]:
            element = element.children[name]
        return element

    # ---- facets

    def _facets(self, element: Element, kind: TypeRule | None) -> "list[Check]":
        facets: list[Check] = []
        if element.value is not None:
            facets.append(_expects(element))
        if element.binding and kind is not None:
            codes = self._rulebook.terminology.codes(element.binding)
            if codes is not None:
                facets.append(compile_binding(codes, kind.code, element.stated_by.get("binding", ""), element.binding))
        if element.max_length:
            facets.append(_at_most(element))
        references = (
            [row for row in element.types if row.code == "Reference"] if kind and kind.code == "Reference" else []
        )
        if references:
            check = compile_reference(references, self._rulebook, element.stated_by.get("types", ""))
            facets += [] if check is None else [check]
        facets += self._invariants(element)
        if element.children and kind is not None:
            facets += self._type_invariants(kind)
        return facets

    def _type_invariants(self, kind: TypeRule) -> "list[Check]":
        """The invariants of a type whose structure the element has spelt out itself."""
        profile = self._rulebook.definition(kind.code)
        return [] if profile is None else self._invariants(profile.root)

    def _invariants(self, element: Element) -> "list[Check]":
        """The checks of an element's invariants; those about one member are asked only where it is."""
        kind = _type_name(element)
        tests = [
            (row, test)
            for row in element.invariants
            if (test := self._rulebook.invariant(row, type_name=kind)) is not None
        ]
        always = [(row, test) for row, test in tests if test not in ABOUT]
        sometimes: dict[str, list[tuple[Invariant, Test]]] = {}
        for row, test in tests:
            if test in ABOUT:
                sometimes.setdefault(ABOUT[test], []).append((row, test))
        checks: list[Check] = [Tested(always)] if always else []
        return checks + [Tested(some, member) for member, some in sometimes.items()]


class Tested(Writable):
    """The check of invariants; if they are about one member, only where it is."""

    __slots__ = ("_member", "_tests")

    def __init__(self, tests: "Sequence[tuple[Invariant, Test]]", member: str = "") -> None:
        self._tests = tests
        self._member = member

    def __call__(self, value: Any, scene: "Scene") -> Faults | None:
        faults: Faults | None = None
        if self._member and self._member not in value:
            return None
        for invariant, test in self._tests:
            kept = test(value, scene)
            if kept is not True:
                faults = joined(faults, _broken(invariant, kept=kept))
        return faults

    def write(self, script: Script, value: str, place: str) -> None:
        """Write a line a test. About the object itself its names have told already what they can."""
        if value != SELF:
            if not self._member:
                self._write_tests(script, value, place, self._tests)
                return
            with script.block(f"if {self._member!r} in {value}:"):
                self._write_tests(script, value, place, self._tests)
        elif not self._member or self._member in script.names:
            open_tests = [(row, test) for row, test in self._tests if test not in BY_NAMES]
            self._write_tests(script, value, place, open_tests)

    @staticmethod
    def _write_tests(script: Script, value: str, place: str, tests: "Sequence[tuple[Invariant, Test]]") -> None:
        broken = script.know(_broken)
        for invariant, test in tests:
            script.line(f"kept = {script.know(test)}({value}, scene)")
            with script.block("if kept is not True:"):
                script.line(f"found = {broken}({script.know(invariant)}, kept=kept)")
                script.keep(place)


def _broken(invariant: Invariant, *, kept: bool | Unjudged | None) -> Faults | None:
    """The fault of an invariant that is not kept, or has no result: then R4's own pass."""
    if kept is None and invariant.core:
        return None
    if isinstance(kept, Unjudged):
        return [Fault(UNJUDGED, invariant.rule, severity=Severity.NOTE, key=invariant.key, reason=shown(kept))]
    severity = None if invariant.rejects else Severity.WARNING
    return [Fault("fhir.invariant.broken", invariant.rule, severity=severity, hollow=kept is None, key=invariant.key)]


def _type_name(element: Element) -> str:
    """The type of an element as FHIRPath names it: `Identifier`, or `Patient.contact` for what has no type's name."""
    code = element.types[0].code if len(element.types) == 1 else ""
    if "." not in element.id or code in {"BackboneElement", "Element"}:
        return ".".join(word.partition(":")[0] for word in element.id.split("."))
    return code


def _slice_of(choice: Element, kind: TypeRule) -> tuple[Element | None, TypeRule]:
    """The slice of a choice that is for a type, with what the slice says of the type."""
    for cut in choice.slices.values():
        for row in cut.types:
            if row.code == kind.code:
                return cut, row
    return None, kind


def _only(types: Sequence[TypeRule]) -> TypeRule | None:
    return types[0] if len(types) == 1 else None


def _stated(children: Mapping[str, Element]) -> dict[str, str]:
    """The rules that state the types of an object's members, by the names JSON gives them."""
    rules: dict[str, str] = {}
    for child in children.values():
        for name in [json_name(child.name, kind.code) for kind in child.types] if child.is_choice else [child.name]:
            rules[name] = child.stated_by.get("types", "")
    return rules


def _stems(children: Mapping[str, Element]) -> dict[str, Element]:
    return {child.name.removesuffix("[x]"): child for child in children.values() if child.is_choice}


def _anything(_: Any, __: "Scene") -> Faults | None:
    return None


class Then(Writable):
    """One check, and if it is content the others: nothing more is said of a value that is no value of its type."""

    __slots__ = ("_first", "_rest")

    def __init__(self, first: "Check", rest: "Sequence[Check]") -> None:
        self._first = first
        self._rest = rest

    def __call__(self, value: Any, scene: "Scene") -> Faults | None:
        faults = self._first(value, scene)
        if faults is None:
            for one in self._rest:
                faults = joined(faults, one(value, scene))
        return faults

    def write(self, script: Script, value: str, place: str) -> None:
        """As the port says."""
        if not isinstance(self._first, Told):
            script.ask(self, value, place)
            return
        with script.block(f"if {self._first.told(script, value)}:"):
            for one in self._rest:
                script.write(one, value, place)
        with script.block("else:"):
            script.ask(self, value, place)


class InTurn(Writable):
    """All checks of an object, each whatever the others found; only the first of what is none."""

    __slots__ = ("_first", "_rest")

    def __init__(self, first: "Check", rest: "Sequence[Check]") -> None:
        self._first = first
        self._rest = rest

    def __call__(self, value: Any, scene: "Scene") -> Faults | None:
        faults = self._first(value, scene)
        if value.__class__ is dict:
            for one in self._rest:
                faults = joined(faults, one(value, scene))
        return faults

    def write(self, script: Script, value: str, place: str) -> None:
        """As the port says."""
        script.write(self._first, value, place)
        with script.block(f"if {value}.__class__ is dict:"):
            for one in self._rest:
                script.write(one, value, place)


def _in_turn(first: "Check", rest: "Sequence[Check]") -> "Check":
    return InTurn(first, rest) if rest else first


def _any_of(checks: "Sequence[Check]") -> "Check":
    """A value must keep one of several profiles."""

    def check(value: Any, scene: "Scene") -> Faults | None:
        first: Faults | None = None
        for one in checks:
            found = one(value, scene)
            if found is None:
                return None
            first = first or found
        return first

    return check


def _expects(element: Element) -> "Check":
    """The check of a fixed or pattern value."""
    assert element.value is not None
    wanted, rule = element.value.json, element.stated_by.get("value", "")
    code = "fhir.value.fixed" if element.value.exact else "fhir.value.pattern"

    def fault(value: Any) -> Faults:
        return [Fault(code, rule, expected=_told(wanted), found=_told(value, wanted))]

    if wanted.__class__ is not dict:
        return lambda value, _: None if value == wanted else fault(value)
    if element.value.exact:
        return lambda value, _: None if value == wanted else fault(value)
    return lambda value, _: None if holds(value, wanted) else fault(value)


def _told(value: Any, like: Any = None) -> str:
    """A coded value as a sentence names it."""
    if value.__class__ is dict:
        inner = value.get("coding")
        first = inner[0] if inner.__class__ is list and inner and inner[0].__class__ is dict else value
        return shown(first.get("code") or first.get("system") or "…") if first.__class__ is dict else "…"
    return shown(value) if like is None or value.__class__ in (str, bool, int) else "…"


def _at_most(element: Element) -> "Check":
    """The check of a length. A fraction's length is that of its spelling, so it is looked at in the payload."""
    longest, rule = element.max_length, element.stated_by.get("max_length", "")

    def check(value: Any, _: "Scene") -> Faults | None:
        length = len(value if isinstance(value, str) else repr(value))
        if length <= longest and not isinstance(value, float):
            return None
        limit = longest if isinstance(value, float) else 0
        return [Fault("fhir.text.long", rule, limit=limit, length=str(length), limit_of=str(longest))]

    return check
