"""All rules of one standard, compiled as they are asked for: profiles, datatypes, value sets, invariants.

One rulebook serves every message of a standard and version; it changes nothing about a message and keeps nothing of
one. Two threads that ask for the same rule at the same time compile it twice, and either result is as good.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from samspil.validation.profiles.compiler import Compiler
from samspil.validation.profiles.faults import Fault, Faults, Unjudged, joined, shown
from samspil.validation.profiles.ir import NOTHING, R4, Element, Invariant, Profile, split_canonical
from samspil.validation.profiles.lacking import Lacking, broken
from samspil.validation.profiles.library import TROUBLES, View
from samspil.validation.profiles.showing import Shows, compile_showing
from samspil.validation.profiles.terminology import Terminology
from samspil.validation.resource_types import RESOURCE_TYPES

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check
    from samspil.validation.profiles.scene import Scene

T = TypeVar("T")
Test = Callable[[Any, "Scene"], "bool | Unjudged | None"]


class Invariants(Protocol):
    """Where the tests of invariants come from: named functions, or FHIRPath. `unusable` are those without a test."""

    @property
    def ours(self) -> bool:
        """Do they go with our own tables?"""
        ...

    @property
    def unusable(self) -> Mapping[str, str]:
        """Rules whose test cannot be made, with the reason."""
        ...

    def test(self, invariant: Invariant, *, type_name: str = "") -> Test | None:
        """The test of an invariant on elements of a type, None if there is none."""
        ...


MOST_SPELLINGS: Final = 1000
"""How many spellings of profile addresses are remembered: messages can spell one in any number of ways."""


class Rules:
    """A profile's rules: who it is, and its check, compiled when first asked for."""

    __slots__ = ("_check", "_rulebook", "_shows", "id", "lineage", "profile", "type", "url", "version")

    def __init__(self, rulebook: "Rulebook", profile: Profile) -> None:
        self.profile = profile
        self.url, self.id, self.version, self.type = profile.url, profile.id, profile.version, profile.type
        self.lineage = frozenset({profile.url, *profile.parents})
        self._rulebook = rulebook
        self._check: Check | None = None
        self._shows: Shows | None = None

    @property
    def shows(self) -> Shows:
        """The compiled check of the narrative."""
        if self._shows is None:
            try:
                self._shows = compile_showing(self._rulebook, self.profile.root)
            except TROUBLES:  # told by `check`, which asks the same of the same slices
                self._shows = _ask_nothing
        return self._shows

    @property
    def check(self) -> "Check":
        """The compiled check. A profile that cannot be compiled asks for nothing, and the rulebook remembers why."""
        if self._check is None:
            try:
                self._check = Compiler(self._rulebook, self.profile).compile()
            except TROUBLES as trouble:
                self._rulebook.view.unusable[self.url] = f"{type(trouble).__name__}: {trouble}"
                self._check = _ask_nothing
        return self._check


def _ask_nothing(_: Any, __: "Scene") -> None:
    """The check of a profile that cannot be used."""


class Claims:
    """What a resource is judged by for its own sake. `is_plain`: nothing is to be said of the claims themselves."""

    __slots__ = ("is_plain", "lineage", "rules")

    def __init__(self, rules: Sequence[Rules], *, is_plain: bool) -> None:
        self.rules = tuple(rules)
        self.lineage = frozenset[str]().union(*(one.lineage for one in rules))
        self.is_plain = is_plain


NO_CLAIMS: Final = Claims((), is_plain=False)


class Rulebook:
    """The rules as one standard's messages see them."""

    def __init__(self, view: View, invariants: Invariants, *, terminology: Terminology | None = None) -> None:
        self.view = view
        self.terminology = terminology or Terminology(view)
        self.lacking = Lacking(self)
        self._invariants = invariants
        self._rules: dict[str, Rules] = {}
        self._made: dict[str, Rules] = {}
        self._claims: dict[tuple[str, ...], Claims] = {}
        self._open: set[str] = set()
        self._extensions: dict[str, Rules] = {}

    def profile(self, canonical: str) -> Rules | None:
        """The compiled profile at an address, if one is at hand."""
        rules = self._rules.get(canonical)
        if rules is None:
            profile = self.view.profile(canonical)
            if profile is None:
                return None
            if len(self._rules) >= MOST_SPELLINGS:
                self._rules.clear()
            rules = self._rules[canonical] = self._made.setdefault(profile.url, Rules(self, profile))
        return rules

    @staticmethod
    def later(make: Callable[[], T]) -> Callable[[], T]:
        """A value made when first asked for: rules may name each other in a circle."""
        made: list[T] = []

        def get() -> T:
            if not made:
                made.append(make())
            return made[0]

        return get

    def resource(self, type_name: str) -> Rules | None:
        """The rules of a resource type of R4."""
        return self.profile(R4 + type_name) if type_name.isalpha() and self.is_resource(type_name) else None

    def definition(self, type_code: str) -> Profile | None:
        """The definition of one of R4's types."""
        return self.view.profile(R4 + type_code)

    def is_resource(self, type_code: str) -> bool:
        """Is this a resource type, abstract ones included?"""
        profile = self.definition(type_code)
        return profile is not None and (type_code == "Resource" or R4 + "Resource" in profile.parents)

    def type_of(self, canonical: str) -> str | None:
        """The resource type that a profile is about; None for one that is not at hand."""
        profile = self.view.profile(canonical)
        return None if profile is None else profile.type

    def demandable(self, canonical: str) -> Rules | None:
        """The rules that a reference's target must keep; None where its type alone will do."""
        profile = self.view.profile(canonical)
        return None if profile is None or profile.is_type else self.profile(canonical)

    def type_children(self, type_code: str) -> Mapping[str, Element]:
        """What one of R4's types puts inside an element."""
        profile = self.definition(type_code)
        return NOTHING if profile is None else profile.root.children

    def datatype(self, type_code: str, *, lazily: bool = False) -> "Check | None":
        """The check of one of R4's datatypes."""
        return self.inner(R4 + type_code, lazily=lazily)

    def inner(self, canonical: str, *, lazily: bool = False) -> "Check | None":
        """The check of a definition inside another; compiled when first used if asked to, or in a circle."""
        rules = self.profile(canonical)
        if rules is None:
            return None
        if not lazily and canonical not in self._open:
            self._open.add(canonical)
            check = rules.check
            self._open.discard(canonical)
            return check

        def check_when_used(value: Any, scene: "Scene") -> Faults | None:
            return rules.check(value, scene)

        return check_when_used

    def judge_extension(self, value: Any, scene: "Scene") -> Faults | None:
        """Judge an extension by the definition at its address, if that is at hand."""
        url = value.get("url")
        if url.__class__ is not str:
            return None
        rules = self._extensions.get(url)
        if rules is None:
            if not url.startswith("http") or self.view.locate("StructureDefinition", url) is None:
                return None
            rules = self.profile(split_canonical(url)[0])
            if rules is None or rules.type != "Extension":
                return None
            self._extensions[url] = rules
        return rules.check(value, scene)

    def judge_modifier(self, value: Any, scene: "Scene") -> Faults | None:
        """Judge an extension that changes the meaning of what it stands in: whoever does not know it must not go on.

        Source: HL7 FHIR R4, extensibility.html, "Modifier Extensions".
        """
        faults = self.judge_extension(value, scene)
        url = value.get("url")
        if url.__class__ is not str or url in self._extensions:
            return faults
        return joined(
            faults, [Fault("fhir.modifier.unknown", "samspil#fhir.modifier.unknown", "url", found=shown(url))]
        )

    def judge_inner(self, resource: Any, scene: "Scene") -> Faults | None:
        """Judge a resource inside another: by its type, and by the profiles it claims."""
        faults: Faults | None = None
        for rules in self.claimed(resource).rules:
            faults = joined(faults, rules.check(resource, scene))
        return faults

    def claimed(self, resource: Mapping[str, Any]) -> "Claims":
        """The rules a resource is judged by for its own sake: the profiles it claims, else its type."""
        try:
            profiles = resource["meta"]["profile"]
            if profiles.__class__ is list:
                return self._claims[(resource["resourceType"], *profiles)]
        except (KeyError, TypeError):
            pass  # a claim that nobody has made before, or that is not written as it must be
        return self._read_claims(resource)

    def _read_claims(self, resource: Mapping[str, Any]) -> "Claims":
        type_name = resource.get("resourceType")
        if not isinstance(type_name, str):
            return NO_CLAIMS
        names = _names(resource)
        key = (type_name, *names)
        known = self._claims.get(key)
        if known is None:
            rules = [one for name in names if (one := self.profile(name)) is not None and one.type == type_name]
            base = self.resource(type_name) if not rules else None
            known = Claims(rules or ([base] if base else []), is_plain=len(rules) == len(names) and bool(rules or base))
            if len(self._claims) >= MOST_SPELLINGS:
                self._claims.clear()
            self._claims[key] = known
        return known

    def faults_of_claims(self, resource: Mapping[str, Any]) -> Faults:
        """What is wrong with a resource's type, and with the profiles it claims."""
        type_name = resource.get("resourceType")
        if not isinstance(type_name, str) or type_name not in RESOURCE_TYPES:
            found = shown(type_name) if isinstance(type_name, str) else "?"
            return [Fault("fhir.resource.unknown", "Resource#resourceType", "resourceType", found=found)]
        faults: Faults = []
        if self.resource(type_name) is None:
            faults.append(Fault("fhir.resource.unjudged", "samspil#fhir.resource.unjudged", found=type_name))
        for place, name in enumerate(_names(resource)):
            rules = self.profile(name)
            unusable = None if rules else self.view.unusable.get(split_canonical(name)[0])
            if unusable is not None:
                faults.append(broken(name, unusable))
            elif rules is None:
                fault = Fault("fhir.profile.unknown", "samspil#fhir.profile.unknown", place, "profile", "meta")
                fault.facts["profile"] = shown(name)
                faults.append(fault)
            elif rules.type != type_name:
                rule = f"{rules.id}#{rules.type}"
                faults.append(
                    Fault("fhir.profile.type", rule, place, "profile", "meta", allowed=rules.type, found=type_name)
                )
        return faults

    def place_of(self, rule: str) -> str:
        """The address and version of the profile that states a rule, if it has been used."""
        owner = rule.partition("#")[0]
        for rules in self._made.values():
            if rules.id == owner:
                return f"{rules.url}|{rules.version}"
        for rules in self._made.values():
            for address in rules.lineage:
                if address.rpartition("/")[2] == owner:
                    profile = self.view.profile(address)
                    return f"{address}|{profile.version}" if profile else address
        return ""

    @property
    def unusable_invariants(self) -> Mapping[str, str]:
        """Invariants whose test cannot be made, with the reason."""
        return self._invariants.unusable

    @property
    def may_lack(self) -> bool:
        """May anything be lacking? Our own tables lack nothing."""
        return not self._invariants.ours

    def invariant(self, invariant: Invariant, *, type_name: str = "") -> Test | None:
        """The test of an invariant on elements of a type."""
        return self._invariants.test(invariant, type_name=type_name)


def _names(resource: Mapping[str, Any]) -> list[str]:
    """The profiles that a resource claims."""
    meta = resource.get("meta")
    names = meta.get("profile") if isinstance(meta, dict) else None
    return [name for name in names if name and name.__class__ is str] if isinstance(names, list) else []
