"""Our own notation for rules, after FHIR Shorthand: one line an element, everything said about it on that line.

    Package: medcom.fhir.dk.core
    Prefix: core = http://medcomfhir.dk/ig/core
    Version: 3.0.1 needs hl7.fhir.dk.core 3.4.0, medcom.fhir.dk.terminology 2.0.1

    Profile: core:medcom-core-encounter
    In: 3.0.1
    Parent: Encounter
    * class 1..1 MS SHOWN from terminology:medcom-core-encounter-class
    * subject 1..1 Reference(core:medcom-core-patient) bundled
    * episodeOfCare by value identifier.system, open
    * episodeOfCare[lpr3identifier] 0..1
    * episodeOfCare[lpr3identifier].identifier 1..1 Identifier(core:lpr3-Identifier)
    * account 0..0

A rule states, in this order and each only if it changes something: cardinality; MS (must be supported), SHOWN (must
stand in the narrative); types; `from` a required value set; `=` a pattern or `exactly` a fixed value, as JSON;
`max` characters; `by` what slices are told apart, and whether others may be; `obeys` named invariants; `as` the
element whose content it shares. `Type:` blocks state R4's own types in the same words. A `prefix:name` is short for
an address; a name without prefix is R4's. `In:` lists the package versions that a block holds for, `2.0.1=1.9.0`
where the definition has a version of its own.

Code systems list codes with an English and a Danish display, narrower codes indented; value sets list systems:

    ValueSet: terminology:medcom-core-encounter-class
    In: 2.0.1=2.0.0
    * http://terminology.hl7.org/CodeSystem/v3-ActCode where concept descendent-of _ActEncounterCode
    * core-act:medcom-core-encounter-act-codes
    - http://terminology.hl7.org/CodeSystem/v3-ActCode OBSENC
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from samspil.validation.profiles.ir import UNBOUNDED, Discriminator, Slicing, TypeRule, Value
from samspil.validation.profiles.snapshot import Condition, Heading, Path, Statement

CORE_ROOT: Final = "http://hl7.org/fhir"
FOLDERS: Final = {"Profile": "StructureDefinition", "Type": "StructureDefinition"}
_STEP: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*(?:\[x\])?)(?:\[([^\[\]]+)\])?\.?")
_CARDINALITY: Final = re.compile(r"(\d*)\.\.(\d*|\*)$")
_TYPE: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\(([^()]*)\))?((?: bundled| contained| referenced)*)(?: or )?")
_JSON: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Block:
    """One definition in a table, not yet read: its heading lines and its rule lines."""

    kind: str
    address: str
    headings: Mapping[str, str]
    lines: Sequence[str]
    prefixes: Mapping[str, str]


class Table:
    """One file of rules: a package in all its versions. Blocks are found at once and read when asked for."""

    def __init__(self, text: str) -> None:
        head, *blocks = text.split("\n\n")
        self.name = ""
        self.needs: dict[str, tuple[tuple[str, str], ...]] = {}
        self._prefixes: dict[str, str] = {}
        self._read_head(head)
        self._blocks: dict[str, dict[tuple[str, str], list[tuple[str, Block]]]] = {name: {} for name in self.needs}
        for text_block in blocks:
            self._add(text_block)

    def _read_head(self, head: str) -> None:
        for line in head.splitlines():
            key, _, value = line.partition(": ")
            if key == "Package":
                self.name = value
            elif key == "Prefix":
                prefix, _, root = value.partition(" = ")
                self._prefixes[prefix] = root
            elif key == "Version":
                version, _, needs = value.partition(" needs ")
                pairs = (need.split(" ") for need in needs.split(", ") if need)
                self.needs[version] = tuple((name, wanted) for name, wanted in pairs)

    def _add(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        if not lines:
            return
        count = next((at for at, line in enumerate(lines) if line[0] in "*- "), len(lines))
        kind, _, name = lines[0].partition(": ")
        headings = dict(line.split(": ", 1) for line in lines[1:count])
        folder = FOLDERS.get(kind, kind)
        block = Block(kind, full_address(name, folder, self._prefixes), headings, lines[count:], self._prefixes)
        for place in headings["In"].split(" "):
            package_version, _, own = place.partition("=")
            versions = self._blocks[package_version].setdefault((folder, block.address), [])
            versions.append((own or package_version, block))

    def blocks(self, version: str) -> Mapping[tuple[str, str], Sequence[tuple[str, Block]]]:
        """The blocks of one package version: (folder, address) to versions of the definition."""
        return self._blocks[version]


class TablePackage:
    """One version of a package, as its table states it."""

    def __init__(self, table: Table, version: str) -> None:
        self.name = table.name
        self.version = version
        self.needs: Sequence[tuple[str, str]] = table.needs[version]
        self._blocks = table.blocks(version)

    def versions(self, kind: str, address: str) -> Sequence[str]:
        """The versions in which the package defines an address."""
        return tuple(version for version, _ in self._blocks.get((kind, address), ()))

    def addresses(self, kind: str) -> Iterator[str]:
        """All addresses of a kind that the package defines."""
        return (address for folder, address in self._blocks if folder == kind)

    def profile(self, address: str, version: str) -> tuple[Heading, Iterator[Statement]]:
        """A profile's heading and statements."""
        block = self._block("StructureDefinition", address, version)
        name = address.rpartition("/")[2]
        parent = block.headings.get("Parent", "")
        heading = Heading(
            url=address,
            id=block.headings.get("Id", name),
            version=version,
            type=block.headings.get("Of", name),
            parent=full_address(parent, "StructureDefinition", block.prefixes) if parent else "",
            specializes=block.kind == "Type",
        )
        return heading, (read_rule(line, block.prefixes, specializes=heading.specializes) for line in block.lines)

    def terminology(self, kind: str, address: str, version: str) -> Mapping[str, Any]:
        """A ValueSet or CodeSystem, as FHIR's JSON writes it."""
        block = self._block(kind, address, version)
        content = _read_code_system(block) if kind == "CodeSystem" else _read_value_set(block)
        return {"resourceType": kind, "url": address, "version": version, **content}

    def _block(self, kind: str, address: str, version: str) -> Block:
        return next(block for own, block in self._blocks[kind, address] if own == version)


def full_address(short: str, folder: str, prefixes: Mapping[str, str]) -> str:
    """The address that a short one stands for.

    >>> full_address("Patient", "StructureDefinition", {})
    'http://hl7.org/fhir/StructureDefinition/Patient'
    """
    prefix, colon, name = short.partition(":")
    if not colon:
        return f"{CORE_ROOT}/{folder}/{short}"
    root = prefixes.get(prefix)
    return short if root is None else f"{root}/{folder}/{name}"


def read_path(text: str) -> Path:
    """The steps of a path.

    >>> read_path("payload[string].content[x]")
    (('payload', 'string'), ('content[x]', ''))
    """
    return tuple((step[1], step[2] or "") for step in _STEP.finditer(text))


def read_rule(line: str, prefixes: Mapping[str, str], *, specializes: bool = False) -> Statement:
    """One rule line as a statement.

    Errors: ValueError where the line says something this notation does not know.
    """
    path, _, rest = line.removeprefix("* ").partition(" ")
    if path == ".":
        path = ""
    reader = _RuleReader(rest, prefixes)
    reader.read(specializes=specializes)
    return Statement(read_path(path), reader.facets, tuple(reader.conditions))


class _RuleReader:
    """Reads what a rule line says after its path, word by word."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self._text = text
        self._at = 0
        self._prefixes = prefixes
        self.facets: dict[str, Any] = {}
        self.conditions: list[Condition] = []

    def read(self, *, specializes: bool) -> None:
        """Read to the end of the line."""
        while self._at < len(self._text):
            word = self._word()
            cardinality = _CARDINALITY.match(word)
            if cardinality is not None:
                self._cardinality(*cardinality.groups(), specializes=specializes)
            elif not self._keyword(word):
                self._at -= len(word) + 1
                self._types()

    def _keyword(self, word: str) -> bool:
        """Read what a word introduces; False if the word introduces nothing."""
        match word:
            case "MS":
                self.facets["must_support"] = True
            case "SHOWN":
                self.facets["shown"] = True
            case "from":
                self.facets["binding"] = full_address(self._word(), "ValueSet", self._prefixes)
            case "=" | "exactly":
                content, end = _JSON.raw_decode(self._text, self._at)
                self._at = end + 1
                self.facets["value"] = Value(content, word == "exactly")
            case "max":
                self.facets["max_length"] = int(self._word())
            case "as":
                self.facets["content_of"] = self._word()
            case "by":
                self._by()
            case "obeys":
                self._obeys()
            case _:
                return False
        return True

    def _word(self) -> str:
        end = self._text.find(" ", self._at)
        end = len(self._text) if end < 0 else end
        word = self._text[self._at : end]
        self._at = end + 1
        return word

    def _cardinality(self, minimum: str, maximum: str, *, specializes: bool) -> None:
        if minimum:
            self.facets["minimum"] = int(minimum)
        if maximum:
            self.facets["maximum"] = UNBOUNDED if maximum == "*" else int(maximum)
            if specializes:
                self.facets["repeats"] = maximum not in {"0", "1"}

    def _types(self) -> None:
        types: list[TypeRule] = []
        while True:
            match = _TYPE.match(self._text, self._at)
            if match is None:
                raise ValueError(f"not a type: {self._text[self._at :]!r}")
            types.append(self._type(*match.groups()))
            self._at = match.end()
            if not match[0].endswith(" or "):
                break
        self._at += 1
        self.facets["types"] = tuple(types)

    def _type(self, code: str, inside: str | None, flags: str) -> TypeRule:
        named = tuple(
            full_address(one, "StructureDefinition", self._prefixes) for one in (inside or "").split(" or ") if one
        )
        aggregation = tuple(flags.split())
        if code in {"Reference", "canonical"}:
            return TypeRule(code, (), named, aggregation)
        return TypeRule(code, named, (), aggregation)

    def _by(self) -> None:
        clause, _, rules = self._text[self._at :].partition("; ")
        rules, _, rest = rules.partition(" ")
        pairs = (one.split(" ", 1) for one in clause.split(" and "))
        self.facets["slicing"] = Slicing(tuple(Discriminator(kind, path) for kind, path in pairs), rules)
        self._at = len(self._text) - len(rest)

    def _obeys(self) -> None:
        rest = self._text[self._at :]
        self._at = len(self._text)
        for key in rest.split(", "):
            self.conditions.append(Condition(key.removesuffix(" (warning)"), not key.endswith(" (warning)")))


def _read_code_system(block: Block) -> dict[str, Any]:
    """A code system's concepts; indentation tells which are narrower."""
    top: list[dict[str, Any]] = []
    levels: list[list[dict[str, Any]]] = [top]
    for line in block.lines:
        depth = (len(line) - len(line.lstrip())) // 2
        concept = _read_concept(line.strip().removeprefix("* "))
        del levels[depth + 1 :]
        levels[depth].append(concept)
        levels.append(concept["concept"])
    return {"content": block.headings.get("Content", "complete"), "concept": top}


def _read_concept(text: str) -> dict[str, Any]:
    code, _, rest = text.partition(' "')
    display, _, danish = rest.removesuffix('"').partition('" da "')
    concept: dict[str, Any] = {"code": code, "concept": []}
    if display:
        concept["display"] = display
    if danish:
        concept["designation"] = [{"language": "da", "value": danish}]
    return concept


def _read_value_set(block: Block) -> dict[str, Any]:
    """What a value set includes and excludes."""
    compose: dict[str, list[dict[str, Any]]] = {"include": [], "exclude": []}
    for line in block.lines:
        side = compose["include" if line[0] == "*" else "exclude"]
        words = line[2:].split(" ")
        if words[0] == "set":
            side.append({"valueSet": [full_address(word, "ValueSet", block.prefixes) for word in words[1:]]})
            continue
        part: dict[str, Any] = {"system": full_address(words[0], "CodeSystem", block.prefixes)}
        if words[1:2] == ["where"]:
            part["filter"] = [{"property": words[2], "op": words[3], "value": words[4]}]
        elif words[1:]:
            part["concept"] = [{"code": word} for word in words[1:]]
        side.append(part)
    return {"compose": compose}
