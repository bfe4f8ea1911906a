"""Prints which rows of the EDIFACT layouts no letter of a folder has a value for.

    python -m tools.legacy_coverage ../shared/data/edifact [--rows]

A row is a value's place in a group of a version. Versions share most of their groups, so that a row may be witnessed by
another version's letter: those are counted apart. `--rows` lists the rows that nobody witnesses.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from samspil.catalogue.legacy.layouts import Group, versions
from samspil.formats.edifact.matching import matcher
from samspil.formats.edifact.reader import EdifactLetter
from samspil.formats.letters.reading import letters_in

Row = tuple[Group, str]


def main() -> None:
    """Read every letter below the folder and print a line a version, then the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", action="store_true")
    asked = parser.parse_args()
    seen: dict[str, set[Row]] = {}
    for file in sorted(asked.folder.rglob("*.edi")):
        for letter in letters_in(file.read_bytes()) or ():
            if isinstance(letter, EdifactLetter):
                seen.setdefault(letter.version, set()).update(rows_with_values(letter))
    anywhere = set[Row]().union(*seen.values())
    for version in versions():
        rows = set(rows_of(version))
        own = rows & seen.get(version, set())
        other = (rows & anywhere) - own
        print(
            f"{version}: {len(rows)} rows, {len(own)} seen, {len(other)} seen in others, {len(rows - anywhere)} never"
        )
    never = {row for version in versions() for row in rows_of(version)} - anywhere
    print(f"{len(never)} distinct rows of {len(never | anywhere)} are never seen")
    for group, path in sorted(never, key=lambda row: (row[0].name, row[1])) if asked.rows else ():
        print(f"  {group.name}: {path}")


def rows_of(version: str) -> Iterator[Row]:
    """The rows of a version."""
    machine = matcher(version)
    for part in machine.groups if machine else ():
        yield from ((part.group, "/".join(capture.path)) for capture in part.captures)


def rows_with_values(letter: EdifactLetter) -> Iterator[Row]:
    """The rows that a letter has values for, as far as it is in canonical order."""
    machine, text, unit = matcher(letter.version), letter.scan.text, letter.unit
    position = text.index("\x1d", unit.start) + 1
    for part in machine.groups if machine else ():
        times = 0
        while times < part.most and (found := part.pattern.match(text, position, unit.end)):
            position, times = found.end(), times + 1
            yield from ((part.group, "/".join(capture.path)) for capture in part.captures if found[capture.number + 1])


if __name__ == "__main__":
    main()
