"""A place that is worked out when somebody looks is as good as one that was worked out at once."""

import copy
import pickle
from typing import Any

import orjson

from samspil.domain.issues import Location
from samspil.formats.fhir.tree import Tree
from samspil.formats.readers import read_payload
from samspil.validation.profiles.pending import Pending

PAYLOAD = orjson.dumps({"resourceType": "Patient", "name": [{"family": "Elmer"}]})


def tree() -> Any:
    """A small tree."""
    _, (part,) = read_payload(PAYLOAD)
    assert isinstance(part.tree, Tree)
    return part.tree


def test_it_is_the_place_that_the_tree_would_give() -> None:
    """Equal, of the same hash, printed the same, and a Location to whoever asks."""
    known = tree().locate("name", 0, "family")
    pending = Pending(tree(), ("name", 0, "family"))
    assert isinstance(pending, Location)
    assert pending == known and str(pending) == str(known) and repr(pending) == repr(known)
    assert hash(pending) == hash((known.path, known.start, known.end, known.line, known.column))
    assert PAYLOAD[pending.start : pending.end] == b'"Elmer"'


def test_a_copy_is_an_ordinary_place() -> None:
    """Sent elsewhere it needs no tree."""
    pending = Pending(tree(), ("name",))
    for copied in (copy.deepcopy(pending), pickle.loads(pickle.dumps(pending))):
        assert type(copied) is Location and pending == copied
