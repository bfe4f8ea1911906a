"""Write `docs/reference/legacy/`: how each letter type is spelt, its code lists, and which rows samples cover.

    python tools/letters_pages.py [--check] [--samples DIR]

The pages of types and codes say what the program's own tables say. Which rows are covered is counted from the pairs of
EDIFACT and OIOXML in DIR (`manifest.json`); without it that page is left as it is. It names samples and quotes none.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from samspil.catalogue.legacy.codes import COMPONENT, Codes, codes
from samspil.catalogue.legacy.layouts import (
    AnyRow,
    Constant,
    Field,
    Group,
    Layout,
    ReferencesRow,
    Row,
    TextRow,
    find_layout,
    versions,
)
from samspil.catalogue.legacy.shapes import Edition, editions
from samspil.catalogue.letter_names import letter_words, name_of
from samspil.catalogue.standards import find_standard
from samspil.formats.letters.bodies import body_of
from samspil.formats.letters.reading import letters_in

FOLDER = Path(__file__).parents[1] / "docs" / "reference" / "legacy"
WRITTEN = "<!-- Written by tools/letters_pages.py from the program's own tables; do not edit. -->\n\n"
COVERAGE = "coverage.md"
INDEX = """# Legacy letters

How EDIFACT and OIOXML say the same, type by type, as the tables of `catalogue/legacy` have it; beside each value its
place in the model. [Code lists](codes.md); [which rows samples cover](coverage.md).

"""
ALONE = """## OIOXML alone

The EDIFACT layout of these is not public; they are read, judged and written as OIOXML.

"""
CODES = """# Code lists of letters

EDIFACT's code, OIOXML's word, and what they mean. A code marked ← is read and never written.

"""
COVERED = """# Which rows samples cover

Counted from the official pairs of EDIFACT and OIOXML. A row is covered if a sample says something there.

"""
DATES = {"102": "day", "203": "day and minute", "204": "day and second"}
OUTER = {
    "Sender": "sender",
    "Receiver": "receiver",
    "CCReceiver": "copies",
    "Patient": "patient",
    "PatientOrRelative": "patient",
}
HEAD = {
    "Letter/Identifier": "head.message_id",
    "Letter/VersionCode": "head.version",
    "Letter/TypeCode": "head.standard",
}


# ------------------------------------------------------------------------------------------------------------ a row
def places(row: AnyRow, base: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Each value of a row: its place in EDIFACT, its path in OIOXML, its code list or form."""
    if isinstance(row, ReferencesRow):
        yield f"{row.tag} (references)", _path(base, row.path), ""
        return
    if isinstance(row, TextRow):
        for kind in row.kinds or ("kind",):
            for name in row.names or ("",):
                path = (*row.path[:-1], name) if name else row.path
                yield f"{row.tag}+{kind}", _path((*base, *row.each), path), f"{row.how} text, at most {row.most} FTX"
        return
    start = row.tag + _qualifier(row)
    for element, components in enumerate(row.elements, start=1):
        for component, value in enumerate(components, start=1):
            if isinstance(value, Field) and not value.is_number and not value.path[0].startswith("."):
                where = () if value.root else (*base, *row.each)
                yield f"{start} {element}.{component}", _path(where, value.path), _form(value)
    if row.presence:
        yield start, _path(base, row.presence.path), f"`{row.presence.when}` when it is there"


def _qualifier(row: Row) -> str:
    """The constant that tells a segment from its like."""
    first = row.elements[0][0] if row.elements and row.elements[0] else None
    return f"+{first.text}" if isinstance(first, Constant) and first.text else ""


def _path(base: tuple[str, ...], path: tuple[str, ...]) -> str:
    return "/".join((*base, *path))


def _form(value: Field) -> str:
    if value.codes and value.codes.name != "pair":
        return f"[{value.codes.name}](codes.md#{value.codes.name.replace('_', '-')})"
    if value.codes:
        return "two components as one"
    return f"{DATES.get(value.date, 'date')} ({value.date})" if value.date else ""


def _often(row: AnyRow, group: Group) -> str:
    """How often a value may be there."""
    most = row.most if not isinstance(row, TextRow) or row.each else 1
    inner = "optional" if isinstance(row, Row) and not row.needed else ""
    if most > 1:
        inner = f"at most {most}"
    outer = f"{group.most} × group" if group.most > 1 else "group optional" if group.optional else ""
    return ", ".join(filter(None, (inner, outer)))


def model_of(path: str, type: str) -> str:
    """Where the model keeps a value; what it has no place for is kept beside it, in `more`."""
    if path in HEAD:
        return HEAD[path]
    kind, rows = body_of(type)
    body = kind.__name__
    for row in rows:
        for name in _alternatives(row.path):
            if path == name or path.startswith(f"{name}/"):
                return f"{body}.{row.attribute}"
    if path in {"Letter/Authorisation", "Letter/StatusCode", "Letter/StatisticalCode"}:
        return f"{body}.approval"
    return OUTER.get(path.partition("/")[0], f"{body}.more")


def _alternatives(path: str) -> list[str]:
    *above, last = path.split("/")
    if len(above) == 0:
        return last.split("|")
    return ["/".join((*above, name)) for name in last.split("|")]


# ----------------------------------------------------------------------------------------------------------- pages
def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines) + "\n"


def type_page(type: str, layouts: list[Layout], xml: list[Edition]) -> str:
    """One letter type: every version that EDIFACT has a layout for, and the namespaces of the others."""
    standard = find_standard(type)
    name = f": {standard.name.in_('da')} ({standard.name})" if standard else ""
    text = f"# {type}{name}\n\n"
    if standard:
        text += f"{standard.flow}\n\n"
    for layout in layouts:
        edition = layout.edition
        text += f"## {layout.version}\n\n"
        text += f"EDIFACT `{layout.message}`, `UNH` version `{layout.version}`. OIOXML `{edition.element}` of\n"
        text += f"`{edition.namespace}`, version `X{edition.version}`.\n\n"
        text += table(("EDIFACT", "OIOXML", "in words", "model", "form or codes", "how often"), layout_rows(layout))
        if layout.functions:
            named = ", ".join(f"`{each}`" for each in layout.functions)
            text += f"Besides, by functions of their own: {named}.\n\n"
    if xml:
        text += ALONE
        text += table(
            ("version", "element", "namespace"),
            [(f"X{each.version}" if each.version else "", each.element, each.namespace) for each in xml],
        )
    return text.rstrip("\n") + "\n"


def layout_rows(layout: Layout) -> list[tuple[str, ...]]:
    """Every value of a layout, in EDIFACT's order."""
    rows: list[tuple[str, ...]] = []
    for group in layout.groups:
        trigger = f"{group.trigger} " if group.trigger else ""
        for row in group.rows:
            for place, path, form in places(row, group.base):
                words = " · ".join(name_of(step).in_("da") for step in path.split("/"))
                rows.append(
                    (
                        f"`{trigger}{place}`",
                        f"`{path}`",
                        words,
                        f"`{model_of(path, layout.type)}`",
                        form,
                        _often(row, group),
                    )
                )
    return rows


def code_page(used: Mapping[str, set[str]]) -> str:
    """Every code list that a layout uses."""
    text = CODES
    for name in sorted(used):
        table_of = codes(name)
        title, anchor = name.replace("_", " "), name.replace("_", "-")
        text += f'## {title}\n\n<a id="{anchor}"></a>\nUsed by {", ".join(sorted(used[name]))}.\n\n'
        text += table(("EDIFACT", "OIOXML", "dansk", "English"), list(_code_rows(table_of)))
        if table_of.absent is not None:
            text += f"Without a word, `{_shown(table_of.absent)}` is written.\n\n"
    return text.rstrip("\n") + "\n"


def _code_rows(table_of: Codes) -> Iterator[tuple[str, ...]]:
    for code, word in table_of.read.items():
        meant = letter_words().get(word.strip())
        mark = "" if table_of.write.get(word) == code else " ←"
        yield f"`{_shown(code)}`{mark}", f"`{word}`", meant.in_("da") if meant else "", str(meant or "")


def _shown(code: str) -> str:
    return code.replace(COMPONENT, ":") or " "


def index_page(types: Mapping[str, tuple[list[Layout], list[Edition]]]) -> str:
    """The way to the others."""
    text = INDEX
    rows: list[tuple[str, ...]] = []
    for type, (layouts, xml) in types.items():
        standard = find_standard(type)
        rows.append(
            (
                f"[{type}]({type}.md)",
                standard.name.in_("da") if standard else "",
                str(standard.name) if standard else "",
                ", ".join(layout.version for layout in layouts) or "–",
                ", ".join(dict.fromkeys(f"X{each.version}" for each in xml if each.version)) or "–",
            )
        )
    return text + table(("type", "dansk", "English", "both spellings", "OIOXML alone"), rows).rstrip("\n") + "\n"


def pages() -> dict[str, str]:
    """Every page but that of the coverage, by its file name."""
    known: dict[str, tuple[list[Layout], list[Edition]]] = defaultdict(lambda: ([], []))
    used: dict[str, set[str]] = defaultdict(set)
    in_edifact: set[tuple[str, str]] = set()
    for version in sorted(versions()):
        layout = find_layout(version)
        assert layout
        known[layout.type][0].append(layout)
        in_edifact.add((layout.edition.namespace, layout.edition.element))
        for group in layout.groups:
            for row in group.rows:
                for field in row.fields if isinstance(row, Row) else ():
                    if field.codes and field.codes.name != "pair":
                        used[field.codes.name].add(layout.type)
    for place, edition in editions().items():
        if edition.type and place not in in_edifact:
            known[edition.type][1].append(edition)
    types = {type: known[type] for type in sorted(known)}
    made = {f"{type}.md": type_page(type, *of_type) for type, of_type in types.items()}
    made |= {"README.md": index_page(types), "codes.md": code_page(used)}
    return {name: WRITTEN + text for name, text in made.items()}


# -------------------------------------------------------------------------------------------------------- coverage
def coverage_page(samples: Path) -> str:
    """Which rows of which layout the samples say something in."""
    manifest = json.loads((samples / "manifest.json").read_text(encoding="utf-8"))
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pair in manifest["pairs"]:
        for letter in letters_in((samples / pair["xml"]).read_bytes()) or ():
            for path, _ in letter.places():
                seen[pair["edifact_version"]][_plain(path)].add(pair["id"])
    summary: list[tuple[str, ...]] = []
    details = ""
    for version in sorted(versions()):
        layout = find_layout(version)
        assert layout
        paths = _paths(layout)
        covered = {path: _samples(path, seen[version]) for path in paths}
        count = sum(bool(found) for found in covered.values())
        names = sorted(set().union(*seen[version].values())) if seen[version] else []
        summary.append((layout.type, version, f"{count} of {len(paths)}", ", ".join(names) or "none"))
        if names:
            details += f"## {layout.type} {version}\n\n"
            rows = [(f"`{path}`", *("×" if name in covered[path] else "" for name in names)) for path in paths]
            details += table(("row", *names), rows)
    head = table(("type", "version", "rows covered", "samples"), summary)
    return f"{WRITTEN}{COVERED}{head}{details}".rstrip("\n") + "\n"


def _paths(layout: Layout) -> list[str]:
    found = (path for group in layout.groups for row in group.rows for _, path, _ in places(row, group.base))
    return list(dict.fromkeys(found))


def _plain(path: str) -> str:
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def _samples(path: str, seen: Mapping[str, set[str]]) -> set[str]:
    found = [names for known, names in seen.items() if known == path or known.startswith(f"{path}/")]
    return set().union(*found) if found else set()


def stale_pages() -> set[str]:
    """Pages that are not what the tables say, those too many and those not written yet among them."""
    wanted = pages()
    there = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md") if file.name != COVERAGE}
    return {name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)}


def main() -> None:
    """Write the pages, or tell which are not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--samples", type=Path, metavar="DIR", help="official pairs, to count what they cover")
    asked = parser.parse_args()
    stale = sorted(stale_pages())
    if asked.check:
        sys.exit(f"not current: {', '.join(stale)}" if stale else 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    if asked.samples:
        (FOLDER / COVERAGE).write_text(coverage_page(asked.samples), encoding="utf-8")
    print(f"{len(stale)} of {len(wanted)} pages written anew")


if __name__ == "__main__":
    main()
