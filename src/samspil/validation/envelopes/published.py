"""The published schema of ehmiSBDH as a table: would its closed lists and fixed values let an envelope through?

This is the narrow level, for who must know what a strict receiver will say. Blanks around a date are passed over, as
XML Schema has it (libxml2 does not). Source: EHMI SBDH guide 2.0.1, ehmiStandardBusinessDocumentHeader.xsd.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from samspil.catalogue.envelopes import ehmi
from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.formats.envelopes.markup import Element, Markup
from samspil.formats.envelopes.moments import read_moment
from samspil.formats.envelopes.sbdh import decoded

Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One child in a sequence: how often it stands, and what it is. `model` names its own sequence, or a value."""

    name: str
    model: str = "text"
    least: int = 1
    most: int | None = 1


def _one_of(*words: str) -> Fits:
    return frozenset(words).__contains__


_DATE = re.compile(r"-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")
VALUES: Mapping[str, tuple[Fits, str]] = {
    "text": (lambda _: True, "text"),
    "version": (_one_of("1.0"), "1.0"),
    "authority": (_one_of("iso6523-actorid-upis"), "iso6523-actorid-upis"),
    "moment": (lambda text: read_moment(text) is not None and bool(_DATE.fullmatch(text.strip())), "xs:dateTime"),
    "false": (lambda text: text.strip() == "false", "false"),
    "base64": (lambda text: decoded(text) is not None, "base64"),
    "zero": (_one_of("0"), "0"),
    "due": (_one_of("600000"), "600000"),
    "standard": (
        _one_of("homecareobservation-message", "acknowledgement-message", "ehmisbdh-acknowledgement"),
        "homecareobservation-message, acknowledgement-message or ehmisbdh-acknowledgement",
    ),
    "scope": (frozenset(ehmi().scope_types.values()).__contains__, "one of its fifteen scopes"),
    "identifier": (
        _one_of("", "dk-medcom-messaging", "dk-medcom-DocumentReference"),
        "dk-medcom-messaging or dk-medcom-DocumentReference",
    ),
    "service": (
        _one_of("EHMI-ReceiptAcknowledgement-Request", "EHMI-ReceiptAcknowledgement-Response"),
        "EHMI-ReceiptAcknowledgement-Request or -Response",
    ),
    "transaction": (
        _one_of("RequestingServiceTransaction", "RespondingServiceTransaction"),
        "RequestingServiceTransaction or RespondingServiceTransaction",
    ),
    "media": (
        _one_of("application/xml", "application/fhir+json", "application/fhir+xml"),
        "application/xml, application/fhir+json or application/fhir+xml",
    ),
    "encoding": (_one_of("UTF-8", "ISO-8859-1"), "UTF-8 or ISO-8859-1"),
}
SEQUENCES: Mapping[str, tuple[Row, ...]] = {
    "document": (Row("StandardBusinessDocumentHeader", "header"), Row("BinaryContent", "base64")),
    "header": (
        Row("HeaderVersion", "version"),
        Row("Sender", "partner"),
        Row("Receiver", "partner"),
        Row("DocumentIdentification", "identification"),
        Row("BusinessScope", "scopes"),
    ),
    "partner": (Row("Identifier"),),
    "identification": (
        Row("Standard", "standard"),
        Row("TypeVersion"),
        Row("InstanceIdentifier"),
        Row("Type"),
        Row("MultipleType", "false", least=0),
        Row("CreationDateAndTime", "moment"),
    ),
    "scopes": (Row("Scope", "one scope", least=0, most=None),),
    "correlation": (
        Row("RequestingDocumentCreationDateTime", "moment"),
        Row("RequestingDocumentInstanceIdentifier"),
        Row("ExpectedResponseDateTime", "moment"),
    ),
    "business service": (Row("BusinessServiceName", "service"), Row("ServiceTransaction", "empty")),
    "empty": (),
    "one scope": (
        Row("Type", "scope"),
        Row("InstanceIdentifier"),
        Row("Identifier", "identifier"),
        Row("ScopeInformation", "", least=0, most=None),
    ),
}
# What may stand for the abstract ScopeInformation.
SUBSTITUTES = {"CorrelationInformation": "correlation", "BusinessService": "business service"}
_NO = "false"
ATTRIBUTES: Mapping[str, tuple[Mapping[str, str], frozenset[str]]] = {
    "Identifier": ({"Authority": "authority"}, frozenset()),
    "BinaryContent": ({"mimeType": "media", "encoding": "encoding"}, frozenset({"mimeType"})),
    "ServiceTransaction": (
        {
            "TypeOfServiceTransaction": "transaction",
            "IsNonRepudiationRequired": _NO,
            "IsAuthenticationRequired": _NO,
            "IsNonRepudiationOfReceiptRequired": _NO,
            "IsIntelligibleCheckRequired": _NO,
            "IsApplicationErrorResponseRequested": _NO,
            "TimeToAcknowledgeReceipt": "due",
            "TimeToAcknowledgeAcceptance": "zero",
            "TimeToPerform": "zero",
            "Recurrence": "zero",
        },
        frozenset(),
    ),
}
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "


def judge_published(markup: Markup) -> Iterator[Issue]:
    """What the published schema has against an envelope; nothing if it would let it through."""
    root = markup.root
    if (root.namespace, root.name) != (ehmi().namespace, "StandardBusinessDocument"):
        yield finding("envelope.schema", markup.where(root.name), field=root.name, expected="StandardBusinessDocument")
        return
    yield from _sequence(root, "document", markup)


def _sequence(element: Element, model: str, markup: Markup) -> Iterator[Issue]:
    """The children in order, each as often as its row says; then what each holds."""
    rest = list(element.children)
    for row in SEQUENCES[model]:
        count = 0
        while rest and _is(rest[0], row) and (row.most is None or count < row.most):
            yield from _content(rest.pop(0), row, markup)
            count += 1
        if count < row.least:
            found = rest[0] if rest else element
            where = markup.where(f"{element.name}/{row.name}", found)
            yield finding("envelope.schema", where, field=element.name, expected=row.name)
            return
    if rest:
        where = markup.where(f"{element.name}/{rest[0].name}", rest[0])
        yield finding("envelope.schema", where, field=element.name, expected="nothing more")
    yield from _attributes(element, markup)


def _is(element: Element, row: Row) -> bool:
    named = element.name in SUBSTITUTES if row.name == "ScopeInformation" else element.name == row.name
    return named and element.namespace == ehmi().namespace


def _content(element: Element, row: Row, markup: Markup) -> Iterator[Issue]:
    model = SUBSTITUTES.get(element.name, row.model)
    if model in SEQUENCES:
        yield from _sequence(element, model, markup)
        return
    fits, expected = VALUES[model]
    if element.children or not fits(element.text):
        yield finding("envelope.schema", markup.where(element.name, element), field=element.name, expected=expected)
    yield from _attributes(element, markup)


def _attributes(element: Element, markup: Markup) -> Iterator[Issue]:
    known, needed = ATTRIBUTES.get(element.name, ({}, frozenset()))
    where = markup.where(element.name, element)
    for name, value in element.attributes.items():
        if name.startswith(_SCHEMA_INSTANCE):
            continue
        fits, expected = VALUES[known[name]] if name in known else (lambda _: False, "no such attribute")
        if not fits(value):
            yield finding("envelope.schema", where, field=f"@{name}", expected=expected)
    for name in sorted(needed - set(element.attributes)):
        yield finding("envelope.schema", where, field=f"@{name}", expected="the attribute")
