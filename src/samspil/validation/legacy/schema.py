"""Schema validation of OIOXML with the user's schemas: the schema's complaints as findings, each at its element."""

from collections.abc import Iterator
from typing import Any

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.schemas import SchemaSet, Unusable
from samspil.domain.issues import Issue, Location
from samspil.formats.oioxml.reader import OioxmlLetter


def schema_issues(letter: OioxmlLetter, schemas: SchemaSet) -> Iterator[Issue]:
    """What the schema of the letter's namespace says of the whole document. Told with the first letter."""
    root = letter.document.root
    if root is None or letter.part != 1:
        return
    whole = Location(path="/Emessage")
    try:
        complaints = schemas.complaints(root)
    except Unusable:
        yield finding("oioxml.schema.unusable", whole)
        return
    if complaints is None:
        yield finding("oioxml.edition.unchecked", whole, element=letter.name)
        return
    for complaint in complaints:
        element = _element(root, complaint.path)
        where = whole if element is None else letter.document.element_place(element)
        yield finding("oioxml.schema", where, element=complaint.element, broken=complaint.rule)


def _element(root: Any, path: str) -> Any:
    """The element that a complaint is about; an attribute's is the one that has it."""
    names = {prefix: name for prefix, name in root.nsmap.items() if prefix}
    found = root.getroottree().xpath(path.partition("/@")[0], namespaces=names)
    return found[0] if found else None
