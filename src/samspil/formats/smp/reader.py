"""A publisher's document, read leniently: SMP 1.0 (with the older dialect's endpoint address) and 2.0.

A stranger wrote it: entities, doctypes and too much of anything end with one finding. Whether it is signed, and by
whom, is not looked at here.
Sources: OASIS SMP 1.0, 2.0; Peppol's dialect of 1.0.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.formats.smp.model import (
    Edition,
    Identifier,
    Redirect,
    Reference,
    Service,
    ServiceEndpoint,
    ServiceGroup,
    ServiceMetadata,
)
from samspil.formats.smp.names import GROUP2, METADATA2, V1

MOST_BYTES = 1_000_000
MOST_ELEMENTS = 20_000
Element = Any


def parser() -> etree.XMLParser:
    """A parser that follows nothing and expands nothing."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


def read_smp(payload: bytes) -> ServiceGroup | ServiceMetadata | Issue:
    """The document, or the finding that says why there is none. Never raises."""
    root = _root(payload)
    if isinstance(root, Issue):
        return root
    document = _document(root)
    return finding("smp.document.unknown") if document is None else document


def _root(payload: bytes) -> Element | Issue:
    if len(payload) > MOST_BYTES:
        return finding("payload.too_large", limit=f"{MOST_BYTES:,}")
    try:
        root: Element = etree.fromstring(payload, parser())
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return finding("xml.broken")
    if root.getroottree().docinfo.doctype:
        return finding("xml.doctype.refused")
    if sum(1 for _ in zip(range(MOST_ELEMENTS + 1), root.iter(), strict=False)) > MOST_ELEMENTS:
        return finding("smp.document.large", limit=f"{MOST_ELEMENTS:,}")
    return root


def _document(root: Element) -> ServiceGroup | ServiceMetadata | None:
    kind = etree.QName(root)
    match kind.namespace, kind.localname:
        case namespace, "ServiceGroup" if namespace == GROUP2:
            return _group_2(root)
        case namespace, "ServiceMetadata" if namespace == METADATA2:
            return _metadata_2(root)
        case _, "ServiceGroup":
            return _group_1(root)
        case _, "SignedServiceMetadata":
            inner = _child(root, "ServiceMetadata")
            return None if inner is None else _metadata_1(inner)
        case namespace, "ServiceMetadata" if namespace == V1:
            return _metadata_1(root)
        case _:
            return None


def _children(element: Element | None, *path: str) -> Iterator[Element]:
    """Everything at a path of local names, whatever their namespaces: dialects differ in little else."""
    if element is None:
        return
    if not path:
        yield element
        return
    for child in element:
        if etree.QName(child).localname == path[0]:
            yield from _children(child, *path[1:])


def _child(element: Element | None, *path: str) -> Element | None:
    return next(_children(element, *path), None)


def _text(element: Element | None, *path: str) -> str:
    found = _child(element, *path)
    return "" if found is None else "".join(found.itertext()).strip()


def _identifier(element: Element | None, *path: str, scheme: str = "scheme") -> Identifier | None:
    found = _child(element, *path)
    return None if found is None else Identifier(found.get(scheme, "").strip(), _text(found))


def _required(identifier: Identifier | None) -> Identifier:
    return identifier or Identifier("", "")


def _group_1(root: Element) -> ServiceGroup:
    references = _children(root, "ServiceMetadataReferenceCollection", "ServiceMetadataReference")
    return ServiceGroup(
        participant=_required(_identifier(root, "ParticipantIdentifier")),
        references=tuple(Reference(url=reference.get("href", "").strip()) for reference in references),
    )


def _metadata_1(root: Element) -> ServiceMetadata:
    information = _child(root, "ServiceInformation")
    return ServiceMetadata(
        participant=_identifier(information, "ParticipantIdentifier"),
        document=_identifier(information, "DocumentIdentifier"),
        services=tuple(map(_service_1, _children(information, "ProcessList", "Process"))),
        redirect=_redirect_1(_child(root, "Redirect")),
    )


def _service_1(process: Element) -> Service:
    identifier = _identifier(process, "ProcessIdentifier")
    return Service(
        processes=(identifier,) if identifier else (),
        endpoints=tuple(map(_endpoint_1, _children(process, "ServiceEndpointList", "Endpoint"))),
        redirect=_redirect_1(_child(process, "Redirect")),
    )


def _endpoint_1(endpoint: Element) -> ServiceEndpoint:
    return ServiceEndpoint(
        transport_profile=endpoint.get("transportProfile", "").strip(),
        url=_text(endpoint, "EndpointURI") or _text(endpoint, "EndpointReference", "Address"),
        certificate=_binary(_text(endpoint, "Certificate")),
        activates=_moment(_text(endpoint, "ServiceActivationDate")),
        expires=_moment(_text(endpoint, "ServiceExpirationDate")),
        description=_text(endpoint, "ServiceDescription"),
        contact=_text(endpoint, "TechnicalContactUrl"),
    )


def _redirect_1(redirect: Element | None) -> Redirect | None:
    if redirect is None:
        return None
    return Redirect(url=redirect.get("href", "").strip(), certificate_uid=_text(redirect, "CertificateUID"))


def _group_2(root: Element) -> ServiceGroup:
    services = _children(root, "ServiceReference")
    return ServiceGroup(
        participant=_required(_identifier(root, "ParticipantID", scheme="schemeID")),
        references=tuple(Reference(_identifier(service, "ID", scheme="schemeID")) for service in services),
    )


def _metadata_2(root: Element) -> ServiceMetadata:
    return ServiceMetadata(
        participant=_identifier(root, "ParticipantID", scheme="schemeID"),
        document=_identifier(root, "ServiceID", scheme="schemeID") or _identifier(root, "ID", scheme="schemeID"),
        services=tuple(map(_service_2, _children(root, "ProcessMetadata"))),
        edition=Edition.TWO,
    )


def _service_2(metadata: Element) -> Service:
    redirect = _child(metadata, "Redirect")
    processes = (_identifier(process, "ID", scheme="schemeID") for process in _children(metadata, "Process"))
    return Service(
        processes=tuple(filter(None, processes)),
        endpoints=tuple(map(_endpoint_2, _children(metadata, "Endpoint"))),
        redirect=None if redirect is None else _redirect_2(redirect),
    )


def _endpoint_2(endpoint: Element) -> ServiceEndpoint:
    return ServiceEndpoint(
        transport_profile=_text(endpoint, "TransportProfileID"),
        url=_text(endpoint, "AddressURI"),
        certificate=_binary(_text(endpoint, "Certificate", "ContentBinaryObject")),
        activates=_moment(_text(endpoint, "ActivationDate")),
        expires=_moment(_text(endpoint, "ExpirationDate")),
        description=_text(endpoint, "Description"),
        contact=_text(endpoint, "Contact"),
    )


def _redirect_2(redirect: Element) -> Redirect:
    return Redirect(
        url=_text(redirect, "PublisherURI"), certificate=_binary(_text(redirect, "Certificate", "ContentBinaryObject"))
    )


def _binary(text: str) -> bytes:
    """Base64, also between the lines of PEM; nothing for what is neither."""
    plain = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        return b64decode("".join(plain.split()), validate=True)
    except (Error, ValueError):
        return b""


def _moment(text: str) -> datetime | None:
    """A date or a moment; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
