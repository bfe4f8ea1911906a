"""A rule's page: what it means, where it comes from, who states it, and an example that breaks it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Final

import orjson

from samspil.catalogue.findings import Entry, entries
from samspil.validation.profiles.invariants import find_test, is_vacuous
from samspil.validation.profiles.ir import R4, Invariant
from tools.fhir_pages.alone import ALONE
from tools.fhir_pages.breaking import BREAKING, Change
from tools.fhir_pages.markdown import WRITTEN, code, example, link, table
from tools.fhir_pages.reach import Reach, elements

OWN: Final = "samspil#"
VERBS: Final = {
    "set": "{place} = {value}",
    "add": "{place} also holds {value}",
    "copy": "{place} = that of {value}",
    "swap": "{place} changes places with {value}",
    "remove": "{place} is left out",
    "discard": "{place} is left out",
    "gln": "the GLN of {place} = {value}",
    "sor": "the SOR code of {place} = {value}",
}


class RulePages:
    """Writes a page for every invariant of the profiles in use, and for every written rule."""

    def __init__(self, reach: Reach) -> None:
        self._profiles = reach.pages()
        self._stated: dict[str, dict[str, list[Invariant]]] = {}
        for profile in (*reach.types.values(), *(one for row in self._profiles.values() for one in row)):
            for element in elements(profile.root):
                for invariant in element.invariants:
                    rows = self._stated.setdefault(invariant.key, {}).setdefault(invariant.rule, [])
                    if invariant not in rows:
                        rows.append(invariant)

    def write(self) -> Mapping[str, str]:
        """Every page by its file name."""
        return dict((*self._invariants(), *self._written()))

    def _invariants(self) -> Iterator[tuple[str, str]]:
        for key, rules in self._stated.items():
            entry = entries().get(f"fhir.invariant.{key.lower()}")
            stated = [self._stated_row(rule, rules[rule]) for rule in sorted(rules)]
            head = ("rule", "source", "versions", "")
            yield f"rules/{key.lower()}.md", _page(key, entry, sorted(rules), table(head, stated))

    def _stated_row(self, rule: str, rows: Sequence[Invariant]) -> Sequence[str]:
        profile = rule.partition("#")[0]
        name = link(rule, f"../profiles/{profile}.md") if profile in self._profiles else rule
        versions = sorted({row.version for row in rows if row.version}, reverse=True)
        tested = [row for row in rows if not is_vacuous(row) and find_test(row) is not None]
        note = "" if tested else "cannot fail as published; rules of our own look for what was meant"
        if not all(row.rejects for row in rows):
            note = "warns"
        return name, self._source(profile), ", ".join(versions), note

    def _source(self, profile: str) -> str:
        """The address at which whoever states a rule publishes it."""
        published = self._profiles.get(profile)
        return published[0].url if published else f"{R4}{profile}"

    def _written(self) -> Iterator[tuple[str, str]]:
        for name in written_rules():
            yield f"rules/{name}.md", _page(name, entries()[name], [OWN + name], "")


def written_rules() -> Sequence[str]:
    """The codes of the rules that no profile computes."""
    file = files("samspil.catalogue").joinpath("findings", "written-rules.toml")
    return sorted(tomllib.loads(file.read_text(encoding="utf-8")))


def _page(name: str, entry: Entry | None, rules: Sequence[str], stated: str) -> str:
    parts = [WRITTEN, f"# {name}\n\n"]
    if entry is not None:
        said = {"what is wrong": entry.message, "what puts it right": entry.remedy}
        rows = ((what, example(str(phrase)), example(phrase.in_("da"))) for what, phrase in said.items())
        parts.append(table(("", "English", "dansk"), rows))
        source = f" Source: {entry.source}." if entry.source else ""
        parts.append(f"Severity {code(entry.severity)}, finding {code(entry.code)}.{source}\n\n")
    if stated:
        parts += ["## Stated by\n\n", stated]
    shown = [_shown(rule) for rule in rules if rule in BREAKING] + [_alone(rule) for rule in rules if rule in ALONE]
    if shown:
        parts += ["## An example that breaks it\n\n", *shown]
    return "".join(parts).rstrip("\n") + "\n"


def _shown(rule: str) -> str:
    name, changes = BREAKING[rule]
    lines = [f"In {link(name, f'../../../../examples/{name}.json')}, so that {code(rule)} answers:\n\n"]
    lines += [f"- {_change(change)}\n" for change in changes]
    return "".join(lines) + "\n"


def _alone(rule: str) -> str:
    written = orjson.dumps(ALONE[rule], option=orjson.OPT_INDENT_2).decode()
    return f"Judged alone, so that {code(rule)} answers:\n\n```json\n{written}\n```\n\n"


def _change(change: Change) -> str:
    operation, resource, path, value = change
    if operation == "drop":
        return f"{'the first' if path else 'every'} {code(resource)} is left out"
    if operation == "copy":
        written = _place(*value.split("/", 1))
    else:
        written = _place(resource, value) if operation == "swap" else code(orjson.dumps(value).decode())
    return VERBS[operation].format(place=_place(resource, path), value=written)


def _place(resource: str, path: str) -> str:
    words = [f"[{word}]" if word.isdigit() else f".{word}" for word in path.split("/") if word]
    return code({"Step": "Provenance"}.get(resource, resource) + "".join(words))
