"""The tree of a FHIRPath expression: small frozen nodes, each with its place in the text.

Every term is a `Chain`: a head and the steps behind its dots. `name.given.first()` is a chain whose head is the
implicit focus; `'abc'.length()` one whose head is a literal. Steps lie flat, so that long paths do not nest.
"""

from dataclasses import dataclass
from decimal import Decimal

from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.temporal import Temporal


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands in the expression: a half-open range of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, truth, number, moment or quantity."""

    value: str | bool | int | Decimal | Temporal | Quantity
    place: Place


@dataclass(frozen=True, slots=True)
class Nothing:
    """The empty collection, `{}`."""

    place: Place


@dataclass(frozen=True, slots=True)
class Focus:
    """What the expression is asked about: `$this`, or unwritten at the front of a path."""

    place: Place
    written: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """`$index` or `$total`, set by the function around it."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable such as `%resource`."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type: `Patient`, `FHIR.Patient`, `System.String`."""

    namespace: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Member:
    """A step to the children of one name."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A step through a function. `place` is its name; `end` lies behind its closing parenthesis."""

    name: str
    arguments: "tuple[Expression | TypeName, ...]"
    place: Place
    end: int


@dataclass(frozen=True, slots=True)
class Subscript:
    """A step to one item by its number, from 0."""

    index: "Expression"
    place: Place


Step = Member | Call | Subscript


@dataclass(frozen=True, slots=True)
class Chain:
    """A head and the steps that follow it."""

    head: "Expression"
    steps: tuple[Step, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Sign:
    """`+` or `-` before a term."""

    operator: str
    operand: "Expression"
    place: Place


@dataclass(frozen=True, slots=True)
class Operation:
    """Operands joined by one operator. `and`, `or` and `|` may join more than two; `place` is the first operator's."""

    operator: str
    operands: "tuple[Expression, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`operand is T` or `operand as T`."""

    operator: str
    operand: "Expression"
    type: TypeName
    place: Place


Expression = Literal | Nothing | Focus | Counter | Variable | Chain | Sign | Operation | TypeTest
