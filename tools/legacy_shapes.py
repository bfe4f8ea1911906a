"""Write `catalogue/legacy/shapes.json` from a folder of OIOXML schemas: which element holds which, in what order.

    python tools/legacy_shapes.py SCHEMAS-FOLDER

The folder holds `index.json` (namespace -> root schema) and the schemas. Only facts are taken: names, order,
occurrence, lengths, patterns and allowed words. Equal types are written once. A content model becomes a regular
expression over one letter a child, so that reading needs no schema library:

    {"names": ["Identifier:l4", "Sender:s7", "Text01:f"], "model": "AB?C{1,10}"}

After the colon stands the child's type: `l` a leaf and `s` a shape, by number; `f` formatted and `b` breakable text;
`x` anything. A leaf is `kind`, then `min..max` length or range, then `/pattern`, then `=` and its words, tab-separated.
"""

import json
import re
import sys
from pathlib import Path

from lxml import etree

Element = etree._Element  # pyright: ignore[reportPrivateUsage] (lxml names its element class so)

XS = "{http://www.w3.org/2001/XMLSchema}"
TARGET = Path(__file__).parents[1] / "src/samspil/catalogue/legacy/shapes.json"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" + "".join(map(chr, range(0x100, 0x180)))
KINDS = {
    "boolean": "boolean", "date": "date", "time": "time", "dateTime": "dateTime", "base64Binary": "base64",
    "int": "int", "integer": "int", "positiveInteger": "int\t#1..", "nonNegativeInteger": "int\t#0..", "long": "int",
    "short": "int",
    "decimal": "decimal", "float": "decimal", "double": "decimal", "gYear": "int",
}  # fmt: skip


def local(name: str | None) -> str:
    """A name without its prefix."""
    return (name or "").rpartition(":")[2]


class Pool:
    """Values numbered by first sight."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self._seen: dict[str, int] = {}

    def number(self, item: object) -> int:
        """The number of an item, new or known."""
        key = json.dumps(item, sort_keys=True)
        if key not in self._seen:
            self._seen[key] = len(self.items)
            self.items.append(item)
        return self._seen[key]


class Schema:
    """One namespace's definitions, gathered over its includes."""

    def __init__(self, root: Path, *, leaves: Pool, shapes: Pool) -> None:
        self.leaves, self.shapes = leaves, shapes
        self.named: dict[tuple[str, str], Element] = {}
        self.foreign: dict[str, str] = {}
        self._files: set[Path] = set()
        self._gather(root)

    def _gather(self, file: Path) -> None:
        file = file.resolve()
        if file in self._files:
            return
        self._files.add(file)
        for item in etree.parse(file).getroot():
            if item.tag in {XS + "include", XS + "import"} and item.get("schemaLocation"):
                self._gather(file.parent / item.get("schemaLocation", ""))
            elif isinstance(item.tag, str) and item.get("name"):
                self.named.setdefault((item.tag[len(XS) :], item.get("name", "")), item)

    def element(self, item: Element) -> tuple[str, str]:
        """An element's name and type."""
        if item.get("ref"):
            prefix, _, name = item.get("ref", "").rpartition(":")
            namespace = item.nsmap[prefix or None]
            if namespace != item.getroottree().getroot().get("targetNamespace"):
                self.foreign[name] = namespace
            item = self.named["element", name]
        return item.get("name", ""), self.type_of(item)

    def type_of(self, item: Element) -> str:
        """The type mark of an element declaration."""
        inner = next((c for c in item if c.tag in {XS + "complexType", XS + "simpleType"}), None)
        if inner is None:
            name = local(item.get("type"))
            if name in {"anyType", ""}:
                return "x"
            inner = self.named.get(("complexType", name))
            if inner is None:
                return f"l{self.leaves.number(self.leaf(item.get('type', '')))}"
        if inner.tag == XS + "simpleType":
            return f"l{self.leaves.number(self.leaf_of(inner))}"
        return self.complex(inner)

    def complex(self, item: Element) -> str:
        """The type mark of a complex type."""
        simple = item.find(XS + "simpleContent")
        if simple is not None:
            return f"l{self.leaves.number(self.leaf(simple[0].get('base', '')))}"
        names: dict[str, str] = {}
        model = self.content(item, names)
        if item.get("mixed") == "true":
            return "f" if "Bold" in names else "b"
        shape: dict[str, object] = {"names": [f"{name}:{mark}" for name, mark in names.items()], "model": model}
        return f"s{self.shapes.number(shape)}"

    def content(self, item: Element, names: dict[str, str]) -> str:
        """The content model of a type or a particle's children; names are numbered as they come."""
        parts = []
        for child in item:
            tag = child.tag[len(XS) :] if isinstance(child.tag, str) else ""
            if tag == "complexContent":
                derived = child[0]
                if derived.tag == XS + "extension":
                    parts.append(self.content(self.named["complexType", local(derived.get("base"))], names))
                parts.append(self.content(derived, names))
            elif tag in {"sequence", "choice", "group", "element"}:
                parts.append(self.particle(child, tag, names))
        return "".join(parts)

    def particle(self, item: Element, tag: str, names: dict[str, str]) -> str:
        """One particle as a regular expression."""
        if tag == "element":
            name, mark = self.element(item)
            if names.setdefault(name, mark) != mark:
                raise SystemExit(f"{name} has two types in one parent: {names[name]} and {mark}")
            text = LETTERS[list(names).index(name)]
        elif tag == "group":
            text = self.content(self.named["group", local(item.get("ref"))], names)
        elif tag == "choice":
            chosen = [c for c in item if isinstance(c.tag, str) and c.tag != XS + "annotation"]
            text = "|".join(self.particle(c, c.tag[len(XS) :], names) for c in chosen)
        else:
            text = self.content(item, names)
        return text and times(text, item.get("minOccurs", "1"), item.get("maxOccurs", "1"), alone=tag == "element")

    def leaf(self, name: str) -> str:
        """A leaf type by name: its own definition, else a built-in one."""
        item = self.named.get(("simpleType", local(name)))
        return KINDS.get(local(name), "string") if item is None else self.leaf_of(item)

    def leaf_of(self, item: Element) -> str:
        """A simple type's facets on top of its base's."""
        rule = next(item.iter(XS + "restriction"))
        inner = rule.find(XS + "simpleType")
        base = self.leaf_of(inner) if inner is not None else self.leaf(rule.get("base", ""))
        kind, *rest = base.split("\t")
        facets = {part[0]: part for part in rest}
        own: dict[str, list[str]] = {}
        for facet in rule:
            if isinstance(facet.tag, str) and (value := facet.get("value")) is not None:
                own.setdefault(facet.tag[len(XS) :], []).append(value)
        bounds = limits(own, facets.pop("#", "#..")[1:])
        parts = [kind, *([f"#{bounds}"] if bounds != ".." else [])]
        if "enumeration" in own:
            facets["="] = "=" + "|".join(dict.fromkeys(own["enumeration"]))
        if "pattern" in own:
            words, pattern = facets.get("=", "=")[1:].split("|"), "|".join(own["pattern"])
            fitting = [word for word in words if word and re.fullmatch(pattern, word)]
            if fitting or pattern.isalnum():  # a list that lacks the one word asked for is a slip: the word wins
                facets["="] = "=" + ("|".join(fitting) or pattern)
            else:
                facets["/"] = "/" + pattern
        if "fractionDigits" in own and "/" not in facets:
            digits = own["fractionDigits"][0]
            if digits == "0":
                parts[0] = "int"
            else:
                facets["/"] = rf"/[+-]?\d*(\.\d{{0,{digits}}}0*)?"
        return "\t".join([*parts, *facets.values()])


def limits(own: dict[str, list[str]], base: str) -> str:
    """`min..max` of lengths or of numbers; exclusive bounds of whole numbers are made inclusive."""
    low, _, high = base.partition("..")
    for name in ("length", "minLength", "minInclusive"):
        low = own.get(name, [low])[0]
    for name in ("length", "maxLength", "maxInclusive"):
        high = own.get(name, [high])[0]
    if "minExclusive" in own:
        low = str(int(own["minExclusive"][0]) + 1)
    if "maxExclusive" in own:
        high = str(int(own["maxExclusive"][0]) - 1)
    return f"{low}..{high}"


def times(text: str, low: str, high: str, *, alone: bool) -> str:
    """A particle with its occurrence."""
    if (low, high) == ("1", "1"):
        return text if alone or "|" not in text else f"(?:{text})"
    text = text if alone else f"(?:{text})"
    if high == "unbounded":
        return text + {"0": "*", "1": "+"}.get(low, f"{{{low},}}")
    return text + ("?" if (low, high) == ("0", "1") else f"{{{low},{high}}}" if low != high else f"{{{low}}}")


def main(folder: Path) -> None:
    """Read every namespace of the index and write the table."""
    leaves, shapes = Pool(), Pool()
    foreign: dict[str, str] = {}
    namespaces: dict[str, dict[str, str]] = {}
    for namespace, entry in json.loads((folder / "index.json").read_text())["namespaces"].items():
        schema = Schema(folder / entry["root_xsd"], leaves=leaves, shapes=shapes)
        messages = namespaces[namespace] = {}
        for name in entry["message_elements"]:
            messages[name] = schema.element(schema.named["element", name])[1]
        emessage = schema.named["element", "Emessage"]
        envelope = next(item for item in emessage.iter(XS + "element") if item.get("name") == "Envelope")
        messages["Envelope"] = schema.element(envelope)[1]
        foreign |= schema.foreign
    table = {"namespaces": namespaces, "foreign": foreign, "leaves": leaves.items, "shapes": shapes.items}
    lines = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in table.items()]
    TARGET.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print(f"{len(namespaces)} namespaces, {len(shapes.items)} shapes, {len(leaves.items)} leaves")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
