"""What makes a FHIR payload a message that can be carried, whatever its profiles say: the first rules of all.

Well formed, a bundle of type message, a MessageHeader first, ids, sender, receiver, time, a known event, and every
reference leading somewhere. Profiles and business rules are others' work.
Sources: MedCom FHIR messaging; HL7 FHIR R4, messaging.html, bundle.html, json.html.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from json import JSONDecoder

import orjson

from samspil.catalogue.findings import finding
from samspil.catalogue.standards import by_event
from samspil.domain.identifiers import Gln, Unchecked
from samspil.domain.issues import Issue, Severity
from samspil.domain.message import Format, Head, Kind
from samspil.formats.fhir.bundle import Entry
from samspil.formats.fhir.elements import moment, part_of, parts_of, text_of
from samspil.formats.fhir.head import find_header, primary_destination
from samspil.formats.fhir.paths import Steps
from samspil.formats.fhir.survey import count_texts, steps_to
from samspil.formats.fhir.tree import Tree
from samspil.formats.part import Part

_ORGANISATIONS = frozenset({"Organization", "Practitioner", "PractitionerRole"})
_EARLIER_MESSAGE = re.compile(r"(?:.*/)?MessageHeader/[^/]+")


def judge(part: Part, rules: object) -> Iterator[Issue]:
    """Every fault of the spine, in the order of the message."""
    tree = part.tree
    if not isinstance(tree, Tree):
        return
    yield from _judge_text(tree)
    match part.identity.kind:
        case Kind.MESSAGE | Kind.RECEIPT:
            yield from _judge_message(tree, part.head)
        case Kind.DOCUMENT:
            yield from _judge_document(tree)
        case _:
            yield finding("fhir.message.none", type=text_of(tree.root, "resourceType"))


def _judge_text(tree: Tree) -> Iterator[Issue]:
    """The bytes: encoding, mark, names that stand twice."""
    encoding = tree.source.encoding
    if not encoding.is_utf8:
        severity = Severity.ERROR if tree.format is Format.FHIR_JSON else Severity.WARNING  # XML declares its own
        yield finding("fhir.charset.not_utf8", severity=severity, encoding=encoding.codec)
    elif encoding.mark_bytes and tree.format is Format.FHIR_JSON:
        yield finding("fhir.charset.mark")
    if _may_repeat_names(tree):
        yield from _repeated_names(tree)


def _may_repeat_names(tree: Tree) -> bool:
    """May a name stand twice? Not in what we would write just so, nor where as many texts are read as are written."""
    if tree.signs is None or orjson.dumps(tree.root) == tree.source.text:
        return False
    return tree.signs.texts != count_texts(tree.root)


def _judge_message(tree: Tree, head: Head | None) -> Iterator[Issue]:
    root, header = tree.root, find_header(tree.bundle)
    if root.get("type") != "message":
        yield finding("fhir.bundle.type", tree.locate("type"), found=_said(root.get("type")))
    yield from _judge_envelope(tree)
    if header is None or head is None:
        yield finding("fhir.header.missing", tree.locate("entry"))
        return
    if header.place != 0:
        first = tree.bundle.entries[0].type
        yield finding("fhir.header.not_first", tree.locate("entry", 0), found=_said(first))
    if not header.id:
        yield finding("fhir.header.id.missing", tree.locate(*_at(header), "id"))
    yield from _judge_event(tree, header)
    yield from _judge_parties(tree, header, head)
    yield from judge_references(tree)


def _judge_document(tree: Tree) -> Iterator[Issue]:
    entries = tree.bundle.entries
    if not entries or entries[0].type != "Composition":
        yield finding("fhir.composition.missing", tree.locate("entry", 0))
        return
    yield from judge_references(tree)


def _judge_envelope(tree: Tree) -> Iterator[Issue]:
    root = tree.root
    if not text_of(root, "id"):
        yield finding("fhir.bundle.id.missing", tree.locate("id"))
    if root.get("timestamp") is None:
        yield finding("fhir.bundle.timestamp.missing", tree.locate("timestamp"))
    elif moment(root["timestamp"]) is None:
        yield finding("fhir.bundle.timestamp.malformed", tree.locate("timestamp"))


def _judge_event(tree: Tree, header: Entry) -> Iterator[Issue]:
    place = (*_at(header), "eventCoding", "code")
    code = text_of(part_of(header.resource, "eventCoding"), "code")
    if not code:
        yield finding("fhir.event.missing", tree.locate(*place))
    elif code not in by_event():
        nearest = get_close_matches(code[:64], by_event(), n=1, cutoff=0.0)[0]
        yield finding("fhir.event.unknown", tree.locate(*place), found=_said(code), nearest=nearest)


def _judge_parties(tree: Tree, header: Entry, head: Head) -> Iterator[Issue]:
    resource = header.resource
    destination = primary_destination(resource)
    position = next((i for i, item in enumerate(parts_of(resource, "destination")) if item is destination), 0)
    sender = tree.bundle.find(resource.get("sender"), header)
    receiver = tree.bundle.find(destination.get("receiver"), header)
    yield from _judge_party(tree, sender, head.sender, (*_at(header), "sender"), "sender")
    yield from _judge_party(
        tree, receiver, head.receiver, (*_at(header), "destination", position, "receiver"), "receiver"
    )


def _judge_party(
    tree: Tree, party: Entry | None, gln: Gln | Unchecked | None, place: Steps, role: str
) -> Iterator[Issue]:
    if party is None or party.type not in _ORGANISATIONS:
        yield finding(f"fhir.{role}.missing", tree.locate(*place))
    elif gln is None:
        yield finding("fhir.party.gln.missing", tree.locate(*_at(party), "identifier"), party=role)
    elif isinstance(gln, Unchecked):
        rows = parts_of(party.resource, "identifier")
        position = next(i for i, row in enumerate(rows) if row.get("value") == gln.reveal())
        place = (*_at(party), "identifier", position, "value")
        yield finding("fhir.party.gln.malformed", tree.locate(*place), party=role)


def judge_references(tree: Tree) -> Iterator[Issue]:
    """References that lead nowhere. Messages sent before are named, not carried."""
    by_place = {entry.place: entry for entry in tree.bundle.entries}
    for place, holder in tree.survey.references:
        within = by_place.get(place)
        if within is None or tree.bundle.find(holder, within) is not None:
            continue
        reference = text_of(holder, "reference")
        if _EARLIER_MESSAGE.fullmatch(reference):
            continue
        steps = ("entry", place, *steps_to(tree.root["entry"][place], holder), "reference")
        yield finding("fhir.reference.unresolved", tree.locate(*steps), reference=_said(reference))


def _repeated_names(tree: Tree) -> Iterator[Issue]:
    repeated: dict[str, None] = {}

    def members(pairs: list[tuple[str, object]]) -> None:
        if len(pairs) > 1 and len(names := [name for name, _ in pairs]) != len(set(names)):
            repeated.update(dict.fromkeys(name for name in names if names.count(name) > 1))

    decoder = JSONDecoder(object_pairs_hook=members, parse_int=str, parse_float=str)
    decoder.decode(tree.source.text.decode("utf-8", "replace").strip())
    for name in repeated:
        yield finding("json.key.repeated", name=_said(name))


def _at(entry: Entry) -> Steps:
    return "entry", entry.place, "resource"


def _said(value: object) -> str:
    """Something the message says, fit to be repeated in a sentence: short, one line, and never a number of a person."""
    text = value if isinstance(value, str) else "missing" if value is None else type(value).__name__
    return _DIGITS.sub("…", " ".join(text.split()))[:80] or "empty"


_DIGITS = re.compile(r"\d{6}-?\d{4}")
