"""A profile's page: what it adds to R4, element by element, and which codes it takes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from samspil.validation.profiles.ir import R4, RULES, UNBOUNDED, Element, Profile, TypeRule, split_canonical
from samspil.validation.profiles.library import View
from samspil.validation.profiles.terminology import Terminology
from tools.fhir_pages.markdown import WRITTEN, code, link, table
from tools.fhir_pages.reach import DANISH, Reach, elements

HEAD: Final = ("element", "how many", "types", "what it must hold", "stated by", "")
MOST_CODES: Final = 80
EXAMPLES: Final = Path(__file__).parents[2] / "examples"


class ProfilePages:
    """Writes a page for every profile in use."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._pages = reach.pages()
        self._examples = dict(_claims())

    def write(self) -> Mapping[str, str]:
        """Every page by its file name."""
        return {f"profiles/{name}.md": self._page(name, profiles) for name, profiles in self._pages.items()}

    def _page(self, name: str, profiles: Sequence[Profile]) -> str:
        first = profiles[0]
        parts = [WRITTEN, f"# {name}\n\n", f"A profile of {first.type}: `{first.url}`\n\n"]
        examples = sorted(self._examples.get(first.url, ()))
        if examples:
            links = ", ".join(link(file.removesuffix(".json"), f"../../../../examples/{file}") for file in examples)
            parts.append(f"In our examples: {links}\n\n")
        sections: dict[str, list[Profile]] = {}
        for profile in profiles:
            sections.setdefault(self._section(profile), []).append(profile)
        for body, alike in sections.items():
            versions = ", ".join(profile.version for profile in alike)
            users = [user for profile in alike for user in self._reach.users[profile.url, profile.version]]
            standards = ", ".join(f"{user} {self._reach.versions[user]}" for user in users)
            parts += [f"## {versions}\n\n", f"Met in: {standards}\n\n", body]
        return "".join(parts).rstrip("\n") + "\n"

    def _section(self, profile: Profile) -> str:
        view = self._reach.views[self._reach.users[profile.url, profile.version][0]]
        parents = [self._profile_link(parent) for parent in profile.parents if not parent.startswith(R4)]
        above = f"Derived from {', then '.join(parents)}.\n\n" if parents else ""
        rows = [self._row(element, profile) for element in elements(profile.root) if self._says(element)]
        return above + table(HEAD, rows) + "".join(_codes(profile, view))

    def _says(self, element: Element) -> bool:
        """Does an element say more than R4 does?"""
        own = any(self._author(element, facet) for facet in RULES)
        return own or element.must_support or element.shown or any(not rule.core for rule in element.invariants)

    def _author(self, element: Element, facet: str) -> str:
        """The profile that states a rule of an element, unless it is R4."""
        author = element.stated_by.get(facet, "").partition("#")[0]
        return author if author in self._pages else ""

    def _row(self, element: Element, profile: Profile) -> Sequence[str]:
        authors = dict.fromkeys(filter(None, (self._author(element, facet) for facet in RULES)))
        authors.update(dict.fromkeys(rule.rule.partition("#")[0] for rule in element.invariants if not rule.core))
        others = [author for author in authors if author != profile.id]
        most = "*" if element.maximum == UNBOUNDED else str(element.maximum)
        return (
            code(element.id),
            f"{element.minimum}..{most}",
            ", ".join(self._type(rule) for rule in element.types),
            "; ".join(self._holds(element)),
            ", ".join(link(one, f"{one}.md") if one in self._pages else one for one in others),
            " ".join(["S"] * element.must_support + ["T"] * element.shown),
        )

    def _type(self, rule: TypeRule) -> str:
        profiles = " or ".join(self._profile_link(one) for one in rule.profiles)
        name = profiles or rule.code
        if rule.targets and rule.targets != (R4 + "Resource",):
            name += f" to {' or '.join(self._profile_link(target) for target in rule.targets)}"
        return name + (" in the bundle" if "bundled" in rule.aggregation else "")

    def _profile_link(self, canonical: str) -> str:
        name = split_canonical(canonical)[0].rpartition("/")[2]
        return link(name, f"{name}.md") if name in self._pages else name

    def _holds(self, element: Element) -> Iterator[str]:
        if element.value is not None and self._author(element, "value"):
            written = orjson.dumps(element.value.json).decode()
            yield f"{'exactly' if element.value.exact else 'at least'} `{written}`"
        if element.binding and self._author(element, "binding"):
            yield f"a code of {split_canonical(element.binding)[0].rpartition('/')[2]}"
        if element.max_length and self._author(element, "max_length"):
            yield f"at most {element.max_length} characters"
        if element.slicing is not None and element.slices:
            ways = ", ".join(f"{row.kind} of {code(row.path)}" for row in element.slicing.discriminators)
            rest = {"open": "others may stand beside", "closed": "nothing else", "openAtEnd": "others after them"}
            yield f"cut by {ways}; {rest[element.slicing.rules]}"
        for rule in element.invariants:
            if not rule.core:
                yield link(rule.key, f"../rules/{rule.key.lower()}.md")


def _codes(profile: Profile, view: View) -> Iterator[str]:
    """The codes of each value set that binds an element."""
    terminology = Terminology(view)
    bindings = {element.binding: None for element in elements(profile.root) if element.binding}
    for binding in bindings:
        codes = terminology.codes(binding)
        address = split_canonical(binding)[0]
        if codes is None or not address.startswith(DANISH):
            continue
        yield f"### {address.rpartition('/')[2]}\n\n`{binding}`\n\n"
        for system in sorted(codes.open_systems):
            yield f"Any code of `{system}`.\n\n"
        systems: dict[str, list[str]] = {}
        for system, name in sorted(codes.pairs):
            systems.setdefault(system, []).append(name)
        for system, names in systems.items():
            yield f"{len(names)} codes of `{system}`{'.' if len(names) > MOST_CODES else ':'}\n\n"
            if len(names) <= MOST_CODES:
                yield _listed(names, _displays(view, system))


def _listed(names: Sequence[str], displays: Mapping[str, str]) -> str:
    """Codes with their texts in a table, or in a row where they have none."""
    if any(displays.get(name) for name in names):
        return table(("code", "text"), ((code(name), displays.get(name, "")) for name in names))
    return ", ".join(map(code, names)) + "\n\n"


def _displays(view: View, system: str) -> Mapping[str, str]:
    """The texts that MedCom and dk-core give their own codes."""
    definition = view.terminology("CodeSystem", system) if system.startswith(DANISH) else None
    queue = list(definition.get("concept", ())) if definition else []
    for concept in queue:
        queue += concept.get("concept", ())
    return {concept["code"]: concept.get("display", "") for concept in queue}


def _claims() -> Iterator[tuple[str, set[str]]]:
    """Which examples claim which profile."""
    found: dict[str, set[str]] = {}
    for file in sorted(EXAMPLES.rglob("*.json")):
        name = str(file.relative_to(EXAMPLES))
        if name.startswith("faulty/") or name.endswith(".expected.json"):
            continue
        root = orjson.loads(file.read_bytes())
        for resource in (root, *(entry["resource"] for entry in root["entry"])):
            for canonical in _claimed(resource):
                found.setdefault(split_canonical(canonical)[0], set()).add(name)
    yield from found.items()


def _claimed(resource: Mapping[str, Any]) -> Sequence[str]:
    return resource.get("meta", {}).get("profile", ())
