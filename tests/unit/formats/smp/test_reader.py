"""Publishers' documents as strangers spell them, and bytes that are none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil.domain.issues import Issue
from samspil.formats.smp.model import Identifier, ServiceGroup, ServiceMetadata
from samspil.formats.smp.reader import MOST_BYTES, MOST_ELEMENTS, read_smp

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OLD_DIALECT = b"""<?xml version="1.0"?>
<smp:SignedServiceMetadata xmlns:smp="http://busdox.org/serviceMetadata/publishing/1.0/"
    xmlns:id="http://busdox.org/transport/identifiers/1.0/" xmlns:wsa="http://www.w3.org/2005/08/addressing">
  <smp:ServiceMetadata><smp:ServiceInformation>
    <id:ParticipantIdentifier scheme="iso6523-actorid-upis"> 0088:5790000121526 </id:ParticipantIdentifier>
    <id:DocumentIdentifier scheme="example-docid">doc<!-- not a part of it -->-71903</id:DocumentIdentifier>
    <smp:ProcessList><smp:Process>
      <id:ProcessIdentifier scheme="example-procid">proc-71903</id:ProcessIdentifier>
      <smp:ServiceEndpointList><smp:Endpoint transportProfile="as4">
        <wsa:EndpointReference><wsa:Address>https://ap.example/as4</wsa:Address></wsa:EndpointReference>
        <smp:ServiceActivationDate>2026-01-01</smp:ServiceActivationDate>
        <smp:ServiceExpirationDate>2027-01-01T00:00:00Z</smp:ServiceExpirationDate>
        <smp:Certificate>-----BEGIN CERTIFICATE-----
          AQID
          -----END CERTIFICATE-----</smp:Certificate>
      </smp:Endpoint></smp:ServiceEndpointList>
    </smp:Process></smp:ProcessList>
  </smp:ServiceInformation></smp:ServiceMetadata>
</smp:SignedServiceMetadata>"""


def test_the_older_dialect_is_read_too() -> None:
    """Another namespace, the address inside an endpoint reference, padded values, a comment: the same service."""
    metadata = read_smp(OLD_DIALECT)
    assert isinstance(metadata, ServiceMetadata)
    assert metadata.participant == Identifier("iso6523-actorid-upis", "0088:5790000121526")
    assert metadata.document == Identifier("example-docid", "doc-71903")
    endpoint = metadata.find(Identifier("EXAMPLE-procid", "PROC-71903"), transport_profiles=("x", "as4"), at=NOW)
    assert endpoint is not None
    assert (endpoint.url, endpoint.activates) == ("https://ap.example/as4", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("process", "profile", "at"),
    [
        ("other", "as4", NOW),
        ("proc-71903", "as2", NOW),
        ("proc-71903", "as4", datetime(2025, 12, 31, tzinfo=UTC)),
        ("proc-71903", "as4", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_what_does_not_fit_is_not_found(process: str, profile: str, at: datetime) -> None:
    """Another process, another wire, before its first day, from its last moment on."""
    metadata = read_smp(OLD_DIALECT)
    assert isinstance(metadata, ServiceMetadata)
    assert metadata.find(Identifier("example-procid", process), transport_profiles=(profile,), at=at) is None


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "xml.broken"),
        (b"<a", "xml.broken"),
        (b"<a/>", "smp.document.unknown"),
        (b"<SignedServiceMetadata/>", "smp.document.unknown"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><ServiceGroup>&b;</ServiceGroup>', "xml.doctype.refused"),
        (b"<ServiceGroup>" + b"<a/>" * MOST_ELEMENTS + b"</ServiceGroup>", "smp.document.large"),
        (b" " * (MOST_BYTES + 1), "payload.too_large"),
        (b"<a>" * 5000 + b"</a>" * 5000, "xml.broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_none_is_told(payload: bytes, code: str) -> None:
    """Bytes that cannot be read, are too much, or are something else, are one finding."""
    found = read_smp(payload)
    assert isinstance(found, Issue)
    assert found.code == code


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, len(OLD_DIALECT) - 1).map(lambda cut: OLD_DIALECT[:cut] + b"\xff<"))
def test_any_bytes_give_a_document_or_a_finding(payload: bytes) -> None:
    """Nothing is raised, whatever comes."""
    assert isinstance(read_smp(payload), ServiceGroup | ServiceMetadata | Issue)
