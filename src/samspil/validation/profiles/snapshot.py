"""From a parent's tree and a list of statements to the whole tree of a profile (a snapshot).

Every front end says what a profile states, element by element; what it states is laid over its parent. `Draft` is
the tree while it is being written: walking to a path opens datatypes and cuts slices where nobody did before, and a
facet that changes records the rule that changed it. A snapshot that came with a package takes the same road: what
it repeats of its parent changes nothing, so the rest is what the profile itself says.

Source: HL7 FHIR R4, profiling (differential and snapshot, slicing, choice types).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from samspil.validation.profiles.ir import (
    FACETS,
    NOTHING,
    R4,
    RULES,
    Discriminator,
    Element,
    Invariant,
    Profile,
    Slicing,
    TypeRule,
    json_name,
    nothing,
)

Find = Callable[[str], Profile | None]
Path = tuple[tuple[str, str], ...]
BY_URL: Final = Slicing((Discriminator("value", "url"),))
BY_TYPE: Final = Slicing((Discriminator("type", "$this"),))


@dataclass(frozen=True, slots=True)
class Condition:
    """An invariant as a front end names it, before it is known whose it is."""

    key: str
    rejects: bool = True
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one line says of one element: facets by name, and conditions. `path` leaves the root's name out."""

    path: Path
    facets: Mapping[str, Any] = field(default_factory=nothing)
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """Who a profile is: what stands above its statements.

    `specializes` a new type of R4, `differs` if its statements are a differential: then what slicing a choice implies
    is not written out.
    """

    url: str
    id: str
    version: str
    type: str
    parent: str
    specializes: bool = False
    differs: bool = False


class PathError(LookupError):
    """A statement speaks of an element that the parent does not have."""


@dataclass(slots=True)
class Draft:
    """An element while it is being written: the fields of `Element`, open."""

    id: str
    name: str
    slice: str = ""
    minimum: int = 0
    maximum: int = -1
    repeats: bool = False
    types: tuple[TypeRule, ...] = ()
    value: Any = None
    binding: str = ""
    max_length: int = 0
    must_support: bool = False
    shown: bool = False
    content_of: str = ""
    slicing: Slicing | None = None
    invariants: tuple[Invariant, ...] = ()
    children: "dict[str, Draft]" = field(default_factory=dict)
    slices: "dict[str, Draft]" = field(default_factory=dict)
    stated_by: dict[str, str] = field(default_factory=dict)


def write_profile(heading: Heading, statements: Iterable[Statement], find: Find) -> Profile:
    """The whole profile: its statements laid over its parent.

    Errors: PathError where a statement's element does not exist in the parent, or the parent is not known.
    """
    editor = Editor(heading, find)
    for statement in statements:
        editor.state(statement)
    return editor.finish()


class Editor:
    """Writes one profile, statement by statement."""

    def __init__(self, heading: Heading, find: Find) -> None:
        self._heading = heading
        self._find = find
        self._parent = find(heading.parent) if heading.parent else None
        if self._parent is None and heading.parent:
            raise PathError(f"{heading.id}: its parent {heading.parent} is not known")
        root = Draft(heading.type, heading.type)
        self._root = root if self._parent is None else _thaw(self._parent.root, heading.type)
        self._root.name = heading.type
        self._fresh = False
        self._cut: set[str] = set()

    def finish(self) -> Profile:
        """The profile as written."""
        heading, parent = self._heading, self._parent
        return Profile(
            url=heading.url,
            id=heading.id,
            version=heading.version,
            type=heading.type,
            root=_freeze(self._root, self._find),
            parents=() if parent is None else (parent.url, *parent.parents),
        )

    def state(self, statement: Statement) -> Statement | None:
        """Let a statement say what it says; give back what of it was news, if anything."""
        self._fresh = False
        draft = choice = self._root
        for name, cut in statement.path:
            draft = choice = self._child(draft, name)
            if cut:
                draft = self._slice(draft, cut)
        news = {facet: value for facet, value in statement.facets.items() if _is_news(draft, facet, value)}
        if not self._fresh:
            news.pop("repeats", None)
        for facet, value in news.items():
            if facet in RULES and _unpinned(getattr(draft, facet)) != _unpinned(value):
                draft.stated_by[facet] = f"{self._heading.id}#{draft.id}"
            setattr(draft, facet, value)
        if self._heading.differs:
            self._imply(choice, draft, statement)
        known = {rule.key for rule in draft.invariants}
        conditions = tuple(row for row in statement.conditions if row.key not in known)
        draft.invariants += tuple(map(self._invariant, conditions))
        return Statement(statement.path, news, conditions) if news or conditions or self._fresh else None

    def _imply(self, choice: Draft, cut: Draft, statement: Statement) -> None:
        """What a differential leaves to be understood about a choice that it cuts by type.

        Where it does not say how the choice is cut, other types are not allowed; nor are they beside a type that must
        be there. Source: the HL7 publisher's snapshots, as the official packages show them.
        """
        if "slicing" in statement.facets:
            self._cut.add(choice.id)
        if cut is choice or not choice.name.endswith("[x]"):
            return
        rule = f"{self._heading.id}#{choice.id}"
        if choice.id not in self._cut or cut.minimum:
            choice.slicing = replace(choice.slicing or BY_TYPE, rules="closed")
            choice.stated_by["slicing"] = rule
        codes = {kind.code for kind in cut.types}
        if cut.minimum and {kind.code for kind in choice.types} != codes:
            choice.types = tuple(kind for kind in choice.types if kind.code in codes)
            choice.stated_by["types"] = rule

    def _invariant(self, condition: Condition) -> Invariant:
        return Invariant(
            key=condition.key,
            rule=f"{self._heading.id}#{condition.key}",
            version=self._heading.version,
            core=self._heading.url.startswith(R4) and self._heading.id == self._heading.type,
            rejects=condition.rejects,
            expression=condition.expression,
        )

    def _child(self, draft: Draft, name: str) -> Draft:
        if not draft.children:
            self._open(draft)
        child = draft.children.get(name)
        if child is not None:
            return child
        for choice in draft.children.values():
            if choice.name.endswith("[x]") and any(json_name(choice.name, kind.code) == name for kind in choice.types):
                return self._slice(choice, name)
        if not self._heading.specializes:
            raise PathError(f"{self._heading.id}: {draft.id} has no {name}")
        child = draft.children[name] = Draft(f"{draft.id}.{name}", name)
        self._fresh = True
        return child

    def _open(self, draft: Draft) -> None:
        """Put in an element's children: those of the element whose content it shares, else its type's."""
        if draft.content_of:
            children: Mapping[str, Element] = _freeze(_find_draft(self._root, draft.content_of), self._find).children
        elif "." in draft.id:
            children = _type_children(draft.types, self._find)
        else:
            return
        draft.children = {name: _thaw(child, f"{draft.id}.{name}") for name, child in children.items()}

    def _slice(self, draft: Draft, cut: str) -> Draft:
        known = draft.slices.get(cut)
        if known is not None:
            return known
        is_choice = draft.name.endswith("[x]")
        fresh = _thaw(_freeze(draft, self._find), f"{draft.id}:{cut}")
        fresh.slice, fresh.slices, fresh.slicing, fresh.minimum = cut, {}, None, 0
        fresh.stated_by.pop("slicing", None)
        fresh.stated_by.pop("minimum", None)
        if is_choice:
            fresh.types = tuple(kind for kind in draft.types if json_name(draft.name, kind.code) == cut) or draft.types
        if draft.slicing is None:
            draft.slicing = BY_TYPE if is_choice else BY_URL
        draft.slices[cut] = fresh
        self._fresh = True
        return fresh


def _is_news(draft: Draft, facet: str, value: Any) -> bool:
    """Does a facet say more than the element says anyway?

    Cutting extensions by address goes without saying, and nobody takes back that an element must be supported.
    """
    known = getattr(draft, facet)
    if known == value or (facet in {"must_support", "shown"} and not value):
        return False
    return not (known is None and value in (BY_URL, BY_TYPE))


def _unpinned(value: Any) -> Any:
    """A binding or types without the versions they name: whoever only adds a version states no new rule."""
    if isinstance(value, str):
        return value.partition("|")[0]
    if isinstance(value, tuple):
        return tuple(
            replace(
                kind,
                profiles=tuple(map(_unpinned, kind.profiles)),
                targets=tuple(map(_unpinned, kind.targets)),
            )
            for kind in value
        )
    return value


def _find_draft(root: Draft, path: str) -> Draft:
    draft = root
    for name in path.split(".")[1:]:
        draft = draft.children[name]
    return draft


def _thaw(element: Element, place: str) -> Draft:
    """An element opened for writing, at a place (an element id) of its own."""
    draft = Draft(
        id=place,
        name=element.name,
        slice=element.slice,
        repeats=element.repeats,
        content_of=element.content_of,
        invariants=element.invariants,
        stated_by=dict(element.stated_by),
    )
    for facet in FACETS:
        setattr(draft, facet, getattr(element, facet))
    draft.children = {name: _thaw(child, f"{place}.{name}") for name, child in element.children.items()}
    draft.slices = {name: _thaw(child, f"{place}:{name}") for name, child in element.slices.items()}
    return draft


def _freeze(draft: Draft, find: Find) -> Element:
    """The finished element. Children and conditions that only repeat what its type says are left out."""
    nested = "." in draft.id
    children = {name: _freeze(child, find) for name, child in draft.children.items()}
    if nested and children and _repeats_type(children, _type_children(draft.types, find)):
        children = {}
    invariants = draft.invariants
    if nested and invariants:
        of_type = type_profile(draft.types, find)
        known = {row.key for row in of_type.root.invariants} if of_type else ()
        invariants = tuple(sorted((row for row in invariants if row.key not in known), key=lambda row: row.key))
    fields: dict[str, Any] = {facet: getattr(draft, facet) for facet in FACETS}
    if not draft.slices and draft.slicing in (BY_URL, BY_TYPE):
        fields["slicing"] = None
        draft.stated_by.pop("slicing", None)
    return Element(
        id=draft.id,
        name=draft.name,
        slice=draft.slice,
        repeats=draft.repeats,
        content_of=draft.content_of,
        invariants=invariants,
        children=children or NOTHING,
        slices={name: _freeze(child, find) for name, child in draft.slices.items()} or NOTHING,
        stated_by=draft.stated_by,
        **fields,
    )


def _repeats_type(children: Mapping[str, Element], of_type: Mapping[str, Element]) -> bool:
    return children.keys() == of_type.keys() and all(says_same(children[name], of_type[name]) for name in children)


def says_same(one: Element, other: Element) -> bool:
    """Do two elements, wherever they stand, state the same by the same rules?"""
    return (
        all(getattr(one, facet) == getattr(other, facet) for facet in FACETS)
        and one.stated_by == other.stated_by
        and one.invariants == other.invariants
        and one.children.keys() == other.children.keys()
        and one.slices.keys() == other.slices.keys()
        and all(says_same(child, other.children[name]) for name, child in one.children.items())
        and all(says_same(child, other.slices[name]) for name, child in one.slices.items())
    )


def type_profile(types: tuple[TypeRule, ...], find: Find) -> Profile | None:
    """The definition that tells what is inside an element of these types, if there is exactly one."""
    if len(types) != 1:
        return None
    kind = types[0]
    if len(kind.profiles) == 1:
        profile = find(kind.profiles[0])
        if profile is not None and profile.type == kind.code:
            return profile
    return find(R4 + kind.code)


def _type_children(types: tuple[TypeRule, ...], find: Find) -> Mapping[str, Element]:
    profile = type_profile(types, find)
    return NOTHING if profile is None else profile.root.children
