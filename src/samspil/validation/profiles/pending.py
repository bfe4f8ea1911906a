"""A place in a payload that is worked out when somebody looks at it.

Most findings are warnings on messages that are accepted; nobody reads where they are unless a person opens the report.
"""

from typing import Any

from samspil.domain.issues import Location
from samspil.formats.fhir.paths import Steps
from samspil.formats.fhir.tree import Tree


class Pending(Location):
    """A Location that asks its tree the first time anything of it is read."""

    __slots__ = ("_steps", "_tree")

    def __init__(self, tree: Tree, steps: Steps) -> None:
        object.__setattr__(self, "_tree", tree)
        object.__setattr__(self, "_steps", steps)

    def __getattr__(self, name: str) -> Any:
        """A field that has not been set yet: work out all of them."""
        if name not in _FIELDS:
            raise AttributeError(name)
        known = self._tree.locate(*self._steps)
        for field in _FIELDS:
            object.__setattr__(self, field, getattr(known, field))
        return getattr(known, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Location) and all(getattr(self, name) == getattr(other, name) for name in _FIELDS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in _FIELDS))

    def __repr__(self) -> str:
        return repr(Location(*(getattr(self, name) for name in _FIELDS)))

    def __str__(self) -> str:
        return self.path

    def __reduce__(self) -> tuple[object, ...]:
        """Copied or sent elsewhere, it is an ordinary place."""
        return Location, tuple(getattr(self, name) for name in _FIELDS)


_FIELDS = ("path", "start", "end", "line", "column")
