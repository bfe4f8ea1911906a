"""A letter's tree as OIOXML: every element where its shape wants it, nothing invented.

Writing also tells whether the tree fits its shape, as both need the same walk: an EDIFACT letter is judged by whether
its twin can be written. How dicts with the same names are written is worked out once, as letters are alike.
Source: MedCom's OIOXML schemas; XML 1.0.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from samspil.catalogue.legacy.shapes import Child, Edition, Holds, Shape, envelope_shape
from samspil.domain.text import Run, Style, Text
from samspil.formats.letters.letter import Dispatch
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
_LEAVES, _LEAF, _DICT, _DICTS, _TEXT, _OTHER = range(6)
_MOST_PLANS = 2_000
MISFIT, UNPLACED = 1, 2


class Twin(NamedTuple):
    """A letter's message element before it is escaped, whether it fits its shape, and what has no place in it."""

    markup: str
    fits: bool
    unplaced: tuple[str, ...]


class _Step(NamedTuple):
    """Part of a plan: leaves written at once, or one child with more below it."""

    kind: int
    template: str
    values: Callable[[Tree], Any]
    fits: Any
    form: "_Form | None"
    child: Child


class _Plan(NamedTuple):
    """How a dict with these keys is written."""

    steps: tuple[_Step, ...]
    flaws: int
    counted: tuple[Child, ...]
    unplaced: tuple[str, ...]


class _Form:
    """A shape ready to write."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._right: set[str] = set()

    def write(self, tree: Tree, out: list[str]) -> int:
        """Append the children of a dict, in the shape's order. What is amiss, as a sum of the two flaws."""
        keys = tuple(tree)
        plan = self._plans.get(keys) or self._plan(keys)
        flaws = plan.flaws
        for kind, template, get, fits, form, child in plan.steps:
            value = get(tree)
            if kind == _LEAVES:
                out.append(template % value)
                for fit, one in zip(fits, value):  # noqa: B905 - made of the same keys
                    if not fit(one):
                        flaws |= MISFIT
            elif kind == _LEAF:
                out.append(template % value)
                if not fits(value):
                    flaws |= MISFIT
            elif kind == _DICT:
                out.append(template)
                flaws |= form.write(value, out)  # pyright: ignore[reportOptionalMemberAccess] - a dict's step has it
                out.append(fits)
            elif kind == _DICTS:
                for item in value:
                    out.append(template)
                    flaws |= form.write(item, out)  # pyright: ignore[reportOptionalMemberAccess]
                    out.append(fits)
            elif kind == _TEXT:
                out.append(f"{template}{_text(value)}{fits}")
            else:
                flaws |= _other(child, value, out)
        if plan.counted and not self._counts_fit(tree, plan.counted):
            flaws |= MISFIT
        return flaws

    def unplaced(self, tree: Tree, path: str) -> Iterator[str]:
        """The paths that have no place in the shape."""
        plan = self._plans.get(tuple(tree)) or self._plan(tuple(tree))
        for key in plan.unplaced:
            yield f"{path}/{key}"
        for kind, _, get, _, form, child in plan.steps:
            if kind in {_DICT, _DICTS} and form:
                for number, item in enumerate(get(tree) if kind == _DICTS else [get(tree)], start=1):
                    here = f"{path}/{child.key}[{number}]" if kind == _DICTS else f"{path}/{child.key}"
                    yield from form.unplaced(item, here)

    def _plan(self, keys: tuple[str, ...]) -> _Plan:
        """Work out how dicts with these keys are written, and remember it."""
        present = set(keys)
        once = {child.key: child for child in reversed(tuple(self._shape.children.values()))}
        ordered = [once[key] for key in reversed(once) if key in present]
        many = any(child.many for child in ordered)
        right = many or self._shape.model("".join(child.letter for child in ordered))
        unplaced = tuple(key for key in keys if key not in once)
        plan = _Plan(
            steps=tuple(_steps(ordered)),
            flaws=(0 if right else MISFIT) + (UNPLACED if unplaced else 0),
            counted=tuple(ordered) if many else (),
            unplaced=unplaced,
        )
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        self._plans[keys] = plan
        return plan

    def _counts_fit(self, tree: Tree, children: tuple[Child, ...]) -> bool:
        """Do the children stand often enough and not too often? Orders found right are remembered."""
        letters = "".join(
            _letters(self._shape, tree[child.key])
            if child.interleaved
            else child.letter * (len(tree[child.key]) if child.many else 1)
            for child in children
        )
        if letters in self._right:
            return True
        if not self._shape.model(letters):
            return False
        if len(self._right) < _MOST_PLANS:
            self._right.add(letters)
        return True


def _letters(shape: Shape, pairs: Sequence[tuple[str, Any]]) -> str:
    return "".join(shape.children[name].letter for name, _ in pairs)


def _steps(ordered: Sequence[Child]) -> Iterator[_Step]:
    for plain, run in groupby(ordered, key=lambda child: child.holds is Holds.LEAF and not child.many):
        if not plain:
            yield from map(_step, run)
            continue
        leaves = list(run)
        template = "".join(f"{_opening(leaf)}%s{_OPEN}/{leaf.name}{_CLOSE}" for leaf in leaves)
        fits = tuple(leaf.leaf.fits for leaf in leaves if leaf.leaf)
        get = itemgetter(*(leaf.key for leaf in leaves))
        if len(leaves) == 1:
            yield _Step(_LEAF, template, get, fits[0], None, leaves[0])
        else:
            yield _Step(_LEAVES, template, get, fits, None, leaves[0])


def _opening(child: Child) -> str:
    namespace = f' xmlns="{child.namespace}"' if child.namespace else ""
    return f"{_OPEN}{child.name}{namespace}{_CLOSE}"


def _step(child: Child) -> _Step:
    opening, closing = _opening(child), f"{_OPEN}/{child.name}{_CLOSE}"
    get = itemgetter(child.key)
    if child.holds is Holds.SHAPE:
        return _Step(_DICTS if child.many else _DICT, opening, get, closing, form_of(child.shape), child)
    return _Step(_OTHER if child.many else _TEXT, opening, get, closing, None, child)


def _other(child: Child, value: Any, out: list[str]) -> int:
    """Lists of leaves or texts, under one name or in the order they came."""
    flaws = 0
    for name, item in value if child.interleaved else ((child.name, item) for item in value):
        out.append(f"{_OPEN}{name}{_CLOSE}{_text(item)}{_OPEN}/{name}{_CLOSE}")
        if child.leaf and not child.leaf.fits(item):
            flaws = MISFIT
    return flaws


@cache
def form_of(shape: Shape) -> _Form:
    """A shape's form, made once."""
    return _Form(shape)


# -------------------------------------------------------------------------------------------------------- documents
def write_twin(edition: Edition, tree: Tree) -> Twin:
    """A letter's message element."""
    out = [f"{_OPEN}{edition.element}{_CLOSE}"]
    form = form_of(edition.shape)
    flaws = form.write(tree, out)
    out.append(f"{_OPEN}/{edition.element}{_CLOSE}")
    unplaced = tuple(form.unplaced(tree, edition.element)) if flaws & UNPLACED else ()
    return Twin("".join(out), not flaws & MISFIT, unplaced)


def write_emessage(dispatch: Dispatch, namespace: str, letters: Sequence[Twin], *, encoding: str = "UTF-8") -> bytes:
    """An Emessage with these letters."""
    envelope: Tree = {
        "Sent": {"Date": dispatch.day, "Time": dispatch.time[:5]},
        "Identifier": dispatch.identifier,
        "AcknowledgementCode": "pluspositivkvitt" if dispatch.receipt_wanted else "minuspositivkvitt",
    }
    out = [f'{_OPEN}Emessage xmlns="{namespace}"{_CLOSE}{_OPEN}Envelope{_CLOSE}']
    shape = envelope_shape(namespace)
    assert shape
    form_of(shape).write(envelope, out)
    out.append(f"{_OPEN}/Envelope{_CLOSE}")
    out.extend(letter.markup for letter in letters)
    out.append(f"{_OPEN}/Emessage{_CLOSE}")
    text = "".join(out)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), (_OPEN, "<"), (_CLOSE, ">")):
        if character in text:
            text = text.replace(character, entity)
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return (declaration + text).encode(encoding, "xmlcharrefreplace")


def _text(value: Any) -> str:
    """Characters, or runs of them, in markup."""
    if value.__class__ is str:
        return value
    if isinstance(value, Text):
        return "".join(map(_run, value.runs))
    out: list[str] = []
    _freely(value, out)
    return "".join(out)


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
            out.append(f"{_OPEN}{name}{_CLOSE}")
            _freely(one, out)
            out.append(f"{_OPEN}/{name}{_CLOSE}")
