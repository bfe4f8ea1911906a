"""A participant's services as SMP 1.0 or 2.0 spells them, unsigned. Source: OASIS SMP 1.0, 2.0, schemas."""

from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lxml import etree

from samspil.formats.smp.model import Edition, Identifier, Service, ServiceEndpoint, ServiceGroup, ServiceMetadata
from samspil.formats.smp.names import AGGREGATE2, BASIC2, GROUP2, METADATA2, V1

Element = Any
_LXML: Any = etree  # its type stubs lack what makes elements


def write_service_group(group: ServiceGroup, edition: Edition) -> bytes:
    """The list of a participant's document types. 1.0 tells their places, 2.0 the types themselves."""
    if edition is Edition.ONE:
        root = _root(V1, "ServiceGroup", {None: V1})
        _identifier(root, V1, "ParticipantIdentifier", group.participant, "scheme")
        collection = _add(root, V1, "ServiceMetadataReferenceCollection")
        for reference in group.references:
            _add(collection, V1, "ServiceMetadataReference").set("href", reference.url)
        return _bytes(root)
    root = _root(GROUP2, "ServiceGroup", {None: GROUP2, "sma": AGGREGATE2, "smb": BASIC2})
    _add(root, BASIC2, "SMPVersionID", "2.0")
    _identifier(root, BASIC2, "ParticipantID", group.participant, "schemeID")
    for reference in group.references:
        if reference.document is not None:
            _identifier(_add(root, AGGREGATE2, "ServiceReference"), BASIC2, "ID", reference.document, "schemeID")
    return _bytes(root)


def write_service_metadata(metadata: ServiceMetadata, edition: Edition) -> bytes:
    """How a participant takes one document type, ready to be signed. Errors: ValueError without both identifiers."""
    if metadata.participant is None or metadata.document is None:
        raise ValueError("participant and document are needed")
    if edition is Edition.ONE:
        return _metadata_1(metadata, metadata.participant, metadata.document)
    return _metadata_2(metadata, metadata.participant, metadata.document)


def _metadata_1(metadata: ServiceMetadata, participant: Identifier, document: Identifier) -> bytes:
    signed = _root(V1, "SignedServiceMetadata", {None: V1})
    information = _add(_add(signed, V1, "ServiceMetadata"), V1, "ServiceInformation")
    _identifier(information, V1, "ParticipantIdentifier", participant, "scheme")
    _identifier(information, V1, "DocumentIdentifier", document, "scheme")
    processes = _add(information, V1, "ProcessList")
    for service in metadata.services:
        for process in service.processes:
            element = _add(processes, V1, "Process")
            _identifier(element, V1, "ProcessIdentifier", process, "scheme")
            endpoints = _add(element, V1, "ServiceEndpointList")
            for endpoint in service.endpoints:
                _endpoint_1(endpoints, endpoint)
    return _bytes(signed)


def _endpoint_1(parent: Element, endpoint: ServiceEndpoint) -> None:
    element = _add(parent, V1, "Endpoint")
    element.set("transportProfile", endpoint.transport_profile)
    _add(element, V1, "EndpointURI", endpoint.url)
    _add(element, V1, "RequireBusinessLevelSignature", "false")
    if endpoint.activates is not None:
        _add(element, V1, "ServiceActivationDate", _moment(endpoint.activates))
    if endpoint.expires is not None:
        _add(element, V1, "ServiceExpirationDate", _moment(endpoint.expires))
    _add(element, V1, "Certificate", b64encode(endpoint.certificate).decode())
    _add(element, V1, "ServiceDescription", endpoint.description)
    _add(element, V1, "TechnicalContactUrl", endpoint.contact)


def _metadata_2(metadata: ServiceMetadata, participant: Identifier, document: Identifier) -> bytes:
    root = _root(METADATA2, "ServiceMetadata", {None: METADATA2, "sma": AGGREGATE2, "smb": BASIC2})
    _add(root, BASIC2, "SMPVersionID", "2.0")
    _identifier(root, BASIC2, "ParticipantID", participant, "schemeID")
    _identifier(root, BASIC2, "ServiceID", document, "schemeID")
    for service in metadata.services:
        _service_2(_add(root, AGGREGATE2, "ProcessMetadata"), service)
    return _bytes(root)


def _service_2(element: Element, service: Service) -> None:
    for process in service.processes:
        _identifier(_add(element, AGGREGATE2, "Process"), BASIC2, "ID", process, "schemeID")
    for endpoint in service.endpoints:
        found = _add(element, AGGREGATE2, "Endpoint")
        _add(found, BASIC2, "TransportProfileID", endpoint.transport_profile)
        if endpoint.description:
            _add(found, BASIC2, "Description", endpoint.description)
        if endpoint.contact:
            _add(found, BASIC2, "Contact", endpoint.contact)
        _add(found, BASIC2, "AddressURI", endpoint.url)
        if endpoint.activates is not None:
            _add(found, BASIC2, "ActivationDate", endpoint.activates.astimezone(UTC).date().isoformat())
        if endpoint.expires is not None:
            _add(found, BASIC2, "ExpirationDate", _day_after(endpoint.expires))
        content = _add(_add(found, AGGREGATE2, "Certificate"), BASIC2, "ContentBinaryObject")
        content.text = b64encode(endpoint.certificate).decode()
        content.set("mimeCode", "application/base64")


def _root(namespace: str, name: str, prefixes: dict[str | None, str]) -> Element:
    return _LXML.Element(f"{{{namespace}}}{name}", nsmap=prefixes)


def _add(parent: Element, namespace: str, name: str, text: str = "") -> Element:
    element: Element = _LXML.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text or None
    return element


def _identifier(parent: Element, namespace: str, name: str, identifier: Identifier, scheme: str) -> None:
    element = _add(parent, namespace, name, identifier.value)
    if identifier.scheme:
        element.set(scheme, identifier.scheme)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day_after(moment: datetime) -> str:
    """The first day on which it is over: 2.0 tells days only, and what is in use must not look as if it were not."""
    end = moment.astimezone(UTC)
    is_told = end.time() == time.min or end.date() == date.max
    return (end.date() + timedelta(days=0 if is_told else 1)).isoformat()


def _bytes(root: Element) -> bytes:
    return _LXML.tostring(root, xml_declaration=True, encoding="UTF-8")
