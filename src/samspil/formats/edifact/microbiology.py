"""Microbiology reports (RPT02): EDIFACT's list of loosely linked results, OIOXML's findings and resistance table.

A group with a status is a result. The others are told apart by what they name (INV) and say (RSL): findings as text,
microorganisms, and a table in which each row names its microorganism, each cell its row. Rows and cells point to the
numbers (SEQ) of what they belong to; OIOXML points to places in its lists.
Source: MedCom's description of RPT02.
"""

from collections.abc import Callable, Iterator
from typing import Any

from samspil.catalogue.legacy.codes import COMPONENT, codes
from samspil.domain.text import Run, Text
from samspil.formats.letters.tree import Tree, find, put

_RESULTS = "LaboratoryResults"
_CULTURE = (_RESULTS, "CultureWithFindings")
_GENERAL = (_RESULTS, "GeneralResultInformation")
_SYSTEMS = {f"91{COMPONENT}MDS": ("mds", "MDS")}
_COMMENT, _INTERPRETATION = "Kommentar", "Følsomhed"
_END_OF_TABLE = "SKEMASLUT"
_VALUES = ((".kind", "Analysis/ExaminationTypeCode"), (".code", "Analysis/MICAnalysisCode"),
           (".name", "Analysis/AnalysisShortName"), (".examination", "Analysis/AnalysisMDSName/Examination"),
           (".material", "Analysis/AnalysisMDSName/Material"), (".location", "Analysis/AnalysisMDSName/Location"),
           (".producer", "ProducerOfLabResult/Identifier"), (".producer_code", "ProducerOfLabResult/IdentifierCode"),
           (".limits", "ReferenceInterval/TypeOfInterval"), (".lower", "ReferenceInterval/LowerLimit"),
           (".upper", "ReferenceInterval/UpperLimit"), (".interval", "ReferenceInterval/IntervalText"),
           (".type", "ResultType"), (".operator", "Operator"), (".value", "Value"), (".unit", "Unit"),
           (".validation", "ResultValidation"), (".comments", "ResultComments"),
           (".to", "ToLabIdentifier"))  # fmt: skip
_TABLES = {".kind": "examination_type", ".type": "result_type", ".operator": "microbiology_operator"}

Tell = Callable[..., None]


# ---------------------------------------------------------------------------------------------------------- reading
def read_microbiology(tree: Tree, _: str, work: Any) -> None:
    """Make results, findings and the resistance table of the groups."""
    results: list[Tree] = []
    findings = _Findings(tree)
    for number, group in enumerate(tree.pop(".s18", ()), start=1):
        if ".sts" in group:
            results.append(_read_result(group, number, work.fault))
        elif not findings.read(group):
            work.fault("edifact.result.unplaced", f".s18/{number}", kind=group.get(".kind", "")[:3])
    if results:
        put(tree, (_RESULTS, "Result"), results)
    findings.finish()


def _read_result(group: Tree, number: int, fault: Tell) -> Tree:
    result: Tree = {key: group[key] for key in (".gis", ".sts", "Reference") if key in group}
    for key, path in _VALUES:
        value = group.get(key)
        if not value:
            continue
        if key in _TABLES:
            value = codes(_TABLES[key]).read.get(value)
        if value is None:
            facts = {"found": group[key][:17], "allowed": codes(_TABLES[key]).nearest(), "element": path.split("/")[-1]}
            fault("edifact.code.unknown", f".s18/{number}/{key}", **facts)
        else:
            put(result, path.split("/"), value)
    if said := group.get(".list", "").strip(COMPONENT):
        system, responsible = _SYSTEMS.get(said) or said.partition(COMPONENT)[::2]
        put(result, ("Analysis", "AnalysisCodeType"), codes("analysis_system").read.get(system, system))
        put(result, ("Analysis", "AnalysisCodeResponsible"), responsible)
    if "Operator" in result:
        fault("legacy.operator.unsafe", f".s18/{number}/.operator")
    return result


class _Findings:
    """The groups after the results, in their order."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._organisms: list[Tree] = []
        self._antibiotics: list[str] = []
        self._entries: list[Tree] = []
        self._rows: dict[str, int] = {}
        self._table = ""
        self._free = [(_RESULTS, "MicroscopicFindings"), (_RESULTS, "CultureWithoutFindings")]

    def finish(self) -> None:
        """Put what was gathered in its place."""
        if self._organisms:
            put(self._tree, (*_CULTURE, "Microorganism"), self._organisms)
        if self._antibiotics:
            put(self._tree, (*_CULTURE, "Pattern", "Antibiotic"), [{"Name": name} for name in self._antibiotics])
        if self._entries:
            put(self._tree, (*_CULTURE, "Pattern", "PatternEntry"), self._entries)

    def read(self, group: Tree) -> bool:
        """Read the next group; False if it has no place here."""
        match group.get(".kind", ""), group.get(".type", ""):
            case "OE", "SB":
                self._table = group.get(".number", "")
                put(self._tree, (*_CULTURE, "Pattern", "Headline"), group.get(".name", ""))
            case "OE", "":
                return self._read_text(group)
            case "MQ", "TV":
                said = {"Name": group.get(".name"), "GrowthValue": group.get(".sixth")}
                said["SpeciesComment"] = str(group.get(".comments", "")).rstrip("\n").replace("\n", " ")
                self._organisms.append({name: value for name, value in said.items() if value})
            case "NR", "":
                put(self._tree, (*_CULTURE, "Comments"), group.get(".comments", Text()))
            case "MQ", "" if self._table and group.get(".belongs") == self._table:
                return self._read_row(group)
            case "CO", "AV" if group.get(".belongs") in self._rows:
                self._read_cell(group)
            case "MM", "SS":
                self._table = ""
            case _:
                return False
        return True

    def _read_text(self, group: Tree) -> bool:
        """A headline with its text: which finding it is, its font, its name and its place tell."""
        name, text = group.get(".name", ""), group.get(".text")
        if text is None:
            put(self._tree, (*_CULTURE, "Headline"), name)
        elif any(run.fixed for run in text.runs):
            if not self._free:
                return False
            if find(self._tree, _CULTURE) is None and "dyrkning" in name.lower():
                del self._free[:-1]
            put(self._tree, self._free.pop(0), {"Headline": name, "Comments": _unfixed(text)})
        elif name == _INTERPRETATION and find(self._tree, (*_CULTURE, "Pattern")):
            put(self._tree, (*_CULTURE, "Pattern", "SensitivityInterpretation"), text)
        else:
            put(self._tree, (*_GENERAL, "Headline"), name)
            put(self._tree, (*_GENERAL, "Comment"), text)
        return True

    def _read_row(self, group: Tree) -> bool:
        """A row's microorganism, by name; of two with one name the first that has no row yet."""
        taken = set(self._rows.values())
        names = enumerate((organism.get("Name") for organism in self._organisms), start=1)
        place = next((at for at, name in names if name == group.get(".name") and at not in taken), None)
        if place is not None:
            self._rows[group.get(".number", "")] = place
        return place is not None

    def _read_cell(self, group: Tree) -> None:
        name = group.get(".name", "")
        if name not in self._antibiotics:
            self._antibiotics.append(name)
        organism, antibiotic = self._rows[group[".belongs"]], self._antibiotics.index(name) + 1
        said = {"RefMicroorganism": str(organism), "RefAntibiotic": str(antibiotic), "Sensitivity": group.get(".third")}
        self._entries.append({name: value for name, value in said.items() if value})


def _unfixed(text: Text) -> Text:
    return Text.plain(str(text))


# ---------------------------------------------------------------------------------------------------------- writing
def write_microbiology(tree: Tree, _: str, work: Any) -> None:
    """Make the groups of results, findings and the resistance table."""
    for path in broken_references(tree):
        work.fault("legacy.table.reference", path)
    groups = [_result_group(result, number, work.fault) for number, result in _numbered(tree, (_RESULTS, "Result"))]
    findings = (find(tree, (_RESULTS, name)) for name in ("MicroscopicFindings", "CultureWithoutFindings"))
    groups.extend(_headline(said.get("Headline", ""), _fixed(said.get("Comments"))) for said in findings if said)
    if culture := find(tree, _CULTURE):
        groups.extend(_culture_groups(culture, len(groups)))
    if comment := find(tree, (*_GENERAL, "Comment")):
        groups.append(_headline(find(tree, (*_GENERAL, "Headline")) or _COMMENT, comment))
    tree[".s18"] = [
        {".gis": "N", ".list": COMPONENT, **group, ".number": str(at)} for at, group in enumerate(groups, start=1)
    ]


def _fixed(text: Text | None) -> Text:
    return Text((Run(str(text or ""), fixed=True),))


def broken_references(tree: Tree) -> Iterator[str]:
    """The paths of references in the resistance table that point to no microorganism or antibiotic."""
    culture = find(tree, _CULTURE) or {}
    pattern = culture.get("Pattern", {})
    lists = {"RefMicroorganism": culture.get("Microorganism", ()), "RefAntibiotic": pattern.get("Antibiotic", ())}
    for number, entry in enumerate(pattern.get("PatternEntry", ()), start=1):
        for name, items in lists.items():
            if not _name(items, entry.get(name, "")):
                yield f"{'/'.join(_CULTURE)}/Pattern/PatternEntry/{number}/{name}"


def _numbered(tree: Tree, path: tuple[str, ...]) -> Iterator[tuple[int, Tree]]:
    return enumerate(find(tree, path) or (), start=1)


def _result_group(result: Tree, number: int, fault: Tell) -> Tree:
    group: Tree = {key: result[key] for key in (".gis", ".sts", "Reference") if key in result}
    for key, path in _VALUES:
        value = find(result, path.split("/"))
        if value:
            group[key] = codes(_TABLES[key]).write.get(value, "") if key in _TABLES else value
    analysis = result.get("Analysis", {})
    system, responsible = analysis.get("AnalysisCodeType", ""), analysis.get("AnalysisCodeResponsible", "")
    system = "91" if system == "mds" else codes("analysis_system").write.get(system, system)
    group[".list"] = f"{system}{COMPONENT}{responsible}"
    if "Operator" in result:
        fault("legacy.operator.unsafe", f"{_RESULTS}/Result/{number}/Operator")
    return group


def _headline(name: str, text: Text | None = None) -> Tree:
    return {".kind": "OE", ".name": name} if text is None else {".kind": "OE", ".name": name, ".text": text}


def _culture_groups(culture: Tree, before: int) -> Iterator[Tree]:
    """The groups of a culture; `before` is how many stand in front, as rows and cells name numbers."""
    yield _headline(culture.get("Headline", ""))
    organisms = culture.get("Microorganism", ())
    for organism in organisms:
        group: Tree = {".kind": "MQ", ".name": organism.get("Name", ""), ".type": "TV"}
        group[".sixth"] = organism.get("GrowthValue", "")
        if comment := organism.get("SpeciesComment"):
            group[".comments"] = Text.plain(comment)
        yield group
    comments = culture.get("Comments")
    if comments:
        yield {".kind": "NR", ".comments": comments}
    if pattern := culture.get("Pattern"):
        yield from _pattern_groups(pattern, organisms, before + len(organisms) + (3 if comments else 2))


def _pattern_groups(pattern: Tree, organisms: list[Tree], table: int) -> Iterator[Tree]:
    """The resistance table: its head, row by row with its cells, its end, and how to read it."""
    yield {".kind": "OE", ".name": pattern.get("Headline", ""), ".type": "SB", ".value": "2"}
    cells: dict[str, list[Tree]] = {}
    for entry in pattern.get("PatternEntry", ()):
        cells.setdefault(entry.get("RefMicroorganism", ""), []).append(entry)
    row = table + 1
    for organism, entries in cells.items():
        yield {".kind": "MQ", ".name": _name(organisms, organism), ".belongs": str(table)}
        for entry in entries:
            cell: Tree = {".kind": "CO", ".type": "AV", ".belongs": str(row)}
            cell[".name"] = _name(pattern.get("Antibiotic", ()), entry.get("RefAntibiotic", ""))
            cell[".third"] = entry.get("Sensitivity", "")
            yield cell
        row += len(entries) + 1
    end = {".kind": "MM", ".name": pattern.get("Headline", ""), ".type": "SS", ".value": _END_OF_TABLE}
    yield {**end, ".belongs": str(table)}
    if interpretation := pattern.get("SensitivityInterpretation"):
        yield _headline(_INTERPRETATION, interpretation)


def _name(items: list[Tree], number: str) -> str:
    """The name at a place in a list, counted from one."""
    place = int(number) - 1 if number.isdecimal() else -1
    return items[place].get("Name", "") if 0 <= place < len(items) else ""
