"""Which slice does an item belong to? Each slice's discriminators become one question asked of an item.

A discriminator names a path and what tells slices apart there: a value or pattern, a type, or a profile. What the
slice expects at the path is looked up once, in the slice itself or in the profiles of the types on the way.

Source: HL7 FHIR R4, profiling.html, "Discriminator" (restricted FHIRPath: names, extension(url), resolve(), ofType()).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.ir import R4, Element, TypeRule, json_name, split_canonical
from samspil.validation.profiles.terminology import Codes

if TYPE_CHECKING:
    from samspil.validation.profiles.rulebook import Rulebook
    from samspil.validation.profiles.scene import Scene

Belongs = Callable[[Any, "Scene"], bool]
_TOKEN: Final = re.compile(
    r"\s*\.?(?:extension\(\s*['\"]([^'\"]+)['\"]\s*\)|resolve\(\)|ofType\(\s*(\w+)\s*\)|(\$?\w+))"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a discriminator's path."""

    kind: str
    name: str = ""


def read_steps(path: str) -> tuple[Step, ...]:
    """The words of a path; `$this` says nothing.

    >>> [step.name for step in read_steps("$this.extension.value")]
    ['extension', 'value']
    """
    steps: list[Step] = []
    at = 0
    while at < len(path):
        found = _TOKEN.match(path, at)
        if found is None:
            raise ValueError(f"not a discriminator: {path!r}")
        at = found.end()
        if found[1]:
            steps.append(Step("extension", found[1]))
        elif found[2]:
            steps.append(Step("type", found[2]))
        elif found[3] is None:
            steps.append(Step("resolve"))
        elif found[3] != "$this":
            steps.append(Step("name", found[3]))
    return tuple(steps)


def values_at(item: Any, steps: Sequence[Step]) -> Iterator[Any]:
    """Everything a path leads to from an item, inside the item itself."""
    if not steps:
        yield item
        return
    if item.__class__ is not dict:
        return
    for value in _one_step(item, steps[0]):
        yield from values_at(value, steps[1:])


def _one_step(item: Mapping[str, Any], step: Step) -> Iterator[Any]:
    if step.kind == "extension":
        extensions = item.get("extension")
        if isinstance(extensions, list):
            yield from (row for row in extensions if row.__class__ is dict and row.get("url") == step.name)
    elif step.kind == "name":
        value = item.get(step.name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value
        else:
            stem, length = step.name, len(step.name)
            yield from (
                held for key, held in item.items() if key.startswith(stem) and key[length : length + 1].isupper()
            )
    else:
        yield item


class Matcher:
    """Makes the questions for one profile's slices."""

    def __init__(self, rulebook: "Rulebook") -> None:
        self._rulebook = rulebook

    def constants(self, element: Element) -> tuple[str, Mapping[str, str]] | None:
        """For slices told apart by one plain text member: its name, and which slice each text means."""
        slicing = element.slicing
        if (
            slicing is None
            or len(slicing.discriminators) != 1
            or slicing.discriminators[0].kind not in {"value", "pattern"}
        ):
            return None
        steps = read_steps(slicing.discriminators[0].path)
        if len(steps) != 1 or steps[0].kind != "name":
            return None
        table: dict[str, str] = {}
        for name, cut in element.slices.items():
            texts = _texts(next(self._expected(cut, steps, 0), None))
            if not texts or not table.keys().isdisjoint(texts):
                return None
            table |= dict.fromkeys(texts, name)
        return steps[0].name, table

    def belongs(self, element: Element, cut: Element) -> Belongs:
        """Does an item belong to this slice?"""
        discriminators = element.slicing.discriminators if element.slicing else ()
        questions = [self._question(cut, row.kind, read_steps(row.path)) for row in discriminators]
        if len(questions) == 1:
            return questions[0]

        def all_agree(item: Any, scene: "Scene") -> bool:
            return bool(questions) and all(question(item, scene) for question in questions)

        return all_agree

    def _question(self, cut: Element, kind: str, steps: Sequence[Step]) -> Belongs:
        if kind == "type":
            return self._by_type(cut, steps)
        if kind == "profile":
            return self._by_profile(cut)
        if kind == "exists":
            return self._by_presence(cut, steps)
        return self._by_value(cut, steps)

    def _by_value(self, cut: Element, steps: Sequence[Step]) -> Belongs:
        expected = tuple(self._expected(cut, steps, 0))

        def matches(item: Any, _: "Scene") -> bool:
            return any(meets(value, wanted) for value in values_at(item, steps) for wanted in expected)

        return matches

    def _by_presence(self, cut: Element, steps: Sequence[Step]) -> Belongs:
        target = next(self._elements(cut, steps), None)
        present = target is None or target.maximum != 0

        def matches(item: Any, _: "Scene") -> bool:
            return any(True for _ in values_at(item, steps)) is present

        return matches

    def _by_type(self, cut: Element, steps: Sequence[Step]) -> Belongs:
        if steps and steps[-1].kind == "resolve":
            return self._by_target_type(cut)
        target = next(self._elements(cut, steps), cut)
        names = frozenset(kind.code for kind in target.types)
        if target.is_choice and steps:
            return _by_choice(steps[:-1], frozenset(json_name(target.name, kind.code) for kind in target.types))

        def matches(item: Any, _: "Scene") -> bool:
            return any(
                value.__class__ is dict and value.get("resourceType") in names for value in values_at(item, steps)
            )

        return matches

    def _by_target_type(self, cut: Element) -> Belongs:
        targets = [self._rulebook.view.profile(canonical) for kind in cut.types for canonical in kind.targets]
        names = frozenset(profile.type for profile in targets if profile is not None)

        def matches(item: Any, scene: "Scene") -> bool:
            return target_type(item, scene) in names

        return matches

    def _by_profile(self, cut: Element) -> Belongs:
        wanted = [
            self._rulebook.profile(canonical) for kind in cut.types for canonical in (*kind.targets, *kind.profiles)
        ]
        rules = [one for one in wanted if one is not None]

        def matches(item: Any, scene: "Scene") -> bool:
            resource = item if "resourceType" in item else scene.resolve(item) if item.__class__ is dict else None
            return resource is not None and any(scene.conforms(resource, one) for one in rules)

        return matches

    def _expected(self, element: Element, steps: Sequence[Step], at: int) -> Iterator[Any]:
        """What a slice expects where the path ends: values, patterns and value sets."""
        if element.value is not None:
            yield from values_at(element.value.json, steps[at:])
        if at < len(steps):
            for inner in self._inside(element, steps[at]):
                yield from self._expected(inner, steps, at + 1)
        elif element.value is None and element.binding:
            codes = self._rulebook.terminology.codes(element.binding)
            if codes is not None:
                yield codes

    def _elements(self, element: Element, steps: Sequence[Step]) -> Iterator[Element]:
        if not steps:
            yield element
            return
        for inner in self._inside(element, steps[0]):
            yield from self._elements(inner, steps[1:])

    def _inside(self, element: Element, step: Step) -> Iterator[Element]:
        """The elements that one step leads to, in the slice or in its types' profiles."""
        if step.kind in {"resolve", "type"}:
            yield element
            return
        for children in self._children(element):
            if step.kind == "extension":
                extension = children.get("extension")
                if extension is not None:
                    yield from (cut for cut in extension.slices.values() if self._has_url(cut, step.name))
                continue
            child = children.get(step.name) or children.get(f"{step.name}[x]")
            if child is not None:
                yield from child.slices.values()
                yield child

    def _children(self, element: Element) -> Iterator[Mapping[str, Element]]:
        if element.children:
            yield element.children
        for canonical in self._definitions(element.types):
            profile = self._rulebook.view.profile(canonical)
            if profile is not None:
                yield profile.root.children

    @staticmethod
    def _definitions(types: Iterable[TypeRule]) -> Iterator[str]:
        for kind in types:
            yield from kind.profiles
            if not kind.profiles:
                yield R4 + kind.code

    def _has_url(self, cut: Element, url: str) -> bool:
        named = {split_canonical(canonical)[0] for kind in cut.types for canonical in kind.profiles}
        return url in named or url in self._expected(cut, (Step("name", "url"),), 0)


def _texts(expected: Any) -> frozenset[str]:
    """The texts that an expectation names one by one."""
    if isinstance(expected, str):
        return frozenset({expected})
    if isinstance(expected, Codes) and not expected.open_systems:
        return expected.alone
    return frozenset()


def _by_choice(steps: Sequence[Step], names: frozenset[str]) -> Belongs:
    if not steps:
        return lambda item, _: item.__class__ is dict and not names.isdisjoint(item)

    def matches(item: Any, _: "Scene") -> bool:
        return any(not names.isdisjoint(value) for value in values_at(item, steps) if value.__class__ is dict)

    return matches


def target_type(item: Any, scene: "Scene") -> str:
    """The type of the resource that a reference leads to, by itself or by its text."""
    found = scene.find(item)
    if found is not None:
        return found.type
    text = item.get("reference") if isinstance(item, dict) else None
    return type_in_text(text) if isinstance(text, str) else ""


def type_in_text(reference: str) -> str:
    """The type that a reference's text names: `Patient/1` or `https://…/Patient/1`.

    >>> type_in_text("https://example.org/fhir/Patient/1/_history/2")
    'Patient'
    """
    found = _RESTFUL.search(reference)
    return found[1] if found else ""


_RESTFUL: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]{1,63})/[A-Za-z0-9.\-]{1,64}(?:/_history/[A-Za-z0-9.\-]{1,64})?$")


def meets(value: Any, wanted: Any) -> bool:
    """Is a value what is wanted: in the value set, or holding at least the pattern?"""
    if wanted.__class__ is Codes:
        if value.__class__ is str:
            return value in wanted.alone or "" in wanted.open_systems
        return value.__class__ is dict and wanted.has(value.get("system"), value.get("code"))
    return holds(value, wanted)


def holds(value: Any, pattern: Any) -> bool:
    """Does a value hold everything a pattern names? Lists in any order."""
    if pattern.__class__ is dict:
        return value.__class__ is dict and all(
            name in value and holds(value[name], part) for name, part in pattern.items()
        )
    if pattern.__class__ is list:
        return value.__class__ is list and all(any(holds(item, part) for item in value) for part in pattern)
    return value == pattern and value.__class__ is pattern.__class__
