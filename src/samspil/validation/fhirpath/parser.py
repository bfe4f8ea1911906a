"""Read a FHIRPath expression into its tree.

Operators bind as FHIRPath N1 orders them, from `implies` (loosest) to `is`, `*` and the sign; after a dot any word is
a name, so that `text.div` needs no back quotes.
"""

from decimal import Decimal

from samspil.validation.fhirpath.errors import PathError
from samspil.validation.fhirpath.lexer import Kind, Token, read_tokens
from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.syntax import (
    Call,
    Chain,
    Counter,
    Expression,
    Focus,
    Literal,
    Member,
    Nothing,
    Operation,
    Place,
    Sign,
    Step,
    Subscript,
    TypeName,
    TypeTest,
    Variable,
)
from samspil.validation.fhirpath.temporal import CALENDAR_UNITS, read_moment, read_time
from samspil.validation.fhirpath.values import MAX_INTEGER

MAX_DEPTH = 60
"""How deep parentheses, brackets and arguments may nest."""

_BINDING = {
    "implies": 1,
    "or": 2, "xor": 2,
    "and": 3,
    "in": 4, "contains": 4,
    "=": 5, "!=": 5, "~": 5, "!~": 5,
    "<": 6, ">": 6, "<=": 6, ">=": 6,
    "|": 7,
    "is": 8, "as": 8,
    "+": 9, "-": 9, "&": 9,
    "*": 10, "/": 10, "div": 10, "mod": 10,
}  # fmt: skip
_FLAT = frozenset({"or", "and", "|"})
_NAMES_TOO = frozenset({"as", "contains", "in", "is"})
_TYPED = frozenset({"is", "as", "ofType"})
_UNITS = {spelling: unit for unit in CALENDAR_UNITS for spelling in (unit, f"{unit}s")}


def parse(expression: str) -> Expression:
    """The tree of an expression.

    Errors:  PathError at the first token that does not fit.
    """
    parser = _Parser(expression)
    tree = parser.expression(0)
    parser.finish()
    return tree


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = read_tokens(expression)
        self._next = 0
        self._depth = 0

    # ---- tokens

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _at(self, text: str) -> bool:
        token = self._token
        return token.text == text and token.kind in (Kind.SYMBOL, Kind.WORD)

    def _expect(self, text: str, reason: str) -> Token:
        if not self._at(text):
            raise self._error(f"'{text}' is missing {reason}")
        return self._take()

    def _error(self, message: str, token: Token | None = None) -> PathError:
        token = token or self._token
        return PathError(message, expression=self._expression, start=token.start, end=token.end)

    def finish(self) -> None:
        """Nothing may follow the expression."""
        token = self._token
        if token.kind is not Kind.END:
            raise self._error(f"an operator is missing before {_shown(token)}")

    # ---- expressions

    def expression(self, loosest: int) -> Expression:
        """An expression whose operators bind tighter than `loosest`."""
        left = self._signed()
        while True:
            token = self._token
            binding = _BINDING.get(token.text, 0) if token.kind in (Kind.SYMBOL, Kind.WORD) else 0
            if binding <= loosest:
                return left
            self._take()
            place = Place(token.start, token.end)
            if token.text in ("is", "as"):
                left = TypeTest(token.text, left, self._type_name(), place)
            else:
                left = _joined(token.text, left, self.expression(binding), place)

    def _signed(self) -> Expression:
        token = self._token
        if token.kind is Kind.SYMBOL and token.text in "+-":
            self._take()
            self._enter(token)
            operand = self._signed()
            self._depth -= 1
            return Sign(token.text, operand, Place(token.start, token.end))
        return self._chain()

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"the expression nests more than {MAX_DEPTH} deep", token)

    def _chain(self) -> Expression:
        start = self._token.start
        head: Expression
        steps: list[Step] = []
        if self._starts_a_step():
            head = Focus(Place(start, start), written=False)
            steps.append(self._step())
        else:
            head = self._head()
        while self._at(".") or self._at("["):
            if self._take().text == ".":
                steps.append(self._step(after_dot=True))
            else:
                steps.append(self._subscript())
        if not steps:
            return head
        return Chain(head, tuple(steps), Place(start, self._tokens[self._next - 1].end))

    def _starts_a_step(self) -> bool:
        token = self._token
        if token.kind is Kind.DELIMITED:
            return True
        if token.kind is not Kind.WORD or token.text in ("true", "false"):
            return False
        return token.text in _NAMES_TOO or token.text not in _BINDING

    def _step(self, *, after_dot: bool = False) -> Step:
        token = self._take()
        if token.kind is Kind.SPECIAL and after_dot:
            raise self._error(f"'{token.text}' stands at the front of a path, not behind a dot", token)
        if token.kind not in (Kind.WORD, Kind.DELIMITED):
            raise self._error("a name must follow the dot", token)
        place = Place(token.start, token.end)
        if token.kind is Kind.WORD and self._at("("):
            return self._call(token)
        if not token.text:
            raise self._error("this name is empty", token)
        return Member(token.text, place)

    def _call(self, name: Token) -> Call:
        self._enter(self._take())
        arguments: list[Expression | TypeName] = []
        if not self._at(")"):
            arguments.append(self._argument(name.text))
            while self._at(","):
                self._take()
                arguments.append(self._argument(name.text))
        end = self._expect(")", f"to close {name.text}(").end
        self._depth -= 1
        return Call(name.text, tuple(arguments), Place(name.start, name.end), end)

    def _argument(self, function: str) -> Expression | TypeName:
        return self._type_name() if function in _TYPED else self.expression(0)

    def _subscript(self) -> Subscript:
        self._enter(self._token)
        start = self._token.start
        index = self.expression(0)
        end = self._expect("]", "to close the index").start
        self._depth -= 1
        return Subscript(index, Place(start, end))

    def _type_name(self) -> TypeName:
        first = self._name("a type's name must follow")
        if not self._at("."):
            return TypeName("", first.text, Place(first.start, first.end))
        self._take()
        second = self._name("a type's name must follow the dot")
        return TypeName(first.text, second.text, Place(first.start, second.end))

    def _name(self, reason: str) -> Token:
        token = self._take()
        if token.kind not in (Kind.WORD, Kind.DELIMITED):
            raise self._error(reason, token)
        return token

    # ---- heads

    def _head(self) -> Expression:
        token = self._take()
        place = Place(token.start, token.end)
        match token.kind:
            case Kind.STRING:
                head: Expression = Literal(token.text, place)
            case Kind.INTEGER | Kind.DECIMAL:
                head = self._number(token)
            case Kind.MOMENT:
                head = self._moment(token)
            case Kind.VARIABLE:
                head = Variable(token.text, place)
            case Kind.SPECIAL:
                head = Focus(place, written=True) if token.text == "$this" else Counter(token.text, place)
            case Kind.WORD if token.text in ("true", "false"):
                head = Literal(token.text == "true", place)
            case Kind.SYMBOL if token.text == "(":
                head = self._parenthesis(token)
            case Kind.SYMBOL if token.text == "{":
                head = Nothing(Place(token.start, self._expect("}", "to close the empty collection").end))
            case Kind.END:
                raise self._error("the expression ends where a value must follow", token)
            case _:
                raise self._error(f"a value must stand here, not {_shown(token)}", token)
        return head

    def _parenthesis(self, token: Token) -> Expression:
        self._enter(token)
        inner = self.expression(0)
        self._expect(")", "to close the parenthesis")
        self._depth -= 1
        return inner

    def _number(self, token: Token) -> Literal:
        unit = self._token
        if unit.kind is Kind.STRING:
            self._take()
            return Literal(Quantity(Decimal(token.text), unit.text), Place(token.start, unit.end))
        if unit.kind is Kind.WORD and unit.text in _UNITS:
            self._take()
            return Literal(Quantity(Decimal(token.text), _UNITS[unit.text]), Place(token.start, unit.end))
        place = Place(token.start, token.end)
        if token.kind is Kind.DECIMAL:
            return Literal(Decimal(token.text), place)
        if len(token.text) > 10 or int(token.text) > MAX_INTEGER:
            raise self._error(f"an integer is at most {MAX_INTEGER}", token)
        return Literal(int(token.text), place)

    def _moment(self, token: Token) -> Literal:
        text = token.text
        moment = read_time(text[1:]) if text[0] == "T" else read_moment(text)
        if moment is None:
            raise self._error("there is no such date or time", token)
        return Literal(moment, Place(token.start, token.end))


def _joined(operator: str, left: Expression, right: Expression, place: Place) -> Operation:
    """An operation; runs of one associative operator become one flat operation."""
    if operator in _FLAT and isinstance(left, Operation) and left.operator == operator:
        return Operation(operator, (*left.operands, right), left.place)
    return Operation(operator, (left, right), place)


def _shown(token: Token) -> str:
    return "the end" if token.kind is Kind.END else f"'{token.text}'"
