"""What puts a matched group's values into the letter's tree: one function a group, written from its rows and compiled.

As `dataclasses` does: straight-line code in place of a loop over fields, which halves what filling a tree costs. The
source is made of the layout's own names and numbers only, never of anything that was received.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from samspil.catalogue.legacy.layouts import Field
from samspil.formats.edifact.values import Put
from samspil.formats.letters.faults import Unclean
from samspil.formats.letters.tree import Path, Tree

File = Callable[[tuple[Any, ...], Tree], None]
"""Files captured values in a letter. Raises `Unclean` for a code that no list has."""


class Capture(NamedTuple):
    """What one capturing group of an expression yields: a field's value, or what `take` makes of it."""

    number: int
    path: Path
    root: bool
    field: Field | None
    take: Put


_MINUTE = "{{'Date': f'{{{0}[:4]}}-{{{0}[4:6]}}-{{{0}[6:8]}}', 'Time': f'{{{0}[8:10]}}:{{{0}[10:12]}}'}}"


def filing(
    captures: Sequence[Capture], absences: Mapping[tuple[Path, str], Sequence[int]], *, base: Path, listed: bool
) -> File:
    """The function for some captures. `absences` are words that stand where none of some captures has a value.

    Paths start at `base`, which is made; if it is `listed`, every call appends an item there.
    """
    known: dict[str, Any] = {"Unclean": Unclean}
    lines = [f"base = {_target('root', base)}" if base and not listed else "base = {}" if listed else "base = root"]
    if captures:
        lines.append(f"{', '.join(f'v{one.number}' for one in captures)}, = values")
    for capture in captures:
        lines.extend(_lines(capture, known))
    for (path, word), numbers in absences.items():
        said = " or ".join(f"v{number}" for number in numbers)
        lines.append(f"if not ({said}): {_value('base', path)} = {word!r}")
    if listed:
        lines.append(f"{_target('root', base[:-1])}.setdefault({base[-1]!r}, []).append(base.get('', base))")
    exec("def file(values, root):\n    " + "\n    ".join(lines), known)  # noqa: S102 - our own tables, see above
    return known["file"]


def _lines(capture: Capture, known: dict[str, Any]) -> list[str]:
    value, field = f"v{capture.number}", capture.field
    if field is None or field.item or field.drops_filler or field.compared or field.date not in {"", "203"}:
        known[f"take{capture.number}"] = capture.take
        return [f"if {value}: take{capture.number}({value}, base, root)"]
    target = _value("root" if capture.root else "base", capture.path)
    if field.codes and field.codes.read:
        known[f"read{capture.number}"] = dict(field.codes.read).get
        return [
            f"if {value}:",
            f"    word = read{capture.number}({value})",
            "    if word is None: raise Unclean",
            f"    {target} = word",
        ]
    return [f"if {value}: {target} = {_MINUTE.format(value) if field.date else value}"]


def _value(tree: str, path: Path) -> str:
    """An assignable expression for a path; dicts on the way are made."""
    return f"{_target(tree, path[:-1])}[{path[-1]!r}]"


def _target(tree: str, path: Path) -> str:
    """An expression for the dict at a path, made if need be."""
    return tree + "".join(f".setdefault({step!r}, {{}})" for step in path)
