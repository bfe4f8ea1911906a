"""What writes a row's segment from the letter's tree: straight-line code, made from the rows and compiled.

The counterpart of `filling`, for the same reason. The source is made of the layout's own names only, never of
anything that was received.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from samspil.catalogue.legacy.layouts import Constant, Field, Group, Row
from samspil.formats.edifact.syntax import COMPONENT, ELEMENT, END
from samspil.formats.letters.tree import Path, Tree, find


class Writing(Protocol):
    """A letter being written, as far as a segment needs to know it."""

    root: Tree
    out: list[str]
    number: int

    def text_segment(self) -> None:
        """Count an FTX; a full group is continued in another."""
        ...

    def fault(self, code: str, path: Path, **facts: str) -> None:
        """Note what cannot be written."""
        ...


WriteRow = Callable[[Tree, Any], None]

_LENGTHS = {"102": 8, "203": 12, "204": 14}
_NOTHING: Tree = {}


def rows_writer(rows: Sequence[Row | WriteRow], group: Group) -> WriteRow:
    """One function that writes these rows in order; those that are functions are called."""
    speller = _Speller(group)
    for row in rows:
        if isinstance(row, Row):
            speller.segment(row)
        else:
            speller.call(row)
    return speller.function()


class _Speller:
    """Gathers the source of one function."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._lines = ["def write(base, letter):", "    get = base.get", "    add = letter.out.append"]
        self._known: dict[str, Any] = {"nothing": _NOTHING}
        self._count = 0
        self._fixed = ""

    def function(self) -> WriteRow:
        """The function."""
        self._flush()
        exec("\n".join(self._lines), self._known)  # noqa: S102 - our own tables, see above
        return self._known["write"]

    def call(self, row: WriteRow) -> None:
        """A row that needs a function of its own."""
        self._flush()
        self._line(f"{self._name(row)}(base, letter)")

    def segment(self, row: Row) -> None:
        """A row that is one segment."""
        start = self._count
        elements = [row.tag, *(self._element(element) for element in row.elements)]
        text = ELEMENT.join(elements) + END
        if start == self._count and "{" not in text and row.tag != "FTX":
            self._fixed += text
            return
        fields = [f"v{number}" for number in range(start, self._count)]
        guard = ""
        if (row.optional or row.each) and fields:
            self._line(f"if {' or '.join(fields)}:")
            guard = "    "
        if row.tag == "FTX":
            self._line(f"{guard}letter.text_segment()")
        self._line(f"{guard}add(f{text!r})")

    def _line(self, line: str) -> None:
        self._lines.append(f"    {line}")

    def _name(self, value: Any) -> str:
        name = f"k{len(self._known)}"
        self._known[name] = value
        return name

    def _flush(self) -> None:
        """Fixed segments that stand together are added at once."""
        if self._fixed:
            self._line(f"add({self._fixed!r})")
            self._fixed = ""

    def _element(self, element: Sequence[Field | Constant | None]) -> str:
        """An element's text with places for its values, which are fetched before it."""
        leading = ""
        spelt: list[str] = []
        for component in element:
            if isinstance(component, Field):
                spelt.append(self._value(component, leading))
                leading = leading or spelt[-1][1:-1]
            elif isinstance(component, Constant) and not component.tolerated:
                spelt.append(component.text if not component.with_value else f"\0{component.text}")
            else:
                spelt.append("")
        return COMPONENT.join(self._beside(text, leading) for text in spelt)

    def _beside(self, text: str, leading: str) -> str:
        """A constant that stands only beside a value."""
        if not text.startswith("\0"):
            return text
        name = f"c{len(self._lines)}_{len(text)}"
        self._line(f"{name} = {text[1:]!r} if {leading} else ''")
        return f"{{{name}}}"

    def _value(self, field: Field, leading: str) -> str:
        """Fetch a field's value into a variable; its place in the text."""
        if field.is_number:
            self._flush()
            return "{letter.number}"
        self._flush()
        name = f"v{self._count}"
        self._count += 1
        indent = ""
        if field.with_value:
            self._line(f"{name} = ''")
            self._line(f"if {leading}:")
            indent = "    "
        said = self._said(field)
        if field.codes and field.codes.write:
            self._code(field, name, said, indent)
        elif field.date:
            self._line(f"{indent}{name} = {self._name(_date_speller(_LENGTHS[field.date]))}({said})")
        elif field.filler:
            filler = repr(field.filler)
            if field.filler_with:
                filler = f"({filler} if get({field.filler_with!r}) else '')"
            self._line(f"{indent}{name} = {said} or {filler}")
        else:
            self._line(f"{indent}{name} = {said} or ''")
        return f"{{{name}}}"

    def _code(self, field: Field, name: str, said: str, indent: str) -> None:
        table = field.codes
        assert table
        read = self._name(dict(table.write).get)
        unknown = self._name(_unknown_code((*self._group.base, *field.path), table.name, table.absent or ""))
        self._line(f"{indent}word = {said}")
        self._line(f"{indent}{name} = {read}(word) if word else {table.absent or ''!r}")
        self._line(f"{indent}if {name} is None: {name} = {unknown}(letter)")

    def _said(self, field: Field) -> str:
        """An expression for what the tree says, None or empty for nothing."""
        if field.root or field.item:
            return f"{self._name(_getter(field))}(base, letter)"
        *before, last = field.path
        if not before:
            return f"get({last!r})"
        expression = f"get({before[0]!r}, nothing)"
        for step in before[1:]:
            expression += f".get({step!r}, nothing)"
        return f"{expression}.get({last!r})"


def _getter(field: Field) -> Callable[[Tree, Writing], Any]:
    """What fetches a value from the message element, or one of several."""
    path, item, from_root = field.path, field.item, field.root

    def get(base: Tree, letter: Writing) -> Any:
        value = find(letter.root if from_root else base, path)
        if item and value:
            return value[item - 1] if len(value) >= item else ""
        return value

    return get


def _unknown_code(path: Path, table: str, absent: str) -> Callable[[Writing], str]:
    """What notes a word that the code list does not have."""

    def note(letter: Writing) -> str:
        letter.fault("edifact.write.code", path, table=table)
        return absent

    return note


def _date_speller(length: int) -> Callable[[Any], str]:
    """What spells a date, or a date and time, in so many digits."""

    def spell(said: Any) -> str:
        if not said:
            return ""
        if said.__class__ is str:
            return said.replace("-", "")
        text = f"{said.get('Date', '')}{said.get('Time') or said.get('TimeWithSec') or ''}"
        return text.replace("-", "").replace(":", "")[:length].ljust(length, "0")

    return spell
