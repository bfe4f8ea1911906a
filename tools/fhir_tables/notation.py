"""Statements written in our notation: the inverse of `samspil.validation.profiles.shorthand`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from samspil.validation.profiles.ir import UNBOUNDED, TypeRule, Value
from samspil.validation.profiles.snapshot import Condition, Heading, Path, Statement

CORE_ROOT = "http://hl7.org/fhir"


class Names:
    """Short names for addresses: `prefix:name`, or the bare name for R4's own."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self.used: set[str] = set()

    def short(self, address: str, folder: str) -> str:
        """The shortest spelling of an address in a folder; the address itself where none fits."""
        head = f"{CORE_ROOT}/{folder}/"
        if address.startswith(head) and "/" not in address.removeprefix(head):
            return address.removeprefix(head)
        for prefix, root in self._prefixes.items():
            head = f"{root}/{folder}/"
            if address.startswith(head):
                self.used.add(prefix)
                return f"{prefix}:{address.removeprefix(head)}"
        return address


def write_profile_block(heading: Heading, statements: Iterable[Statement], names: Names) -> list[str]:
    """A profile's lines, without the line that says in which versions it holds."""
    kind = "Type" if heading.specializes else "Profile"
    lines = [f"{kind}: {names.short(heading.url, 'StructureDefinition')}"]
    if heading.id != heading.url.rpartition("/")[2]:
        lines.append(f"Id: {heading.id}")
    if not heading.specializes:
        lines.append(f"Of: {heading.type}")
    if heading.parent:
        lines.append(f"Parent: {names.short(heading.parent, 'StructureDefinition')}")
    lines += [_rule(statement, names, is_new=heading.specializes) for statement in statements]
    return lines


def _rule(statement: Statement, names: Names, *, is_new: bool) -> str:
    words = [f"* {_path(statement.path)}", *_facets(statement.facets, names, is_new=is_new)]
    if statement.conditions:
        words.append("obeys " + ", ".join(map(_condition, statement.conditions)))
    return " ".join(words)


def _path(path: Path) -> str:
    """A path as we write it; a slice of a choice is named alone when its name says the choice."""
    steps: list[str] = []
    for name, cut in path:
        stem = name.removesuffix("[x]")
        if cut and stem != name and cut.startswith(stem) and cut[len(stem) : len(stem) + 1].isupper():
            steps.append(cut)
        else:
            steps.append(f"{name}[{cut}]" if cut else name)
    return ".".join(steps) or "."


def _facets(facets: Mapping[str, Any], names: Names, *, is_new: bool) -> Iterator[str]:
    cardinality = _cardinality(facets, is_new=is_new)
    if cardinality:
        yield cardinality
    if facets.get("must_support"):
        yield "MS"
    if facets.get("shown"):
        yield "SHOWN"
    if "types" in facets:
        yield " or ".join(_type(kind, names) for kind in facets["types"])
    if facets.get("binding"):
        yield "from " + names.short(facets["binding"], "ValueSet")
    value = facets.get("value")
    if isinstance(value, Value):
        yield ("exactly " if value.exact else "= ") + json.dumps(value.json, ensure_ascii=False)
    if facets.get("max_length"):
        yield f"max {facets['max_length']}"
    slicing = facets.get("slicing")
    if slicing is not None:
        told = " and ".join(f"{row.kind} {row.path}" for row in slicing.discriminators)
        yield f"by {told}; {slicing.rules}"
    if facets.get("content_of"):
        yield f"as {facets['content_of']}"


def _cardinality(facets: Mapping[str, Any], *, is_new: bool) -> str:
    minimum = facets.get("minimum", 0 if is_new and "types" in facets else None)
    maximum = facets.get("maximum", UNBOUNDED if is_new and ("types" in facets or "content_of" in facets) else None)
    if minimum is None and maximum is None:
        return ""
    low = "" if minimum is None else str(minimum)
    high = "" if maximum is None else "*" if maximum == UNBOUNDED else str(maximum)
    return f"{low}..{high}"


def _type(kind: TypeRule, names: Names) -> str:
    inside = " or ".join(names.short(address, "StructureDefinition") for address in (*kind.profiles, *kind.targets))
    return " ".join((f"{kind.code}({inside})" if inside else kind.code, *kind.aggregation))


def _condition(condition: Condition) -> str:
    return condition.key if condition.rejects else f"{condition.key} (warning)"


def write_code_system(address: str, definition: Mapping[str, Any], names: Names, *, with_displays: bool) -> list[str]:
    """A code system's lines: its codes, and its displays where they are its publisher's own words."""
    lines = [f"CodeSystem: {names.short(address, 'CodeSystem')}"]
    if definition.get("content", "complete") != "complete":
        lines.append(f"Content: {definition['content']}")
    lines += _concepts(definition.get("concept", ()), 0, with_displays=with_displays)
    return lines


def _concepts(concepts: Iterable[Mapping[str, Any]], depth: int, *, with_displays: bool) -> Iterator[str]:
    for concept in concepts:
        line = "  " * depth + "* " + concept["code"]
        if with_displays and concept.get("display"):
            danish = next((row["value"] for row in concept.get("designation", ()) if row.get("language") == "da"), "")
            line += f' "{_quotable(concept["display"])}"' + (f' da "{_quotable(danish)}"' if danish else "")
        yield line
        yield from _concepts(concept.get("concept", ()), depth + 1, with_displays=with_displays)


def _quotable(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def write_value_set(address: str, compose: Mapping[str, Any], names: Names) -> list[str]:
    """A value set's lines: the systems, codes, filters and sets it includes and excludes."""
    lines = [f"ValueSet: {names.short(address, 'ValueSet')}"]
    lines += [_part("*", part, names) for part in compose.get("include", ())]
    lines += [_part("-", part, names) for part in compose.get("exclude", ())]
    return lines


def _part(mark: str, part: Mapping[str, Any], names: Names) -> str:
    if "valueSet" in part:
        if "system" in part:
            raise ValueError("a system cut with a value set is not in this notation")
        return f"{mark} set " + " ".join(names.short(address, "ValueSet") for address in part["valueSet"])
    system = names.short(part["system"], "CodeSystem")
    if part.get("filter"):
        (test,) = part["filter"]
        return f"{mark} {system} where {test['property']} {test['op']} {test['value']}"
    codes = [concept["code"] for concept in part.get("concept", ())]
    if any(" " in code for code in codes):
        raise ValueError(f"a code with a space in {system}")
    return " ".join((mark, system, *codes))
