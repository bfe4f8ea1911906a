"""Any text is a path or a PathError; any data is an answer or an EvaluationError; nothing takes long."""

import time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil.validation.fhirpath import EvaluationError, PathError, compile_path
from samspil.validation.fhirpath.functions import FUNCTIONS

_WORDS = """
name given value Patient $this $index $total %resource 1 2.5 'a' '(a+)+' @2024 @T10:30 5'mg' {} true ( ) [ ] . , + - *
/ div mod & | = != ~ !~ < <= > >= is as in contains and or xor implies String Quantity `x` // /* */ \\ ' ` @ % $ æ
"""
_TOKENS = st.sampled_from([*(f".{name}(" for name in FUNCTIONS), *_WORDS.split(), "4 days", " "])
_TOKEN_LISTS = st.lists(_TOKENS, max_size=14)
_EXPRESSIONS = st.one_of(st.text(max_size=40), _TOKEN_LISTS.map(" ".join), _TOKEN_LISTS.map("".join))
_KEYS = st.sampled_from(["resourceType", "id", "name", "given", "_given", "valueQuantity", "value", "extension", "_x"])
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8))
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)


def ask(expression: str, data: Any) -> object:
    """The answer, or the error that may come instead."""
    try:
        path = compile_path(expression)
    except PathError as error:
        assert 0 <= error.start <= len(expression) and error.message and str(error)
        return None
    try:
        return path(data), path.test(data)
    except EvaluationError as error:
        assert 0 <= error.start <= len(expression) and error.message and str(error)
        return None


@settings(max_examples=300, deadline=None)
@given(expression=_EXPRESSIONS, data=_JSON)
def test_any_text_is_a_path_or_a_path_error(expression: str, data: Any) -> None:
    """Whatever somebody types, and whatever it is asked about, nothing else comes out."""
    ask(expression, data)


_RULES = [
    "hasValue() or (children().count() > id.count())",
    "name.given.select($this & 'x').isDistinct()",
    "descendants().as(canonical) | descendants().ofType(Quantity)",
    "name.where(given.exists(startsWith('a'))).given.first() = value",
    "value > 1 'mg' or value.toString().matches('^[0-9]+$')",
    "extension('id').value.unit | value.resolve().name | contained.contained",
    "repeat(name | value | extension).count() >= 0",
]


@settings(max_examples=200, deadline=None)
@given(rule=st.sampled_from(_RULES), data=_JSON)
def test_any_json_is_an_answer_or_an_evaluation_error(rule: str, data: Any) -> None:
    """Damaged data of any shape."""
    ask(rule, data)


@settings(max_examples=150, deadline=None)
@given(data=_JSON)
def test_asking_changes_nothing(data: Any) -> None:
    """The message's own lists travel through evaluations; nobody may change them."""
    before = orjson.dumps(data, option=orjson.OPT_PASSTHROUGH_DATETIME) if _fits(data) else None
    for rule in _RULES:
        ask(rule, data)
    if before is not None:
        assert orjson.dumps(data) == before


def _fits(data: Any) -> bool:
    """Can orjson write it? Integers beyond 64 bits it cannot."""
    try:
        orjson.dumps(data)
    except TypeError:
        return False
    return True


GREEDY = [
    "repeat($this & 'a')",
    "(1 | 2).repeat(combine($this).combine(3))",
    "list.aggregate($total.combine($total), 1)",
    "repeat($this + 1)",
    "list.select(%resource.list | $this)",
    "list.select(%resource.list).select(%resource.list).count()",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a+)+b')",
    "list.aggregate($total & $total & 'a', 'a')",
    "list.select(%resource.list.select(%resource.list.select($this)))",
    "10.power(100).power(100)",
    "list.aggregate($total.replace('a', 'aaaaaaaaaa'), 'a')",
    "list.aggregate($total.replaceMatches('a', 'aaaaaaaaaa'), 'a')",
    "list.aggregate($total * $total, 9)",
    "list.aggregate($total * $total, 9.9)",
]


@pytest.mark.parametrize("expression", GREEDY)
def test_greedy_expressions_are_given_up(expression: str) -> None:
    """Growing for ever, or over large data, ends within seconds: a hang guard, no claim about speed."""
    focus: Any = {"list": list(range(2000))} if "list" in expression else 1
    began = time.process_time()
    ask(expression, focus)
    assert time.process_time() - began < 30


def test_the_same_expression_is_compiled_once() -> None:
    """Compiling again gives the same path."""
    assert compile_path("name.family") is compile_path("name.family")


def test_results_are_the_callers_own() -> None:
    """A caller may change the list it got; the message stays as it was."""
    data = {"given": ["Ida"]}
    compile_path("given")(data).append("Marie")
    assert data == {"given": ["Ida"]}


def test_invariants_of_a_loop_are_found_once_but_never_remembered() -> None:
    """What does not depend on the item is kept within one evaluation, not beyond it."""
    path = compile_path("entry.all(exists() = (%resource.type = 'batch'))")
    assert path.test({"type": "batch", "entry": [1, 2]}) is True
    assert path.test({"type": "message", "entry": [1, 2]}) is False
