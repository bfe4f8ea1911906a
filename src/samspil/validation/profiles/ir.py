"""The rules of a FHIR profile as a tree of values: what both front ends give and what the compiler takes.

A profile is a tree of elements. Each element holds the whole rule (its parents' rules included), and says of every
facet which rule first stated it: `<profile id>#<element id>`. That is the rule a finding names, so a missing
`Provenance.occurred[x]` is blamed on medcom-messaging-provenance, whichever profile inherits it.

    medcom-careCommunication-communication
    └── Communication
        ├── category        1..1 CodeableConcept, required binding
        │   └── coding      1..1 Coding
        └── payload         1..* BackboneElement, sliced by type $this.content
            ├── :string     1..*
            └── :attachment 0..*

An element of a datatype has children only where the profile says something inside it; else its types decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

R4: Final = "http://hl7.org/fhir/StructureDefinition/"
UNBOUNDED: Final = -1
RULES: Final = ("minimum", "maximum", "types", "value", "binding", "max_length", "slicing")
FACETS: Final = (*RULES, "must_support", "shown")
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """The one empty mapping."""
    return NOTHING


@dataclass(frozen=True, slots=True)
class TypeRule:
    """One type an element may have. `profiles` constrain the type, `targets` what a Reference points at."""

    code: str
    profiles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    aggregation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A value as JSON holds it. A fixed value is `exact`; a pattern may be exceeded."""

    json: Any
    exact: bool


@dataclass(frozen=True, slots=True)
class Invariant:
    """A named condition. `rule` is `<profile id>#<key>`; `expression` is FHIRPath, where the front end has it.

    `core` marks the standard's own: there a condition without a result passes, elsewhere it fails.
    """

    key: str
    rule: str
    version: str = ""
    core: bool = False
    rejects: bool = True
    expression: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Discriminator:
    """How the slices of an element are told apart: by value, pattern, type or profile of what `path` leads to."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Slicing:
    """How an element is cut. `rules` is open, closed or openAtEnd."""

    discriminators: tuple[Discriminator, ...] = ()
    rules: str = "open"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a profile, with every rule that holds for it.

    Shape:   `id` is the element's id in its profile (`Communication.payload:string.content[x]`), `name` its last
             word without the slice. `repeats` tells whether JSON writes an array, whatever `maximum` says.
             `content_of` is the id of the element whose content this one shares (`Bundle.link`).
    Facets:  the names in FACETS; of those in RULES `stated_by` tells which rule states them, if one does.
             `shown` tells that whoever sends the element must write it in the resource's narrative.
    """

    id: str
    name: str
    slice: str = ""
    minimum: int = 0
    maximum: int = UNBOUNDED
    repeats: bool = False
    types: tuple[TypeRule, ...] = ()
    value: Value | None = None
    binding: str = ""
    max_length: int = 0
    must_support: bool = False
    shown: bool = False
    content_of: str = ""
    slicing: Slicing | None = None
    invariants: tuple[Invariant, ...] = ()
    children: Mapping[str, "Element"] = field(default_factory=nothing)
    slices: Mapping[str, "Element"] = field(default_factory=nothing)
    stated_by: Mapping[str, str] = field(default_factory=nothing)

    @property
    def is_choice(self) -> bool:
        """Is the type part of the JSON name (`value[x]`, written `valueString`)?"""
        return self.name.endswith("[x]")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile, a resource type or a datatype, whole. `parents` are the addresses it derives from, nearest first."""

    url: str
    id: str
    version: str
    type: str
    root: Element
    parents: tuple[str, ...] = ()

    @property
    def is_type(self) -> bool:
        """Is this a type of R4 itself, not a profile on one?"""
        return self.url == R4 + self.type


def split_canonical(canonical: str) -> tuple[str, str]:
    """A canonical's address and its version, empty if it names none.

    >>> split_canonical("http://example.org/vs|1.0")
    ('http://example.org/vs', '1.0')
    """
    address, _, version = canonical.partition("|")
    return address, version


def json_name(name: str, type_code: str) -> str:
    """The name JSON uses for a choice element of one type.

    >>> json_name("value[x]", "dateTime")
    'valueDateTime'
    """
    return name.removesuffix("[x]") + type_code[0].upper() + type_code[1:]
