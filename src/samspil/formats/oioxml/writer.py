"""A letter's tree as OIOXML: every element where its shape wants it, nothing invented.

Source: MedCom's OIOXML schemas; XML 1.0.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import Child, Edition, Holds, Shape, envelope_shape
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.tree import Tree

_OPEN, _CLOSE = "\x01", "\x02"  # tags while the document grows: text is escaped once, at the end
_STYLES = {
    Style.BOLD: "Bold",
    Style.ITALIC: "Italic",
    Style.UNDERLINE: "Underline",
    Style.CENTER: "Center",
    Style.RIGHT: "Right",
}
_BREAK = f"{_OPEN}Break/{_CLOSE}"


class _Step(NamedTuple):
    """Part of a plan: a run of leaves written at once, or one child with more below it."""

    template: str
    values: Callable[[Tree], object]
    child: Child | None


class _Plan(NamedTuple):
    """How a dict with these keys is written, and which of them have no place."""

    steps: tuple[_Step, ...]
    unplaced: tuple[str, ...]


_PLANS: dict[tuple[int, tuple[str, ...]], _Plan] = {}
_MOST_PLANS = 20_000


def _plan(shape: Shape, keys: tuple[str, ...]) -> _Plan:
    """Work out how dicts with these keys are written; remembered, as letters are alike."""
    present = set(keys)
    children = {child.key: child for child in reversed(shape.children.values())}
    ordered = [children[key] for key in reversed(children) if key in present]
    steps: list[_Step] = []
    for plain, run in groupby(ordered, key=lambda child: child.holds is Holds.LEAF and not child.many):
        if plain:
            leaves = list(run)
            template = "".join(f"{_OPEN}{leaf.name}{_CLOSE}%s{_OPEN}/{leaf.name}{_CLOSE}" for leaf in leaves)
            steps.append(_Step(template, itemgetter(*(leaf.key for leaf in leaves)), None))
        else:
            steps.extend(_Step("", itemgetter(child.key), child) for child in run)
    plan = _Plan(tuple(steps), tuple(key for key in keys if key not in children))
    if len(_PLANS) >= _MOST_PLANS:
        _PLANS.clear()
    _PLANS[id(shape), keys] = plan
    return plan


def write_emessage(
    envelope: Tree, letters: Sequence[tuple[Edition, Tree]], *, encoding: str = "UTF-8"
) -> tuple[bytes, list[Fault]]:
    """The document, and what of the trees has no place in it."""
    namespace = letters[0][0].namespace
    out = [f'{_OPEN}Emessage xmlns="{namespace}"{_CLOSE}']
    faults: list[Fault] = []
    shape = envelope_shape(namespace)
    _element("Envelope", envelope, shape, out, faults)
    for edition, tree in letters:
        _element(edition.element, tree, edition.shape, out, faults)
    out.append(f"{_OPEN}/Emessage{_CLOSE}")
    text = "".join(out)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), (_OPEN, "<"), (_CLOSE, ">")):
        if character in text:
            text = text.replace(character, entity)
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return (declaration + text).encode(encoding, "xmlcharrefreplace"), faults


def _element(name: str, value: Any, shape: Shape | None, out: list[str], faults: list[Fault]) -> None:
    out.append(f"{_OPEN}{name}{_CLOSE}")
    if shape is None:
        _freely(value, out)
    else:
        _children(value, shape, out, faults, name)
    out.append(f"{_OPEN}/{name}{_CLOSE}")


def _children(tree: Tree, shape: Shape, out: list[str], faults: list[Fault], where: str) -> None:
    """The children of a dict, in the shape's order."""
    keys = tuple(tree)
    plan = _PLANS.get((id(shape), keys)) or _plan(shape, keys)
    for template, values, child in plan.steps:
        if child is None:
            out.append(template % values(tree))
        else:
            _child(child, values(tree), out, faults, where)
    if plan.unplaced:
        faults.extend(Fault("oioxml.element.unplaced", f"{where}/{key}") for key in plan.unplaced)


def _child(child: Child, value: Any, out: list[str], faults: list[Fault], where: str) -> None:
    """One key's element or elements."""
    if child.interleaved:
        for name, item in value:
            out.append(f"{_OPEN}{name}{_CLOSE}{_text(item)}{_OPEN}/{name}{_CLOSE}")
        return
    name = child.name
    for item in value if child.many else (value,):
        out.append(f"{_OPEN}{name}{_CLOSE}")
        if child.holds is Holds.SHAPE:
            _children(item, child.shape, out, faults, f"{where}/{name}")
        else:
            out.append(_text(item))
        out.append(f"{_OPEN}/{name}{_CLOSE}")


def _text(value: Any) -> str:
    """Characters, or runs of them, in markup."""
    if value.__class__ is str:
        return value
    if not isinstance(value, Text):
        out: list[str] = []
        _freely(value, out)
        return "".join(out)
    return "".join(map(_run, value.runs))


def _run(run: Run) -> str:
    text = run.text.replace("\n", _BREAK)
    if run.style is not Style.PLAIN:
        name = _STYLES[run.style]
        text = f"{_OPEN}{name}{_CLOSE}{text}{_OPEN}/{name}{_CLOSE}"
    return f"{_OPEN}FixedFont{_CLOSE}{text}{_OPEN}/FixedFont{_CLOSE}" if run.fixed else text


def _freely(value: Any, out: list[str]) -> None:
    """What no shape describes, in the order it came."""
    if not isinstance(value, dict):
        out.append(_text(value) if isinstance(value, Text) else str(value))
        return
    for name, item in value.items():
        for one in item if isinstance(item, list) else (item,):
            _element(name, one, None, out, [])
