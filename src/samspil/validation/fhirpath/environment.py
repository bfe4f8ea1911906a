"""What an expression may ask its surroundings: which resource it stands in, what a reference leads to, the time.

Everything outside the focus is an argument, so that evaluating is pure: the same data and environment, the same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from samspil.validation.fhirpath.values import Item, Json, Mismatch, plain

MAX_WORK = 500_000
"""Items one evaluation may visit in its loops before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The surroundings of an evaluation. Make one for each resource and use it for all its expressions.

    `resource` is the resource that holds the focus (`%resource`, default the focus itself), `root` the one that
    holds that (`%rootResource`, default `resource`), `context` is `%context` (default the focus).
    The questions answer None where the answer is unknown; a question nobody answers is unknown too:

    - `resolve(reference)`: the resource a reference text leads to; see `references.BundleReferences`.
    - `conforms_to(resource, canonical)`: does a resource keep a profile?
    - `member_of(coded, canonical)`: does a value set hold this code, Coding or CodeableConcept?
    - `subsumes(general, special)`: does one code or Coding include another?
    - `html_checks(xhtml)`: is this narrative safe and not empty?
    - `type_of(parent, key)`: the type of what a JSON key holds in a parent of some type, such as
      `("Patient", "contact")` → `"Patient.contact"`, `("Patient.contact", "name")` → `"HumanName"`.
    - `now`: the time that now() and today() give, with its zone.
    - `trace(name, items)`: told whatever an expression traces.
    """

    resource: Json | None = None
    root: Json | None = None
    context: Item = None
    resolve: Callable[[str], Json | None] | None = None
    conforms_to: Callable[[Json, str], bool | None] | None = None
    member_of: Callable[[Item, str], bool | None] | None = None
    subsumes: Callable[[Item, Item], bool | None] | None = None
    html_checks: Callable[[str], bool | None] | None = None
    type_of: Callable[[str, str], str | None] | None = None
    now: datetime | None = None
    trace: Callable[[str, list[Item]], None] | None = None


NO_ENVIRONMENT = Environment()


class Collection:
    """Several items, or none, standing where an expression is asked about one: `$this` at the top or in iif()."""

    __slots__ = ("items",)

    def __init__(self, items: list[Item]) -> None:
        self.items = items


def as_focus(items: list[Item]) -> Item:
    """A collection as the one thing an expression is asked about."""
    return items[0] if len(items) == 1 else Collection(items)


_NO_TOTAL: list[Item] = []


class Frame:
    """One evaluation under way: its environment, its counters, the work left, and the answers kept for its loops."""

    __slots__ = ("environment", "focus", "index", "kept", "total", "work")

    def __init__(self, environment: Environment, focus: Item) -> None:
        self.environment = environment
        self.focus = focus
        self.index = 0
        self.total: list[Item] = _NO_TOTAL
        self.kept: dict[object, Any] = {}
        self.work = MAX_WORK

    def spend(self, items: int) -> None:
        """Count visited items; give up beyond the limit."""
        self.work -= items
        if self.work < 0:
            raise Mismatch("this takes too long on data of this size")

    @property
    def resource(self) -> Item:
        """`%resource`."""
        resource = self.environment.resource
        return self.focus if resource is None else resource

    @property
    def root(self) -> Item:
        """`%rootResource`."""
        root = self.environment.root
        return self.resource if root is None else root

    @property
    def context(self) -> Item:
        """`%context`."""
        context = self.environment.context
        return self.focus if context is None else context

    def resolve(self, reference: Item) -> Item | None:
        """The resource a Reference or its text leads to, or None. `#id` is looked up among the contained ones."""
        reference = plain(reference)
        if type(reference) is dict:
            reference = reference.get("reference")
        if type(reference) is not str or not reference:
            return None
        if reference[0] == "#":
            found = self._contained(reference[1:])
            if found is not None:
                return found
        ask = self.environment.resolve
        return ask(reference) if ask is not None else None

    def _contained(self, identifier: str) -> Json | None:
        for holder in (plain(self.resource), plain(self.root)):
            if type(holder) is not dict:
                continue
            if not identifier and "resourceType" in holder:
                return holder
            contained = holder.get("contained")
            for resource in contained if type(contained) is list else ():
                if type(resource) is dict and resource.get("id") == identifier:
                    return resource
        return None
