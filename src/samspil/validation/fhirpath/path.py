"""A compiled expression: ask it about a node, or test a node with it."""

from functools import lru_cache

from samspil.validation.fhirpath.code import Code
from samspil.validation.fhirpath.compiler import compile_tree
from samspil.validation.fhirpath.environment import NO_ENVIRONMENT, Environment, Frame, as_focus
from samspil.validation.fhirpath.errors import EvaluationError, PathError
from samspil.validation.fhirpath.navigation import TYPED
from samspil.validation.fhirpath.parser import parse
from samspil.validation.fhirpath.values import Item, Mismatch, Node


class Path:
    """An expression, compiled. Made by `compile_path`; safe to share between threads.

    `needs_types`: it asks for types that JSON does not tell. Then the environment should answer `type_of`, and a
    focus that is no resource should come as a `Node` with its type.
    """

    __slots__ = ("_items", "_truth", "expression", "needs_types")

    def __init__(self, expression: str, code: Code, *, needs_types: bool) -> None:
        self.expression = expression
        self.needs_types = needs_types
        self._items = code.items
        self._truth = code.truth

    def __call__(self, focus: Item, environment: Environment = NO_ENVIRONMENT) -> list[Item]:
        """Everything the expression finds, asked about one node or a list of nodes.

        Items are JSON values, or what expressions make: Decimal, Temporal, Quantity. A primitive that has only
        extensions comes as its `Node`.
        Errors:  EvaluationError where the data does not fit the expression.
        """
        this, frame = self._begin(focus, environment)
        try:
            found = self._items(this, frame)
        except (Mismatch, RecursionError) as error:
            raise self._failure(error) from None
        return [_bare(item) for item in found]

    def test(self, focus: Item, environment: Environment = NO_ENVIRONMENT) -> bool | None:
        """Does the focus keep the expression? None where the answer is empty.

        Errors:  EvaluationError where the data does not fit the expression, several items among others.
        """
        this, frame = self._begin(focus, environment)
        try:
            return self._truth(this, frame)
        except (Mismatch, RecursionError) as error:
            raise self._failure(error) from None

    def _begin(self, focus: Item, environment: Environment) -> tuple[Item, Frame]:
        if type(focus) is list:
            focus = as_focus(focus)
        if self.needs_types:
            focus = TYPED.enter(focus)
        return focus, Frame(environment, focus)

    def _failure(self, error: Mismatch | RecursionError) -> EvaluationError:
        message = str(error) if isinstance(error, Mismatch) else "this goes too deep"
        return EvaluationError(message, expression=self.expression, start=0, end=len(self.expression))

    def __repr__(self) -> str:
        return f"Path({self.expression!r})"


@lru_cache(maxsize=4096)
def compile_path(expression: str) -> Path:
    """Compile an expression; the same one again costs nothing.

    Errors:  PathError, with the exact place, for a syntax error and for anything unknown: functions, their number
             of arguments, types, variables, patterns that could take for ever.

    >>> path = compile_path("name.where(use = 'official').given.first()")
    >>> path({"resourceType": "Patient", "name": [{"use": "official", "given": ["Ida", "Marie"]}]})
    ['Ida']
    """
    try:
        code, needs_types = compile_tree(parse(expression), expression)
    except RecursionError:
        raise PathError("the expression nests too deeply", expression=expression, start=0, end=1) from None
    return Path(expression, code, needs_types=needs_types)


def _bare(item: Item) -> Item:
    return item.value if type(item) is Node and item.value is not None else item
