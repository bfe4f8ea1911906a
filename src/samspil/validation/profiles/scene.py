"""What a check may ask its surroundings: where it stands, what a reference leads to, which profiles are in question.

One scene a payload. It holds the bundle's index, the resource being judged, and the demands that are still to be
judged: a reference demands a profile of its target, and each demand is judged once, so circles end by themselves.

Source: HL7 FHIR R4, bundle.html "Resolving references in Bundles"; profiling.html, conformance to profiles.
"""

from typing import TYPE_CHECKING, Any, Final

from samspil.formats.fhir.bundle import Bundle, Entry

if TYPE_CHECKING:
    from samspil.validation.fhirpath import Environment
    from samspil.validation.profiles.rulebook import Rulebook, Rules

Json = dict[str, Any]
NO_PROFILES: Final = frozenset[str]()


class Scene:
    """The payload being judged, and where in it the checks are."""

    __slots__ = (
        "_by_type",
        "_covered",
        "_demanded",
        "_known",
        "bundle",
        "claimed",
        "demands",
        "entry",
        "environment",
        "is_clean",
        "resource",
        "root",
        "rulebook",
    )

    def __init__(self, root: Json, bundle: Bundle, rulebook: "Rulebook", *, is_clean: bool = False) -> None:
        """`is_clean`: it is known that no text in the payload holds a control character."""
        self.is_clean = is_clean
        self.root = root
        self.bundle = bundle
        self.rulebook = rulebook
        self.entry = Entry(0, "", "", "", root)
        self.resource = root
        self.environment: Environment | None = None
        self.claimed: list[tuple[Entry, Rules]] = []
        self.demands: list[tuple[Entry, Rules]] = []
        self._by_type: dict[str, list[Json]] | None = None
        self._covered: dict[int, frozenset[str]] = {}
        self._demanded: set[tuple[int, str]] = set()
        self._known: dict[tuple[int, str], bool] = {}

    def stand_in(self, entry: Entry) -> None:
        """Move to another entry of the bundle."""
        self.entry = entry
        self.resource = entry.resource

    def find(self, reference: object) -> Entry | None:
        """The entry that a Reference or its text leads to from here."""
        return self.bundle.find(reference, self.entry)

    def resolve(self, reference: object) -> Json | None:
        """The resource that a Reference or its text leads to from here."""
        found = self.bundle.find(reference, self.entry)
        return None if found is None else found.resource

    def of_type(self, type_name: str) -> list[Json]:
        """The bundle's resources of a type, in order."""
        if self._by_type is None:
            self._by_type = {}
            for entry in self.bundle.entries:
                self._by_type.setdefault(entry.type, []).append(entry.resource)
        return self._by_type.get(type_name, [])

    def cover(self, resource: Json, profiles: frozenset[str]) -> None:
        """Note that a resource will be judged by these profiles (addresses, parents included) whoever asks for it."""
        self._covered[id(resource)] = profiles

    def covers(self, resource: Json) -> frozenset[str]:
        """The profiles that a resource is judged by anyway."""
        return self._covered.get(id(resource), NO_PROFILES)

    def demand(self, entry: Entry, rules: "Rules") -> None:
        """Ask that a resource keeps a profile, unless it is judged by it already."""
        held = id(entry.resource)
        if rules.url in self._covered.get(held, NO_PROFILES):
            return
        key = (held, rules.url)
        if key in self._demanded:
            return
        self._demanded.add(key)
        self.demands.append((entry, rules))

    def conforms(self, resource: Json, rules: "Rules") -> bool:
        """Does a resource keep a profile? What claims to keep it is taken at its word: it is judged for itself."""
        if resource.get("resourceType") != rules.type:
            return False
        key = (id(resource), rules.url)
        if rules.url in self._covered.get(key[0], NO_PROFILES):
            return True
        known = self._known.get(key)
        if known is None:
            self._known[key] = True
            known = self._known[key] = self._try(resource, rules)
        return known

    def _try(self, resource: Json, rules: "Rules") -> bool:
        """Judge a resource by the way: what it demands of others does not count."""
        entry, here, demands, demanded = self.entry, self.resource, self.demands, self._demanded
        self.demands, self._demanded = [], set()
        self.stand_in(self.entry_of(resource))
        faults = rules.check(resource, self)
        self.entry, self.resource, self.demands, self._demanded = entry, here, demands, demanded
        return not faults or all(fault.severity is not None and not fault.severity.rejects for fault in faults)

    def entry_of(self, resource: Json) -> Entry:
        """The entry that holds a resource; where we stand for one that is inside another."""
        return next((entry for entry in self.bundle.entries if entry.resource is resource), self.entry)

    def conforms_to(self, resource: Json, canonical: str) -> bool | None:
        """The same by a profile's address; None for a profile that nobody here knows."""
        rules = self.rulebook.profile(canonical)
        return None if rules is None else self.conforms(resource, rules)
