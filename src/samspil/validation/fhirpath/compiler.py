"""From an expression's tree to closures over JSON.

The compiler first decides how the expression goes through elements: plainly, unless it asks for the type of something
that does not say it itself. Then every node becomes `Code`, every step `StepCode`; names, arguments, types, patterns
and constants are settled here, so that nothing about the expression is looked up when it runs.
"""

from collections.abc import Iterator

from samspil.validation.fhirpath.code import BOXED, Code, Site, StepCode, Truth, from_items, step_from_truth
from samspil.validation.fhirpath.environment import Collection, Frame
from samspil.validation.fhirpath.errors import PathError, suggestion
from samspil.validation.fhirpath.functions import FUNCTIONS, Function, Parameter
from samspil.validation.fhirpath.library.calls import Argument, CallSite
from samspil.validation.fhirpath.library.kinds import (
    check_type,
    chosen_member,
    filter_step,
    is_choice_of,
    is_resource_type,
    test_step,
)
from samspil.validation.fhirpath.navigation import NONE, PLAIN, TYPED, Items, is_of_type_name
from samspil.validation.fhirpath.operators import OPERATORS, signed
from samspil.validation.fhirpath.quantities import UCUM
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
from samspil.validation.fhirpath.types import DATATYPES, RESOURCES
from samspil.validation.fhirpath.values import Item

_TYPE_FUNCTIONS = frozenset({"is", "as", "ofType"})
_CONSTANTS = {"ucum": UCUM, "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_FAMILIES = {
    "vs-": "http://hl7.org/fhir/ValueSet/",
    "ext-": "http://hl7.org/fhir/StructureDefinition/",
}
_SURROUNDINGS = ("context", "resource", "rootResource")


def compile_tree(tree: Expression, expression: str) -> tuple[Code, bool]:
    """A tree's code, and whether it goes through elements with their types.

    Errors:  PathError for whatever the expression names that is not known.
    """
    typed = any(_asks_type(node) for node in _walk(tree))
    return _Compiler(expression, typed=typed).code(tree), typed


# ---- does an expression need types?


def _walk(node: Expression) -> Iterator[Expression | Step]:
    """Every node of a tree."""
    waiting: list[Expression | Step] = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += (child for child, _ in _children(current))


def _children(node: Expression | Step) -> Iterator[tuple[Expression | Step, str]]:
    """The nodes below one, each with the kind of argument it is, if it is one."""
    match node:
        case Chain(head, steps):
            yield from ((child, "") for child in (head, *steps))
        case Operation(operands=operands):
            yield from ((child, "") for child in operands)
        case Call(name, arguments):
            parameters = FUNCTIONS[name].parameters if name in FUNCTIONS else ()
            kinds = [parameter.kind for parameter in parameters] + [""] * len(arguments)
            pairs = zip(arguments, kinds, strict=False)
            yield from ((child, kind) for child, kind in pairs if not isinstance(child, TypeName))
        case Subscript(index=child) | Sign(operand=child) | TypeTest(operand=child):
            yield child, ""
        case _:
            pass


def _asks_type(node: Expression | Step) -> bool:
    """Does this node ask for a type that plain JSON does not tell?"""
    match node:
        case TypeTest(operand=Chain(steps=(*_, Member(name))), type=kind):
            return not (is_resource_type(kind) or is_choice_of(name, kind))
        case TypeTest(type=kind):
            return not is_resource_type(kind)
        case Chain(steps=steps):
            return any(_step_asks_type(steps, place) for place in range(len(steps)))
        case _:
            return False


def _step_asks_type(steps: tuple[Step, ...], place: int) -> bool:
    step = steps[place]
    if not isinstance(step, Call):
        return False
    if step.name not in _TYPE_FUNCTIONS or len(step.arguments) != 1:
        return step.name == "type"
    kind = step.arguments[0]
    if not isinstance(kind, TypeName) or is_resource_type(kind):
        return False
    before = steps[place - 1] if place else None
    return not (isinstance(before, Member) and is_choice_of(before.name, kind))


# ---- code


class _Compiler:
    def __init__(self, expression: str, *, typed: bool) -> None:
        self._expression = expression
        self._typed = typed
        self._navigation = TYPED if typed else PLAIN
        self._loops = 0

    def _site(self, place: Place) -> Site:
        return Site(self._expression, place)

    def code(self, node: Expression) -> Code:
        """Any expression's code. Inside a loop, what does not depend on the item is found once an evaluation."""
        if not self._loops or not isinstance(node, Chain | Operation) or _depends_on_item(node):
            return self._code(node)
        loops, self._loops = self._loops, 0
        code = self._code(node)
        self._loops = loops
        return code if code.texts is not None else _kept(code)

    def _code(self, node: Expression) -> Code:
        match node:
            case Chain():
                code = self._chain(node)
            case Operation(operator, operands, place):
                code = OPERATORS[operator]([self.code(operand) for operand in operands], self._site(place))
            case Literal(value):
                code = self._constant(value)
            case TypeTest():
                code = self._type_test(node)
            case Sign(operator, operand, place):
                code = signed(operator, self.code(operand), self._site(place))
            case Variable():
                code = self._variable(node)
            case Focus(place):
                code = from_items(_focus, self._site(place))
            case Counter(name, place):
                code = from_items(_index if name == "$index" else _total, self._site(place))
            case Nothing(place):
                code = from_items(lambda this, frame: NONE, self._site(place))
        return code

    def _constant(self, value: Item) -> Code:
        items: Items = BOXED[value] if isinstance(value, bool) else [value]
        texts = frozenset({value}) if type(value) is str else None
        truth: Truth = (lambda this, frame: value) if isinstance(value, bool) else (lambda this, frame: True)
        return Code(lambda this, frame: items, truth, text=type(value) is str, constant=value, texts=texts)

    def _variable(self, node: Variable) -> Code:
        site = self._site(node.place)
        if node.name in _CONSTANTS:
            return self._constant(_CONSTANTS[node.name])
        for prefix, url in _FAMILIES.items():
            if node.name.startswith(prefix):
                return self._constant(url + node.name[len(prefix) :])
        enter = self._navigation.enter
        match node.name:
            case "resource":
                return from_items(lambda this, frame: _unfolded(enter(frame.resource)), site)
            case "rootResource":
                return from_items(lambda this, frame: _unfolded(enter(frame.root)), site)
            case "context":
                return from_items(lambda this, frame: _unfolded(enter(frame.context)), site)
            case _:
                known = [*_SURROUNDINGS, *_CONSTANTS]
                raise site.refusal(f"no variable is called '%{node.name}'{suggestion(node.name, known)}")

    # ---- paths

    def _chain(self, node: Chain) -> Code:
        code, steps = self._source(node)
        place = 0
        while place < len(steps):
            step, used = self._fused(steps, place) or (self._step(steps[place]), 1)
            place += used
            code = _after(code, step, self._site(_place_of(steps[place - 1])))
        return code

    def _source(self, node: Chain) -> tuple[Code, tuple[Step, ...]]:
        """The code a chain begins with, and the steps left."""
        head, steps = node.head, node.steps
        first = steps[0]
        if not isinstance(head, Focus) or not isinstance(first, Member):
            return self.code(head), steps
        site = self._site(first.place)
        if first.name[0].isupper() and not head.written:
            return self._type_source(first, site), steps[1:]
        if len(steps) > 1 and self._chosen(first, steps[1]):
            return self.code(head), steps
        return from_items(self._navigation.member(first.name), site), steps[1:]

    def _type_source(self, first: Member, site: Site) -> Code:
        """A path may begin with the name of its focus's type."""
        name = first.name
        if name not in RESOURCES and name not in DATATYPES:
            known = sorted(RESOURCES | DATATYPES)
            raise site.refusal(
                f"no type is called '{name}', and names of elements begin small{suggestion(name, known)}"
            )
        return from_items(lambda this, frame: [one for one in _unfolded(this) if is_of_type_name(one, name)], site)

    def _chosen(self, member: Step, after: Step) -> TypeName | None:
        """The type, where a step to a choice is followed by a question for one of its types."""
        if self._typed or not isinstance(member, Member) or not isinstance(after, Call):
            return None
        if after.name not in _TYPE_FUNCTIONS or len(after.arguments) != 1:
            return None
        kind = after.arguments[0]
        return kind if isinstance(kind, TypeName) and is_choice_of(member.name, kind) else None

    def _fused(self, steps: tuple[Step, ...], place: int) -> tuple[StepCode, int] | None:
        """Two steps in one: `value.ofType(Quantity)`."""
        if place + 1 >= len(steps):
            return None
        member, after = steps[place], steps[place + 1]
        kind = self._chosen(member, after)
        if kind is None or not isinstance(member, Member) or not isinstance(after, Call):
            return None
        site = self._site(after.place)
        check_type(kind, self._site(kind.place))
        return self._chosen_step(member.name, kind, is_test=after.name == "is", site=site), 2

    def _chosen_step(self, member: str, kind: TypeName, *, is_test: bool, site: Site) -> StepCode:
        chosen, members = chosen_member(member, kind), self._navigation.members(member)
        if not is_test:
            return StepCode(lambda items, this, frame: [one for item in items for one in chosen(item, frame)])

        def truth(items: Items, this: Item, frame: Frame) -> bool | None:
            found = members(items, this, frame)
            if len(found) > 1:
                raise site.error(f"one item must stand here, not {len(found)}")
            return any(chosen(item, frame) for item in items) if found else None

        return step_from_truth(truth)

    def _type_test(self, node: TypeTest) -> Code:
        kind, site = node.type, self._site(node.place)
        check_type(kind, self._site(kind.place))
        operand = node.operand
        if not self._typed and isinstance(operand, Chain):
            *before, last = operand.steps
            if isinstance(last, Member) and is_choice_of(last.name, kind):
                source = self._chain(Chain(operand.head, tuple(before), operand.place)) if before else None
                step = self._chosen_step(last.name, kind, is_test=node.operator == "is", site=site)
                return _after(source or self.code(operand.head), step, site)
        step = StepCode(filter_step(kind)) if node.operator == "as" else test_step(kind, site)
        return _after(self.code(operand), step, site)

    # ---- steps

    def _step(self, step: Step) -> StepCode:
        match step:
            case Member(name):
                return StepCode(self._navigation.members(name))
            case Subscript(index, place):
                return self._subscript(index, self._site(place))
            case Call():
                return self._call(step)

    def _subscript(self, index: Expression, site: Site) -> StepCode:
        code = self.code(index)
        known = code.constant
        if type(known) is int:
            return StepCode(lambda items, this, frame: items[known : known + 1] if known >= 0 else NONE)
        if known is not None:
            raise site.refusal("an index is an integer")
        numbers = code.items

        def step(items: Items, this: Item, frame: Frame) -> Items:
            number = site.single(numbers(this, frame))
            if number is None:
                return NONE
            place = site.of_type(number, int, "an integer")
            return items[place : place + 1] if place >= 0 else NONE

        return StepCode(step)

    def _call(self, step: Call) -> StepCode:
        function = FUNCTIONS.get(step.name)
        if function is None:
            message = f"no function is called '{step.name}'{suggestion(step.name, list(FUNCTIONS))}"
            raise self._site(step.place).refusal(message)
        self._check_count(function, step)
        kind = step.arguments[0] if step.arguments and isinstance(step.arguments[0], TypeName) else None
        if kind is not None:
            check_type(kind, self._site(kind.place))
        pairs = zip(step.arguments, function.parameters, strict=False)
        arguments = [self._argument(one, parameter) for one, parameter in pairs if not isinstance(one, TypeName)]
        return function.build(CallSite(step.name, self._site(step.place), arguments, kind, self._navigation))

    def _argument(self, node: Expression, parameter: Parameter) -> Argument:
        counts = any(isinstance(one, Counter) and one.name == "$index" for one in _walk(node))
        is_loop = parameter.kind == "each"
        self._loops += is_loop
        code = self.code(node)
        self._loops -= is_loop
        return Argument(code, self._site(_place_of(node)), counts)

    def _check_count(self, function: Function, step: Call) -> None:
        parameters = function.parameters
        least = sum(not parameter.optional for parameter in parameters)
        given = len(step.arguments)
        if least <= given <= len(parameters):
            return
        wanted = f"{least}" if least == len(parameters) else f"{least} to {len(parameters)}"
        message = f"{step.name}() takes {wanted} argument{'s' if wanted != '1' else ''}, not {given}"
        raise PathError(message, expression=self._expression, start=step.place.start, end=step.end)


def _depends_on_item(node: Expression) -> bool:
    """Does the answer depend on what the expression is asked about, or on a counter?

    In `%resource.entry.where($this.fullUrl = 'x')` it does not: the inner loop has a focus of its own.
    """
    waiting: list[tuple[Expression | Step, bool]] = [(node, False)]
    while waiting:
        current, has_own_focus = waiting.pop()
        if isinstance(current, Counter) or (isinstance(current, Focus) and not has_own_focus):
            return True
        waiting += ((child, has_own_focus or kind in ("each", "whole")) for child, kind in _children(current))
    return False


def _kept(code: Code) -> Code:
    """Code whose answer is kept for the rest of the evaluation."""
    items, truth = code.items, code.truth
    items_slot, truth_slot = object(), object()

    def kept_items(this: Item, frame: Frame) -> Items:
        kept = frame.kept
        if items_slot not in kept:
            kept[items_slot] = items(this, frame)
        return kept[items_slot]

    def kept_truth(this: Item, frame: Frame) -> bool | None:
        kept = frame.kept
        if truth_slot not in kept:
            kept[truth_slot] = truth(this, frame)
        return kept[truth_slot]

    return Code(kept_items, kept_truth, text=code.text)


def _place_of(node: Expression | Step) -> Place:
    return Place(node.place.start, node.end) if isinstance(node, Call) else node.place


def _after(source: Code, step: StepCode, site: Site) -> Code:
    """A step behind the code that feeds it."""
    before, go = source.items, step.items

    def items(this: Item, frame: Frame) -> Items:
        return go(before(this, frame), this, frame)

    if step.truth is None:
        return from_items(items, site, text=step.text)
    ask = step.truth
    return Code(items, lambda this, frame: ask(before(this, frame), this, frame), text=step.text)


def _unfolded(item: Item) -> Items:
    if item is None:
        return NONE
    return item.items if type(item) is Collection else [item]


def _focus(this: Item, frame: Frame) -> Items:
    return _unfolded(this)


def _index(this: Item, frame: Frame) -> Items:
    return [frame.index]


def _total(this: Item, frame: Frame) -> Items:
    return frame.total
