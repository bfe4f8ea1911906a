"""Which function tests which rule: `<profile id>#<invariant id>` → function.

A test answers True if the rule is kept, False if it is broken, None if it has no result because what it asks about
is not there. (In FHIRPath an empty result; R4's own rules then pass, MedCom's and dk-core's do not.)
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.ir import Invariant

if TYPE_CHECKING:
    from samspil.validation.profiles.scene import Scene

Test = Callable[[Any, "Scene"], bool | None]

_TESTS: Final[dict[str, list[tuple[str, Test]]]] = {}

ABOUT: Final[dict[Callable[..., object], str]] = {}
"""Tests that are about one member: where it is not, they need not be asked."""

BY_NAMES: Final[set[Test]] = set()
"""Tests that look at the names of an object's members and at nothing in them."""

# Rules that as published can never fail: they look for resources where there are none, or under dead addresses.
# What they meant to say is checked by rules of our own.
VACUOUS: Final = frozenset(
    {
        "medcom-hospitalNotification-message#medcom-hospitalNotification-1",
        "medcom-hospitalNotification-message#medcom-hospitalNotification-3",
        "medcom-messaging-message#medcom-messaging-3",
    }
)
VACUOUS_IN: Final[Mapping[str, str]] = {"medcom-messaging-message#medcom-messaging-1": "2."}


CORRECTED: Final = frozenset({"dk-core-organization#dk-core-organization-mandatory-identifier"})
"""Rules whose published wording contradicts their own standard: judged by our function whichever packages are used."""


def keeps(*rules: str, versions: str = "", member: str = "", by_names: bool = False) -> Callable[[Test], Test]:
    """Register a test of these rules.

    `versions` is the beginning of the profile versions it is for; `member` is one without which nothing is to test;
    a test is `by_names` if any two objects with the same names in the same order answer it alike.
    """

    def register(test: Test) -> Test:
        for rule in rules:
            _TESTS.setdefault(rule, []).append((versions, test))
        if member:
            ABOUT[test] = member
        if by_names:
            BY_NAMES.add(test)
        return test

    return register


def find_test(invariant: Invariant) -> Test | None:
    """The function that tests an invariant; the one for its version first."""
    offers = _TESTS.get(invariant.rule, ())
    for versions, test in sorted(offers, key=lambda offer: -len(offer[0])):
        if invariant.version.startswith(versions):
            return test
    return None


def is_vacuous(invariant: Invariant) -> bool:
    """Can an invariant, as published, never fail?"""
    dead = VACUOUS_IN.get(invariant.rule)
    return invariant.rule in VACUOUS or (dead is not None and invariant.version.startswith(dead))


class NamedInvariants:
    """The built-in front end's tests."""

    ours = True
    unusable: Mapping[str, str] = MappingProxyType({})

    def test(self, invariant: Invariant, *, type_name: str = "") -> Test | None:
        """The test of an invariant, None for one that cannot fail or that nobody has written."""
        del type_name
        return None if is_vacuous(invariant) else find_test(invariant)


def registered() -> Mapping[str, list[tuple[str, Test]]]:
    """Every test, by rule."""
    return _TESTS
