"""Which of the XML formats bytes spell, told from the root's name and the first elements below it.

The text is fed to a streaming parser that stops as soon as enough is known. A document type declaration ends the
look at once: with it go entities, and with them every bomb. Sources: the formats' namespaces.
"""

from collections.abc import Callable
from contextlib import suppress
from xml.parsers import expat

from samspil.catalogue.standards import (
    by_document_code,
    by_oioxml_element,
    by_template,
    by_version_code,
    find_standard,
)
from samspil.domain.message import Format, Identity, Kind
from samspil.formats.encoding import Encoding, to_utf8
from samspil.formats.recognition.fhir import XmlFacts, identity_of

_CHUNK = 65_536
_SPACE = " "  # parts namespace from name

FHIR = "http://hl7.org/fhir"
CDA = "urn:hl7-org:v3"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
VANS = "urn:oio:medcom:vans-envelope:"
EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
OIOXML = ("http://rep.oio.dk/medcom.dk/", "http://rep.oio.dk/sundcom.dk/", "urn:oio:medcom:municipality:")
_NO_LETTER = frozenset({"Envelope", "Local_Elements"})
_CDA_VERSION_ROOT = "1.2.208.184.100.10"

Attributes = dict[str, str]


class _Enough(Exception):
    """Nothing more need be read."""


class _Look:
    """What one format wants to see.

    `start` and `end` are told of every element after the root, with its depth; `text` only while `listening`.
    """

    listening = False

    def __init__(self, namespace: str, name: str) -> None:
        self.namespace = namespace
        self.name = name

    def start(self, namespace: str, name: str, attributes: Attributes, depth: int) -> None:
        raise _Enough

    def text(self, data: str) -> None: ...

    def end(self, name: str, depth: int) -> None: ...

    def identity(self) -> Identity:
        return Identity(format=Format.UNKNOWN)


def recognise_xml(payload: bytes, encoding: Encoding) -> Identity:
    """The identity of an XML text; unknown when its root is nobody's we know or not even a root can be read."""
    parser = expat.ParserCreate("utf-8", _SPACE)  # whatever the declaration says: we have put it into UTF-8
    scan = _Scan(parser)
    with suppress(_Enough, expat.ExpatError, ValueError):  # we go by what was seen until then
        _feed(parser, to_utf8(payload, encoding).lstrip())
    return scan.look.identity() if scan.look else Identity(format=Format.UNKNOWN)


def _feed(parser: expat.XMLParserType, payload: bytes) -> None:
    for place in range(0, len(payload), _CHUNK):
        parser.Parse(payload[place : place + _CHUNK], False)
    parser.Parse(b"", True)


class _Scan:
    """Chooses the look by the root and passes it what follows."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.look: _Look | None = None
        self._depth = 0
        self._parser = parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _refuse(self, *_: object) -> None:
        raise _Enough

    def _start(self, tag: str, attributes: Attributes) -> None:
        namespace, _, name = tag.rpartition(_SPACE)
        if self.look is None:
            self.look = _look_for(namespace, name)
            if self.look is None:
                raise _Enough
            return
        self._depth += 1
        self.look.start(namespace, name, attributes, self._depth)
        self._parser.CharacterDataHandler = self.look.text if self.look.listening else None

    def _end(self, tag: str) -> None:
        if self.look:
            self.look.end(tag.rpartition(_SPACE)[2], self._depth)
        self._parser.CharacterDataHandler = None
        self._depth -= 1


class _Fhir(_Look):
    """A FHIR resource: what its Bundle and first entry say of themselves."""

    def __init__(self, namespace: str, name: str) -> None:
        super().__init__(namespace, name)
        self._facts = XmlFacts(name)

    def start(self, namespace: str, name: str, attributes: Attributes, depth: int) -> None:
        if not self._facts.start(name, attributes.get("value", ""), depth):
            raise _Enough

    def end(self, name: str, depth: int) -> None:
        if not self._facts.end(name, depth):
            raise _Enough

    def identity(self) -> Identity:
        return identity_of(self._facts.facts(), Format.FHIR_XML)


class _Letters(_Look):
    """An Emessage: which letters it holds."""

    def __init__(self, namespace: str, name: str) -> None:
        super().__init__(namespace, name)
        self._letters: list[tuple[str, str]] = []
        self._codes = {"VersionCode": "", "TypeCode": ""}
        self._inside = ""

    def start(self, namespace: str, name: str, attributes: Attributes, depth: int) -> None:
        if depth == 1 and name not in _NO_LETTER:
            self._letters.append((namespace, name))
        self.listening = depth == 3 and name in self._codes and len(self._letters) == 1
        self._inside = name

    def text(self, data: str) -> None:
        self._codes[self._inside] += data.strip()[:20]

    def identity(self) -> Identity:
        known = by_oioxml_element().get(self._letters[0]) if self._letters else None
        said = self._codes["VersionCode"]
        standard = known[0] if known else by_version_code().get(said[1:]) or find_standard(self._codes["TypeCode"])
        return Identity(
            format=Format.OIOXML,
            kind=standard.kind if standard else Kind.MESSAGE,
            standard=standard.id if standard else self._codes["TypeCode"].removeprefix("X") or None,
            version=known[1].code if known else said or None,
            parts=len(self._letters) or 1,
        )


class _Document(_Look):
    """A CDA document: its templates or else its code, and the version its service event states."""

    def __init__(self, namespace: str, name: str) -> None:
        super().__init__(namespace, name)
        self._templates: list[str] = []
        self._code = ""
        self._version: str | None = None

    def start(self, namespace: str, name: str, attributes: Attributes, depth: int) -> None:
        if name == "component":
            raise _Enough
        if depth == 1 and name == "templateId":
            self._templates.append(attributes.get("root", ""))
        elif depth == 1 and name == "code":
            self._code = attributes.get("code", "")
        elif name == "id" and attributes.get("root") == _CDA_VERSION_ROOT:
            self._version = _major_minor(attributes.get("extension", ""))

    def identity(self) -> Identity:
        by_code = by_document_code().get(self._code)
        standard = next(filter(None, map(by_template().get, self._templates)), by_code)
        return Identity(
            format=Format.CDA,
            kind=Kind.DOCUMENT,
            standard=standard.id if standard else None,
            version=self._version if standard else None,
        )


def _major_minor(profile: str) -> str | None:
    """`phmr-v2.1.3` states version 2.1: the patch number is dropped, as in format codes."""
    numbers = profile.lower().rpartition("-v")[2].split(".")
    return ".".join(numbers[:2]) if len(numbers) > 1 and all(number.isdigit() for number in numbers) else None


class _Envelope(_Look):
    """A VANS envelope: a message in it, or a receipt."""

    def __init__(self, namespace: str, name: str) -> None:
        super().__init__(namespace, name)
        self._receipt = False

    def start(self, namespace: str, name: str, attributes: Attributes, depth: int) -> None:
        if depth == 1 and name in {"Message", "Receipt"}:
            self._receipt = name == "Receipt"
            raise _Enough

    def identity(self) -> Identity:
        return Identity(format=Format.VANS, kind=Kind.RECEIPT if self._receipt else Kind.ENVELOPE)


class _Header(_Look):
    """A standard business document: an envelope, whatever is in it."""

    def identity(self) -> Identity:
        return Identity(format=Format.SBDH, kind=Kind.ENVELOPE)


class _Signal(_Look):
    """An ebBP signal: the receipt that travels in an SBDH."""

    def identity(self) -> Identity:
        return Identity(format=Format.EBBP, kind=Kind.RECEIPT)


_ROOTS: dict[tuple[str, str], Callable[[str, str], _Look]] = {
    (CDA, "ClinicalDocument"): _Document,
    (SBDH, "StandardBusinessDocument"): _Header,
    (SBDH, "StandardBusinessDocumentHeader"): _Header,
    (EBBP, "ReceiptAcknowledgement"): _Signal,
    (EBBP, "AcceptanceAcknowledgement"): _Signal,
    (EBBP, "Exception"): _Signal,
}


def _look_for(namespace: str, name: str) -> _Look | None:
    if namespace == FHIR:
        return _Fhir(namespace, name)
    if name == "Emessage" and namespace.startswith(OIOXML):
        return _Letters(namespace, name)
    if name == "VANSEnvelope" and namespace.startswith(VANS):
        return _Envelope(namespace, name)
    look = _ROOTS.get((namespace, name))
    return look(namespace, name) if look else None
