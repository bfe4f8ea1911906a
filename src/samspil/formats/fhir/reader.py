"""A FHIR payload as parts: one, with its tree, its head, and the message itself read when somebody looks."""

from dataclasses import dataclass
from typing import Any

import orjson

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue, Location
from samspil.domain.message import Format, Identity, Message
from samspil.formats.encoding import LATIN_1, UTF_8, Encoding, Source, is_utf8, sniff
from samspil.formats.fhir.head import read_head
from samspil.formats.fhir.tree import Tree
from samspil.formats.fhir.xml_reader import XmlFault, read_xml
from samspil.formats.part import Part


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and how deep a payload may be. Sources: MedCom network governance (100 MB); depth is ours."""

    max_bytes: int = 100_000_000
    max_depth: int = 64


LIMITS = Limits()
_TOO_DEEP = "payload.too_deep"


def read_parts(payload: bytes, identity: Identity, *, limits: Limits = LIMITS) -> tuple[Part, ...]:
    """The one part of a FHIR payload. What cannot be parsed is a part without a tree and with a fatal issue."""
    return read_recognised(payload, identity, limits=limits)


def read_recognised(
    payload: bytes,
    identity: Identity,
    *,
    encoding: Encoding | None = None,
    root: dict[str, Any] | None = None,
    limits: Limits = LIMITS,
) -> tuple[Part, ...]:
    """The same, for one who has parsed the JSON already."""
    read = read_tree(payload, identity.format, encoding=encoding, root=root, limits=limits)
    if isinstance(read, Issue):
        return (Part(part="1", identity=identity, payload=payload, issues=(read,)),)
    return (part_of_tree(read, identity),)


def part_of_tree(tree: Tree, identity: Identity) -> Part:
    """The part that a tree makes."""

    def build() -> Message | None:
        from samspil.formats.fhir.message import build_message  # noqa: PLC0415 - read only when somebody looks

        return build_message(tree, identity)

    return Part(
        part="1",
        identity=identity,
        payload=tree.source.payload,
        head=read_head(tree, identity),
        tree=tree,
        build=build,
    )


def read_tree(
    payload: bytes,
    format: Format,
    *,
    encoding: Encoding | None = None,
    root: dict[str, Any] | None = None,
    limits: Limits = LIMITS,
) -> Tree | Issue:
    """The tree of a payload, or the fatal issue that says why there is none."""
    if len(payload) > limits.max_bytes:
        return finding("payload.too_large", limit=f"{limits.max_bytes:,}")
    if encoding is None:
        encoding = sniff(payload)
    if root is None and encoding is UTF_8 and not is_utf8(payload):
        encoding = LATIN_1
    source = Source(payload, encoding)
    if format is Format.FHIR_XML:
        return _read_xml(source, limits)
    return _read_json(source, root, limits)


def _read_xml(source: Source, limits: Limits) -> Tree | Issue:
    try:
        root = read_xml(source.text, max_depth=limits.max_depth)
    except XmlFault as fault:
        start = source.in_payload(fault.offset)
        where = source.location("", start, start + 1)
        if fault.code == _TOO_DEEP:
            return finding(_TOO_DEEP, where, limit=str(limits.max_depth))
        return finding(fault.code, where)
    return Tree(root=root, format=Format.FHIR_XML, source=source)


def _read_json(source: Source, root: dict[str, Any] | None, limits: Limits) -> Tree | Issue:
    if root is None:
        try:
            root = orjson.loads(source.text)
        except orjson.JSONDecodeError as fault:
            return finding("json.broken", _json_place(source, fault))
    if not isinstance(root, dict):
        return finding("json.no_object")
    tree = Tree(root=root, format=Format.FHIR_JSON, source=source)
    if tree.survey.depth > limits.max_depth:
        return finding(_TOO_DEEP, limit=str(limits.max_depth))
    return tree


def _json_place(source: Source, fault: orjson.JSONDecodeError) -> Location:
    """Where the parser stopped. It counts characters; the finding tells bytes."""
    text = source.text.decode("utf-8", "replace")
    offset = len(text[: fault.pos].encode("utf-8", "replace"))
    where = source.in_payload(offset)
    return source.location("", min(where, len(source.payload)), min(where + 1, len(source.payload)))
