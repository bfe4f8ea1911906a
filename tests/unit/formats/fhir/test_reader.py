"""FHIR payloads as parts."""

import json
import re
from pathlib import Path

import pytest

from samspil.domain.issues import Verdict
from samspil.domain.message import Format
from samspil.formats.fhir.reader import Limits, read_parts
from samspil.formats.fhir.tree import Tree
from samspil.formats.fhir.xml_writer import write_xml
from samspil.formats.identify import identify
from samspil.formats.readers import read_payload
from samspil.validation.judge import examine
from tests.unit.formats.fhir.letters import letter, part_of


def test_json_and_xml_of_one_message_give_the_same_tree_head_and_model() -> None:
    """The syntax makes no difference to what is read."""
    json_part, xml_part = part_of(letter()), part_of(letter(Format.FHIR_XML))
    assert json_part.head == xml_part.head
    assert json_part.build() == xml_part.build()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_any_unicode_encoding_gives_the_same_model(codec: str) -> None:
    """What is judged is not what is read."""
    assert part_of(letter().decode().encode(codec)).build() == part_of(letter()).build()


def test_latin_1_is_read_with_its_letters_right() -> None:
    """Danish letters in one byte each are not lost."""
    message = part_of(letter().decode().encode("latin-1")).build()
    assert message and message.receiver.name == "Hjemmeplejen, Åby"


@pytest.mark.parametrize(
    ("payload", "code", "line"),
    [
        (b'{"resourceType": "Bundle",\n "id": }', "json.broken", 2),
        (b'<Bundle xmlns="http://hl7.org/fhir">\n<id value="1"</Bundle>', "xml.broken", 2),
    ],
)
def test_a_broken_text_is_fatal_at_its_place(payload: bytes, code: str, line: int) -> None:
    """The finding tells where to look."""
    part = part_of(payload)
    assert (part.head, part.issues[0].code, part.issues[0].where.line) == (None, code, line)


@pytest.mark.parametrize("depth", [65, 500, 5000])
def test_what_is_nested_too_deep_is_refused(depth: int) -> None:
    """No depth makes a reader recurse without end."""
    nested = b'{"resourceType":"Bundle","a":' + b"[" * depth + b"]" * depth + b"}"
    assert part_of(nested).issues[0].code in {"payload.too_deep", "json.broken"}
    tags = b"<extension>" * depth + b"</extension>" * depth
    assert part_of(b'<Bundle xmlns="http://hl7.org/fhir">' + tags + b"</Bundle>").issues[0].code == "payload.too_deep"


def test_a_document_type_is_refused() -> None:
    """With it go entities, and with them every bomb."""
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaa">]><Bundle xmlns="http://hl7.org/fhir"><id value="&a;"/></Bundle>'
    assert part_of(bomb).issues[0].code == "xml.doctype.refused"


def test_a_payload_over_the_limit_is_refused_unread() -> None:
    """The size is a parameter, and checked before anything else."""
    payload = letter()
    (part,) = read_parts(payload, identify(payload), limits=Limits(max_bytes=len(payload) - 1))
    assert part.issues[0].code == "payload.too_large"
    assert part.tree is None


def test_every_official_example_has_an_equal_twin_in_xml(shared: Path) -> None:
    """Written as XML and read again, each gives the same tree, head and model."""
    for file in sorted((shared / "fhir" / "examples").glob("*/*.json")):
        root = json.loads(file.read_bytes())
        (_, (json_part,)), (_, (xml_part,)) = read_payload(file.read_bytes()), read_payload(write_xml(root))
        assert isinstance(xml_part.tree, Tree) and xml_part.tree.root == root, file.name
        assert xml_part.head == json_part.head, file.name
        assert xml_part.build() == json_part.build(), file.name


UNREAD = {
    "Composition.event",
    "Organization.active",
    "Organization.contact.extension",
    "Organization.identifier.type",
    "Patient.maritalStatus",
    "PractitionerRole.identifier",
}


def test_every_official_example_is_read(shared: Path) -> None:
    """Each has a head and a body (the empty message has none); what the model leaves out is this and no more."""
    unread: set[str] = set()
    for file in sorted((shared / "fhir" / "examples").glob("*/*.json")):
        part = part_of(file.read_bytes())
        message = part.build()
        assert part.head is not None and message is not None, file.name
        assert message.body is not None or part.head.standard == "EmptyMessage", file.name
        unread |= {re.sub(r"\[\d+\]|^Bundle\.entry.*?\((\w+)\)", r"\1", row.path) for row in message.unread}
    assert unread == UNREAD


@pytest.mark.parametrize(
    "spelt",
    [
        b'<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/></p></div></text>',
        b'<text><status value="generated"/><h:div><h:p>a<h:br/></h:p></h:div></text>',
        b'<text><status value="generated"/><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>a<x:br/></x:p></x:div></text>',
    ],
)
def test_a_narrative_is_the_same_however_its_namespace_is_said(spelt: bytes) -> None:
    """XML may declare XHTML on the div, further out, or under a prefix; JSON knows one way."""
    text = (
        b'<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><id value="a"/>'
        + spelt
        + b"</Patient>"
    )
    tree = part_of(text).tree
    assert isinstance(tree, Tree)
    assert tree.root["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/></p></div>'


def test_a_default_namespace_further_out_is_the_narratives_too() -> None:
    """FHIR's own elements may be the ones with a prefix."""
    text = (
        b'<f:Patient xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml"><f:text>'
        b'<f:status value="generated"/><div class="a">b</div></f:text></f:Patient>'
    )
    tree = part_of(text).tree
    assert isinstance(tree, Tree)
    assert tree.root["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml" class="a">b</div>'


@pytest.mark.parametrize(
    ("inside", "place"),
    [
        (b"<gender>male</gender>", "Patient._gender.#text"),
        (b'<gender value="male">or female</gender>', "Patient._gender.#text"),
        (b'<name>Elmer<family value="Elmer"/></name>', "Patient.name[0].#text"),
        (b'born <birthDate value="1947-09-25"/>', "Patient.#text"),
    ],
)
def test_text_between_tags_is_not_lost(inside: bytes, place: str) -> None:
    """FHIR's values are attributes: text belongs in narratives only, and a judge is told of any other."""
    report = examine(b'<Patient xmlns="http://hl7.org/fhir">\n  ' + inside + b"\n</Patient>").report
    assert ("fhir.element.unknown", place) in [(issue.code, str(issue.where)) for issue in report.issues]
    assert report.verdict is Verdict.REJECTED
