"""StructureDefinitions as statements: the front end for official packages.

Facts are taken, sentences are not: paths, cardinalities, types, values, required bindings, lengths, slicing and
invariants. What holds for every element alike (ele-1, ext-1, the narrative's txt-1 and txt-2) is left to the walk
that looks at every element anyway, and advice (dom-6: a narrative should exist) is not a rule.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from samspil.validation.profiles.ir import R4, UNBOUNDED, Discriminator, Slicing, TypeRule, Value
from samspil.validation.profiles.snapshot import Condition, Heading, Path, Statement

Json = Mapping[str, Any]

WALKED: Final = frozenset({"ele-1", "ext-1", "txt-1", "txt-2"})
ADVICE: Final = frozenset({"dom-6"})
_CORE_ROOT: Final = "http://hl7.org/fhir/"
_CORE_PIN: Final = "|4.0.1"
_SYSTEM: Final = "http://hl7.org/fhirpath/"
_TYPE_OF_SYSTEM_TYPE: Final = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_OBLIGATION: Final = "http://hl7.org/fhir/StructureDefinition/obligation"


def read_heading(definition: Json) -> Heading:
    """Who a StructureDefinition describes."""
    specializes = definition.get("derivation") != "constraint"
    return Heading(
        url=definition["url"],
        id=definition["id"],
        version=definition.get("version", ""),
        type=definition["type"],
        parent=definition.get("baseDefinition", ""),
        specializes=specializes,
        differs=not definition.get("snapshot"),
    )


def read_statements(definition: Json, *, view: str = "") -> Iterator[Statement]:
    """What a StructureDefinition says of each element: its snapshot's statements, else its differential's.

    A snapshot is complete: a facet it does not mention is stated as absent.
    """
    chosen = view or ("snapshot" if definition.get("snapshot") else "differential")
    complete = chosen == "snapshot"
    kind = definition.get("kind")
    for element in definition.get(chosen, {}).get("element", ()):
        path = _path(element["id"])
        if path[-1:] == (("value", ""),) and _is_system_typed(element):
            continue  # the bare value of a primitive: JSON has no such member
        facets = dict(_ABSENT) if complete else {}
        facets.update(_facets(element, is_resource_id=kind == "resource" and path == (("id", ""),)))
        yield Statement(path, facets if path else {}, tuple(_conditions(element)))


_ABSENT: Final[Json] = {
    "minimum": 0,
    "maximum": UNBOUNDED,
    "types": (),
    "value": None,
    "binding": "",
    "max_length": 0,
    "must_support": False,
    "shown": False,
    "slicing": None,
}


def _path(element_id: str) -> Path:
    """The steps of an element id, without the root.

    >>> _path("Communication.payload:string.content[x]")
    (('payload', 'string'), ('content[x]', ''))
    """
    steps = (step.partition(":") for step in element_id.split(".")[1:])
    return tuple((name, cut) for name, _, cut in steps)


def _facets(element: Json, *, is_resource_id: bool) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if "min" in element:
        facets["minimum"] = element["min"]
    if "max" in element:
        facets["maximum"] = UNBOUNDED if element["max"] == "*" else int(element["max"])
    if "base" in element:
        facets["repeats"] = element["base"]["max"] not in {"0", "1"}
    if element.get("type"):
        facets["types"] = tuple(_types(element, is_resource_id=is_resource_id))
    for key, value in element.items():
        if key.startswith(("fixed", "pattern")):
            facets["value"] = Value(value, exact=key.startswith("fixed"))
    binding = element.get("binding")
    if binding and binding.get("strength") == "required":
        facets["binding"] = _canonical(binding.get("valueSet", ""))
    if "maxLength" in element:
        facets["max_length"] = element["maxLength"]
    if "mustSupport" in element:
        facets["must_support"] = element["mustSupport"]
    if any(_asks_for_narrative(row) for row in element.get("extension", ())):
        facets["shown"] = True
    if "contentReference" in element:
        facets["content_of"] = element["contentReference"].partition("#")[2]
    slicing = element.get("slicing")
    if slicing is not None:
        facets["slicing"] = Slicing(
            tuple(Discriminator(row["type"], row["path"]) for row in slicing.get("discriminator", ())),
            slicing.get("rules", "open"),
        )
    return facets


def _types(element: Json, *, is_resource_id: bool) -> Iterator[TypeRule]:
    for kind in element["type"]:
        code = kind.get("code", "")
        if code.startswith(_SYSTEM):
            code = "id" if is_resource_id else _system_type(kind)
            code = "string" if code == "id" and not is_resource_id else code
        yield TypeRule(
            code.removeprefix(R4),
            tuple(map(_canonical, kind.get("profile", ()))),
            tuple(map(_canonical, kind.get("targetProfile", ()))),
            tuple(kind.get("aggregation", ())),
        )


def _canonical(canonical: str) -> str:
    """A canonical as we compare it: R4 has one version, so naming it says nothing."""
    return canonical.removesuffix(_CORE_PIN) if canonical.startswith(_CORE_ROOT) else canonical


def _is_system_typed(element: Json) -> bool:
    return any(str(row.get("code", "")).startswith(_SYSTEM) for row in element.get("type", ()))


def _system_type(kind: Json) -> str:
    """The FHIR type of an element that R4 types in FHIRPath's own system: ids and extension addresses."""
    for row in kind.get("extension", ()):
        if row.get("url") == _TYPE_OF_SYSTEM_TYPE:
            return row.get("valueUrl") or row.get("valueUri") or "string"
    return "string"


def _asks_for_narrative(extension: Json) -> bool:
    return extension.get("url") == _OBLIGATION and any(
        row.get("valueCode") == "SHALL:in-narrative" for row in extension.get("extension", ())
    )


def _conditions(element: Json) -> Iterator[Condition]:
    for row in element.get("constraint", ()):
        if row["key"] not in WALKED and row["key"] not in ADVICE:
            yield Condition(row["key"], row.get("severity") == "error", row.get("expression", ""))
