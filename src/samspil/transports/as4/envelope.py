"""A SOAP envelope read with nothing left to chance: no entities, no second header, no second use of an id.

The header is found by its fixed path, never by searching: what is processed is what stands where it must.
Source: SOAP 1.2 part 1, 5; eDelivery AS4 1.15.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from lxml import etree

from samspil.transports.as4 import names
from samspil.transports.as4.refusal import Ebms, Refused


class Element(Protocol):
    """What we ask of an lxml element."""

    tag: str
    text: str | None

    def __len__(self) -> int: ...
    def get(self, name: str, default: str = "", /) -> str: ...
    def iter(self, *tags: str) -> "Iterator[Element]": ...
    def iterchildren(self, *tags: str) -> "Iterator[Element]": ...
    def iterfind(self, path: str, /) -> "Iterator[Element]": ...
    def find(self, path: str, /) -> "Element | None": ...
    def getparent(self) -> "Element | None": ...
    def itertext(self) -> Iterator[str]: ...


MAX_ELEMENTS = 20_000
_LXML: Any = etree  # its type stubs lack much of what is used here
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, strip_cdata=True
)
_WITH_ID = _LXML.XPath("//*[@wsu:Id or @Id or @ID or @id or @xml:id]", namespaces={"wsu": names.WSU})
_OUT_OF_PLACE = _LXML.XPath(f"boolean(//processing-instruction()) or count(//*) > {MAX_ELEMENTS}")
_ID_NAMES = (f"{{{names.WSU}}}Id", "Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")
_UTF_8 = frozenset({"UTF-8", "utf-8", "US-ASCII", None})


@dataclass(frozen=True)
class SoapEnvelope:
    """The envelope's four places that count. `security` is None for a message that carries none."""

    root: Element
    messaging: Element
    body: Element
    security: Element | None

    @cached_property
    def by_id(self) -> dict[str, Element]:
        """Each element that has an id, whatever the attribute is called. Errors: Refused where one is used twice."""
        found: dict[str, Element] = {}
        for element in _WITH_ID(self.root):
            for name in _ID_NAMES:
                value = element.get(name)
                if value and found.setdefault(value, element) is not element:
                    raise Refused(Ebms.FAILED_AUTHENTICATION, "an id is used twice")
        return found


def read_envelope(soap: bytes) -> SoapEnvelope:
    """The envelope that bytes spell. Errors: Refused, EBMS:0009."""
    root = _parsed(soap)
    if root.tag != f"{{{names.SOAP}}}Envelope":
        raise _invalid("no SOAP 1.2 envelope")
    children = list(root.iterchildren("*"))
    if [child.tag for child in children] != [f"{{{names.SOAP}}}Header", f"{{{names.SOAP}}}Body"]:
        raise _invalid("an envelope holds one Header and one Body")
    header, body = children
    messaging, security = _only(header, f"{{{names.EBMS}}}Messaging"), _only(header, f"{{{names.WSSE}}}Security")
    if messaging is None:
        raise _invalid("no Messaging header")
    return SoapEnvelope(root=root, messaging=messaging, body=body, security=security)


def _only(header: Element, tag: str) -> Element | None:
    found = list(header.iterchildren(tag))
    if len(found) > 1:
        raise _invalid("a header block stands twice")
    return found[0] if found else None


def _parsed(soap: bytes) -> Element:
    """The root. Comments are dropped, for canonical XML does not see them; instructions have no place in SOAP."""
    if b"<!DOCTYPE" in soap or b"<!ENTITY" in soap:
        raise _invalid("a document type declaration")
    root: Any = read_canonical(soap.lstrip(b" \t\r\n"))
    document = root.getroottree().docinfo
    if document.doctype or document.encoding not in _UTF_8:
        raise _invalid("a document type, or an encoding that is not UTF-8")
    if _OUT_OF_PLACE(root):
        raise _invalid("an instruction, or too many elements")
    return root


def read_canonical(xml: bytes) -> Element:
    """The element that XML bytes spell, with every way out of the document closed. Errors: Refused, EBMS:0009."""
    try:
        root: Any = etree.fromstring(xml, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise _invalid("not well-formed XML") from fault
    return root


def _invalid(reason: str) -> Refused:
    return Refused(Ebms.INVALID_HEADER, reason)


def canonical(element: Element, prefixes: str = "") -> bytes:
    """The element in exclusive canonical form, without comments; `prefixes` is an InclusiveNamespaces list."""
    inclusive = prefixes.split() or None
    return _LXML.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=inclusive)


def text_of(element: Element) -> str:
    """All characters in an element, trimmed."""
    return ("".join(element.itertext()) if len(element) else element.text or "").strip()


def children_of(element: Element, tag: str) -> Iterator[Element]:
    """The children with that tag."""
    return element.iterchildren(tag)


def one_child(element: Element, tag: str, code: Ebms = Ebms.INVALID_HEADER) -> Element:
    """The one child with that tag. Errors: Refused, where there is none or more."""
    found = list(element.iterchildren(tag))
    if len(found) != 1:
        raise Refused(code, f"{tag.rpartition('}')[2]} stands {len(found)} times")
    return found[0]
