"""Microbiology's cultures: what grew, and which antibiotics it yields to, as the table that a laboratory means.

The model keeps them as names and values in the order they came. Only what is understood whole is drawn here; the rest
is left, so that it is shown as it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from samspil.apps.messages.reading.blocks import Block, Cell, Name, Prose, Table
from samspil.apps.messages.reading.words import heads, label_of, trimmed
from samspil.catalogue.letter_names import letter_words
from samspil.domain.clinical.form import Item
from samspil.domain.issues import Phrase
from samspil.domain.text import Text

_TEXTS = frozenset({"MicroscopicFindings", "CultureWithoutFindings"})
_CULTURE = frozenset({"Headline", "Microorganism", "Comments", "Pattern"})
_PATTERN = frozenset({"Headline", "Antibiotic", "PatternEntry", "SensitivityInterpretation"})
_NAMED = ("Examination", "Material", "Location")


def take_cultures(items: Sequence[Item]) -> tuple[list[Block], tuple[Item, ...]]:
    """The blocks of the cultures among a report's remaining items, and the items that are left."""
    blocks: list[Block] = []
    left: list[Item] = []
    for item in items:
        if item.name != "LaboratoryResults":
            left.append(item)
            continue
        inner: list[Item] = []
        for part in item.items:
            drawn = list(_drawn(part))
            blocks += drawn
            if not drawn:
                inner.append(part)
        if inner:
            left.append(replace(item, items=tuple(inner)))
    return blocks, tuple(left)


def take_names(items: Sequence[Item], count: int) -> tuple[list[tuple[str, Phrase]], tuple[Item, ...]]:
    """What each of so many results is called and of which kind it is, where all say it among the remaining items.

    Beside it the items that are left.
    """
    results = [part for item in items if item.name == "LaboratoryResults" for part in item.items if _is_result(part)]
    if len(results) != count:
        return [("", Phrase(""))] * count, tuple(items)
    left = [
        replace(item, items=tuple(part for part in item.items if part not in results))
        if item.name == "LaboratoryResults"
        else item
        for item in items
    ]
    return [_mds_name(result) for result in results], tuple(item for item in left if item.items or item.value)


def _is_result(item: Item) -> bool:
    """A result's analysis by its three names, and nothing more."""
    (analysis, *more) = item.items or (Item(""),)
    names = {part.name for part in analysis.items}
    return item.name == "Result" and not more and analysis.name == "Analysis" and names <= {
        "ExaminationTypeCode",
        "AnalysisMDSName",
    }  # fmt: skip


def _mds_name(result: Item) -> tuple[str, Phrase]:
    analysis = result.items[0]
    said = _values(next((part for part in analysis.items if part.name == "AnalysisMDSName"), Item("")))
    kind = _values(analysis).get("ExaminationTypeCode", "")
    return ", ".join(said[name] for name in _NAMED if name in said), letter_words().get(kind) or Phrase(kind)


def _drawn(part: Item) -> Iterator[Block]:
    """A part of the results as blocks; nothing where something in it is not understood."""
    if part.name in _TEXTS and {item.name for item in part.items} <= {"Headline", "Comments"}:
        yield from _text(part, "Comments")
    elif part.name == "CultureWithFindings" and {item.name for item in part.items} <= _CULTURE:
        yield from _culture(part)


def _culture(part: Item) -> Iterator[Block]:
    """What grew, then the table of sensitivity, then the laboratory's words on both."""
    organisms = [_values(item) for item in part.items if item.name == "Microorganism"]
    pattern = next((item for item in part.items if item.name == "Pattern"), None)
    known = pattern is None or {item.name for item in pattern.items} <= _PATTERN
    if not organisms or not known:
        return
    yield Table(
        title=_title(part),
        heads=heads("microorganism", "growth", "note"),
        rows=tuple(
            (
                Cell(value=organism.get("Name", ""), code=organism.get("ATCCCode", "")),
                Cell(value=organism.get("GrowthValue", "")),
                Cell(value=organism.get("SpeciesComment", "")),
            )
            for organism in organisms
        ),
    )
    if pattern is not None:
        yield _sensitivities(pattern, organisms)
        yield from _text(replace(pattern, items=_without(pattern, "Headline")), "SensitivityInterpretation")
    yield from _text(replace(part, items=_without(part, "Headline")), "Comments")


def _sensitivities(pattern: Item, organisms: Sequence[Mapping[str, str]]) -> Table:
    """A row for each antibiotic, a column for each microorganism."""
    antibiotics = [_values(item) for item in pattern.items if item.name == "Antibiotic"]
    found = {
        (entry.get("RefAntibiotic", ""), entry.get("RefMicroorganism", "")): entry.get("Sensitivity", "")
        for entry in (_values(item) for item in pattern.items if item.name == "PatternEntry")
    }
    columns = [Phrase(organism.get("Name", "")) for organism in organisms]
    return Table(
        title=_title(pattern),
        heads=(label_of("antibiotic"), *columns),
        rows=tuple(
            (
                Cell(value=antibiotic.get("Name", ""), code=antibiotic.get("ATCCode", "")),
                *(Cell(value=found.get((str(row), str(column)), "")) for column in range(1, len(columns) + 1)),
            )
            for row, antibiotic in enumerate(antibiotics, start=1)
        ),
    )


def _text(part: Item, name: str) -> Iterator[Prose]:
    for item in part.items:
        if item.name == name and item.value:
            text = item.value if isinstance(item.value, Text) else Text.plain(item.value)
            yield Prose(title=_title(part), text=trimmed(text))


def _title(part: Item) -> Name:
    return Phrase(_values(part).get("Headline", ""))


def _without(part: Item, name: str) -> tuple[Item, ...]:
    return tuple(item for item in part.items if item.name != name)


def _values(item: Item) -> dict[str, str]:
    return {part.name: str(part.value) for part in _leaves(item.items)}


def _leaves(items: Iterable[Item]) -> Iterator[Item]:
    return (item for item in items if item.value and not item.items)
