"""The user's schemas judge a letter: each complaint at its element."""

from pathlib import Path

import pytest

from samspil.catalogue.legacy.schemas import load_schema_set
from samspil.domain.issues import Issue, Severity
from samspil.validation.judge import examine
from tests.oioxml_schemas import FILES, NAMESPACE, ROOT, write_schemas

LETTER = f"""<?xml version="1.0" encoding="UTF-8"?>
<Emessage xmlns="{NAMESPACE}">
<Envelope><Sent><Date>2026-11-24</Date><Time>21:00</Time></Sent>
  <Identifier>12345</Identifier><AcknowledgementCode>pluspositivkvitt</AcknowledgementCode></Envelope>
<Unheard><Letter/></Unheard>
</Emessage>""".encode()


def said(payload: bytes, folder: Path) -> list[Issue]:
    """What comes of the schemas."""
    found = examine(payload, schemas=load_schema_set(folder)).report.issues
    return [issue for issue in found if issue.layer == "schema"]


def test_a_complaint_stands_at_its_element(tmp_path: Path) -> None:
    """With the element's path, line, column and bytes, in the encoding of the payload."""
    for payload in (LETTER, LETTER.replace(b"UTF-8", b"ISO-8859-1").replace(b"21:00", b"21\xe6")):
        (issue, *_) = said(payload, write_schemas(tmp_path))
        assert (issue.code, str(issue.where)) == ("oioxml.schema", "/Emessage/Envelope/Identifier")
        assert (issue.where.line, issue.where.column) == (4, 3)
        assert payload[issue.where.start : issue.where.end] == b"<Identifier>12345</Identifier>"


def test_a_valid_document_is_not_complained_of(tmp_path: Path) -> None:
    """Only what the schema says counts here."""
    assert said(LETTER.replace(b"12345", b"1234"), write_schemas(tmp_path)) == []


def test_a_broken_schema_is_told_and_rejects_nothing(tmp_path: Path) -> None:
    """The letter is judged without it."""
    files = {**FILES, "2013/EMessage.xsd": ROOT.replace('type="Short"', 'type="NoSuch"')}
    (issue,) = said(LETTER, write_schemas(tmp_path, files))
    assert (issue.code, issue.severity) == ("oioxml.schema.unusable", Severity.WARNING)


@pytest.mark.parametrize("index", ["{", "[]", '{"namespaces": 3}', '{"namespaces": {"x": {}}}'])
def test_an_index_that_is_none_is_wrong_use(tmp_path: Path, index: str) -> None:
    """Told when the folder is loaded, before any letter is judged."""
    (tmp_path / "index.json").write_text(index)
    with pytest.raises(ValueError, match="index"):
        load_schema_set(tmp_path)
