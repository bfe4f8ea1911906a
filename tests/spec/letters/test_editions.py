"""Random letters of every edition: written, read, modelled, and sent through EDIFACT where that has a layout."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from samspil.catalogue.legacy.layouts import find_layout, versions
from samspil.catalogue.legacy.schemas import load_schema_set
from samspil.catalogue.legacy.shapes import Edition, editions
from samspil.domain.message import Identity
from samspil.domain.text import Text
from samspil.formats.edifact.capacity import lacks
from samspil.formats.edifact.envelope import write_interchange
from samspil.formats.edifact.irregular import Work
from samspil.formats.edifact.reader import read_parts as read_edifact
from samspil.formats.edifact.writer import write_unit
from samspil.formats.letters.letter import Dispatch, Letter
from samspil.formats.letters.model import message_of, tree_from
from samspil.formats.letters.tree import Tree, named
from samspil.formats.oioxml.reader import read_parts as read_oioxml
from samspil.formats.oioxml.writer import write_emessage, write_twin
from samspil.formats.part import Part
from tests.letter_trees import random_letter

DISPATCH = Dispatch(
    identifier="KUVERT01",
    day="2026-03-01",
    time="12:00",
    sender="5790000121526",
    receiver="5790000121526",
    receipt_wanted=True,
)
SEEDS = 3
UNSATISFIABLE = {
    ("2007/02/01", "DiabetesReport"),
    ("2009/08/01", "AdministrativeEmail"),
    ("2010/07/01", "LaboratoryAnalysisFile"),
    ("2020/05/06", "NegativeVansReceipt"),
    ("2020/05/06", "NegativeReceipt"),
    ("2020/05/06", "PositiveReceipt"),
}
"""Elements whose schema allows no document at all: it asks for a code that is missing from its own list."""
FROM_ENVELOPE = re.compile(r"Letter/(?:VersionCode|TypeCode|StatisticalCode)|.*EANIdentifier")


def seeded(edition: Edition) -> Iterator[Tree]:
    """Some letters of an edition, always the same."""
    for seed in range(SEEDS):
        yield random_letter(edition, Random(f"{edition.namespace}{edition.element}{seed}"))


def letter_of(part: Part) -> Letter:
    """The letter that was read."""
    assert isinstance(part.tree, Letter)
    return part.tree


def spelt(edition: Edition) -> str:
    """An edition's name for the test's."""
    return f"{edition.element}-{'-'.join(re.findall(r'[0-9]+', edition.namespace))}"


@pytest.mark.parametrize("edition", editions().values(), ids=spelt)
def test_oioxml_and_the_model_keep_a_letter_whole(edition: Edition) -> None:
    """What is written of a letter is read back the same, without fault, and so is what its model says."""
    for tree in seeded(edition):
        twin = write_twin(edition, tree)
        assert twin.fits
        part = read_oioxml(write_emessage(DISPATCH, edition.namespace, [twin]), Identity())[0]
        letter = letter_of(part)
        assert (letter.tree, list(letter.faults), part.issues) == (tree, [], ())
        assert part.head
        assert tree_from(message_of(letter.tree, part.head, letter.type), edition) == tree


@pytest.mark.parametrize("edition", editions().values(), ids=spelt)
def test_what_is_written_is_valid(edition: Edition, schemas: Any) -> None:
    """MedCom's schema has nothing against what our tables call right."""
    if ("/".join(re.findall(r"\d+", edition.namespace)), edition.element) in UNSATISFIABLE:
        pytest.skip("its schema allows no document at all")
    for tree in seeded(edition):
        payload = write_emessage(DISPATCH, edition.namespace, [write_twin(edition, tree)])
        letter = letter_of(read_oioxml(payload, Identity())[0])
        assert schemas.complaints(letter.document.root) == []  # pyright: ignore[reportAttributeAccessIssue] (OIOXML's)


@pytest.fixture(scope="module")
def schemas(shared: Path) -> Any:
    """The later schemas."""
    return load_schema_set(shared / "oioxml" / "schemas-later")


@pytest.mark.parametrize("version", versions())
def test_edifact_keeps_a_letter_or_says_what_it_loses(version: str) -> None:
    """What does not come back from EDIFACT was told as a loss or as an error; nothing vanishes unseen."""
    layout = find_layout(version)
    assert layout
    for seed in range(4 * SEEDS):
        tree = random_letter(layout.edition, Random(f"{version}{seed}"))
        work = Work()
        unit = write_unit(layout, tree, work)
        if work.faults:
            continue
        payload = write_interchange(DISPATCH, [unit], work.objects, receipts=layout.is_receipt)
        letter = letter_of(read_edifact(payload, Identity())[0])
        assert list(letter.faults) == [] or {fault.code for fault in letter.faults} == {"legacy.operator.unsafe"}
        told = {lack.path for lack in lacks(layout, tree, unit, work.objects)}
        told |= {named(path) for path, _ in work.losses}
        missing = set(untold(pruned(tree), pruned(letter.tree), "", {plain(path) for path in told}))
        assert missing == set()


def untold(said: Any, arrived: Any, path: str, told: set[str]) -> Iterator[str]:
    """The paths of values that changed without a word. `_` is what EDIFACT writes for a name that is missing."""
    if plain(path) in told or FROM_ENVELOPE.fullmatch(path):
        return
    if isinstance(said, dict):
        for key, value in said.items():
            there = arrived.get(key) if isinstance(arrived, dict) else None
            yield from untold(value, there, f"{path}/{key}".lstrip("/"), told)
    elif isinstance(said, list):
        for number, value in enumerate(said):
            there = arrived[number] if isinstance(arrived, list) and number < len(arrived) else None
            yield from untold(value, there, path, told)
    elif isinstance(said, Text):
        if str(said) and str(said) != str(arrived):
            yield path
    elif said and said != arrived:
        yield path


def plain(path: str) -> str:
    """A path without its numbers."""
    return re.sub(r"\[\d+\]|/\d+(?=/|$)", "", path)


def pruned(value: Any) -> Any:
    """A tree without what says nothing."""
    if isinstance(value, dict):
        kept = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", {}, [])}
    if isinstance(value, list):
        return [item for item in map(pruned, value) if item not in ("", {})]
    return value
