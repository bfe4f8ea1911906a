"""Judge a FHIR payload by its profiles, by R4, and by what the published rules cannot see.

Every resource is walked once by what it claims; what references ask of their targets is put down and judged after,
each demand once. Faults become findings at the end: the same fault met twice is told once, a fault that only repeats
another is left out, and the worst come first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Final

from samspil.catalogue.fhir.package_files import AnyPath
from samspil.catalogue.findings import entries, finding
from samspil.domain.issues import Issue, Severity
from samspil.domain.message import Format
from samspil.formats.fhir.bundle import Entry
from samspil.formats.fhir.tree import Tree
from samspil.formats.part import Part
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.business.expected import demand_expected
from samspil.validation.profiles.business.rules import judge_business
from samspil.validation.profiles.faults import Fault, shown
from samspil.validation.profiles.invariants import NamedInvariants
from samspil.validation.profiles.pending import Pending
from samspil.validation.profiles.rulebook import Rulebook, Rules
from samspil.validation.profiles.scene import Scene
from samspil.validation.profiles.selection import Choice, Shelf

MOST_FINDINGS: Final = 200
_ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}


@cache
def builtin_shelf() -> Shelf:
    """The built-in rules."""
    return Shelf(builtin_library(), NamedInvariants())


def load_packages(folder: AnyPath, *, cache: AnyPath | None = None) -> Shelf:
    """The rules of the official packages in a folder.

    FHIRPath is imported only here: whoever judges by our own tables never needs it.
    Errors: PackageError (a ValueError) if there is none, or one cannot be read.
    """
    return import_module("samspil.validation.profiles.official").read_shelf(folder, cache=cache)


def judge(part: Part, rules: object = None) -> Iterable[Issue]:
    """Every finding of the profiles and of our own rules about one part, the worst first."""
    tree = part.tree
    if not isinstance(tree, Tree):
        return ()
    packages = getattr(rules, "packages", None)
    shelf = packages if isinstance(packages, Shelf) else builtin_shelf()
    choice = shelf.choose(tree.root)
    is_clean = tree.signs is not None and not tree.signs.may_hold_controls
    scene = Scene(tree.root, tree.bundle, choice.rulebook, is_clean=is_clean)
    faults = [*_about_rules(choice), *judge_scene(scene, choice)]
    faults += judge_business(scene, choice.standard)
    faults += judge_showing(scene)
    return _findings(faults, tree, choice.rulebook) if faults else ()


def _about_rules(choice: Choice) -> Iterator[Fault]:
    """What must be said of the rules themselves."""
    if choice.asked:
        yield Fault(
            "fhir.version.approximate",
            "samspil#fhir.version.approximate",
            asked=shown(choice.asked),
            used=choice.version,
        )


def judge_scene(scene: Scene, choice: Choice) -> list[Fault]:
    """The faults of every resource, by what it claims and by what is asked of it."""
    faults: list[Fault] = []
    book = choice.rulebook
    is_bundle = scene.root.get("resourceType") == "Bundle"
    work: list[tuple[Entry, Rules]] = []
    for entry in scene.bundle.entries if is_bundle else ():
        work += _claimed(entry, scene, book, faults)
    top = Entry(-1, "", "", "", scene.root)
    work += _claimed(top, scene, book, faults)
    named = book.profile(choice.profile) if choice.profile else None
    if named is not None and named.type == scene.root.get("resourceType"):
        scene.demand(top, named)
    demand_expected(scene, choice.standard)
    scene.claimed = work
    used = [rules for _, rules in work]
    _judge_all(work, scene, faults)
    while scene.demands:
        demands, scene.demands = scene.demands, []
        used += (rules for _, rules in demands)
        _judge_all(demands, scene, faults)
    if book.may_lack:
        faults += book.lacking.faults(used)
    return faults


def _claimed(entry: Entry, scene: Scene, book: Rulebook, faults: list[Fault]) -> list[tuple[Entry, Rules]]:
    """What a resource is judged by for its own sake."""
    claims = book.claimed(entry.resource)
    scene.cover(entry.resource, claims.lineage)
    if not claims.is_plain:
        faults += (_placed(fault, entry) for fault in book.faults_of_claims(entry.resource))
    return [(entry, rules) for rules in claims.rules]


def _judge_all(work: Iterable[tuple[Entry, Rules]], scene: Scene, faults: list[Fault]) -> None:
    for entry, rules in work:
        scene.stand_in(entry)
        found = rules.check(entry.resource, scene)
        if found is not None:
            faults += (_placed(fault, entry) for fault in found)


def judge_showing(scene: Scene) -> Iterator[Fault]:
    """The narratives that do not show what they should."""
    for entry, rules in scene.claimed:
        scene.stand_in(entry)
        fault = rules.shows(entry.resource, scene)
        if fault is not None:
            yield _placed(fault, entry)


def _placed(fault: Fault, entry: Entry) -> Fault:
    """A resource's fault, with the steps to the resource."""
    if entry.place >= 0:
        fault.steps += ("resource", entry.place, "entry")
    return fault


def _findings(faults: list[Fault], tree: Tree, book: Rulebook) -> Iterator[Issue]:
    """The findings of the faults, the worst first, each once."""
    faults = _without_doubt(faults, tree)
    solid = any(not fault.hollow and _severity(fault).rejects for fault in faults)
    chosen: dict[tuple[str, tuple[str | int, ...], str], Fault] = {}
    for fault in faults:
        if not (fault.hollow and solid):
            chosen.setdefault((fault.rule, fault.place, fault.code), fault)
    ranked = sorted(chosen.values(), key=lambda fault: _ORDER[_severity(fault)])
    for fault in ranked[:MOST_FINDINGS]:
        yield _finding(fault, tree, book)
    if len(ranked) > MOST_FINDINGS:
        yield finding("fhir.findings.more", count=str(len(ranked) - MOST_FINDINGS))


def _without_doubt(faults: list[Fault], tree: Tree) -> list[Fault]:
    """The faults without those about numbers that are written with as few characters as are allowed."""
    doubtful = [fault for fault in faults if fault.limit]
    if not doubtful:
        return faults
    long = {key: _may_be_long(*key, tree) for key in {(str(fault.steps[0]), fault.limit) for fault in doubtful}}
    return [
        fault
        for fault in faults
        if not fault.limit or (long[str(fault.steps[0]), fault.limit] and _is_long(fault, tree))
    ]


def _may_be_long(name: str, limit: int, tree: Tree) -> bool:
    """Is there any number under this name that is longer than the limit? A glance that spares most a closer look."""
    if tree.format is not Format.FHIR_JSON:
        return True
    return re.search(rb'"%b"\s*:\s*-?[0-9][0-9.eE+-]{%d}' % (name.encode(), limit), tree.source.text) is not None


def _is_long(fault: Fault, tree: Tree) -> bool:
    """Is a number written with more characters than are allowed?"""
    written = tree.lexical(*fault.place) or ""
    fault.facts["length"] = str(len(written))
    return len(written) > fault.limit


def _severity(fault: Fault) -> Severity:
    return fault.severity or entries()[_code(fault)].severity


def _code(fault: Fault) -> str:
    """A fault's code: an invariant has its own where we have words for it."""
    own = f"fhir.invariant.{fault.facts.get('key', '').lower()}"
    return own if fault.code == "fhir.invariant.broken" and own in entries() else fault.code


def _finding(fault: Fault, tree: Tree, book: Rulebook) -> Issue:
    where = Pending(tree, fault.place)
    source = "" if fault.rule.startswith("samspil#") else book.place_of(fault.rule)
    return finding(_code(fault), where, severity=fault.severity, rule=fault.rule, source=source, **fault.facts)
