"""Everybody whom the examples are about: what no log line may hold."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from samspil.domain.message import Person
from samspil.formats.readers import read_payload
from samspil.runtime.demo.cast import CITIZENS

ROOT = Path(__file__).parents[1]
FOLDERS = (
    ROOT / "examples",
    *(ROOT.parent / "shared" / "data" / name for name in ("fhir/examples", "edifact", "oioxml")),
)
SHORTEST = 4
"""Letters of a family name that is looked for alone; a shorter one is part of too many words."""


@cache
def everybody() -> tuple[Person, ...]:
    """The citizens of our examples, of the demonstration, and of the official samples where they are."""
    return (*CITIZENS, *(person for folder in FOLDERS for person in _people_in(folder)))


def _people_in(folder: Path) -> Iterator[Person]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.endswith(".expected.json"):
            for part in read_payload(file.read_bytes())[1]:
                message = part.build()
                if message is not None and message.patient is not None:
                    yield message.patient


@cache
def _traces() -> re.Pattern[str]:
    """Numbers with and without a hyphen, whole names, and family names."""
    words: set[str] = set()
    for person in everybody():
        if person.number is not None and len(number := person.number.reveal()) == 10:
            words |= {number, f"{number[:6]}-{number[6:]}"}
        if person.name is not None:
            words |= {str(person.name), *(word for word in person.name.family.split() if word != "Test")}
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words) if len(word) >= SHORTEST))


def assert_names_nobody(log: str) -> None:
    """Fail if a log holds the number or name of anyone. The word itself is not repeated."""
    found = _traces().search(log)
    if found is not None:
        line = log[log.rfind("\n", 0, found.start()) + 1 : log.find("\n", found.end())]
        raise AssertionError(f"a log line names a person: {line.replace(found[0], '▮▮▮')}")
