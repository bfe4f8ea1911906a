"""How each letter type is laid out in EDIFACT, read from `layouts.toml`, whose head explains the notation.

Types inherit: `like` names what a type starts from, its own keys replace the base's, `$name` is put in where it
stands. So a version step is a patch of a few rows. The codecs compile the result once and keep it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from samspil.catalogue.legacy.codes import Codes, codes
from samspil.catalogue.legacy.shapes import Edition, editions
from samspil.catalogue.standards import oioxml_namespace

Path = tuple[str, ...]

_GROUP = re.compile(r"(=|-|S\d\d)(%|\?[\w|]*|\*\d+)?(?:/(\d+))?(?: (\S+))?")
_FIELD = re.compile(r"([^|@#~=^!-]*|#)(?:#(\d))?(?:\|(\w+))?(?:@(\d{3}))?(-)?(?:~(_)(?:\?(\w+))?)?(\^)?(!)?(?:=(\w+))?")
_TEXT = re.compile(r"(?:(\d+)\.\.)?(\d+)x FTX\+(\S+?)\+\{([^}:]*)(?::(\w+))?\}")
_REFERENCES = re.compile(r"(\d+)x REFS (\S+)")
_EACH = re.compile(r"\*(\d*)(\S+) (.*)")
_ONLY = re.compile(r"([!&])(\S+) (.*)")
_PRESENCE = re.compile(r"(.*) \[(\S+?)=(\w+)(?:\|(\w+))?\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value in a segment and its place in the letter. `root` paths start from the message element."""

    path: Path
    root: bool = False
    item: int = 0
    codes: Codes | None = None
    date: str = ""
    drops_filler: bool = False
    filler: str = ""
    filler_with: str = ""
    compared: bool = False
    with_value: bool = False
    otherwise: str = ""

    @property
    def is_number(self) -> bool:
        """Is it the group's running number?"""
        return self.path == ("#",)

    @property
    def width(self) -> int:
        """How many components it takes."""
        return self.codes.width if self.codes else 1


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed component. `with_value`: only beside a value; `tolerated`: read, never written."""

    text: str
    with_value: bool = False
    tolerated: bool = False


Component = Field | Constant | None
Element = tuple[Component, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A word that the segment's being there stands for."""

    path: Path
    when: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One segment."""

    tag: str
    elements: tuple[Element, ...]
    optional: bool = False
    soft: bool = False
    each: Path = ()
    most: int = 1
    without: Path = ()
    only_with: tuple[Path, ...] = ()
    presence: Presence | None = None

    @property
    def fields(self) -> Iterator[Field]:
        """The values in it, in order."""
        return (component for element in self.elements for component in element if isinstance(component, Field))

    @property
    def needed(self) -> bool:
        """Must it be there?"""
        return not (self.optional or self.each or self.without or self.only_with or self.presence)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A text spread over FTX segments. With several kinds or a `kind_field`, each FTX kind is an item of its own."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    path: Path
    how: str = "formatted"
    least: int = 0
    most: int = 1
    each: Path = ()
    kind_field: Field | None = None
    tag: str = "FTX"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencesRow:
    """References to objects outside the letter."""

    path: Path
    most: int
    tag: str = "FTX"


AnyRow = Row | TextRow | ReferencesRow


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Rows that stand together, one object for all types that have them; one without a segment has no `trigger`."""

    name: str
    trigger: str
    base: Path
    rows: tuple[AnyRow, ...]
    optional: bool = False
    only_with: tuple[Path, ...] = ()
    many: bool = False
    most: int = 1
    texts_each: int = 0
    chunked: bool = False

    @property
    def continues(self) -> bool:
        """Is it one group that its trigger may cut into several?"""
        return bool(self.texts_each) and not self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One letter type in one version."""

    version: str
    type: str
    message: str
    syntax: str
    edition: Edition
    statistical: str
    constants: tuple[tuple[Path, str], ...] = ()
    functions: tuple[str, ...] = ()
    groups: tuple[Group, ...] = field(repr=False, default=())

    @property
    def is_receipt(self) -> bool:
        """Is it a CONTRL?"""
        return self.message == "CONTRL"


@cache
def _tables() -> Mapping[str, dict[str, Any]]:
    text = files("samspil.catalogue.legacy").joinpath("layouts.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return MappingProxyType({**tables, **tables["types"]})


@cache
def versions() -> tuple[str, ...]:
    """The version codes whose layout is known, in the order of the table."""
    return tuple(name for name in _tables() if "element" in _tables()[name])


@cache
def find_layout(version: str) -> Layout | None:
    """The layout of a version code; None if its layout is not public."""
    if version not in versions():
        return None
    table = _inherited(version)
    element, _, day = table["element"].partition(" ")
    edition = editions()[oioxml_namespace(day), element]
    return Layout(
        version=version,
        type=table["type"],
        message=table["message"],
        syntax=table.get("unh", "D:93A:UN"),
        edition=edition,
        statistical=table.get("statistical", f"X{table['type']}"),
        constants=tuple((tuple(path.split("/")), word) for path, word in table.get("constants", {}).items()),
        functions=tuple(table.get("functions", ())),
        groups=tuple(_groups(table)),
    )


def _inherited(name: str) -> dict[str, Any]:
    own = _tables()[name]
    table: dict[str, Any] = {"drop": [], "replace": {}, "blocks": _tables()["blocks"]}
    if "like" in own:
        table = _inherited(own["like"])
    merged = {**table, **own}
    merged["drop"] = [*table["drop"], *own.get("drop", ())]
    merged["replace"] = {**table["replace"], **own.get("replace", {})}
    merged["blocks"] = {**table["blocks"], **own.get("blocks", {})}
    return merged


def _groups(table: dict[str, Any]) -> Iterator[Group]:
    """The groups of a type, its replacements and omissions done."""
    header, rows = "", list[str]()
    for line in [*_lines(table["rows"], table), *_lines(table.get("more", ""), table), "="]:
        if line[0] == " ":
            rows.append(line.strip())
            continue
        if header and header not in table["drop"]:
            replaced = table["replace"].get(header)
            yield from (
                _groups({**table, "rows": replaced, "more": "", "replace": {}})
                if replaced
                else [_group(header, tuple(rows))]
            )
        header, rows = line, []


def _lines(text: str, table: dict[str, Any]) -> Iterator[str]:
    """Lines with variables and blocks put in. Group lines start at the margin, rows are indented."""
    for line in text.splitlines():
        if not line.strip():
            continue
        if "$" in line:
            put_in = re.sub(r"\$([a-z]\w*)", lambda found: str(table.get(found[1], "")), line)
            indent = " " * (len(line) - len(line.lstrip()))
            yield from _lines("\n".join(indent + part for part in put_in.strip().splitlines()), table)
        elif line.lstrip().startswith("@"):
            name, *words = line.strip().removeprefix("@").split()
            block = table["blocks"][name]
            for number, word in enumerate(words, start=1):
                block = block.replace(f"${number}", word)
            indent = line[: len(line) - len(line.lstrip())]
            yield from _lines("\n".join(indent + part for part in block.strip().splitlines()), table)
        else:
            yield line


@cache
def _group(header: str, rows: tuple[str, ...]) -> Group:
    found = _GROUP.fullmatch(header)
    if not found:
        raise ValueError(f"no group line: {header!r}")
    trigger, flag, texts_each, base = found[1], found[2] or "", found[3], found[4]
    path = () if base == "." else tuple(base.split("/"))
    return Group(
        name=header,
        trigger="" if trigger in "=-" else trigger,
        base=path,
        rows=tuple(_row(row) for row in rows),
        optional=flag.startswith("?"),
        only_with=tuple(_paths(flag[1:])) if len(flag) > 1 and flag[0] == "?" else (),
        many=flag.startswith("*") and bool(path),
        most=int(flag[1:]) if flag.startswith("*") else 1,
        texts_each=int(texts_each or 0),
        chunked=flag == "%",
    )


def _paths(text: str) -> Iterator[Path]:
    return (tuple(path.split("/")) for path in text.split("|"))


def _row(text: str) -> AnyRow:
    if found := _REFERENCES.fullmatch(text):
        return ReferencesRow(path=tuple(found[2].split("/")), most=int(found[1]))
    if found := _TEXT.fullmatch(text):
        return _text_row(found, each=(), most=int(found[2]))
    options: dict[str, Any] = {}
    if found := _PRESENCE.fullmatch(text):
        text = found[1]
        options["presence"] = Presence(path=tuple(found[2].split("/")), when=found[3], otherwise=found[4] or "")
    if found := _EACH.fullmatch(text):
        text = found[3]
        options |= {"each": tuple(found[2].split("/")), "most": int(found[1] or 99)}
        if inner := _TEXT.fullmatch(f"1x {text}"):
            return _text_row(inner, each=options["each"], most=options["most"])
    elif found := _ONLY.fullmatch(text):
        text = found[3]
        options |= {"without": next(_paths(found[2]))} if found[1] == "!" else {"only_with": tuple(_paths(found[2]))}
    options |= {"optional": text.startswith("?"), "soft": text.startswith("~")}
    tag, *elements = re.split(r"\+(?![^<]*>)", text.lstrip("?~"))
    return Row(tag=tag, elements=tuple(_element(element) for element in elements), **options)


def _text_row(found: re.Match[str], *, each: Path, most: int) -> TextRow:
    least, _, kind, path, how = found.groups()
    *before, last = path.split("/") if path != "." else [""]
    names = tuple(last.split("|"))
    return TextRow(
        kinds=() if kind.startswith("<") else tuple(kind.split("|")),
        names=names if len(names) > 1 else (),
        path=() if path == "." else (*before, last),
        how=how or "formatted",
        least=int(least or 0),
        most=most,
        each=each,
        kind_field=_field(kind[1:-1]) if kind.startswith("<") else None,
    )


def _element(text: str) -> Element:
    return tuple(_component(component) for component in re.split(r":(?![^<]*>)", text))


def _component(text: str) -> Component:
    if text.startswith("<"):
        return _field(text[1:-1])
    if text.startswith("("):
        return Constant(text[1:-1], tolerated=True)
    return Constant(text.rstrip("!"), with_value=text.endswith("!")) if text else None


def _field(text: str) -> Field:
    found = _FIELD.fullmatch(text)
    if not found:
        raise ValueError(f"no field: {text!r}")
    path, item, table, day, drops, filler, filler_with, compared, with_value, otherwise = found.groups()
    return Field(
        path=tuple(path.lstrip("/").split("/")),
        root=path.startswith("/"),
        item=int(item or 0),
        codes=codes(table) if table else None,
        date=day or "",
        drops_filler=bool(drops),
        filler=filler or "",
        filler_with=filler_with or "",
        compared=bool(compared),
        with_value=bool(with_value),
        otherwise=otherwise or "",
    )
