"""A small publisher for our own participants: what the register says they take, told as SMP 1.0 and 2.0, signed.

A participant is ours when a message to it is delivered from here: to a mailbox, a folder or its own system. All of
them are reached through the site's one access point. What may be sent by eDelivery is what the envelope's profile
knows; whoever takes any of it also takes envelope receipts.
Sources: OASIS SMP 1.0 and 2.0; EHMI SBDH guide 2.0.1, document and process identifiers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samspil.access.directory import Capability, Directory, Endpoint, OrganisationKind
from samspil.catalogue.envelopes import DocumentKind, Role, ehmi
from samspil.catalogue.standards import standards
from samspil.exchange.carriage import Clock
from samspil.formats.smp.model import (
    Edition,
    Identifier,
    Reference,
    Service,
    ServiceEndpoint,
    ServiceGroup,
    ServiceMetadata,
)
from samspil.formats.smp.writer import write_service_group, write_service_metadata
from samspil.transports.discovery.signature import sign_document

PATH = "/smp"
TWO = "bdxr-smp-2"
MEDIA_TYPE = "application/xml"
LONGEST_PATH = 2_048
OWN_WIRES = frozenset({"mailbox", "http", "folder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is the same for every participant: the access point, and who signs. `base_url` is the publisher's own."""

    base_url: str
    access_point_url: str
    access_point_certificate: bytes = field(repr=False)
    transport_profile: str
    contact: str = ""
    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class _Taken:
    """A document type that a participant takes, and the capability that says from when until when."""

    document: Identifier
    capability: Capability | None


class Publisher:
    """Answers about our participants, from the register as it is at that moment."""

    def __init__(self, directory: Directory, publication: Publication, clock: Clock) -> None:
        self._directory = directory
        self._publication = publication
        self._clock = clock

    def group(self, participant: Identifier, edition: Edition) -> bytes | None:
        """Every document type that a participant takes; None for one that is not ours."""
        taken = self._taken(participant)
        if not taken:
            return None
        references = tuple(self._reference(participant, one.document) for one in taken)
        return write_service_group(ServiceGroup(participant=participant, references=references), edition)

    def metadata(self, participant: Identifier, document: Identifier, edition: Edition) -> bytes | None:
        """How a participant takes a document type, signed; None where it does not."""
        found = next((one for one in self._taken(participant) if one.document.key == document.key), None)
        if found is None:
            return None
        publication = self._publication
        endpoint = ServiceEndpoint(
            transport_profile=publication.transport_profile,
            url=publication.access_point_url,
            certificate=publication.access_point_certificate,
            activates=found.capability.valid_from if found.capability else None,
            expires=found.capability.valid_until if found.capability else None,
            contact=publication.contact,
        )
        service = Service(processes=(Identifier.read(ehmi().process),), endpoints=(endpoint,))
        metadata = ServiceMetadata(participant=participant, document=found.document, services=(service,))
        written = write_service_metadata(metadata, edition)
        return sign_document(written, key=publication.key, certificate=publication.certificate)

    def _reference(self, participant: Identifier, document: Identifier) -> Reference:
        url = f"{self._publication.base_url}/{participant.segment}/services/{document.segment}"
        return Reference(document, url)

    def _taken(self, participant: Identifier) -> list[_Taken]:
        endpoint = self._endpoint(participant)
        return [] if endpoint is None else list(_documents(endpoint, self._clock()))

    def _endpoint(self, participant: Identifier) -> Endpoint | None:
        """The endpoint of one of ours, by its location number."""
        scheme, colon, gln = participant.value.partition(":")
        if participant.scheme.casefold() != ehmi().authority or not colon or scheme != ehmi().scheme:
            return None
        holder = self._directory.find_organisation(gln)
        endpoint = self._directory.find_endpoint(gln)
        if holder is None or endpoint is None or holder.kind is OrganisationKind.HUB:
            return None
        return endpoint if endpoint.wire in OWN_WIRES else None


def _documents(endpoint: Endpoint, now: datetime) -> Iterator[_Taken]:
    """The document types that an endpoint takes now, in the profile's order, receipts last where there is any."""
    kinds = {kind.standard: kind for kind in ehmi().kinds.values()}.values()
    events = {standard.event: standard.id for standard in standards() if standard.event}
    is_any = False
    for kind in kinds:
        standard = events.get(kind.standard)
        if standard is not None and endpoint.takes(standard, kind.version, now):
            is_any = True
            yield _Taken(_document(kind), _capability(endpoint, standard, kind.version, now))
    for kind in kinds:
        if is_any and kind.role is Role.RECEIPT:
            yield _Taken(_document(kind), None)


def _document(kind: DocumentKind) -> Identifier:
    return Identifier.read(kind.ids[0])


def _capability(endpoint: Endpoint, standard: str, version: str, now: datetime) -> Capability | None:
    covering = (one for one in endpoint.capabilities if one.standard == standard and one.covers(version, now))
    return next(covering, None)


def smp_routes(publisher: Publisher, *, path: str = PATH) -> list[Route]:
    """The routes of both editions. They are open: what they tell is what senders must know, and about nobody."""

    async def answer(request: Request) -> Response:
        segments = _segments(request, path)
        edition = Edition.TWO if segments[:1] == [TWO] else Edition.ONE
        found = _answer(publisher, segments[1:] if edition is Edition.TWO else segments, edition)
        if found is None:
            return Response(status_code=404)
        return Response(found, media_type=MEDIA_TYPE, headers={"x-content-type-options": "nosniff"})

    return [Route(f"{path}/{{rest:path}}", answer, methods=["GET"])]


def _segments(request: Request, path: str) -> list[str]:
    """The path's segments below ours, split before anything is unescaped: identifiers hold slashes."""
    raw = request.scope.get("raw_path") or b""
    text = raw.partition(b"?")[0].decode("ascii", "replace")
    if len(text) > LONGEST_PATH:
        return []
    return [unquote(segment) for segment in text.removeprefix(f"{path}/").split("/")]


def _answer(publisher: Publisher, segments: list[str], edition: Edition) -> bytes | None:
    match segments:
        case [participant]:
            return publisher.group(Identifier.read(participant), edition)
        case [participant, "services", document]:
            return publisher.metadata(Identifier.read(participant), Identifier.read(document), edition)
        case _:
            return None
