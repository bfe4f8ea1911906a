"""Rules for the header of an ehmiSBDH at the level *open profile*: an envelope is refused only for what makes it
impossible to carry or to answer; what is merely spelt otherwise is told.

Source: EHMI SBDH guide 2.0.1, header fields and business scopes; the checks of MedCom's test bed.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from samspil.catalogue.envelopes import Role, ehmi
from samspil.catalogue.findings import finding
from samspil.domain.identifiers import Gln, Sor
from samspil.domain.issues import Issue, Location, Severity
from samspil.formats.envelopes.markup import Element, Markup
from samspil.formats.envelopes.moments import read_moment
from samspil.formats.envelopes.sbdh import (
    RECEIPT_SCOPE,
    REQUEST,
    RESPONSE,
    UUID,
    Correlation,
    Participant,
    Sbdh,
    Scope,
    miscounted,
)

Place = Callable[[], Location]
"""A place that is looked up only when something is found there."""
HEADER = "StandardBusinessDocumentHeader"
_IDS = ("MESSAGEIDENTIFIER", "MESSAGEENVELOPEIDENTIFIER", "ORIGINALENVELOPEIDENTIFIER", "ORIGINALMESSAGEIDENTIFIER")
_WORD_OF_ROLE = {Role.MESSAGE: REQUEST, Role.ACKNOWLEDGEMENT: REQUEST, Role.RECEIPT: RESPONSE}


def judge_header(sbdh: Sbdh, markup: Markup) -> Iterator[Issue]:
    """The findings on an envelope's header."""
    header = markup.root.child(HEADER)
    if markup.root.name == HEADER or header is None:
        yield finding("envelope.sbdh.header", markup.where(HEADER))
        return
    if header.child("BusinessScope") is None:
        yield finding("envelope.sbdh.generic", markup.where(f"{HEADER}/BusinessScope"))
        return
    yield from _participants(sbdh, header, markup)
    yield from _identification(sbdh, header, markup)
    yield from _scopes(sbdh, header, markup)
    yield from _receipt_scope(sbdh, header, markup)


def place(markup: Markup, header: Element, *names: str) -> Location:
    """The place of a field: its own, or that of the nearest element around it that is there."""
    for length in range(len(names), 0, -1):
        if found := header.find(*names[:length]):
            return markup.where("/".join(names), found)
    return markup.where("/".join(names), header)


def _participants(sbdh: Sbdh, header: Element, markup: Markup) -> Iterator[Issue]:
    for name, who in (("Sender", sbdh.sender), ("Receiver", sbdh.receiver)):
        at = partial(place, markup, header, name, "Identifier")
        yield from _participant(who, name, at)
        parent = header.child(name)
        if parent and parent.child("ContactInformation"):
            yield finding("envelope.sbdh.contact", at(), field=name)


def _participant(who: Participant, name: str, at: Place) -> Iterator[Issue]:
    if not isinstance(who.gln, Gln):
        yield finding("envelope.sbdh.participant", at(), field=name)
    elif who.authority != ehmi().authority:
        yield finding("envelope.sbdh.authority", at(), field=name)


def _identification(sbdh: Sbdh, header: Element, markup: Markup) -> Iterator[Issue]:
    def at(name: str) -> Location:
        return place(markup, header, "DocumentIdentification", name)

    kind = sbdh.kind
    if kind is None or sbdh.standard.lower() not in ehmi().kinds:
        yield finding("envelope.sbdh.standard", at("Standard"))
    elif sbdh.standard != kind.standard:
        yield finding("envelope.sbdh.spelling", at("Standard"), field="Standard", expected=kind.standard)
    if kind is not None:
        if sbdh.type_version not in kind.versions:
            yield finding("envelope.sbdh.version", at("TypeVersion"), expected=", ".join(kind.versions))
        if sbdh.type not in kind.types:
            yield finding("envelope.sbdh.type", at("Type"), expected=kind.types[0])
        if kind.role is Role.DRAFT:
            yield finding("envelope.sbdh.draft", at("Standard"))
    if not sbdh.instance_id:
        yield finding("envelope.sbdh.missing", at("InstanceIdentifier"), field="InstanceIdentifier")
    elif not UUID.fullmatch(sbdh.instance_id):
        yield finding("envelope.sbdh.uuid", at("InstanceIdentifier"), field="InstanceIdentifier")
    if sbdh.created_at is None:
        yield finding("envelope.sbdh.moment", at("CreationDateAndTime"), field="CreationDateAndTime")


def _scopes(sbdh: Sbdh, header: Element, markup: Markup) -> Iterator[Issue]:
    elements = _scope_elements(header)
    kind = sbdh.kind
    for scope, element in zip(sbdh.scopes, elements, strict=True):
        yield from _scope(scope, partial(markup.where, f"Scope {scope.type}", element))
    if kind is None or kind.role is Role.DRAFT:
        return
    at = partial(place, markup, header, "BusinessScope")
    for name, count in miscounted(sbdh, kind.role, ehmi()).items():
        code = "envelope.sbdh.scope.missing" if count == 0 else "envelope.sbdh.scope.extra"
        severity = None if count > 1 or name in _NEEDED else Severity.WARNING
        yield finding(code, at(), severity=severity, scope=name)
    document = sbdh.value("DOCUMENTID")
    known = ehmi().kinds_by_id.get(document.lower())
    if document and known is None:
        yield finding("envelope.sbdh.document", at())
    elif known and known is not kind:
        yield finding("envelope.sbdh.document.other", at())
    elif known and document != known.ids[0]:
        yield finding("envelope.sbdh.spelling", at(), field="DOCUMENTID", expected=known.ids[0])
    process = sbdh.value("PROCESSID")
    if process and process.lower() not in ehmi().processes:
        yield finding("envelope.sbdh.process", at())


# Without these nobody can find the receiver, tell repeats, or pair a receipt.
_NEEDED = frozenset({"DOCUMENTID", "PROCESSID", "MESSAGEIDENTIFIER", RECEIPT_SCOPE})


def _scope_elements(header: Element) -> list[Element]:
    scopes = header.child("BusinessScope")
    return list(scopes.every("Scope")) if scopes else []


def _scope(scope: Scope, at: Place) -> Iterator[Issue]:
    profile = ehmi()
    if scope.type.lower() not in profile.scope_types:
        yield finding("envelope.sbdh.scope.unknown", at())
    elif scope.spelt != scope.type:
        yield finding("envelope.sbdh.spelling", at(), field="Type", expected=scope.type)
    if scope.identifier not in {profile.scope_identifier, profile.document_reference_identifier}:
        yield finding("envelope.sbdh.scope.identifier", at(), expected=profile.scope_identifier)
    if not scope.value:
        yield finding("envelope.sbdh.missing", at(), field=scope.type)
    elif scope.type in _IDS and not UUID.fullmatch(scope.value):
        yield finding("envelope.sbdh.uuid", at(), severity=Severity.WARNING, field=scope.type)
    elif scope.type in {"SENDERID", "RECEIVERID"} and not Sor.fits(scope.value):
        yield finding("envelope.sbdh.sor", at(), field=scope.type)


def _receipt_scope(sbdh: Sbdh, header: Element, markup: Markup) -> Iterator[Issue]:
    scope, kind = sbdh.scope(RECEIPT_SCOPE), sbdh.kind
    if scope is None or kind is None:
        return
    place_of_scope = next(
        element for element, found in zip(_scope_elements(header), sbdh.scopes, strict=True) if found is scope
    )
    at = partial(markup.where, f"Scope {RECEIPT_SCOPE}", place_of_scope)
    word = _WORD_OF_ROLE.get(kind.role, REQUEST)
    if scope.value != word:
        yield finding("envelope.sbdh.receipt.word", at(), expected=word)
    if scope.service is None or scope.service.name != f"{RECEIPT_SCOPE}-{scope.value}":
        yield finding("envelope.sbdh.receipt.service", at(), expected=f"{RECEIPT_SCOPE}-{word}")
    if scope.correlation is None:
        yield finding("envelope.sbdh.missing", at(), field="CorrelationInformation")
    else:
        yield from _correlation(scope.correlation, sbdh, at, is_request=scope.value == REQUEST)


def _correlation(correlation: Correlation, sbdh: Sbdh, at: Place, *, is_request: bool) -> Iterator[Issue]:
    if read_moment(correlation.requested_at) is None:
        yield finding("envelope.sbdh.moment", at(), field="RequestingDocumentCreationDateTime")
    if not correlation.requesting_id:
        yield finding("envelope.sbdh.missing", at(), field="RequestingDocumentInstanceIdentifier")
    elif not UUID.fullmatch(correlation.requesting_id):
        field = "RequestingDocumentInstanceIdentifier"
        yield finding("envelope.sbdh.uuid", at(), severity=Severity.WARNING, field=field)
    if not is_request:
        return
    if correlation.requesting_id and correlation.requesting_id != sbdh.instance_id:
        yield finding("envelope.sbdh.receipt.id", at())
    created = sbdh.created_at
    if created and read_moment(correlation.requested_at) not in {None, created}:
        yield finding("envelope.sbdh.receipt.created", at())
    expected = read_moment(correlation.expected_at or "")
    if expected is None:
        yield finding("envelope.sbdh.moment", at(), field="ExpectedResponseDateTime")
    elif created and not timedelta(0) < expected - created <= ehmi().receipt_due:
        minutes = int(ehmi().receipt_due.total_seconds() // 60)
        yield finding("envelope.sbdh.receipt.due", at(), minutes=str(minutes))
