"""What a caller sees, and whom it speaks for."""

from uuid import uuid4

import pytest

from samspil.access.callers import SYSTEM, Caller, demo_caller, local_caller
from samspil.access.rights import Right

OWN, OTHER = "5790000121526", "5790001382445"


def client(*rights: Right, glns: frozenset[str] | None = frozenset({OWN})) -> Caller:
    """A client with these rights."""
    return Caller(id=uuid4(), kind="client", name="odd", glns=glns, rights=frozenset(rights))


def test_an_organisation_sees_what_it_takes_part_in() -> None:
    """One of the parties must be its own; nobody is nobody's."""
    caller = client(Right.READ)
    assert caller.sees(OTHER, OWN)
    assert not caller.sees(OTHER, None)
    assert not caller.sees()
    assert not client(Right.READ, glns=frozenset()).sees(OWN)


def test_the_whole_site_sees_all() -> None:
    """Also messages without parties."""
    assert client(Right.READ, glns=None).sees(None)
    assert SYSTEM.sees(OWN)


@pytest.mark.parametrize(
    ("caller", "own", "other"),
    [
        (client(Right.SEND), True, False),
        (client(Right.SEND, glns=None), True, True),
        (client(Right.RELAY, glns=None), True, True),
        (client(Right.READ), False, False),
        (client(Right.READ, glns=None), False, False),
        (demo_caller([Right.SEND]), True, True),
    ],
)
def test_who_hands_over_whose_messages(caller: Caller, own: bool, other: bool) -> None:
    """A client speaks for its own organisation, a peer for all, a reader for nobody."""
    assert (caller.speaks_for(OWN), caller.speaks_for(OTHER)) == (own, other)


def test_whoever_administers_the_machine_is_named() -> None:
    """The audit shows the machine's own user."""
    assert local_caller("kim").name == "local:kim"
    assert local_caller("kim").may(Right.ADMINISTER)
