"""What is written of a participant's services is read back, in both editions."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samspil.formats.smp.model import (
    Edition,
    Identifier,
    Reference,
    Service,
    ServiceEndpoint,
    ServiceGroup,
    ServiceMetadata,
)
from samspil.formats.smp.reader import read_smp
from samspil.formats.smp.writer import write_service_group, write_service_metadata

PARTICIPANT = Identifier("iso6523-actorid-upis", "0088:5790000121526")
DOCUMENT = Identifier("urn:dk:example", "message##urn:dk:example:message::1.2 & <more>")
METADATA = ServiceMetadata(
    participant=PARTICIPANT,
    document=DOCUMENT,
    services=(
        Service(
            processes=(Identifier("", "urn:ehmi:sdn-emergence"),),
            endpoints=(
                ServiceEndpoint(
                    transport_profile="bdxr-transport-ebms3-as4-v1p0",
                    url="https://ap.example/as4?a=1&b=2",
                    certificate=b"\x30\x01\x02",
                    activates=datetime(2026, 1, 1, tzinfo=UTC),
                    expires=datetime(2027, 1, 1, tzinfo=UTC),
                    description="Prøve",
                    contact="mailto:drift@ap.example",
                ),
            ),
        ),
    ),
)


@pytest.mark.parametrize("edition", Edition)
def test_metadata_are_read_back(edition: Edition) -> None:
    """Identifiers, addresses, times and certificate are the same, whatever signs they hold."""
    assert read_smp(write_service_metadata(METADATA, edition)) == replace(METADATA, edition=edition)


@pytest.mark.parametrize(
    ("edition", "reference"),
    [(Edition.ONE, Reference(url="https://smp.example/a%3A%3Ab")), (Edition.TWO, Reference(DOCUMENT))],
)
def test_a_group_is_read_back(edition: Edition, reference: Reference) -> None:
    """1.0 tells where the metadata lie, 2.0 which they are."""
    group = ServiceGroup(participant=PARTICIPANT, references=(reference, reference))
    assert read_smp(write_service_group(group, edition)) == group


def test_a_path_holds_an_identifier_as_one_segment() -> None:
    """Colons, hashes and slashes are escaped, as one more segment would lead elsewhere."""
    assert Identifier("a", "b/c##d::1").segment == "a%3A%3Ab%2Fc%23%23d%3A%3A1"


def test_metadata_about_nobody_are_not_written() -> None:
    """Without participant or document there is nothing to say."""
    with pytest.raises(ValueError, match="needed"):
        write_service_metadata(replace(METADATA, document=None), Edition.ONE)
