"""A function where it is called, and the shapes most functions have: of a text, of a number, of any one value.

A builder takes the `CallSite` and gives the compiled step. The shapes here make builders from plain Python functions:
they fetch the one value the function is about, its arguments, and let an empty one of either answer with nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from samspil.validation.fhirpath.code import Code, Site, StepCode, step_from_truth
from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.errors import EvaluationError
from samspil.validation.fhirpath.navigation import NONE, Items, Navigation
from samspil.validation.fhirpath.syntax import TypeName
from samspil.validation.fhirpath.values import Item, Mismatch, exact, is_number, kind_of

Value = Callable[[Item, Frame], Item]
Compute = Callable[[Items, Item, Frame], Item]
Builder = Callable[["CallSite"], StepCode]


@dataclass(frozen=True, slots=True)
class Argument:
    """A compiled argument. `counts`: it asks for `$index`."""

    code: Code
    site: Site
    counts: bool


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of a function in an expression."""

    name: str
    site: Site
    arguments: Sequence[Argument]
    type: TypeName | None
    navigation: Navigation

    @property
    def count(self) -> int:
        """How many arguments stand here."""
        return len(self.arguments)

    def code(self, place: int) -> Code:
        """An argument's code."""
        return self.arguments[place].code

    def walk(self, place: int) -> Callable[[Items, Frame], "Items | Iterator[Item]"]:
        """How to go through items for an argument that is asked about each: counting, if it asks for the number."""
        return _counting if self.arguments[place].counts else _plainly

    def text(self, place: int) -> Value:
        """An argument that is one text."""
        argument = self.arguments[place]
        return self._value(argument, lambda value: argument.site.of_type(value, str, "a text"))

    def integer(self, place: int) -> Value:
        """An argument that is one integer."""
        argument = self.arguments[place]
        return self._value(argument, lambda value: argument.site.of_type(value, int, "an integer"))

    def number(self, place: int) -> Value:
        """An argument that is one number."""
        argument = self.arguments[place]

        def as_number(value: Item) -> Item:
            if not is_number(value):
                raise argument.site.error(f"a number must stand here, not {kind_of(value)}")
            return exact(value)

        return self._value(argument, as_number)

    def _value(self, argument: Argument, check: Callable[[Item], Item]) -> Value:
        """An argument's one value. A literal is checked with the expression, and refused there."""
        constant = argument.code.constant
        if constant is not None:
            try:
                checked = check(constant)
            except EvaluationError as error:
                raise argument.site.refusal(error.message) from None
            return lambda this, frame: checked
        items, single = argument.code.items, argument.site.single

        def value(this: Item, frame: Frame) -> Item:
            found = single(items(this, frame))
            return None if found is None else check(found)

        return value

    @property
    def literals(self) -> list[Item] | None:
        """The arguments' values, if all are literals."""
        values = [argument.code.constant for argument in self.arguments]
        return None if None in values else values

    def values(self, kinds: str) -> list[Value]:
        """The arguments by their kinds, of which the last may be missing: "text integer"."""
        fetch: dict[str, Callable[[int], Value]] = {"text": self.text, "integer": self.integer, "number": self.number}
        return [fetch[kind](place) for place, kind in enumerate(kinds.split()[: self.count])]


def _plainly(items: Items, frame: Frame) -> Items:
    frame.spend(len(items))
    return items


def _counting(items: Items, frame: Frame) -> Iterator[Item]:
    frame.spend(len(items))
    before = frame.index
    try:
        for place, item in enumerate(items):
            frame.index = place
            yield item
    finally:
        frame.index = before


def step_from_value(compute: Compute, *, text: bool = False) -> StepCode:
    """A step that gives one value or, for None, nothing."""

    def step(items: Items, this: Item, frame: Frame) -> Items:
        value = compute(items, this, frame)
        return NONE if value is None else [value]

    return StepCode(step, text=text)


Check = Callable[[Site, Item], Item]


def about_value(run: Callable[..., Item], kinds: str = "", *, truth: bool = False, text: bool = False) -> Builder:
    """A function of one value of any kind, and of arguments."""
    return _about(run, kinds, lambda site, value: value, truth=truth, text=text)


def about_text(run: Callable[..., Item], kinds: str = "", *, truth: bool = False, text: bool = False) -> Builder:
    """A function of one text, and of arguments."""
    return _about(run, kinds, _as_text, truth=truth, text=text)


def about_number(run: Callable[..., Item], kinds: str = "") -> Builder:
    """A function of one number, and of arguments."""
    return _about(run, kinds, _as_number)


def _as_text(site: Site, value: Item) -> str:
    return value if type(value) is str else site.of_type(value, str, "a text")


def _as_number(site: Site, value: Item) -> Item:
    if not is_number(value):
        raise site.error(f"a number must stand before this, not {kind_of(value)}")
    return exact(value)


def _about(run: Callable[..., Item], kinds: str, check: Check, *, truth: bool = False, text: bool = False) -> Builder:
    def build(call: CallSite) -> StepCode:
        site, arguments, literals = call.site, call.values(kinds), call.literals

        def compute(items: Items, this: Item, frame: Frame) -> Item:
            subject = site.single(items)
            if subject is None:
                return None
            values = literals if literals is not None else [argument(this, frame) for argument in arguments]
            if None in values:
                return None
            try:
                return run(check(site, subject), *values)
            except Mismatch as mismatch:
                raise site.error(str(mismatch)) from None

        return step_from_truth(compute) if truth else step_from_value(compute, text=text)

    return build
