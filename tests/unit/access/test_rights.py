"""The table of rights is total, and says what it says."""

import pytest

from samspil.access.rights import CLIENT_RIGHTS, RIGHTS, Right, Role

# Spelt out once more by hand: whoever changes a right must change it in two places and mean it.
EXPECTED = {
    #                 operator engineer viewer client
    Right.SEND: (True, True, False, True),
    Right.RELAY: (False, False, False, True),
    Right.READ: (True, True, True, True),
    Right.OPEN: (True, True, False, True),
    Right.RESOLVE: (True, False, False, True),
    Right.CHECK: (True, True, True, True),
    Right.ADMINISTER: (True, False, False, False),
    Right.AUDIT: (True, False, False, False),
    Right.MEASURE: (True, True, False, True),
}


def test_every_role_and_right_has_its_place() -> None:
    """No role and no right is left out."""
    assert set(RIGHTS) == set(Role)
    assert set(EXPECTED) == set(Right)


@pytest.mark.parametrize("right", Right)
def test_who_has_a_right(right: Right) -> None:
    """Operator, engineer, viewer, client: each right's row."""
    people = tuple(right in RIGHTS[role] for role in (Role.OPERATOR, Role.ENGINEER, Role.VIEWER))
    assert (*people, right in CLIENT_RIGHTS) == EXPECTED[right]
