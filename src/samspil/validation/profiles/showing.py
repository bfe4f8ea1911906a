"""Does a resource's narrative show what its profile asks a sender to show: the words, names and numbers in it?

The published rules cannot see it. Only what somebody wrote is looked for (texts, names, identifiers, telephone numbers,
titles): a code or a time may stand in a narrative in any number of ways, and a reference is an address for programs.
Blanks, signs and capitals do not count, and neither does markup.

Sources: MedCom's profiles, obligations on elements; HL7 FHIR R4, narrative.html ("content that is essential to
understand the resource is in the narrative").
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import Fault
from samspil.validation.profiles.ir import Element, TypeRule, json_name, split_canonical
from samspil.validation.profiles.matching import Belongs, Matcher

if TYPE_CHECKING:
    from samspil.validation.profiles.rulebook import Rulebook
    from samspil.validation.profiles.scene import Scene

Shows = Callable[[Any, "Scene"], Fault | None]
INCOMPLETE: Final = "fhir.narrative.incomplete"
ENOUGH_CHARACTERS: Final = 1_000_000
MOST_WORDS: Final = 200
MOST_CHARACTERS: Final = 200_000_000
"""In how many characters words are looked for: so many words in a long narrative, more in a short one."""
WORDS: Final = frozenset({"string", "markdown"})
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "Address": ("line", "city", "postalCode"),
    "Annotation": ("text",),
    "Attachment": ("title",),
    "CodeableConcept": ("text",),
    "ContactPoint": ("value",),
    "HumanName": ("family", "given", "text"),
    "Identifier": ("value",),
}
"""Of a value of such a type, what a reader would look for."""

_signs = re.compile(r"\W+")
_markup = re.compile(r"<[^>]*>")


def _everything(_item: Any, _scene: "Scene") -> bool:
    """The question that every item answers with yes."""
    return True


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look inside a value: a member, which of its items, what of each is words, and where to look further."""

    name: str
    belongs: Belongs = _everything
    parts: tuple[str, ...] = ()
    is_words: bool = False
    deeper: "tuple[Look, ...]" = ()


def compile_showing(rulebook: "Rulebook", root: Element) -> Shows:
    """The check of a profile's narrative."""
    looks = tuple(_looks(rulebook, Matcher(rulebook), root))

    def check(resource: Any, scene: "Scene") -> Fault | None:
        text = resource.get("text")
        div = text.get("div") if text.__class__ is dict else None
        if not isinstance(div, str) or not looks:
            return None
        narrative = _Narrative(div)
        missing = [name for look in looks for name in _missing(look, resource, narrative, scene)]
        if not missing:
            return None
        names = ", ".join(dict.fromkeys(missing))
        return Fault(INCOMPLETE, f"samspil#{INCOMPLETE}", "div", "text", names=names)

    return check


class _Narrative:
    """A narrative as its reader sees it; taken apart only if words do not stand in it as they are."""

    def __init__(self, div: str) -> None:
        self._div = div
        self._bare = ""
        self._patience = min(ENOUGH_CHARACTERS + MOST_WORDS * len(div), MOST_CHARACTERS)

    def shows(self, words: str) -> bool:
        """Can somebody read these words? Many words in a long narrative are looked for until patience ends."""
        self._patience -= len(self._div)
        if self._patience < 0 or words in self._div:
            return True
        self._bare = self._bare or _bare(html.unescape(_markup.sub(" ", self._div)))
        return _bare(words) in self._bare


def _bare(words: str) -> str:
    return _signs.sub("", words).casefold()


def _missing(look: Look, holder: Any, narrative: _Narrative, scene: "Scene") -> Sequence[str]:
    """The names of what somebody wrote there and nobody can read.

    Most narratives show everything, so whether an item belongs is asked only when something is missing.
    """
    held = holder.get(look.name)
    if held is None:
        return ()
    missing: list[str] = []
    for value in held if held.__class__ is list else (held,):
        if value.__class__ is str:
            if look.is_words and not narrative.shows(value):
                missing.append(look.name)
        elif value.__class__ is dict:
            inside = [part for part in look.parts if part in value and not _all_shown(value[part], narrative)]
            for deeper in look.deeper:
                inside += _missing(deeper, value, narrative, scene)
            if inside and look.belongs(value, scene):
                missing += [f"{look.name}.{name}" for name in inside]
    return missing


def _all_shown(held: Any, narrative: _Narrative) -> bool:
    """Can somebody read this text, or these texts?"""
    if held.__class__ is str:
        return narrative.shows(held)
    return held.__class__ is not list or all(one.__class__ is not str or narrative.shows(one) for one in held)


def _looks(rulebook: "Rulebook", matcher: Matcher, element: Element) -> Iterator[Look]:
    """Where to look in an element's children; what several slices ask in the same words is asked once."""
    merged: dict[tuple[object, ...], list[Look]] = {}
    for look in _each_look(rulebook, matcher, element):
        merged.setdefault((look.name, look.parts, look.is_words, look.deeper), []).append(look)
    for looks in merged.values():
        yield looks[0] if len(looks) == 1 else replace(looks[0], belongs=_any_of([look.belongs for look in looks]))


def _any_of(questions: Sequence[Belongs]) -> Belongs:
    return lambda item, scene: any(question(item, scene) for question in questions)


def _each_look(rulebook: "Rulebook", matcher: Matcher, element: Element) -> Iterator[Look]:
    """Where to look in each child and each of its slices."""
    for child in element.children.values():
        if child.maximum == 0 or child.name in {"id", "text", "contained"}:
            continue
        yield from _look(rulebook, matcher, child, child, _everything)
        for cut in child.slices.values():
            by_type = child.is_choice or not child.slicing
            yield from _look(rulebook, matcher, child, cut, _everything if by_type else matcher.belongs(child, cut))


def _look(rulebook: "Rulebook", matcher: Matcher, child: Element, stated: Element, belongs: Belongs) -> Iterator[Look]:
    """Where to look for one element, or one slice of it: under each name that JSON may give it."""
    deeper = tuple(_looks(rulebook, matcher, stated))
    for kind in stated.types or child.types:
        if kind.code == "Reference":
            continue
        name = json_name(child.name, kind.code) if child.is_choice else child.name
        inside = (*deeper, *_of_extension(rulebook, kind)) if stated.shown else deeper
        parts = tuple(PARTS.get(kind.code, ())) if stated.shown else ()
        is_words = stated.shown and kind.code in WORDS
        if inside or parts or is_words:
            yield Look(name, belongs, parts, is_words, inside)


def _of_extension(rulebook: "Rulebook", kind: TypeRule) -> Iterator[Look]:
    """The value of an extension that has to be shown."""
    for canonical in kind.profiles if kind.code == "Extension" else ():
        profile = rulebook.view.profile(split_canonical(canonical)[0])
        value = profile.root.children.get("value[x]") if profile else None
        for row in value.types if value and value.maximum else ():
            if row.code in PARTS or row.code in WORDS:
                name = json_name("value[x]", row.code)
                yield Look(name, _everything, tuple(PARTS.get(row.code, ())), row.code in WORDS)
