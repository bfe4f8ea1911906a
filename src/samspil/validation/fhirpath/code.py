"""What expressions compile to: closures in two forms, one that gives items and one that gives a truth value.

Conditions are asked far more often for a truth than for a collection; the second form saves the list. Each form can
be made from the other, so that every operator and function writes only the one that is natural to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from samspil.validation.fhirpath.environment import Frame
from samspil.validation.fhirpath.errors import EvaluationError, PathError
from samspil.validation.fhirpath.navigation import NONE, Items, Step
from samspil.validation.fhirpath.syntax import Place
from samspil.validation.fhirpath.values import Item, kind_of, plain

Run = Callable[[Item, Frame], Items]
Truth = Callable[[Item, Frame], bool | None]
StepTruth = Callable[[Items, Item, Frame], bool | None]

BOXED: dict[bool | None, Items] = {True: [True], False: [False], None: NONE}
"""The collections that stand for truth values; never changed."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Site:
    """A place in an expression, to say errors about."""

    expression: str
    place: Place

    def error(self, message: str) -> EvaluationError:
        """An error about data met here."""
        return EvaluationError(message, expression=self.expression, start=self.place.start, end=self.place.end)

    def refusal(self, message: str) -> PathError:
        """An error about the expression itself."""
        return PathError(message, expression=self.expression, start=self.place.start, end=self.place.end)

    def single(self, items: Items) -> Item | None:
        """The only item's value, None where there is none."""
        if not items:
            return None
        if len(items) > 1:
            raise self.error(f"one item must stand here, not {len(items)}")
        return plain(items[0])

    def truth(self, items: Items) -> bool | None:
        """Items as a condition: none is unknown, a single one that is no truth value counts as true."""
        if not items:
            return None
        if len(items) > 1:
            raise self.error(f"a condition must be one item, not {len(items)}")
        value = plain(items[0])
        return value if value is True or value is False else True if value is not None else None

    def of_type(self, value: Item, kind: type[_T], wanted: str) -> _T:
        """A value that must have a type."""
        if type(value) is not kind:
            raise self.error(f"{wanted} must stand here, not {kind_of(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled expression. `text`: it can only give texts of the expression's own making, so never dates.

    `constant` is the only item of an expression that always gives the same one; `texts` the only items of one that
    always gives the same texts.
    """

    items: Run
    truth: Truth
    text: bool = False
    constant: Item = None
    texts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class StepCode:
    """A compiled step, from items to items; `truth` where it answers a question."""

    items: Step
    truth: StepTruth | None = None
    text: bool = False


def from_items(items: Run, site: Site, *, text: bool = False, constant: Item = None) -> Code:
    """Code whose natural form gives items."""
    to_truth = site.truth

    def truth(this: Item, frame: Frame) -> bool | None:
        found = items(this, frame)
        return to_truth(found) if found else None

    return Code(items, truth, text, constant)


def from_truth(truth: Truth) -> Code:
    """Code whose natural form gives a truth value."""
    boxed = BOXED
    return Code(lambda this, frame: boxed[truth(this, frame)], truth)


def step_from_truth(truth: StepTruth) -> StepCode:
    """A step whose natural form gives a truth value."""
    boxed = BOXED
    return StepCode(lambda items, this, frame: boxed[truth(items, this, frame)], truth)
