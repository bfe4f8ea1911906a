"""Judge a legacy letter: all findings at once, from its structure and values to what they mean together."""

from collections.abc import Iterable, Iterator
from typing import Any

from samspil.catalogue.legacy.schemas import SchemaSet, load_schema_set
from samspil.domain.issues import Issue, Report
from samspil.formats.edifact.reader import EdifactLetter
from samspil.formats.letters.faults import Fault
from samspil.formats.letters.letter import Letter
from samspil.formats.oioxml.reader import OioxmlLetter
from samspil.formats.part import Part
from samspil.validation.legacy.business import business_faults
from samspil.validation.legacy.schema import schema_issues
from samspil.validation.legacy.structure import check_tree

_BREAKS_STRUCTURE = (
    "edifact.group.",
    "edifact.segment.missing",
    "edifact.segment.unknown",
    "edifact.date.",
    "edifact.code.",
)
_SPOKEN_FOR = frozenset({"legacy.value.missing", "legacy.value.together"})


def judge(part: Part, rules: Any) -> Iterable[Issue]:
    """The findings about one letter, its reader's own aside."""
    letter = part.tree
    if not isinstance(letter, Letter):
        return ()
    issues = letter.issues(list(letter_faults(letter)))
    if isinstance(letter, OioxmlLetter):
        schemas = getattr(rules, "schemas", None)
        if isinstance(schemas, SchemaSet):
            issues.extend(schema_issues(letter, schemas))
    return issues


def judge_letter(letter: Letter) -> Report:
    """The report on a letter alone, by our own tables: its reader's findings and ours."""
    return Report(issues=tuple(letter.issues([*letter.byte_faults, *letter_faults(letter)])))


def letter_faults(letter: Letter) -> Iterator[Fault]:
    """Everything that is wrong with a letter, place by place."""
    own = letter.faults
    yield from own
    if isinstance(letter, EdifactLetter):
        yield from _header_faults(letter)
    elif letter.edition is None:
        yield _unknown_edition(letter)
    if letter.edition is None:
        return
    business = list(business_faults(letter))
    if isinstance(letter, EdifactLetter) and letter.twin and not letter.twin.fits:
        yield from _structure_faults(letter, own, business)
    yield from business


def _structure_faults(letter: Letter, own: Iterable[Fault], business: Iterable[Fault]) -> Iterator[Fault]:
    """What the tree lacks; what a broken group or a missing patient explains is not told twice."""
    assert letter.edition
    broken = any(fault.code.startswith(_BREAKS_STRUCTURE) for fault in own)
    explained = {fault.where for fault in business if fault.code == "legacy.patient.missing"}
    for fault in check_tree(letter.tree, letter.edition.shape):
        if fault.code in _SPOKEN_FOR and (broken or fault.where in explained):
            continue
        yield fault


def _header_faults(letter: EdifactLetter) -> Iterator[Fault]:
    """Does UNH say of itself what its version code says?"""
    unit, layout = letter.unit, letter.layout
    if layout is None:
        return
    if unit.message != layout.message:
        facts = (("found", unit.message[:6]), ("version", layout.version), ("expected", layout.message))
        yield Fault("edifact.unh.message", unit.start, facts)
    if unit.type != layout.type:
        facts = (("found", unit.type[:6]), ("version", layout.version), ("expected", layout.type))
        yield Fault("edifact.unh.number", unit.start, facts)


def _unknown_edition(letter: Letter) -> Fault:
    """An element without a shape: an error, unless it is MedCom's and no schema of it is at hand."""
    assert isinstance(letter, OioxmlLetter)
    unchecked = "municipality" in letter.document.namespace
    code = "oioxml.edition.unchecked" if unchecked else "oioxml.edition.unknown"
    return Fault(code, (), (("element", letter.name[:40]),))


def load_schemas(folder: Any) -> SchemaSet:
    """XML schemas in a folder, for the `schemas` argument. Errors: ValueError if there are none."""
    return load_schema_set(folder)
