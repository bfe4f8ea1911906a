"""The site's register of organisations, as a conversion between generations of messages asks it.

It knows parties by location number: their name and SOR code. Who wrote and how to reach them it does not know.
"""

from samspil.access.directory import Directory
from samspil.conversion.bridge.directory import Listing, Sent, Stay
from samspil.domain.message import IdentifierKind


class Listings:
    """A directory for conversions, out of the register."""

    def __init__(self, register: Directory) -> None:
        self._register = register

    def find_listing(self, kind: IdentifierKind, value: str) -> Listing | None:
        """The organisation that holds a location number."""
        found = self._register.find_organisation(value) if kind is IdentifierKind.GLN else None
        return Listing(name=found.name, gln=value, sor=found.sor or "") if found else None

    def find_sent(self, identifier: str, sender: str) -> Sent | None:
        """Nothing: messages are not in the register."""
        return None

    def find_stay(self, identifier: str) -> Stay | None:
        """Nothing: stays are not in the register."""
        return None
