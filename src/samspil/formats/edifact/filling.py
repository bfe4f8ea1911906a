"""What puts a matched group's values into the letter's tree: one function a group, written from its rows and compiled.

As `dataclasses` does: straight-line code in place of a loop over fields, which halves what filling a tree costs. The
source is made of the layout's own names and numbers only, never of anything that was received.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from samspil.catalogue.legacy.layouts import Field
from samspil.formats.edifact.values import Put, Unclean
from samspil.formats.letters.tree import Path, Tree

Fill = Callable[[tuple[Any, ...], Tree, Tree], None]


class Capture(NamedTuple):
    """What one capturing group of an expression yields: a field's value, or what `take` makes of it."""

    number: int
    path: Path
    root: bool
    field: Field | None
    take: Put | None


class Absence(NamedTuple):
    """The word that stands where none of some captures has a value."""

    numbers: tuple[int, ...]
    path: Path
    word: str


_MINUTE = "{{'Date': f'{{{0}[:4]}}-{{{0}[4:6]}}-{{{0}[6:8]}}', 'Time': f'{{{0}[8:10]}}:{{{0}[10:12]}}'}}"


def filler(captures: Sequence[Capture], absences: Sequence[Absence]) -> Fill:
    """The function that puts captured values into a tree. It raises `Unclean` for a code that no list has."""
    known: dict[str, Any] = {"Unclean": Unclean}
    lines = ["def fill(values, base, root):"]
    if captures:
        lines.append(f"    {', '.join(f'v{one.number}' for one in captures)}, = values")
    for capture in captures:
        lines.extend(f"    {line}" for line in _lines(capture, known))
    for absence in absences:
        said = " or ".join(f"v{number}" for number in absence.numbers)
        lines.append(f"    if not ({said}): {_target('base', absence.path)} = {absence.word!r}")
    exec("\n".join([*lines, "    return"]), known)  # noqa: S102 - our own tables, see above
    return known["fill"]


def _lines(capture: Capture, known: dict[str, Any]) -> list[str]:
    value, field = f"v{capture.number}", capture.field
    if field is None or field.item or field.drops_filler or field.compared or field.date not in {"", "203"}:
        known[f"take{capture.number}"] = capture.take
        return [f"if {value}: take{capture.number}({value}, base, root)"]
    target = _target("root" if capture.root else "base", capture.path)
    if field.codes and field.codes.read:
        known[f"read{capture.number}"] = dict(field.codes.read).get
        return [
            f"if {value}:",
            f"    word = read{capture.number}({value})",
            "    if word is None: raise Unclean",
            f"    {target} = word",
        ]
    return [f"if {value}: {target} = {_MINUTE.format(value) if field.date else value}"]


def _target(tree: str, path: Path) -> str:
    """An assignable expression for a path; dicts on the way are made."""
    *before, last = path
    return tree + "".join(f".setdefault({step!r}, {{}})" for step in before) + f"[{last!r}]"
