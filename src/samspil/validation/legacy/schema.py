"""Schema validation of OIOXML with the user's schemas: the schema's complaints as findings."""

from collections.abc import Iterator

from samspil.catalogue.findings import finding
from samspil.catalogue.legacy.schemas import SchemaSet
from samspil.domain.issues import Issue, Location
from samspil.formats.oioxml.reader import OioxmlLetter


def schema_issues(letter: OioxmlLetter, schemas: SchemaSet) -> Iterator[Issue]:
    """What the schema of the letter's namespace says of the whole document. Told with the first letter."""
    root = letter.document.root
    if root is None or letter.part != 1:
        return
    complaints = schemas.complaints(root)
    if complaints is None:
        yield finding("oioxml.edition.unchecked", Location(path="/Emessage"), element=letter.name)
        return
    for complaint in complaints:
        where = Location(path=complaint.path, line=complaint.line, column=1)
        yield finding("oioxml.schema", where, element=complaint.element, rule=complaint.rule)
