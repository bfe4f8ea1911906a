"""What a check hands up when a rule is broken, and nothing at all when none is.

A check gives None for a valid value: no list, no path, no text is made. A fault is born without a place; every level
that hands it up adds its own step, so the place is complete when it reaches the top.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from samspil.domain.issues import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from samspil.validation.profiles.scene import Scene

    Check = Callable[[Any, Scene], "list[Fault] | None"]


class Fault:
    """A broken rule. `steps` leads from the fault outwards; `facts` fill the finding's sentence.

    A `hollow` fault is one of an invariant that had no result, because what it asks about is not there. If that has
    been told already, the fault only repeats it. A fault with a `limit` is in doubt: it holds only if the value has
    more characters than that in the payload, which a number read from JSON does not tell. A `shapeless` fault is of a
    value that is no value of its type at all: the object that holds the value names the rule.
    """

    __slots__ = ("code", "facts", "hollow", "limit", "rule", "severity", "shapeless", "steps")

    def __init__(
        self,
        code: str,
        rule: str,
        *steps: str | int,
        severity: Severity | None = None,
        hollow: bool = False,
        limit: int = 0,
        **facts: str,
    ) -> None:
        self.code = code
        self.rule = rule
        self.steps: list[str | int] = list(steps)
        self.severity = severity
        self.hollow = hollow
        self.limit = limit
        self.shapeless = False
        self.facts = facts

    @property
    def place(self) -> tuple[str | int, ...]:
        """The steps from the outside inwards."""
        return tuple(reversed(self.steps))

    def __repr__(self) -> str:
        return f"Fault({self.code}, {self.rule}, {'.'.join(map(str, self.place))})"


class Unjudged(str):
    """What a test answers when it can answer neither yes nor no, with the reason: nothing is held against a message."""

    __slots__ = ()


Faults = list[Fault]


def joined(faults: Faults | None, more: Faults | None) -> Faults | None:
    """All faults of two checks."""
    if faults is None:
        return more
    return faults if more is None else faults + more


def stepped(step: str | int, faults: Faults) -> Faults:
    """The same faults, one level further out."""
    for fault in faults:
        fault.steps.append(step)
    return faults


def kind_of(value: object) -> str:
    """What JSON calls a value, for a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true/false"
    return _KINDS.get(type(value), "…")


_KINDS: Final[Mapping[type, str]] = {dict: "{…}", list: "[…]", str: '"…"', int: "123", float: "1.5"}
LONGEST_SHOWN: Final = 64
TELLING_DIGITS: Final = 6


def shown(value: object, *, longest: int = LONGEST_SHOWN) -> str:
    """A value that a finding may repeat: codes and addresses, cut short; digits that could name a person are hidden."""
    text = value if isinstance(value, str) else str(value)
    kept: list[str] = []
    run = 0
    for sign in text[:longest]:
        run = run + 1 if sign.isdigit() else 0
        if run < TELLING_DIGITS:
            kept.append(sign)
        elif run == TELLING_DIGITS:
            kept[-TELLING_DIGITS + 1 :] = "…"
    return "".join(kept) + ("…" if len(text) > longest else "")
