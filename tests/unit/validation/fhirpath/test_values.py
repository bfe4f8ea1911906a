"""Values: equality, and the keys that stand for it in sets."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from samspil.validation.fhirpath.quantities import Quantity
from samspil.validation.fhirpath.temporal import read_temporal
from samspil.validation.fhirpath.values import (
    Node,
    are_distinct,
    compare,
    distinct,
    equal,
    equal_lists,
    equivalent,
    equivalent_lists,
    key,
)

_MOMENT_TEXTS = ["2024", "2024-05-31", "2024-05-31T10:00:00Z", "2024-05-31T12:00:00+02:00", "14:30"]
_TEXTS = st.sampled_from(["", "a", "A", "1", *_MOMENT_TEXTS])
_SCALARS = st.one_of(
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, 1.0, 0.1, Decimal("0.1"), Decimal("1.00")]),
    _TEXTS,
    st.sampled_from([read_temporal(text) for text in _MOMENT_TEXTS]),
    st.sampled_from([Quantity(Decimal(1), "g"), Quantity(Decimal("1.0"), "g")]),
)
_ITEMS = st.recursive(
    _SCALARS,
    lambda inner: st.dictionaries(st.sampled_from("ab"), st.one_of(inner, st.lists(inner, max_size=2)), max_size=2),
    max_leaves=4,
)


@given(left=_ITEMS, right=_ITEMS)
def test_a_key_stands_for_equality(left: Any, right: Any) -> None:
    """Items of the same key are equal, and equal items of one kind have the same key."""
    if key(left) == key(right):
        assert equal(left, right) is True
    elif type(left) is type(right):
        assert equal(left, right) is not True


@given(left=_ITEMS, right=_ITEMS)
def test_equality_and_equivalence_are_symmetric(left: Any, right: Any) -> None:
    """It does not matter which stands first; what is equal is equivalent."""
    assert equal(left, right) == equal(right, left)
    assert equivalent(left, right) == equivalent(right, left)
    assert equal(left, left) is not False


@given(items=st.lists(_ITEMS, max_size=6))
def test_distinct_items_are_distinct(items: list[Any]) -> None:
    """Dropping repeats leaves none, keeps the first of each, and loses no item."""
    kept = distinct(items)
    assert are_distinct(kept)
    assert are_distinct(items) == (len(kept) == len(items))
    assert {key(item) for item in kept} == {key(item) for item in items}
    assert equivalent_lists(kept, list(reversed(kept)))


def test_a_primitive_without_a_value_is_unknown() -> None:
    """It is neither equal to anything nor before it."""
    hidden = Node(None, {"extension": []})
    assert equal(hidden, "a") is None
    assert compare(hidden, "a") is None
    assert equivalent(hidden, Node(None, {"id": "x"})) is True


def test_elements_are_equal_by_their_children() -> None:
    """In any order of keys; numbers by value, instants across zones, lists in order."""
    assert equal({"a": 1, "b": [1, 2]}, {"b": [1.0, 2], "a": Decimal("1.0")}) is True
    assert equal({"at": "2024-05-31T10:00:00Z"}, {"at": "2024-05-31T12:00:00+02:00"}) is True
    assert equal({"b": [1, 2]}, {"b": [2, 1]}) is False
    assert equal({"b": 1}, {"b": True}) is False
    assert equal({"a": 1}, {"a": 1, "b": 2}) is False


def test_lists_with_an_unknown_pair_are_unknown() -> None:
    """Unless another pair differs for sure."""
    assert equal_lists(["2024", "a"], ["2024-05", "a"]) is None
    assert equal_lists(["2024", "a"], ["2024-05", "b"]) is False


def test_equivalent_numbers_are_as_precise_as_the_vaguer() -> None:
    """Idle noughts are no precision."""
    assert equivalent(1.5, Decimal("1.50")) is True
    assert equivalent(Decimal("1.54"), Decimal("1.5")) is True
    assert equivalent(Decimal("1.56"), Decimal("1.5")) is False
    assert equivalent(True, 1) is False


def test_equality_of_other_things() -> None:
    """Lists by content; moments and amounts not with texts that are none."""
    assert equal([1], [1]) is True
    assert equal("5790000120000", "5790000120017") is False
    assert equal({"a": 1}, "a") is False
    assert equal(read_temporal("2024"), "Elmer") is False
    assert equal(read_temporal("2024"), 2024) is False
    assert equal(read_temporal("14:30"), "2024") is False
    assert equal(Quantity(Decimal(1), "g"), "1 g") is False


def test_equivalence_of_other_things() -> None:
    """Too many digits are compared as they are; codings in a damaged concept are none."""
    assert equivalent(Decimal("1e300"), Decimal("1e300")) is True
    assert equivalent({"coding": "x"}, {"coding": []}) is False
    assert equivalent(Quantity(Decimal(1), "g"), "x") is False


def test_instants_of_one_system_are_ordered_without_reading() -> None:
    """Texts written alike compare as texts do; others are read."""
    assert compare("2024-05-31T10:00:00Z", "2024-05-31T10:00:01Z") == -1
    assert compare("2024-05-31T10:00:00Z", "2024-05-31T12:00:00+02:00") == 0
    assert compare("2024-05", "14:30") == 1
    assert compare("2024-05-31T10:00:00Z", "2024-05-31T10:00:01Z", texts=True) == -1


def test_a_node_shows_what_it_holds() -> None:
    """Whoever debugs sees what it is."""
    assert repr(Node("x", None, "code")) == "Node('x', None, 'code')"
