"""The site's register as a conversion between generations asks it."""

from uuid import UUID

from samspil.access.directory import Directory, Organisation
from samspil.domain.message import IdentifierKind
from samspil.transports.http.listings import Listings

CLINIC = Organisation(id=UUID(int=1), name="Lægehuset Bækken", glns=("5790000121526",), sor="330461000016004")


def test_a_party_is_known_by_its_location_number() -> None:
    """Name and SOR code of who holds the number; nothing for another number, or another kind of one."""
    listings = Listings(Directory([CLINIC]))
    found = listings.find_listing(IdentifierKind.GLN, "5790000121526")
    assert found
    assert (found.name, found.sor, found.phone) == ("Lægehuset Bækken", "330461000016004", "")
    assert listings.find_listing(IdentifierKind.GLN, "5790000120420") is None
    assert listings.find_listing(IdentifierKind.YDER, "5790000121526") is None


def test_the_register_keeps_no_messages() -> None:
    """Of messages and stays it knows nothing, and says so."""
    listings = Listings(Directory([CLINIC]))
    assert listings.find_sent("BREV1", "5790000121526") is None
    assert listings.find_stay("6a1e0f1c-3f52-5d0e-9c0a-1f7f4c1d2b3a") is None
