"""XML formats told by namespace and root."""

import pytest

from samspil.domain.message import Format, Identity, Kind
from samspil.formats.identify import identify

OIO = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/"
MAIL = "<ClinicalEmail><Letter><VersionCode>XD9134L</VersionCode><TypeCode>XDIS91</TypeCode></Letter></ClinicalEmail>"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
VANS = "urn:oio:medcom:vans-envelope:1.0.4"


def test_an_emessage_is_told_by_namespace_and_element() -> None:
    """Namespace and element fix standard and version; letters are counted, what is local is not."""
    text = f'<Emessage xmlns="{OIO}"><Envelope/>{MAIL}<Local_Elements/>{MAIL}</Emessage>'
    assert identify(text.encode()) == Identity(
        format=Format.OIOXML, kind=Kind.MESSAGE, standard="DIS91", version="XD9134L", parts=2
    )


def test_a_namespace_nobody_knows_falls_back_on_the_version_code() -> None:
    """What the letter says of itself is used when the table has no row."""
    text = f'<Emessage xmlns="http://rep.oio.dk/medcom.dk/xml/schemas/2099/01/01/"><Envelope/>{MAIL}</Emessage>'
    assert (identify(text.encode()).standard, identify(text.encode()).version) == ("DIS91", "XD9134L")


@pytest.mark.parametrize(
    ("text", "format", "kind"),
    [
        (f'<StandardBusinessDocument xmlns="{SBDH}"/>', Format.SBDH, Kind.ENVELOPE),
        (f'<s:StandardBusinessDocument xmlns:s="{SBDH}"/>', Format.SBDH, Kind.ENVELOPE),
        (f'<VANSEnvelope xmlns="{VANS}"><Message/></VANSEnvelope>', Format.VANS, Kind.ENVELOPE),
        (f'<VANSEnvelope xmlns="{VANS}"><Receipt/></VANSEnvelope>', Format.VANS, Kind.RECEIPT),
        (
            '<e:ReceiptAcknowledgement xmlns:e="http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"/>',
            Format.EBBP,
            Kind.RECEIPT,
        ),
        ('<Patient xmlns="http://hl7.org/fhir"/>', Format.FHIR_XML, Kind.OTHER),
    ],
)
def test_envelopes_and_signals_are_told_by_their_root(text: str, format: Format, kind: Kind) -> None:
    """Any prefix will do; the namespace decides."""
    identity = identify(text.encode())
    assert (identity.format, identity.kind) == (format, kind)


def test_a_cda_document_is_told_by_template_and_states_its_version() -> None:
    """The template names the standard, the service event its version without the patch number."""
    text = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.208.184.11.1"/><documentationOf><serviceEvent>'
        '<id root="1.2.208.184.100.10" extension="phmr-v2.1.3"/></serviceEvent></documentationOf></ClinicalDocument>'
    )
    assert identify(text.encode()) == Identity(format=Format.CDA, kind=Kind.DOCUMENT, standard="PHMR", version="2.1")


def test_a_document_type_ends_the_look() -> None:
    """Entities are never expanded: a bomb costs nothing."""
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><Bundle xmlns="http://hl7.org/fhir">&y;</Bundle>'
    assert identify(bomb.encode()) == Identity(format=Format.UNKNOWN)


def test_declared_and_undeclared_encodings_are_read() -> None:
    """UTF-16 with a mark and windows-1252 by declaration tell the same."""
    text = f'<Emessage xmlns="{OIO}"><!-- Åse --><Envelope/>{MAIL}</Emessage>'
    declared = f'<?xml version="1.0" encoding="windows-1252"?>{text}'.encode("cp1252")
    assert identify(declared) == identify(text.encode("utf-16")) == identify(text.encode())
