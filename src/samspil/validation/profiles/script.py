"""Checks written as Python: a function for objects whose members have certain names in a certain order, their shape.

What names alone can tell (unknown, missing, several of a choice) has been told once a good object of the shape was
met; what is left is each member's value. So the function takes the values in a row and looks at each in its turn,
with no search for what to do, and says what the members' own checks would say:

    def check(value, scene):
        (a0, a1,) = value.values()
        faults = None
        if not (a0.__class__ is str and a0 in k0):
            faults = gather(faults, k1(a0, scene), 'system')
        ...

Checks that know how to write themselves are `Writable`; any other is called.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from samspil.validation.profiles.faults import joined

if TYPE_CHECKING:
    from samspil.validation.profiles.faults import Check, Faults
    from samspil.validation.profiles.scene import Scene

Gather = Callable[..., "Faults | None"]
INDENT: Final = "    "
SELF: Final = "value"
"""What a script calls the object that it is for."""


class Writable(ABC):
    """A check that can be called like any other, and can also be written into a script."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, value: Any, scene: "Scene") -> "Faults | None":
        """Check a value."""

    @abstractmethod
    def write(self, script: "Script", value: str, place: str) -> None:
        """Write the check of the variable `value`; `place` are the arguments that tell where its faults lie."""


class Told(Writable):
    """A check whose good values an expression can tell; only of others does anyone ask the check itself.

    `expression` names the value as `{x}` and what it knows as `{k}`.
    """

    __slots__ = ("check", "expression", "known")

    def __init__(self, expression: str, check: "Check", known: object = None) -> None:
        self.expression = expression
        self.check = check
        self.known = known

    def __call__(self, value: Any, scene: "Scene") -> "Faults | None":
        return self.check(value, scene)

    def told(self, script: "Script", value: str) -> str:
        """The expression in a script."""
        known = script.know(self.known) if "{k}" in self.expression else ""
        return self.expression.format(x=value, k=known)

    def write(self, script: "Script", value: str, place: str) -> None:
        """As the port says."""
        with script.block(f"if not ({self.told(script, value)}):"):
            script.ask(self.check, value, place)


def written(check: "Check") -> "Check":
    """A check as a function of its own, if it can be written."""
    if not isinstance(check, Writable):
        return check
    script = Script((), joined)
    script.write(check, SELF)
    return script.function()


class Written(dict[str, "Check"]):
    """Checks by name, each written when it is asked for again."""

    def __init__(self, checks: "Mapping[str, Check]") -> None:
        self._checks = checks
        self._asked: set[str] = set()

    def __missing__(self, name: str) -> "Check":
        if name not in self._asked:
            self._asked.add(name)
            return self._checks[name]
        self[name] = made = written(self._checks[name])
        return made


class Script:
    """A function in the making: its lines, and what the lines know by name. Without names it is about any value."""

    def __init__(self, names: Sequence[str], gather: Gather) -> None:
        self.names = tuple(names)
        self._known: dict[str, object] = {"gather": gather}
        self._named: dict[int, str] = {}
        self._depth = 1
        self._lines = ["def check(value, scene):"]
        if names:
            self.line(f"({', '.join(self.variables)},) = {SELF}.values()")
        self.line("faults = None")

    @property
    def variables(self) -> list[str]:
        """What the members' values are called, in their order."""
        return [f"a{place}" for place in range(len(self.names))]

    def line(self, text: str) -> None:
        """Write a line."""
        self._lines.append(INDENT * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """Write what follows further in, under a head."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def know(self, thing: object) -> str:
        """The name that the lines have for a thing."""
        name = self._named.get(id(thing))
        if name is None:
            name = self._named[id(thing)] = f"k{len(self._named)}"
            self._known[name] = thing
        return name

    def ask(self, check: "Check", value: str, place: str) -> None:
        """Write that a check is called and what it finds is kept."""
        self.line(f"found = {self.know(check)}({value}, scene)")
        self.keep(place)

    def keep(self, place: str) -> None:
        """Write that what was found is kept."""
        self.line(f"if found is not None: faults = gather(faults, found{', ' if place else ''}{place})")

    def write(self, check: "Check", value: str, place: str = "") -> None:
        """Write a check as it writes itself, else as a call."""
        if isinstance(check, Writable):
            check.write(self, value, place)
        else:
            self.ask(check, value, place)

    @property
    def source(self) -> str:
        """The function so far."""
        return "\n".join([*self._lines, f"{INDENT}return faults\n"])

    def function(self) -> "Check":
        """The function."""
        exec(compile(self.source, f"<shape {' '.join(self.names)}>", "exec"), self._known)  # noqa: S102 - our own lines
        made: Any = self._known["check"]
        return made
